"""Raised digits: footnote marks are removed before a text is read, powers and squares are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives

_LEX = load()
_HIGH, _LOW = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079", "\u2080-\u2089"
_UNITS = alternatives(word for word in {**_LEX.unit_words, **_LEX.per_words} if word[-1] in "\u00b2\u00b3")
_ANY = Pattern(rf"[{_HIGH}{_LOW}\u207d]|\[\^?\d")
_MARK = Pattern(
    rf"(?P<unit>(?<![^\W\d_])(?:{_UNITS}))"
    rf"|(?P<part>[{_HIGH}]+)(?P<of>[\u2044/])(?P<whole>[{_LOW}]+|\d{{1,2}}(?!\d))"
    rf"|(?<![\d.,])10(?P<power>[\u207a\u207b]?[{_HIGH}]{{1,2}})(?![{_HIGH}\u207e])"
    rf"|(?P<mark>[{_HIGH}\u207d]+(?:[\u207b\u207d\u207e.,;:\u2013-]?[{_HIGH}\u207e])*(?:[*\u2020\u2021]+"
    rf"|\.(?=\s[a-z]))?"
    rf"|(?<=\d)[{_LOW}]+"
    r"|(?<=[^\s\[(])\[\^?\d{1,3}(?:[,;\u2013-]\s?\d{1,3})*\])",
)
_TIMES = Pattern(r"\d\s?[x\u00d7*]\s?$")
_ALONE = Pattern(r"[ ,.;:!?)\n]|$")
_PLAIN = str.maketrans(
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b"
    "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089",
    "0123456789+-0123456789",
)


def without_marks(text: str) -> Iterator[tuple[int, int, str]]:
    """Where raised digits stand in a text, and what each is read as: a mark as nothing, a power as it is typed.

    >>> list(without_marks("12\u00b3 men, 10\u2076 km\u00b2"))
    [(2, 3, ''), (9, 12, '1e6')]
    """
    if not _ANY.search(text):
        return
    for found in _MARK.finditer(text):
        if found["unit"]:
            continue
        start, stop, read = *found.span(), _read(text, found)
        if not read and _ALONE.match(text, stop):  # the blank on one side goes with a mark that stands alone
            if text[start - 1 : start] == " ":
                start -= 1
            elif text[stop : stop + 1] == " " and text[start - 1 : start] in ("", "\n"):
                stop += 1
        yield start, stop, read


def _read(text: str, found: Any) -> str:
    """What replaces a run of raised digits: nothing for a mark, a fraction or a power as it is typed."""
    if found["part"]:
        gap = " " if text[found.start() - 1 : found.start()].isdecimal() else ""
        return f"{gap}{found['part']}/{found['whole']}".translate(_PLAIN)
    if not found["power"]:
        return ""
    power = found["power"].translate(_PLAIN)
    return f"10^{power.lstrip('+')}" if _TIMES.search(text, max(0, found.start() - 4), found.start()) else f"1e{power}"
