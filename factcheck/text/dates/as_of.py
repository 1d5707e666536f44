"""The period a figure holds for: stated in the text, the event's own date, or the publication time.

Chooses among the dates of a sentence; how a date is read is in the other modules of this package.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from factcheck.text.dates.periods import DateMention
from factcheck.text.patterns import Pattern
from factcheck.text.values import AttributionMention, Basis, Period, Span

_AS_OF = Pattern(
    r"(?i:\b(?:as\sof|by|up\sto|at\sthe\send\sof|as\sat)\s(?:the\send\sof\s|late\s|early\s|midday\s"
    r"|noon\s)?)$"
)
_FRAME = Pattern(r"(?i:(?:by|as\sof|as\sat|up\sto)\s[^,.;:]{0,30})")
_SINCE = Pattern(
    r"(?i:\b(?:since|until|till|before|after|from|prior\sto|following|than\sin|between|starting"
    r"|beginning|effective|to\sbegin|to\send|due|scheduled\sfor)\s(?:the\s|its\s|early\s|late\s"
    r"|mid-?)?(?:[\w'\u2019-]+\s){0,5}?(?:on\s|in\s"
    r"|of\s)?)$"
)
_STRUCK = Pattern(
    r"(?i:\b(?:struck|hit|hits|rocked|shook|devastated|ravaged|jolted|occurred|began|started|launched"
    r"|happened|crashed|erupted)\b[^,.;]{0,60}$)"
)
_AGAINST = Pattern(
    r"(?i:\b(?:compared\s(?:to|with)|versus|against|up\sfrom|down\sfrom|(?:break|beat|surpass|exceed"
    r"|topp|eclips|smash|shatter|overtak|outstripp)ing)\b)"
)
_COMPARED = Pattern(r"(?i:\b(?:(?:up|down)\s(?:on|from)|compared\s(?:to|with)|against|versus|than)\s(?:the\s)?$)")
_OF_EVENT = Pattern(r"(?i:\bwhich\b|\bthat\s(?:has\s|have\s|had\s)?(?:\w{2,12}ed|left|hit|struck|took|cost)\b)")
_DONE_TO = Pattern(r"(?i:\b[a-z]{3,}(?:ed|en)\s(?:on\s)?$)")
_BY_SOMETHING = Pattern(r"\s(?:morning\s|afternoon\s|evening\s|night\s)?by\s(?:the|an?|its?)\b")
_SAID_NOW = Pattern(r"(?i:\b(?:and|but|while)\s(?:\w+\s){1,5}(?:says?|reports?|estimates?)\b)")
_REPORTED_THEN = Pattern(r"(?i:\b(?:said|says|announced|reported|told\s\w+)\s(?:on\s|in\s)?$)")
_CONTENT_NEXT = Pattern(r"(?i:\s(?:that|it|he|she|they|the|an?|its|his|her|their)\b)")
_SO_FAR = Pattern(r"(?i:\b(?:so\sfar|has|have|already|to\sdate)\b)")
_CLAUSE = Pattern(r"[,;:\u2014]|\b(?:and|but|while|whereas)\b")
_OLD = timedelta(days=45)
_CLAUSE_COST = 45
"""What a border of a clause between date and figure costs, in letters."""
_BEFORE_COST = 10
"""What a date before its figure costs, beside one behind it."""
_OPENING_COST, _REPORT_COST, _OLD_REPORT_COST = 60, 50, 90
"""The most that a date costs that opens the sentence, or stands beside the reporting verb."""
_OLD_YEAR_COST = 30
_FARTHEST = 150


_FORMER = Pattern(
    r"(?i:(?:\b(?:up|down|raised|cut|lowered|increased|reduced|risen|fallen|downgraded)?,?\s?from"
    r"|\bcompared\s(?:with|to)|\bprevious(?:ly)?\s\w*)\s(?:an?\s|its\s|the\s|about\s)?(?:earlier\s|previous\s)?$)"
)
_TO_BEFORE = Pattern(
    r"(?i:\bto\s[^;]{0,70}$|\b(?:raised|cut|changed|amended|lowered|increased|reduced|up|down"
    r"|quoted)\b[^;]{0,90}$)"
)


def is_former_value(text: str, begin: int, sentence: Span) -> bool:
    """Whether a figure is the older one of a change: "to 92 from 80", "up from 15".

    >>> t = "raised its bid to 95 dollars from 90 dollars"
    >>> is_former_value(t, 34, Span(0, len(t))), is_former_value(t, 18, Span(0, len(t)))
    (True, False)
    """
    window = text[max(sentence.start, begin - 130) : begin]
    found = _FORMER.search(window)
    return bool(
        found
        and (_TO_BEFORE.search(window[: found.start() + 1]) or found.group().lower().startswith(("up", "down", "prev")))
    )


def period_before(period: Period | None) -> Period | None:
    """The looser time before a period, for the older figure of a change: the same month up to then."""
    if period is None:
        return None
    end = period.start
    start = end.replace(day=1, hour=0, minute=0) if end.day > 1 else end - timedelta(days=31)
    return Period(start, end, "month", Basis.STATED, "before")


def as_of_period(
    text: str,
    figure: Span,
    sentence: Span,
    dates: list[DateMention],
    attribution: AttributionMention | None,
    published: Period | None,
    running: bool,
) -> Period | None:
    """The period a figure holds for: "as of" first, then a date beside it, then the day it was said, then publication.

    A toll that still moves is dated by who reports it, not by the day disaster struck, unless that day
    lies so far back that it is another event.
    """
    here = [d for d in dates if d.period is not None and not d.weak and sentence.start <= d.span.start < sentence.end]
    if not here:
        return published
    for date in here:
        if re.search(
            r"(?i:\bas\s(?:of|at)\s[^,.;]{0,24}$)", text[max(sentence.start, date.span.start - 30) : date.span.start]
        ):
            return date.period
    best: tuple[int, DateMention] | None = None
    for date in here:
        cost = _cost(text, figure, sentence, date, attribution, running, published)
        if cost is not None and (best is None or cost < best[0]):
            best = (cost, date)
    if best is None or best[1].period is None:
        return published
    period = best[1].period
    if published is not None and (_still_running(text, sentence, period, published) or _just_past(period, published)):
        return published
    past = published is not None and period.end <= published.start - _OLD
    return (
        replace(period, basis=Basis.EVENT)
        if past and not _AS_OF.search(text[max(0, best[1].span.start - 16) : best[1].span.start])
        else period
    )


def _still_running(text: str, sentence: Span, period: Period, published: Period) -> bool:
    """Whether a count for a period that is not over is meant: "40 so far this year" holds for today."""
    return (
        period.granularity in ("week", "month", "quarter", "year")
        and period.start <= published.start < period.end
        and _SO_FAR.search(text, sentence.start, sentence.end) is not None
    )


def _just_past(period: Period, published: Period) -> bool:
    """Whether "earlier this week" is meant: when something happened, and no day for which a count holds."""
    earlier = period.expression.lower().startswith("earlier this")
    return earlier and period.start <= published.start < period.end


def _cost(
    text: str,
    figure: Span,
    sentence: Span,
    date: DateMention,
    attribution: AttributionMention | None,
    running: bool,
    published: Period | None,
) -> int | None:
    """How far a date stands from a figure in letters and clauses; None where it cannot be its date."""
    if date.period is None:
        return None
    long_past = published is not None and date.period.end <= published.start - _OLD
    moving = running and not long_past
    if _is_another_date(text, figure, sentence, date, moving):
        return None
    between = _between(text, figure, date)
    cost = len(between) + _CLAUSE_COST * len(_CLAUSE.findall(between))
    if date.span.start < figure.start:
        cost += _BEFORE_COST
        if _opens_sentence(text, sentence, date) or _frames_sentence(text, sentence, date):
            cost = min(cost, _OPENING_COST)
    if attribution is not None and attribution.span.start - 3 <= date.span.start <= attribution.span.end + 40:
        cost = min(cost, _OLD_REPORT_COST if long_past and not running else _REPORT_COST)
    if long_past and not running and date.period.granularity == "year" and cost > _OLD_REPORT_COST:
        return cost + _OLD_YEAR_COST
    return cost if cost <= _FARTHEST else None


def _is_another_date(text: str, figure: Span, sentence: Span, date: DateMention, moving: bool) -> bool:
    """Whether the words around a date say that it dates something else than the figure.

    ``moving``: the figure is a count that still moves, which the day of the event does not date.
    """
    before = text[max(sentence.start, date.span.start - 60) : date.span.start]
    between = _between(text, figure, date)
    if _SINCE.search(before[-44:]) and not _AS_OF.search(before[-24:]):
        return True
    if moving and (_STRUCK.search(before) or _is_of_what_was_done(text, date, before)):
        return True
    if "\u201d" in between or "; " in between:
        return True
    if date.span.start >= figure.end:
        # "61 percent, compared with 58.9 percent in 2027", "26, breaking the 25 of 1935": the other's
        return _belongs_to_next(text, date, before) or bool(_AGAINST.search(between))
    # "A week ago the crews walked out, and their leaders say 160 ships are idle": that is said today
    return _SAID_NOW.search(between) is not None or (moving and _OF_EVENT.search(between) is not None)


def _is_of_what_was_done(text: str, date: DateMention, before: str) -> bool:
    """Whether a date is that of an event in passing: "officials in Sudmark, flooded Sunday by the storm, said …"."""
    return _DONE_TO.search(before) is not None and _BY_SOMETHING.match(text, date.span.end) is not None


def _between(text: str, figure: Span, date: DateMention) -> str:
    """The text between a figure and a date, whichever comes first."""
    if date.span.start >= figure.end:
        return text[figure.end : date.span.start]
    return text[date.span.end : figure.start]


def _opens_sentence(text: str, sentence: Span, date: DateMention) -> bool:
    """Whether a date opens the sentence and is no possessive ("Like Thursday's quake, the …")."""
    owns = text[date.span.end : date.span.end + 2] in ("'s", "\u2019s")
    return date.span.start - sentence.start < 12 and not owns


def _frames_sentence(text: str, sentence: Span, date: DateMention) -> bool:
    """Whether "By six o'clock yesterday …" or "As of late Tuesday …" opens the sentence, and holds for all of it."""
    return _FRAME.fullmatch(text, sentence.start, date.span.start) is not None


def _belongs_to_next(text: str, date: DateMention, before: str) -> bool:
    """Whether a date behind a figure dates what follows: "…, up on last night's", "…, said last week it had"."""
    if _COMPARED.search(before):
        return True
    return _REPORTED_THEN.search(before) is not None and _CONTENT_NEXT.match(text, date.span.end) is not None


def day_of(period: Period) -> str:
    """A period as an editor writes it: a day, else a month or a year.

    >>> from datetime import UTC
    >>> day_of(Period(datetime(2031, 5, 1, tzinfo=UTC), datetime(2031, 6, 1, tzinfo=UTC), "month"))
    '2031-05'
    """
    if period.granularity == "year":
        return f"{period.start.year:04d}"
    if period.granularity in ("month", "quarter"):
        return f"{period.start.year:04d}-{period.start.month:02d}"
    moment: datetime = period.end - timedelta(seconds=1) if period.expression.lower() == "overnight" else period.start
    return moment.date().isoformat()
