"""The stored text rule: what is changed in a string before it becomes a Revision, and nothing else anywhere.

Letters stay as they are (no normalisation, no trimming), because offsets and hashes count them.
"""

from __future__ import annotations

import re

NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
"""Unicode's noncharacters, for use inside a regex class; XML cannot hold U+FFFE and U+FFFF."""
UNUSABLE = re.compile(f"[\0-\x08\v\f\x0e-\x1f\ud800-\udfff{NONCHARACTERS}]")
"""What no title, name or note may hold: controls except tab and line ends, lone surrogates, noncharacters."""

_ENDS_OF_DIRECTION = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAGE_BREAKS = re.compile("\r\n?|[\v\f\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NONCHARACTERS = re.compile(f"[{NONCHARACTERS}]")

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
        re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]"),
        "characters without an agreed meaning",
    ),
)


def stored_text(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it is stored, and remarks in plain English on what was changed or should be looked at.

    Line ends become LF (vertical tab, form feed and next-line too); other control characters except the tab, and
    noncharacters are removed; a byte order mark in front is stripped; a lone surrogate becomes
    U+FFFD. Direction marks and invisible characters stay and are named. Applying it twice changes nothing more.
    Never raises.
    """
    notes: list[str] = []
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # joins pairs, marks lone ones
        notes.append("Broken characters (lone surrogates) were replaced by \ufffd.")
    text = _PAGE_BREAKS.sub("\n", text)
    text, removed = _CONTROLS.subn("", text)
    if removed:
        notes.append(f"{_counted(removed, 'control character was', 'control characters were')} removed.")
    text, removed = _NONCHARACTERS.subn("", text)
    if removed:
        notes.append(f"Characters that Unicode gives to nobody were removed ({removed:,}).")
    text = text.lstrip("\ufeff")
    for pattern, name in _NAMED:
        count = len(pattern.findall(text))
        if count:
            notes.append(f"The text contains {name} ({count}).")
    return text, tuple(notes)


def strip_unusable(text: str) -> str:
    """The text without unusable characters; lone surrogates become question marks.

    >>> strip_unusable("Forty\\uffff homes\\a")
    'Forty homes'
    """
    return UNUSABLE.sub("", text.encode("utf-8", "replace").decode())


def replace_unusable(text: str) -> str:
    """The text with a sign for each unusable character, for formats that cannot hold these: nothing goes unseen.

    >>> replace_unusable("Forty\\a homes")
    'Forty\ufffd homes'
    """
    return UNUSABLE.sub("\ufffd", text)


def one_line(text: object, limit: int = 500) -> str:
    """A title, name or address as one clean line of at most `limit` code points; "" for anything but a string."""
    if not isinstance(text, str):
        return ""
    return " ".join(stored_text(text[: limit * 4])[0].split())[:limit]


def with_directions_closed(text: str) -> str:
    """The text with an end for each change of direction that it opens: what stands beside it keeps its own.

    >>> with_directions_closed("notes\\u202efdp.exe") == "notes\\u202efdp.exe\\u202c"
    True
    """
    open_ones: list[str] = []
    for sign in text:
        if end := _ENDS_OF_DIRECTION.get(sign):
            open_ones.append(end)
        elif sign in open_ones:  # the end of an isolate ends what was opened inside it
            while open_ones and open_ones.pop() != sign:
                pass
    return text + "".join(reversed(open_ones))


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
