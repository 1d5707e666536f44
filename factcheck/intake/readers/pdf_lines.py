"""The lines of a PDF page with their places, small digits above the line as superscript characters.

A footnote mark "1" differs from the "1,200" before it by size and position only; unmarked, it would make 12,001.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, NameObject

from factcheck.intake.readers.pdf_columns import Line, Segment
from factcheck.intake.readers.superscripts import as_superscript

SMALL = 0.8
"""A mark is at most so large, against the letters before it."""
LEAST, MOST = 0.1, 0.9
"""So far above their line it stands, in their size."""
_MAY_SHOW = re.compile(rb"T[jJ]|Do|['\"]")
_SHOWS = frozenset([b"Tj", b"TJ", b"'", b'"'])


@dataclass(slots=True)
class _Piece:
    """Some text of one font and size, and where it begins; no height where it does not run from left to right."""

    text: str
    size: float
    height: float | None
    x: float = 0.0


@dataclass(slots=True)
class _Pieces:
    """What pypdf tells while it reads a page; ``rise`` it knows nothing of, so it is listened for."""

    found: list[_Piece] = field(default_factory=list)
    rise: float = 0.0
    shown_rise: float = 0.0

    def hear(self, operator: bytes, operands: Any, *_: Any) -> None:
        if operator == b"Ts":
            self.rise = float(operands[0]) if operands and isinstance(operands[0], (int, float)) else 0.0
        elif operator in _SHOWS:
            self.shown_rise = self.rise

    def take(self, text: str, outer: list[float], inner: list[float], _: Any, size: float) -> None:
        if text:
            across, up = _scale(outer, inner)
            base = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            self.found.append(_Piece(text, size * up, base + self.shown_rise * up if across else None, x))


def lines_of(page: PageObject, content: ContentStream | None) -> list[Line]:
    """The lines of a page as pypdf puts them together, raised digits as such."""
    if content is None:
        return _unplaced(page.extract_text())
    pieces = _Pieces()
    _tell_sizes(content)
    page[NameObject("/Contents")] = content
    text = page.extract_text(visitor_text=pieces.take, visitor_operand_before=pieces.hear)
    if "".join(piece.text for piece in pieces.found) != text:
        return _unplaced(text)
    return _placed(pieces.found, _written(pieces.found))


def _unplaced(text: str) -> list[Line]:
    """Lines of which only the words are known."""
    return [Line((Segment(line, 0.0),)) for line in text.split("\n")]


def _placed(pieces: list[_Piece], texts: list[str]) -> list[Line]:
    """The pieces of text by the lines they stand on; a line is as high and large as its longest piece."""
    lines: list[Line] = []
    segments: list[Segment] = []
    longest: _Piece | None = None
    for piece, text in zip(pieces, texts, strict=True):
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append(_line(segments, longest))
                segments, longest = [], None
            if part:
                segments.append(Segment(part, piece.x))
                longest = piece if longest is None or len(piece.text) > len(longest.text) else longest
    return [*lines, _line(segments, longest)]


def _line(segments: list[Segment], longest: _Piece | None) -> Line:
    return Line(tuple(segments), longest.height if longest else None, longest.size if longest else 0.0)


def _scale(outer: list[float], inner: list[float]) -> tuple[bool, float]:
    """Whether text under these matrices runs from left to right, and how much larger it is than its font says."""
    low, high = inner[2] * outer[0] + inner[3] * outer[2], inner[2] * outer[1] + inner[3] * outer[3]
    return high > 0 and abs(low) < high, math.hypot(low, high)


def content_of(page: PageObject, reader: PdfReader) -> ContentStream | None:
    """What draws a page; None where it shows no text, which pypdf sees without taking it apart."""
    try:
        content = ContentStream(page["/Contents"].get_object(), reader, "bytes")
    except (AttributeError, KeyError):
        return None
    return content if _MAY_SHOW.search(content.get_data()) else None


def _tell_sizes(content: ContentStream) -> None:
    """Name the font again at each new place, for pypdf begins a piece at a font.

    Else neither a column nor a size that only the matrix of the text makes would be seen.
    """
    font: Any = None
    outer: list[Any] = []
    operations = list[Any]()
    for operands, operator in content.operations:
        if operator == b"Tf":
            font = operands
        elif operator == b"q":
            outer.append(font)
        elif operator == b"Q" and outer:
            font = outer.pop()
        elif font is not None and (operator == b"Tm" or (operator in (b"Td", b"TD") and operands[:1] != [0])):
            operations.append((font, b"Tf"))
        operations.append((operands, operator))
    content.operations = operations


def _written(pieces: list[_Piece]) -> list[str]:
    """The texts of the pieces, those of marks as such."""
    out: list[str] = []
    line: _Piece | None = None
    for piece, following in zip_longest(pieces, pieces[1:]):
        words = piece.text.rstrip()
        if line is None and following is not None and _begins_note(piece, following):
            out.append(as_superscript(words) + (" " if not following.text[0].isspace() else ""))
            continue
        mark = as_superscript(words, line.text) if line is not None and _is_superscript(piece, line) else words
        out.append(mark + piece.text[len(words) :])
        line = piece if words and mark == words else line
        if piece.text.endswith("\n"):
            line = None
    return out


def _begins_note(piece: _Piece, following: _Piece) -> bool:
    """Whether a line begins with the raised mark of the note that follows it."""
    return piece.text.strip().isdecimal() and following.text.strip()[:1].isalpha() and _is_raised(piece, following)


def _is_superscript(piece: _Piece, line: _Piece) -> bool:
    if line.text[-1].isspace() or piece.text[0].isspace():
        return False  # a number of its own, in a smaller letter
    return _is_raised(piece, line)


def _is_raised(piece: _Piece, line: _Piece) -> bool:
    """Whether a piece is small and stands above the line of another."""
    if piece.height is None or line.height is None or piece.size > SMALL * line.size:
        return False
    return LEAST * line.size <= piece.height - line.height <= MOST * line.size
