"""The lines of a PDF page, with small digits above the line as superscript characters.

A footnote mark "1" differs from the "1,200" before it by size and position only; unmarked, it would make 12,001.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, NameObject

from factcheck.intake.readers.superscripts import as_superscript

SMALL = 0.8
"""A mark is at most so large, against the letters before it."""
LEAST, MOST = 0.1, 0.9
"""So far above their line it stands, in their size."""
_MAY_SHOW = re.compile(rb"T[jJ]|Do|['\"]")
_SHOWS = frozenset([b"Tj", b"TJ", b"'", b'"'])
_NO_MATRIX = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


@dataclass(slots=True)
class _Piece:
    """Some text of one font and size, and how high its line is; no height where it does not run from left to right."""

    text: str
    size: float
    height: float | None


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
            self.found.append(_Piece(text, size * up, base + self.shown_rise * up if across else None))


def lines_of(page: PageObject, reader: PdfReader) -> str:
    """The text of a page as pypdf puts it together, raised digits as such."""
    content = _content(page, reader)
    if content is None:
        return page.extract_text()
    pieces = _Pieces()
    _tell_sizes(content)
    page[NameObject("/Contents")] = content
    text = page.extract_text(visitor_text=pieces.take, visitor_operand_before=pieces.hear)
    if "".join(piece.text for piece in pieces.found) != text:
        return text
    return "".join(_written(pieces.found))


def _scale(outer: list[float], inner: list[float]) -> tuple[bool, float]:
    """Whether text under these matrices runs from left to right, and how much larger it is than its font says."""
    low, high = inner[2] * outer[0] + inner[3] * outer[2], inner[2] * outer[1] + inner[3] * outer[3]
    return high > 0 and abs(low) < high, math.hypot(low, high)


def _content(page: PageObject, reader: PdfReader) -> ContentStream | None:
    """What draws a page; None where it shows no text, which pypdf sees without taking it apart."""
    try:
        content = ContentStream(page["/Contents"].get_object(), reader, "bytes")
    except (AttributeError, KeyError):
        return None
    return content if _MAY_SHOW.search(content.get_data()) else None


def _tell_sizes(content: ContentStream) -> None:
    """Name the font again where only the matrix of the text makes it smaller: pypdf begins a piece at a font."""
    font: Any = None
    outer: list[Any] = []
    size, operations = _NO_MATRIX[:4], list[Any]()
    for operands, operator in content.operations:
        if operator == b"Tf":
            font = operands
        elif operator == b"q":
            outer.append(font)
        elif operator == b"Q" and outer:
            font = outer.pop()
        elif operator == b"BT":
            size = _NO_MATRIX[:4]
        elif operator == b"Tm" and list(operands[:4]) != size:
            size = list(operands[:4])
            if font is not None:
                operations.append((font, b"Tf"))
        operations.append((operands, operator))
    content.operations = operations


def _written(pieces: list[_Piece]) -> list[str]:
    """The texts of the pieces, those of marks as such."""
    out: list[str] = []
    line: _Piece | None = None
    for piece in pieces:
        words = piece.text.rstrip()
        mark = as_superscript(words, line.text) if line is not None and _is_superscript(piece, line) else words
        out.append(mark + piece.text[len(words) :])
        line = piece if words and mark == words else line
        if piece.text.endswith("\n"):
            line = None
    return out


def _is_superscript(piece: _Piece, line: _Piece) -> bool:
    if line.text[-1].isspace() or piece.text[0].isspace():
        return False  # a number of its own, in a smaller letter
    if piece.height is None or line.height is None or piece.size > SMALL * line.size:
        return False
    return LEAST * line.size <= piece.height - line.height <= MOST * line.size
