"""A text cut into spans of the same claims, and these into figures and other words, for templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from factcheck.models import Anchor, Revision

MAX_CHARACTERS = 200_000


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
    """Text that belongs to the same claims. ``ends`` are the numbers of the claims that end with it."""

    parts: tuple[TextPart, ...]
    claims: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


def highlighted_text(revision: Revision, numbers: dict[int, int], first: int = 0) -> list[TextSpan]:
    """The text of a revision from an offset on, cut where claims and figures begin and end.

    ``numbers`` maps the ids of the claims to be marked to their numbers on the page. At most ``MAX_CHARACTERS`` are
    returned.
    """
    text = revision.text[first : first + MAX_CHARACTERS]
    inside = revision.anchors.filter(start__lt=first + len(text), end__gt=first)
    rows = positions(inside.in_text_order(), first)
    claims = [row for row in rows if row.claim_id in numbers and row.start != row.end]
    figures = [row for row in rows if row.figure_id and row.start != row.end]
    return list(text_spans(text, claims, figures, numbers))


def positions(anchors: Iterable[Anchor], offset: int = 0) -> list[Position]:
    """Where these anchors are in the text from an offset on."""
    return [
        Position(max(0, row.start - offset), row.end - offset, row.claim_id or 0, row.figure_id or 0)
        for row in anchors
        if row.start is not None and row.end is not None
    ]


def text_spans(
    text: str, claims: list[Position], figures: list[Position], numbers: dict[int, int]
) -> Iterable[TextSpan]:
    cuts = sorted({0, len(text), *(row.start for row in claims), *(min(row.end, len(text)) for row in claims)})
    waiting, written = list(reversed(claims)), list(reversed(figures))
    open_claims: list[Position] = []
    for start, end in pairwise(cuts):
        open_claims = [row for row in open_claims if row.end > start]
        while waiting and waiting[-1].start <= start:
            open_claims.append(waiting.pop())
        inside: list[Position] = []
        while written and written[-1].start < end:
            inside.append(written.pop())
        ends = tuple(numbers[row.claim_id] for row in open_claims if min(row.end, len(text)) == end)
        yield TextSpan(
            tuple(text_parts(text, start, end, inside)), tuple(numbers[row.claim_id] for row in open_claims), ends
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
