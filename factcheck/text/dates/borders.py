"""Modifiers around an expression of time: "since Friday", "two weeks before Easter", "mid-May".

Reads the part of a period that is meant, a day counted from another, and an open side. What two expressions mean
together is in ``joins``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from factcheck.text.dates.periods import (
    COUNT,
    UNIT,
    BoundedPeriod,
    Context,
    DateMention,
    count_of,
    midnight,
    shift,
    stated_period,
    unit_period,
    with_bounds,
)
from factcheck.text.dates.relative import counted_units, half_of_period
from factcheck.text.patterns import Pattern
from factcheck.text.values import Period, Span

_BEGINNING = Pattern(r"(?i:\b(?:w/c|week\scommencing)\s$)")
_PART = Pattern(
    r"(?i:\b(?:(?P<word>early|late|mid)[ -](?:in\s)?(?:the\s)?"
    r"|(?:the\s)?(?P<part>beginning|start|end|middle|close|turn|rest|remainder)\sof\s(?:the\s)?))$"
)
_OFFSET = Pattern(
    rf"(?i:(?<![\w.,$])(?:(?P<than>more|less|fewer)\sthan\s)?(?P<for>\bfor\s)?(?:the\s(?=day|week|month|year))?"
    rf"(?P<chain>(?:(?:{COUNT})\s(?:{UNIT})s?(?:\sand\s|,\s))?(?:(?P<count>{COUNT})\s)?(?P<unit>{UNIT})s?),?\s"
    rf"(?P<way>before|after|from|starting(?:\s(?:from|on|in))?|beginning(?:\s(?:on|in))?)\s(?:the\s)?)$"
)
_WAYS = frozenset(["before", "after", "from", "starting", "beginning"])
_BORDER_ENDS = frozenset(
    [
        "since",
        "starting",
        "beginning",
        "effective",
        "as",
        "from",
        "on",
        "in",
        "the",
        "year",
        "after",
        "than",
        "following",
        "past",
        "before",
        "until",
        "till",
        "til",
        "by",
        "to",
    ]
)
_SINCE = Pattern(
    r"(?i:\b(?:since|starting|beginning|effective|(?:as\s)?early\sas|from\sas\searly\sas|as\sfrom)"
    r"\s(?:on\s|in\s|from\s)?(?:the\s)?(?:year\s)?$)"
)
_AFTER = Pattern(r"(?i:\b(?:after|later\sthan|(?:greater|more)\sthan|following|past)\s(?:the\s)?(?:year\s)?$)")
_BEFORE = Pattern(
    r"(?i:\b(?:before|until|till|til|by|prior\sto|up\sto|no\slater\sthan|not\slater\sthan|(?:as\s)?late\sas"
    r"|earlier\sthan|(?:less|fewer)\sthan)\s(?:on\s)?(?:the\s)?(?:year\s)?$)"
)
_THAN = Pattern(r"(?i:\b(?P<way>more|less|fewer)\sthan\s$)")
_NOT_LATER = Pattern(r"(?i:\bno[t]?\slater\sthan\s(?:the\s)?$)")
_ON_WARDS = Pattern(
    r"(?i:\s(?:(?:or|and)\s(?:later|after|onwards?|beyond|greater|above|newer)|onwards?)(?=\s*(?:[.,;!?)]|$)))"
)
_OR_BEFORE = Pattern(r"(?i:\s(?:or|and)\s(?:earlier|before|older)(?=\s*(?:[.,;!?)]|$)))")


def lower_border(mention: DateMention) -> datetime | None:
    """Where a mention begins when something lasts from it on.

    >>> year = stated_period(datetime(2030, 1, 1), datetime(2031, 1, 1), "year", "2030")
    >>> lower_border(DateMention(Span(0, 4), year)).year
    2030
    """
    if mention.point is not None or mention.period is None:
        return mention.point
    return mention.period.low if isinstance(mention.period, BoundedPeriod) else mention.period.start


def upper_border(mention: DateMention) -> datetime | None:
    """Where a mention is over when something follows it; "after Friday" counts from Friday.

    >>> year = stated_period(datetime(2030, 1, 1), datetime(2031, 1, 1), "year", "2030")
    >>> upper_border(DateMention(Span(0, 4), year)).year
    2031
    """
    period = mention.period
    if mention.point is not None or period is None:
        return mention.point
    if isinstance(period, BoundedPeriod):
        return period.high
    return period.start if period.granularity == "day" else period.end


def with_words_before(context: Context, mention: DateMention) -> DateMention | None:
    """A mention with the words that go before it: its part, or the time it lies before or after it.

    >>> may = stated_period(datetime(2031, 5, 1), datetime(2031, 6, 1), "month", "May")
    >>> with_words_before(Context("mid-May", datetime(2031, 5, 14), 0, 7), DateMention(Span(4, 7), may)).period.low.day
    10
    """
    mention = _with_part(context, mention)
    return _with_offset(context, mention)


def _with_part(context: Context, mention: DateMention) -> DateMention:
    """ "the end of 2030", "mid-May", "early last year"."""
    period = mention.period
    if period is None or period.granularity not in ("week", "month", "quarter", "year") or mention.weak:
        return mention
    if isinstance(period, BoundedPeriod) or mention.pick:
        return mention
    found = _PART.search(context.back(mention.span.start))
    if found is None:
        return mention
    word = (found["word"] or found["part"]).lower()
    span = Span(mention.span.start - len(found.group()), mention.span.end)
    point = None
    if found["part"]:
        half = period.start + (period.end - period.start) / 2
        point = {"end": period.end, "close": period.end, "middle": midnight(half)}.get(word, period.start)
        point = None if word in ("rest", "remainder") else point
        if word == "middle" and period.granularity == "month":
            point = period.start.replace(day=16)
    word = {"middle": "mid", "close": "end", "turn": "start"}.get(word, word)
    part = _third(period, word) if period.expression.isdecimal() else None
    if part is not None:
        return replace(mention, span=span, period=replace(part, expression=span.cut(context.text)), point=point)
    halves = half_of_period(replace(mention, span=span), word, context.ref or period.end)
    return replace(halves, point=point)


def _third(period: Period, word: str) -> BoundedPeriod | None:
    """The beginning, middle or end of a year named by its number: four months each."""
    if not 360 < (period.end - period.start).days < 370:
        return None
    first, last = period.start.replace(month=5), period.start.replace(month=9)
    low, high = {"mid": (first, last), "late": (last, period.end), "end": (last, period.end)}.get(
        word, (period.start, first)
    )
    return with_bounds(period, low, high)


def _with_offset(context: Context, mention: DateMention) -> DateMention | None:
    """ "two days after Tuesday", "the week before Christmas", "3 days from today"."""
    if mention.period is None or (mention.weak and mention.open != "now") or isinstance(mention.period, BoundedPeriod):
        return mention
    ways = context.back(mention.span.start, 22).lower().split()[-2:]
    if not ways or (ways[-1] not in _WAYS and not (ways[-1] in ("the", "on", "in", "from") and ways[0] in _WAYS)):
        return mention
    found = _OFFSET.search(context.back(mention.span.start, 60))
    if found is None:
        return mention
    way, unit = found["way"].lower(), found["unit"].lower()
    first = found.start("than") if found["than"] else found.start("chain")
    span = Span(mention.span.start - (found.end() - first), mention.span.end)
    origin = context.ref if mention.open == "now" and context.ref else mention.period.start
    if not found["count"] and (found["chain"].lower() != "day" or way not in ("before", "after")):
        return mention
    if way.startswith(("starting", "beginning")) or (found["for"] and way == "from"):
        last = shift(origin, unit, count_of(found["count"]))
        return DateMention(span, stated_period(origin, last, "week" if unit == "day" else unit, span.cut(context.text)))
    sign = -1 if way == "before" else 1
    chain = found["chain"] if found["count"] else f"a {unit}"
    expression = counted_units(context, chain, origin, sign, span)
    if not found["than"] or expression.period is None:
        return expression
    day = midnight(expression.period.start)
    more = found["than"].lower() == "more"
    low, high = (None, day) if sign < 0 else (day, None)
    if not more:
        low, high = sorted((origin, day))
    return replace(expression, period=with_bounds(expression.period, low, high), open="")


def _more_or_less(context: Context, mention: DateMention, more: bool) -> DateMention:
    """ "more than two years ago", "less than a week from now": the side of a counted day that is meant."""
    period = mention.period
    if period is None or context.ref is None:
        return mention
    day, today = (
        (period.low or period.start) if isinstance(period, BoundedPeriod) else period.start,
        midnight(context.ref),
    )
    past = day < today
    if more:
        return replace(mention, period=with_bounds(period, None if past else day, day if past else None))
    return replace(mention, period=with_bounds(period, min(day, today), max(day, today)))


def with_open_side(context: Context, mention: DateMention) -> DateMention:
    """A mention with the border that the words around it open: "since May", "until Friday", "2030 or later".

    >>> may = stated_period(datetime(2031, 5, 1), datetime(2031, 6, 1), "month", "May")
    >>> with_open_side(Context("since May", None, 0, 9), DateMention(Span(6, 9), may)).period.high is None
    True
    """
    period = mention.period
    if period is None or (mention.weak and mention.open != "") or mention.open == "now":
        return mention
    on = _ON_WARDS.match(context.text, mention.span.end, context.limit)
    if on:
        return replace(mention, period=with_bounds(period, lower_border(mention), None))
    if _OR_BEFORE.match(context.text, mention.span.end, context.limit):
        return replace(mention, period=with_bounds(period, None, upper_border(mention)))
    if isinstance(period, BoundedPeriod) and (period.low is None or period.high is None):
        return mention
    than = _THAN.search(context.before(mention.span.start, 12)) if mention.open == "offset" else None
    if than:
        return _more_or_less(context, mention, than["way"].lower() == "more")
    if context.word_before(mention.span.start) not in _BORDER_ENDS:
        return mention
    before = context.before(mention.span.start, 36)
    if _BEFORE.search(before) or _NOT_LATER.search(before):
        return replace(mention, period=with_bounds(period, None, lower_border(mention)))
    if _SINCE.search(before):
        low = period.low if isinstance(period, BoundedPeriod) else period.start
        return replace(mention, period=with_bounds(period, low, None))
    if _AFTER.search(before):
        return replace(mention, period=with_bounds(period, upper_border(mention), None))
    return mention


def week_commencing(context: Context, mention: DateMention) -> DateMention:
    """ "w/c 6 May": the week of that day.

    >>> day = stated_period(datetime(2031, 5, 14), datetime(2031, 5, 15), "day", "14 May")
    >>> week_commencing(Context("w/c 14 May", None, 0, 10), DateMention(Span(4, 10), day)).period.start.day
    12
    """
    period = mention.period
    if period is None or period.granularity != "day" or not _BEGINNING.search(context.before(mention.span.start, 20)):
        return mention
    return replace(mention, period=unit_period(period.start, "week", period.expression))
