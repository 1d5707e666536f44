"""The reading of a Ukrainian text: its figures with what they count, for what day, where, and who says so.

Sentences are those of any language; claims are made of figures as in English (``reading``).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import datetime

from factcheck.text.dates import DateMention, publication_period
from factcheck.text.languages import ukrainian_context as context
from factcheck.text.languages.ukrainian_quantities import UkrainianNumber, find_numbers
from factcheck.text.lexicon import uk
from factcheck.text.matching import measure_of_noun
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, Basis, FigureMention, Modality, Period, Span

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "`": "'", "\u2018": "'"})
_AHEAD = Pattern(rf"(?i:(?<![\w'])(?:{uk.AHEAD})(?![\w']))")
_OLD_DAYS = 45
_AHEAD_REACH = 60


@dataclass(slots=True)
class UkrainianText:
    """What was found in one text: its dates, who says what, and its figures."""

    dates: list[DateMention]
    attributions: list[AttributionMention]
    figures: list[FigureMention]


def straight_apostrophes(text: str) -> str:
    """A text with every apostrophe written straight, of the same length.

    >>> straight_apostrophes("п\u02bcять") == "п'ять"
    True
    """
    return text.translate(_APOSTROPHES)


def read_figures(stored: str, sentences: list[Span], ref: datetime | None) -> UkrainianText:
    """The figures of a text whose sentences are known; ``ref`` is the time of publication in the dateline's zone.

    >>> t = "У Харкові загинуло троє людей, ще 12 поранено."
    >>> [f.measure.key.concept for f in read_figures(t, [Span(0, len(t))], None).figures]
    ['killed', 'injured']
    """
    text = straight_apostrophes(stored)
    dates = context.find_dates(text, ref)
    attributions = context.find_attributions(text, sentences)
    said = {a.content: a for a in attributions}
    story, published = context.main_place(text), publication_period(ref)
    figures: list[FigureMention] = []
    starts = [d.span.start for d in dates]
    for sentence in sentences:
        here = dates[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        numbers = find_numbers(text, sentence.start, sentence.end, [d.span for d in here])
        known = context.known_words(text, sentence) if numbers else context.NOTHING
        for index, number in enumerate(numbers):
            party = said.get(sentence)
            if party is not None and party.party_span is not None and party.party_span.overlaps(number.span):
                party = None
            figures.append(_figure(text, sentence, numbers, index, known, here, party, story, published))
    return UkrainianText(dates, attributions, figures)


def _figure(
    text: str,
    sentence: Span,
    numbers: list[UkrainianNumber],
    index: int,
    known: context.KnownWords,
    dates: list[DateMention],
    attribution: AttributionMention | None,
    story: str,
    published: Period | None,
) -> FigureMention:
    number = numbers[index]
    floor = numbers[index - 1].tail if index else sentence.start
    limit = numbers[index + 1].lead if index + 1 < len(numbers) else sentence.end
    noun = context.counted_noun(text, number, floor, limit, sentence, known)
    if index and not noun.event and not noun.quantity and context.shares_event(text, numbers[index - 1], number):
        before = context.counted_noun(text, numbers[index - 1], sentence.start, number.lead, sentence, known)
        noun = replace(noun, event=before.event, family=before.family)
    period = _period(context.date_of(text, number, sentence, dates), published)
    place = context.place_named_nearest(text, number.span, known, story)
    ahead = _AHEAD.search(text, max(sentence.start, number.lead - _AHEAD_REACH), number.lead)
    return FigureMention(
        span=number.span,
        quantity=number.quantity,
        hedge=number.hedge,
        modality=Modality.FORECAST if ahead else Modality.REPORTED,
        counted=noun.phrase,
        place=place,
        party="",
        as_of=period,
        attribution=attribution,
        measure=measure_of_noun(noun, number.quantity.dimension, place, period, published),
        sentence=sentence,
        noun=noun.noun,
    )


def _period(date: DateMention | None, published: Period | None) -> Period | None:
    """The period of a date; one that lies far back is that of an event of its own."""
    if date is None or date.period is None:
        return published
    old = published is not None and (published.start - date.period.end).days > _OLD_DAYS
    return replace(date.period, basis=Basis.EVENT) if old else date.period
