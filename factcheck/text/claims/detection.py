"""Finds the claims of a text: the sentences and clauses that can be checked, and their types.

Sentences are split in ``clauses`` and scored in ``checkworthiness``. Whether a claim is true is for people.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from factcheck.text.claims import clauses
from factcheck.text.claims.checkworthiness import (
    ATTRIBUTED,
    DATE,
    EVENT,
    NO_SIGNS,
    ROLE,
    figure_signs,
    find_signs,
    flatten,
    weigh,
)
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, ClaimMention, ClaimType, FigureMention, Span

LEAST = 0.1
"""Below this nothing is proposed."""
_IDENTITY = Pattern(
    r"\b(?:is|was|are|were|became|remains)\s(?:the|a|an)\s(?:\w+\s){0,4}?(?:president|minister|leader"
    r"|head|director|chief|founder|owner|largest|first|only|author|member|citizen|chairman)\b"
)
_DAY = Pattern(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday"
    r"|Wednesday|Thursday|Friday|Saturday|Sunday|[Yy]esterday|[Tt]oday|[Tt]onight|[Ll]ast\s(?:week|month|year|night)"
    r"|(?:days?|weeks?|months?|years?|decades?)\sago|(?:1[89]|20)\d\d)\b"
)


def find_claims(
    text: str,
    sentences: Sequence[Span],
    figures: Sequence[FigureMention],
    attributions: Sequence[AttributionMention],
    dates: Sequence[Span] = (),
) -> list[ClaimMention]:
    """A claim for each sentence that states something, or for each of its clauses that stands on its own.

    Claims come in the order of the text and never overlap; each figure is in one of them at most. Where no
    ``dates`` are given, the usual words of time are looked for.

    >>> from factcheck.text.sentences import split_sentences
    >>> t = "The mayor reopened the bridge in 2019. The mill had closed, and the river has risen. What now?"
    >>> [(c.claim_type.value, c.span.cut(t)) for c in find_claims(t, split_sentences(t), [], [])][1:]
    [('event', 'The mill had closed'), ('event', 'the river has risen.')]
    """
    read = _ReadText(text, flatten(text), figures, dates)
    joints = [Span(*joint.span()) for joint in clauses.JOINT.finditer(text)]
    joint_starts = [joint.start for joint in joints]
    figure_starts = [figure.span.start for figure in figures]
    attribution_starts = [one.span.start for one in attributions]
    out: list[ClaimMention | None] = []
    for sentence in sentences:
        start, end = sentence.start, sentence.end
        first, last = bisect_left(figure_starts, start), bisect_left(figure_starts, end)
        mine = tuple(range(first, last)) if first < last else ()
        first, last = bisect_left(attribution_starts, start), bisect_left(attribution_starts, end)
        near = [one for one in attributions[first : min(first + 6, last)] if one.party] if first < last else []
        first, last = bisect_left(joint_starts, start), bisect_left(joint_starts, end)
        if first == last:
            out.append(_claim(read, sentence, mine, near[0] if near else None))
            continue
        parts = clauses.split_clauses(text, sentence, joints[first:last], [figures[at].span for at in mine])
        for part in parts:
            inside = tuple(at for at in mine if part.start <= figure_starts[at] < part.end)
            spoken = (one for one in near if len(parts) == 1 or _covers(one, part))
            out.append(_claim(read, part, inside, next(spoken, None)))
    return [claim for claim in out if claim is not None]


class _ReadText(NamedTuple):
    """A text with what is known of it; ``low`` is its ``flatten``."""

    text: str
    low: str
    figures: Sequence[FigureMention]
    dates: Sequence[Span]


def _claim(
    read: _ReadText, span: Span, figures: tuple[int, ...], attribution: AttributionMention | None
) -> ClaimMention | None:
    of_figures = figure_signs([read.figures[at] for at in figures]) if figures else NO_SIGNS
    signs = find_signs(read.text, read.low, span.start, span.end, of_figures)
    if signs and attribution:
        signs |= {ATTRIBUTED}
    worth, reasons = weigh(signs)
    if worth < LEAST:
        return None
    return ClaimMention(
        span,
        _claim_type(read, span, signs, bool(figures), attribution is not None),
        worth,
        reasons,
        figures,
        attribution,
    )


def _covers(attribution: AttributionMention, clause: Span) -> bool:
    """Whether an attribution is made in a clause, or what is said stands there."""
    return clause.overlaps(attribution.span) or (
        attribution.content is not None and clause.overlaps(attribution.content)
    )


def _claim_type(read: _ReadText, span: Span, signs: frozenset[str], figures: bool, spoken: bool) -> ClaimType:
    if figures:
        return ClaimType.FIGURE
    text, start, end = read.text, span.start, span.end
    if spoken:
        quoted = text.find("\u201c", start, end) >= 0 or text.count('"', start, end) > 1
        return ClaimType.QUOTE if quoted else ClaimType.ATTRIBUTION
    if ROLE in signs and _IDENTITY.search(text, start, end):
        return ClaimType.IDENTITY
    if signs & EVENT and _is_dated(read, span, signs):
        return ClaimType.DATE
    return ClaimType.EVENT


def _is_dated(read: _ReadText, span: Span, signs: frozenset[str]) -> bool:
    if not read.dates:
        return bool(signs & DATE) and _DAY.search(read.text, span.start, span.end) is not None
    at = bisect_left(read.dates, span)
    return at < len(read.dates) and read.dates[at].start < span.end
