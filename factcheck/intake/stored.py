"""The stored text rule: what is changed in a string before it becomes a Revision, and nothing else anywhere.

Letters stay as they are (no normalisation, no trimming), because offsets and hashes count them.
"""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_PAGE_BREAKS = re.compile("\r\n?|[\v\f\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")

_NAMED = (
    (re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"), "right-to-left marks or direction overrides"),
    (
        re.compile(
            "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff"
            "\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
        ),
        "invisible (zero-width) characters",
    ),
    (re.compile("[\u2028\u2029]"), "unusual line or paragraph separators"),
    (
        re.compile("[\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"),
        "characters without an agreed meaning",
    ),
)


def stored_text(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it is stored, and remarks in plain English on what was changed or should be looked at.

    Line ends become LF (vertical tab, form feed and next-line too); other control characters except the tab
    are removed; a byte order mark in front is stripped; a lone surrogate becomes U+FFFD. Direction marks and
    invisible characters stay and are named. Applying it twice changes nothing more. Never raises.
    """
    notes: list[str] = []
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # joins pairs, marks lone ones
        notes.append("Broken characters (lone surrogates) were replaced by \ufffd.")
    text = _PAGE_BREAKS.sub("\n", text)
    text, removed = _CONTROLS.subn("", text)
    if removed:
        notes.append(f"{_counted(removed, 'control character was', 'control characters were')} removed.")
    text = text.lstrip("\ufeff")
    for pattern, name in _NAMED:
        count = len(pattern.findall(text))
        if count:
            notes.append(f"The text contains {name} ({count}).")
    return text, tuple(notes)


def one_line(text: object, limit: int = 500) -> str:
    """A title, name or address as one clean line of at most `limit` code points; "" for anything but a string."""
    if not isinstance(text, str):
        return ""
    return " ".join(stored_text(text[: limit * 4])[0].split())[:limit]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
