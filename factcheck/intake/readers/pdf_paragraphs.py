"""Printed lines → paragraphs: a line end is a space, and a hyphen at it is none.

A paragraph ends where the print says so: by a gap, an indent, another size, a short last line, or the mark of a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from factcheck.intake.readers.pdf_columns import Line

SAME_SIZE = 0.1
GAP = 1.35
"""So much larger than the usual step between two lines is a gap."""
FITS = 0.8
"""The next word would have fitted where the line would then be at most so much of the usual length."""
MOST_NOTES = 8
"""So many paragraphs back a text may have broken off."""
NARROW = 22
"""No column of prose has fewer characters in a line."""

_ENDS = re.compile(r"[.!?:;][\"'\u2019\u201d)\]\u00b9\u00b2\u00b3\u2070-\u207e]*$")
_ITEM = re.compile(r"(?:[-\u2022\u2023\u25aa\u25cf\u25e6\u2013*\u00b7\uf0b7]\s|\(?(?:\d{1,2}|[a-z])[.)]\s)")
_BROKEN_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_TAIL = re.compile(r"[^\W\d_]+")
_HYPHEN = ("-", "\u2010", "\u2011")
_BROKEN_NUMBER = re.compile(r"(?<![\d.,])\d{1,3},$")
_THREE_DIGITS = re.compile(r"\d{3}(?!\d)")
_OWN_WORDS = """
    well self ex non anti pro half quasi mid all cross one two three four five six seven eight nine ten twenty thirty
    forty fifty sixty seventy eighty ninety high low long short full part so right left far near best ill ever vice
    old year month week day hour
"""
_KEEPS_HYPHEN = frozenset(_OWN_WORDS.split())
_CJK = "\u2e80"


@dataclass(slots=True)
class Paragraph:
    """A paragraph, the size of its letters, and whether a page begins with it."""

    text: str
    size: float = 0.0
    begins_page: bool = False


@dataclass(slots=True)
class Joiner:
    """Joins the lines of one document; `words` holds the words it prints on one line, in small letters."""

    words: frozenset[str] = frozenset()
    numbers: list[str] = field(default_factory=list)
    """Numbers that were put together over a line end."""

    found: list[Paragraph] = field(default_factory=list)

    def take_page(self, lines: list[Line]) -> None:
        """Add the paragraphs of a page; its first words may go on with what the page before it broke off."""
        step, lengths = _step(lines), _lengths(lines)
        current = Paragraph("")
        before: Line | None = None
        above: Line | None = None
        for line in (line for line in lines if line.text):
            if before is not None and not _ends_between(above, before, line, step, lengths):
                current.text = self.join(current.text, line.text)
            elif broken := self._broken_off(before, line):
                current = broken
                current.text = self.join(current.text, line.text)
            else:
                current = Paragraph(line.text, line.size, begins_page=before is None)
                self.found.append(current)
            above, before = before, line

    def _broken_off(self, before: Line | None, line: Line) -> Paragraph | None:
        """The paragraph that goes on at the head of a page or column; notes in another size may stand between."""
        turned = before is None or (before.y is not None and line.y is not None and before.y < line.y)
        alike = [found for found in self.found[-MOST_NOTES:] if abs(found.size - line.size) <= SAME_SIZE * line.size]
        return alike[-1] if turned and alike and may_go_on(alike[-1].text, line.text) else None

    def join(self, text: str, following: str) -> str:
        """Two printed lines as one line of text."""
        if text.endswith("\u00ad"):
            return text[:-1] + following
        if _BROKEN_NUMBER.search(text) and (digits := _THREE_DIGITS.match(following)):
            self.numbers.append(text.rsplit(maxsplit=1)[-1] + digits[0])
            return text + following
        if text.endswith(_HYPHEN) and not text[-2:-1].isspace():
            return self._without_hyphen(text, following)
        if text.endswith(("/", "\u2013", "\u2014")) and not text[-2:-1].isspace():
            return text + following
        return text + ("" if text[-1:] >= _CJK and following[:1] >= _CJK else " ") + following

    def _without_hyphen(self, text: str, following: str) -> str:
        """The word whole, its hyphen kept where it is one of its own."""
        head, tail = _BROKEN_WORD.search(text), _TAIL.match(following)
        if head is None or tail is None or not tail[0].islower():
            return text + following
        first, second = head[1].lower(), tail[0].lower()
        hyphenated, whole = f"{first}-{second}" in self.words, first + second in self.words
        compound = text[: head.start()].endswith(_HYPHEN) or first in _KEEPS_HYPHEN
        if hyphenated or (compound and not whole):
            return text + following
        return text[:-1] + following


def distinct_words(texts: Iterable[str]) -> frozenset[str]:
    """The words of some lines in small letters, hyphenated ones too; those broken at a line's end are left out."""
    pattern = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?![\w-])")
    return frozenset(word.lower() for text in texts for word in pattern.findall(text))


def may_go_on(text: str, following: str) -> bool:
    """Whether a text that breaks off, at the end of a page or column, goes on with another one."""
    return not _ENDS.search(text) and (following[:1].islower() or text.endswith(_HYPHEN)) and not _ITEM.match(following)


def _step(lines: list[Line]) -> float:
    """The usual distance from one line to the next, 0 where it is not known."""
    heights = [line.y for line in lines if line.y is not None and line.text]
    steps = [first - second for first, second in pairwise(heights) if first - second > 1]
    return median(sorted(steps)[: max(1, len(steps) * 3 // 4)]) if steps else 0.0


def _lengths(lines: list[Line]) -> dict[int, int]:
    """The usual length of a full line of each size, in characters."""
    by_size: dict[int, list[int]] = {}
    for line in lines:
        by_size.setdefault(round(line.size), []).append(len(line.text))
    return {size: sorted(found)[(len(found) * 9) // 10] for size, found in by_size.items()}


def _ends_between(above: Line | None, line: Line, following: Line, step: float, lengths: dict[int, int]) -> bool:
    """Whether a paragraph ends between two lines."""
    if _ITEM.match(following.text):
        return True
    if line.size and abs(line.size - following.size) > SAME_SIZE * line.size:
        return True
    if line.y is not None and following.y is not None and (down := line.y - following.y) != 0:
        if down < 0:
            return not may_go_on(line.text, following.text)
        if step and down > GAP * step:
            return True
        if _is_indented(above, line, following):
            return True
    return _was_short(line, following, lengths)


def _is_indented(above: Line | None, line: Line, following: Line) -> bool:
    """Whether a line begins further right than the one before it, which is no item of a list."""
    if following.x - line.x <= 0.6 * line.size or _ITEM.match(line.text):
        return False
    return above is None or above.x >= line.x - 0.6 * line.size


def _was_short(line: Line, following: Line, lengths: dict[int, int]) -> bool:
    """Whether the next word would have fitted: then the line was ended, and not broken."""
    usual = lengths.get(round(line.size), 0)
    word = following.text.split(" ", 1)[0]
    goes_on = following.text[:1].islower() and not _ENDS.search(line.text)
    if line.text.endswith(_HYPHEN) or goes_on:
        return False
    return usual < NARROW or len(line.text) + 1 + len(word) <= FITS * usual
