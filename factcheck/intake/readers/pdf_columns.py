"""Columns of a PDF page: lines that run across two or more of them are taken apart and put in reading order.

A table has columns too; only where both sides are long enough for prose are they read one after the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby

LEAST_LINES = 4
PROSE = 18
"""So many characters a line of a column has at least, on the average."""
MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """Some text of a line, and where on the page it begins."""

    text: str
    x: float


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its segments from left to right, its height and size; no height where it is not known."""

    segments: tuple[Segment, ...]
    y: float | None = None
    size: float = 0.0

    @property
    def text(self) -> str:
        """The words of the line, one space where it has any."""
        return "".join(segment.text for segment in self.segments).strip()

    @property
    def x(self) -> float:
        """Where the line begins."""
        return self.segments[0].x if self.segments else 0.0


def in_reading_order(lines: list[Line], depth: int = MOST_COLUMNS) -> list[Line]:
    """The lines of a page with each column after the one on its left."""
    border = _border(lines)
    if border is None or not depth:
        return lines
    ordered: list[Line] = []
    for in_columns, group in groupby(lines, key=lambda line: _is_in_columns(line, border)):
        run = list(group)
        if not in_columns:
            ordered += run
            continue
        left = [part for line in run if (part := _part(line, border, right=False))]
        right = [part for line in run if (part := _part(line, border, right=True))]
        ordered += [*left, *in_reading_order(right, depth - 1)]
    return ordered


def _border(lines: list[Line]) -> float | None:
    """Where the second column begins: where most lines go on after a gap, with prose on both sides."""
    starts = Counter(round(segment.x) for line in lines for segment in line.segments[1:] if segment.text.strip())
    candidates = sorted(x for x, count in starts.items() if count >= LEAST_LINES and count * 2 >= len(lines) // 2)
    for x in candidates:
        across = [line for line in lines if any(round(segment.x) == x for segment in line.segments[1:])]
        sides = [_sides(line, x) for line in across]
        if all(sum(len(side[place]) for side in sides) >= PROSE * len(sides) for place in (0, 1)):
            return float(x)
    return None


def _sides(line: Line, border: float) -> tuple[str, str]:
    left = "".join(segment.text for segment in line.segments if round(segment.x) < border)
    right = "".join(segment.text for segment in line.segments if round(segment.x) >= border)
    return left.strip(), right.strip()


def _is_in_columns(line: Line, border: float) -> bool:
    """Whether a line ends before the border or has a segment that begins at it; a headline runs across."""
    if any(abs(segment.x - border) <= 1 for segment in line.segments):
        return True
    if line.x > border:
        return True
    longest = (border - line.x) / (0.35 * line.size) if line.size else 0
    return len(line.text) <= longest


def _part(line: Line, border: float, *, right: bool) -> Line | None:
    kept = tuple(segment for segment in line.segments if (round(segment.x) >= border) == right)
    return replace(line, segments=kept) if "".join(segment.text for segment in kept).strip() else None
