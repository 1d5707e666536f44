"""A text cut into spans of the same claims, and these into figures and other words, for templates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from factcheck.models import Anchor, Revision

MAX_CHARACTERS = 200_000
LINE = re.compile(r"[^\n\r]*\S[^\n\r]*")


@dataclass(frozen=True)
class TextPart:
    """Part of a span; ``figure`` is the id of the figure it writes, or 0."""

    text: str
    figure: int = 0


@dataclass(frozen=True)
class Position:
    """Start and end of a claim or a figure in a text; the id of the other one is 0."""

    start: int
    end: int
    claim_id: int = 0
    figure_id: int = 0


@dataclass(frozen=True)
class TextSpan:
    """Text that belongs to the same claims, named by their numbers; ``begins`` are those that begin with it."""

    parts: tuple[TextPart, ...]
    claims: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()


@dataclass(frozen=True)
class TextParagraph:
    """One paragraph of a text, without the line breaks around it, and its offset in the whole text."""

    start: int
    spans: tuple[TextSpan, ...]


def text_paragraphs(revision: Revision, numbers: dict[int, int], first: int = 0) -> list[TextParagraph]:
    """The paragraphs of a revision from an offset on, cut where claims and figures begin and end.

    ``numbers`` maps the ids of the claims to be marked to their numbers on the page. At most ``MAX_CHARACTERS`` are
    returned.
    """
    text = revision.text[first : first + MAX_CHARACTERS]
    inside = revision.anchors.filter(start__lt=first + len(text), end__gt=first)
    rows = [row for row in positions(inside.in_text_order(), first) if row.start != row.end]
    claims = [row for row in rows if row.claim_id in numbers]
    figures = [row for row in rows if row.figure_id]
    return [
        TextParagraph(
            first + line.start(),
            tuple(text_spans(line[0], within(claims, *line.span()), within(figures, *line.span()), numbers)),
        )
        for line in LINE.finditer(text)
    ]


def within(rows: list[Position], start: int, end: int) -> list[Position]:
    """What of these stands between two offsets, counted from the first; what began before has a negative start."""
    return [
        replace(row, start=row.start - start, end=row.end - start)
        for row in rows
        if row.start < end and row.end > start
    ]


def positions(anchors: Iterable[Anchor], offset: int = 0) -> list[Position]:
    """Where these anchors are in the text from an offset on."""
    return [
        Position(row.start - offset, row.end - offset, row.claim_id or 0, row.figure_id or 0)
        for row in anchors
        if row.start is not None and row.end is not None
    ]


def text_spans(
    text: str, claims: list[Position], figures: list[Position], numbers: dict[int, int]
) -> Iterable[TextSpan]:
    bounds = [(max(0, row.start), min(row.end, len(text))) for row in claims]
    cuts = sorted({0, len(text), *(start for start, _ in bounds), *(end for _, end in bounds)})
    waiting, written = list(reversed(claims)), list(reversed(figures))
    open_claims: list[Position] = []
    for start, end in pairwise(cuts):
        open_claims = [row for row in open_claims if row.end > start]
        while waiting and waiting[-1].start <= start:
            open_claims.append(waiting.pop())
        inside: list[Position] = []
        while written and written[-1].start < end:
            inside.append(written.pop())
        begins = tuple(numbers[row.claim_id] for row in open_claims if row.start == start)
        yield TextSpan(
            tuple(text_parts(text, start, end, inside)), tuple(numbers[row.claim_id] for row in open_claims), begins
        )


def text_parts(text: str, start: int, end: int, figures: list[Position]) -> Iterable[TextPart]:
    at = start
    for row in figures:
        if row.start < at:  # a figure inside another's words
            continue
        if row.start > at:
            yield TextPart(text[at : row.start])
        at = min(row.end, end)
        yield TextPart(text[row.start : at], row.figure_id)
    if at < end:
        yield TextPart(text[at:end])
