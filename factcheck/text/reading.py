"""The reading of one text: an ordered table of named rules, each adding to what was found before.

Holds the order; what each rule knows is in its package. A rule may rely on those above it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from factcheck.text.attributions import find_attributions
from factcheck.text.claims import find_claims, plain_claims
from factcheck.text.counted import (
    CountedNoun,
    PlaceMention,
    counted_nouns,
    country_in,
    find_places,
    main_place,
    modality_of,
    nearest_place,
    party_beside,
    with_country,
)
from factcheck.text.dates import (
    DateMention,
    as_of_period,
    find_dates,
    impossible_days,
    is_former_value,
    narrow_to_hour,
    period_before,
    publication_period,
    reference_time,
    resolved_dates,
)
from factcheck.text.languages import READ_LANGUAGES, gloss_of, language_of, read_figures
from factcheck.text.matching import check_arithmetic, measure_of, with_modality, with_place
from factcheck.text.notation import normal_form, put_back
from factcheck.text.quantities import FigureCandidate, find_figures, with_prices
from factcheck.text.sentences import split_sentences
from factcheck.text.values import (
    AttributionMention,
    Basis,
    ClaimMention,
    FigureMention,
    Finding,
    MeasureKey,
    Modality,
    Period,
    Quantity,
    Reading,
    Span,
)

_WANTS = frozenset(
    [
        "seek",
        "seeks",
        "seeking",
        "sought",
        "reject",
        "rejects",
        "rejected",
        "rejecting",
        "demanding",
        "offering",
        "offered",
        "offers",
    ]
)
"""Cues by which somebody wants or gives what is counted, and asserts nothing of it."""
_SCENE = 2
"""Sentences of a paragraph through which a place holds on."""
ENGINE_VERSION = "2.3"
_DATED_BY_REPORT = frozenset(
    ["killed", "injured", "missing", "homeless", "displaced", "controlled", "without supply", "in care"]
)


@dataclass(slots=True)
class _Draft:
    """What the rules have found so far in one text."""

    text: str
    ref: datetime | None
    sentences: list[Span] = field(default_factory=list)
    dates: list[DateMention] = field(default_factory=list)
    places: list[PlaceMention] = field(default_factory=list)
    attributions: list[AttributionMention] = field(default_factory=list)
    figures: list[FigureMention] = field(default_factory=list)
    claims: list[ClaimMention] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    story: str = ""
    published: Period | None = None


def _read_sentences(draft: _Draft) -> None:
    draft.sentences = split_sentences(draft.text)


def _read_dates(draft: _Draft) -> None:
    draft.published = publication_period(draft.ref)
    draft.dates = find_dates(draft.text, draft.ref)


def _read_places(draft: _Draft) -> None:
    draft.places = find_places(draft.text, 0, len(draft.text))
    draft.story = main_place(draft.places)


def _read_attributions(draft: _Draft) -> None:
    draft.attributions = find_attributions(draft.text, draft.sentences)


def _read_figures(draft: _Draft) -> None:
    read: list[tuple[int, Span, list[DateMention], list[FigureCandidate]]] = []
    day_starts = [d.span.start for d in draft.dates]
    for index, sentence in enumerate(draft.sentences):
        here = draft.dates[max(0, bisect_left(day_starts, sentence.start) - 1) : bisect_right(day_starts, sentence.end)]
        raw = find_figures(draft.text, sentence.start, sentence.end, [d.span for d in here])
        if raw:
            read.append((index, sentence, here, raw))
    priced = with_prices(draft.text, [figure for *_, raw in read for figure in raw])
    _read_things(draft, [(index, sentence, here, [priced[f.span] for f in raw]) for index, sentence, here, raw in read])


def _read_things(draft: _Draft, read: list[tuple[int, Span, list[DateMention], list[FigureCandidate]]]) -> None:
    """What each figure counts, in order: a sentence may leave out what the one before it named."""
    place_starts = [p.span.start for p in draft.places]
    by_content = _by_content(draft)
    earlier: tuple[str, CountedNoun] | None = None
    family, last = "", -2
    for index, sentence, here, raw in read:
        found = counted_nouns(draft.text, sentence.start, sentence.end, raw, earlier if index == last + 1 else None)
        earlier, last = (raw[-1].quantity.dimension, found[-1]), index
        near = draft.places[bisect_left(place_starts, sentence.start) : bisect_left(place_starts, sentence.end)]
        scene = _scene(draft, index) or draft.story
        mine: list[FigureMention] = []
        for figure, what in zip(raw, found, strict=True):
            first = bool(family and what.family and what.family != family)
            family = what.family or family
            thing = replace(what, first=first)
            mine.append(_figure_mention(draft, sentence, figure, thing, here, near, scene, by_content.get(index, [])))
        draft.figures += _by_place(mine) if len(mine) > 1 else mine


def _scene(draft: _Draft, index: int) -> str:
    """Where the sentences before in one paragraph play: the last place that one of them states."""
    for before in range(index - 1, max(-1, index - 1 - _SCENE), -1):
        sentence = draft.sentences[before]
        if "\n" in draft.text[sentence.end : draft.sentences[before + 1].start]:
            return ""
        first = bisect_left(draft.places, sentence.start, key=lambda p: p.span.start)
        last = bisect_left(draft.places, sentence.end, key=lambda p: p.span.start)
        stated = [p for p in draft.places[first:last] if p.stated and not p.towards]
        if stated:
            return with_country(stated[-1].name, stated[-1].country or country_in(draft.story))
    return ""


def _by_place(figures: list[FigureMention]) -> list[FigureMention]:
    """Counts of one thing that a sentence gives for two places are of two measures."""
    amounts: dict[MeasureKey, set[tuple[str, Quantity]]] = {}
    for figure in figures:
        amounts.setdefault(figure.measure.key, set()).add((figure.place, figure.quantity))
    split = {
        key
        for key, pairs in amounts.items()
        if len({place for place, _ in pairs}) == len({quantity for _, quantity in pairs}) == len(pairs) > 1
    }
    return [
        replace(f, measure=with_place(f.measure, f.place)) if f.measure.key in split and f.place else f for f in figures
    ]


def _by_content(draft: _Draft) -> dict[int, list[AttributionMention]]:
    starts = [s.start for s in draft.sentences]
    out: dict[int, list[AttributionMention]] = {}
    for attribution in draft.attributions:
        if attribution.content is not None:
            out.setdefault(max(0, bisect_right(starts, attribution.span.start) - 1), []).append(attribution)
    return out


def _figure_mention(
    draft: _Draft,
    sentence: Span,
    figure: FigureCandidate,
    noun: CountedNoun,
    dates: list[DateMention],
    places: list[PlaceMention],
    scene: str,
    attributions: list[AttributionMention],
) -> FigureMention:
    """A figure with what its sentence says of it; ``dates``, ``places`` and ``attributions`` are of the sentence.

    ``scene`` is the place that holds where the sentence states none.
    """
    text = draft.text
    attribution = _attribution_of(figure.span, attributions)
    place = nearest_place(text, places, Span(figure.lead, figure.tail), sentence.start, scene)
    party = party_beside(text, places, figure.lead, figure.tail)
    period = _period_of(draft, sentence, figure, noun, dates, attribution)
    modality = modality_of(text, sentence.start, figure.lead, figure.span.start, figure.tail, sentence.end)
    measure = measure_of(text, figure, noun, sentence, place, party, period, draft.published, draft.story)
    if modality is not Modality.REPORTED:
        measure = with_modality(measure, modality.value)
    return FigureMention(
        span=figure.span,
        quantity=figure.quantity,
        hedge=figure.hedge,
        modality=modality,
        counted=noun.phrase,
        place=place,
        party=measure.party,
        as_of=period,
        attribution=attribution,
        measure=measure,
        sentence=sentence,
        flags=figure.flags,
        noun=noun.noun,
    )


def _period_of(
    draft: _Draft,
    sentence: Span,
    figure: FigureCandidate,
    noun: CountedNoun,
    dates: list[DateMention],
    attribution: AttributionMention | None,
) -> Period | None:
    """The period a figure holds for: a date of its sentence, else of the sentence before, else the publication."""
    running = noun.family in _DATED_BY_REPORT
    period = as_of_period(draft.text, figure.span, sentence, dates, attribution, draft.published, running)
    has_own_date = period is not None and (period.basis is Basis.EVENT or period.expression.isdigit())
    if is_former_value(draft.text, figure.lead, sentence) and not has_own_date:
        period = period_before(period)
    if period is draft.published:
        period = _framed(draft, sentence) or period
    return narrow_to_hour(draft.text, figure.span, sentence, period, draft.published)


def _framed(draft: _Draft, sentence: Span) -> Period | None:
    """The date of "As of Tuesday, …" holds for the next sentence of its paragraph too."""
    index = bisect_left(draft.sentences, sentence)
    if not index:
        return None
    before = draft.sentences[index - 1]
    if (
        draft.text[before.start : before.start + 6].lower() != "as of "
        or "\n" in draft.text[before.end : sentence.start]
    ):
        return None
    starts = bisect_left(draft.dates, before.start, key=lambda d: d.span.start)
    if starts < len(draft.dates) and draft.dates[starts].span.start < before.start + 24:
        return draft.dates[starts].period
    return None


def _attribution_of(span: Span, attributions: list[AttributionMention]) -> AttributionMention | None:
    """Who says the figure: the attribution whose words hold it, the widest of several; not one whose party holds it."""
    holding = [
        a
        for a in attributions
        if a.content is not None
        and a.content.contains(span)
        and (a.party or a.cue)
        and a.cue.lower().split(" ")[0] not in _WANTS
        and not (a.party_span and a.party_span.contains(span))
    ]
    if not holding:
        return None
    named = [a for a in holding if a.party] or holding
    return min(named, key=lambda a: (content_width(a), abs(a.span.start - span.start), a.span.start))


def content_width(attribution: AttributionMention) -> int:
    """The widest content first: who says that another says it answers for both."""
    return attribution.content.start - attribution.content.end if attribution.content is not None else 0


def _read_claims(draft: _Draft) -> None:
    draft.claims = find_claims(
        draft.text, draft.sentences, draft.figures, draft.attributions, [d.span for d in draft.dates]
    )


def _read_findings(draft: _Draft) -> None:
    """What can be recomputed; a claim whose numbers do not come out says so among its reasons."""
    draft.findings = (*check_arithmetic(draft.text, draft.figures), *impossible_days(draft.text, draft.ref))
    wrong = [f for f in draft.findings if not f.holds]
    if wrong:
        draft.claims = [
            replace(c, reasons=(*c.reasons, *(f.reason for f in wrong if not set(f.figures).isdisjoint(c.figures))))
            for c in draft.claims
        ]


RULES: tuple[tuple[str, Callable[[_Draft], None]], ...] = (
    ("sentences", _read_sentences),
    ("dates", _read_dates),
    ("places", _read_places),
    ("attributions", _read_attributions),
    ("figures", _read_figures),
    ("claims", _read_claims),
    ("findings", _read_findings),
)


def read(
    text: str, *, published_at: datetime | None = None, zone: str = "UTC", title: str = "", language: str = ""
) -> Reading:
    """All that one reading of a text finds: sentences, dates, figures, attributions, claims.

    Words of time are understood from the time of publication in the dateline's zone. ``language`` is what the
    document says of itself; of a text that is neither English nor Ukrainian only the sentences are read. Odd prose
    gives fewer mentions, never an error.

    >>> [f.counted for f in read("Some 40 trucks arrived.").figures]
    ['trucks']
    """
    code = language_of(text, language)
    if code != "en":
        return _read_other(text, code, reference_time(published_at, zone))
    normal, places = normal_form(text)
    draft = _Draft(normal, reference_time(published_at, zone))
    for _, rule in RULES:
        rule(draft)
    found = _found(draft)
    return found if places is None else put_back(found, places)


def _read_other(text: str, code: str, ref: datetime | None) -> Reading:
    """The reading of a text that is not in English."""
    sentences = split_sentences(text)
    if code not in READ_LANGUAGES:
        return Reading(ENGINE_VERSION, tuple(sentences), language=code)
    found = read_figures(text, sentences, ref)
    claims = plain_claims(sentences, found.figures, found.attributions)
    gloss = gloss_of(text, sentences, [(f.sentence, f.span) for f in found.figures])
    return Reading(
        ENGINE_VERSION,
        tuple(sentences),
        tuple(found.figures),
        tuple(found.attributions),
        tuple(claims),
        tuple(resolved_dates(found.dates)),
        language=code,
        gloss=gloss,
    )


def _found(draft: _Draft) -> Reading:
    return Reading(
        ENGINE_VERSION,
        tuple(draft.sentences),
        tuple(draft.figures),
        tuple(draft.attributions),
        tuple(draft.claims),
        tuple(resolved_dates(draft.dates)),
        draft.findings,
    )
