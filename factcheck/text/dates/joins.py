"""Two expressions of time as one: "from May to July", "Tuesday of next week", "the first week of June".

The words around a single expression are read in ``borders``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from factcheck.text.dates.borders import lower_border
from factcheck.text.dates.named import in_week
from factcheck.text.dates.periods import (
    DAY,
    BoundedPeriod,
    Context,
    DateMention,
    day_period,
    midnight,
    nth_weekday,
    shift,
    stated_period,
    week_of,
    weekend_around,
    with_bounds,
    zone,
)
from factcheck.text.dates.relative import counted_units
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import Basis, Period, Span

_LEX = load()
_LONGEST_GAP = 24
_DASH = Pattern(r"\s?[-\u2013\u2014~]\s?")
_TO = Pattern(r"(?i:,?\s(?:to|through|thru|till|until|til|up\sto)\s(?:on\s|in\s)?(?:the\s)?(?:week\s)?)")
_AND = Pattern(r"(?i:\sand\s(?:on\s|in\s)?(?:the\s)?)")
_BETWEEN = Pattern(r"(?i:\bbetween\s(?:the\s)?$)")
_OF = Pattern(r"(?i:(?:'s|\u2019s)?,?\s(?:(?:of|in)\s)?(?:the\s)?)")
_WEEK_AND_DAY = Pattern(r"(?i:[.,]?\s(?:-\s)?(?:(?:of|in|on)\s)?(?:the\s)?)")
_YEARS_QUARTER = Pattern(r"['\u2019]s\s")
_BESIDE = Pattern(r",?\s|-|\s?\(|,?\s(?:on|at)\s")
_WEEK_BEGINNING = Pattern(r"(?i:\s(?:of|beginning|starting|commencing)\s(?:on\s)?(?:the\s)?(?:week\s)?)")


def joined_mention(context: Context, first: DateMention, second: DateMention) -> DateMention | None:
    """Two neighbours as one, or None where nothing joins them.

    >>> one, two = (DateMention(Span(n, n + 5), day_period(datetime(2031, 5, d), "")) for n, d in ((0, 3), (9, 6)))
    >>> joined_mention(Context("3 May to 6 May", None, 0, 14), one, two).period.high.day
    6
    """
    gap = context.text[first.span.end : second.span.start]
    if len(gap) > _LONGEST_GAP:
        return None
    span = Span(first.span.start, second.span.end)
    if first.pick and second.period is not None and _OF.fullmatch(gap):
        picked = _picked(context, first, second, span)
        if picked is not None:
            return picked
    if second.pick and second.pick[2] in _LEX.weekdays:
        return None
    if first.pick and first.pick[2] == "week" and not first.pick[0] and _WEEK_BEGINNING.fullmatch(gap):
        return _week_holding(second, span, context)
    if first.period is None or second.period is None:
        return None
    if second.open == "now" and gap.isspace() and isinstance(second.period, BoundedPeriod):
        return DateMention(
            span, with_bounds(first.period, lower_border(first), second.period.high, span.cut(context.text))
        )
    if first.period.granularity == "year" and second.open == "year" and _YEARS_QUARTER.fullmatch(gap):
        moved = _moved(second, "year", first.period.start.year - second.period.start.year)
        return replace(moved, span=span, open="")
    return _weekday_and(context, first, second, gap, span) or _joined_range(context, first, second, gap, span)


def _week_holding(mention: DateMention, span: Span, context: Context) -> DateMention | None:
    """ "the week of 6 May", "the week beginning 6 May"."""
    if mention.period is None or mention.period.granularity != "day":
        return None
    return DateMention(span, week_of(mention.period.start, span.cut(context.text)), mention.open)


def _picked(context: Context, first: DateMention, second: DateMention, span: Span) -> DateMention | None:
    """ "the first week of June", "the last three months of 2030", "the second Monday of next month"."""
    nth, count, unit = first.pick or (0, 0, "")
    period, expression = second.period, span.cut(context.text)
    if period is None or isinstance(period, BoundedPeriod):
        return None
    days = (period.end - period.start).days
    if not nth and unit == "weekend" and period.granularity == "day":
        return DateMention(span, weekend_around(period.start, expression), second.open)
    if not nth:
        return _week_holding(second, span, context) if unit == "week" else None
    if unit in _LEX.weekdays:
        if period.granularity != "month":
            return None
        day = nth_weekday(period.start.year, period.start.month, _LEX.weekdays[unit], nth)
        found = day.replace(tzinfo=zone(context.ref))
        return (
            DateMention(span, day_period(found, expression), second.open) if found.month == period.start.month else None
        )
    if unit in ("quarter", "half") and not 360 < days < 370:
        return None
    if unit == "week" and days > 27:
        low, high = _weeks_in(period, nth, count)
    elif nth > 0:
        low = shift(period.start, unit, (nth - 1) * (count if nth > 1 else 1))
        high = shift(low, unit, count)
    else:
        low, high = shift(period.end, unit, -count), period.end
    if unit not in ("day", "week", "month", "quarter", "half", "year", "decade") or low < period.start - 7 * DAY:
        return None
    if low >= period.end or high > period.end + 7 * DAY or days < 7 or high <= low or (high - low).days >= days:
        return None
    if unit == "day" and count == 1:
        return DateMention(span, day_period(low, expression), second.open)
    granularity = {"day": "week", "half": "quarter", "decade": "year"}.get(unit, unit)
    return DateMention(span, stated_period(low, high, granularity, expression), second.open)


def _weeks_in(period: Period, nth: int, count: int) -> tuple[datetime, datetime]:
    """Weeks of a month or year: those that have most of their days in it, as calendars number them."""
    thursday = period.start + timedelta(days=(3 - period.start.weekday()) % 7)
    if nth > 0:
        low = thursday + timedelta(days=7 * (nth - 1) - 3)
        return low, low + timedelta(days=7 * count)
    last = period.end - timedelta(days=(period.end.weekday() - 3 - 1) % 7 + 1)
    return last - timedelta(days=7 * (count - 1) + 3), last + timedelta(days=4)


def _weekday_and(context: Context, first: DateMention, second: DateMention, gap: str, span: Span) -> DateMention | None:
    """A weekday beside its week or its date: "Monday next week", "Friday (6 May)", "in 3 days on Friday"."""
    one, two = first.period, second.period
    if one is None or two is None:
        return None
    if _is_week(one) and second.open == "week" and _WEEK_AND_DAY.fullmatch(gap):
        return _day_in(context, in_week(one.start, two.start.weekday()), two, span)
    if first.open == "week" and _is_week(two) and _WEEK_AND_DAY.fullmatch(gap):
        return _day_in(context, in_week(two.start, one.start.weekday()), one, span)
    if not _BESIDE.fullmatch(gap):
        return None
    if first.open == "week" and second.open == "offset":
        return _day_in(context, _nearest(_exact(two), one.start.weekday()), one, span)
    if first.open == "offset" and second.open == "week":
        return _day_in(context, _nearest(_exact(one), two.start.weekday()), two, span)
    same = two.granularity == "day" and second.open in ("", "year") and not isinstance(two, BoundedPeriod)
    if same and one.granularity == "day" and not gap[-3:].lower().startswith(("on", "at")):
        named = first.open == "week" or one.expression.lower().startswith(
            ("this ", "next ", "last ", "tomorrow", "today")
        )
        if named and (one.start.weekday() == two.start.weekday() or not second.open or "/" in two.expression):
            last = span.end + (context.text[span.end : span.end + 1] == ")" and "(" in gap)
            return replace(second, span=Span(span.start, last))
    return None


def _is_week(period: Period) -> bool:
    """Whether a period is one calendar week."""
    return (
        period.granularity == "week"
        and not isinstance(period, BoundedPeriod)
        and (period.end - period.start).days in (5, 7)
        and period.start.weekday() == 0
    )


def _exact(period: Period) -> datetime:
    return period.low if isinstance(period, BoundedPeriod) and period.low else period.start


def _nearest(day: datetime, weekday: int) -> datetime:
    """The weekday nearest to a day.

    >>> _nearest(datetime(2031, 5, 14), 0).day
    12
    """
    return midnight(day) + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)


def _day_in(context: Context, day: datetime, part: Period, span: Span) -> DateMention:
    """A day found in its week; a part of the day stays with it."""
    expression = span.cut(context.text)
    if part.granularity == "hour":
        offset, length = part.start - midnight(part.start), part.end - part.start
        return DateMention(span, stated_period(day + offset, day + offset + length, "hour", expression))
    return DateMention(span, day_period(day, expression))


def _joined_range(
    context: Context, first: DateMention, second: DateMention, gap: str, span: Span
) -> DateMention | None:
    """ "from May to July", "between now and Friday", "2014-2018"; it runs to where its last term begins."""
    between = _BETWEEN.search(context.text[max(0, first.span.start - 14) : first.span.start])
    if not (_TO.fullmatch(gap) or _DASH.fullmatch(gap) or (between and _AND.fullmatch(gap))):
        return None
    one, two = first.period, second.period
    if one is None or two is None or "hour" in (one.granularity, two.granularity):
        return None
    if _DASH.fullmatch(gap) and one.granularity != two.granularity and gap.strip() != "-":
        return None
    first = _same_year(first, second)
    second = _behind(first, second)
    low, high = lower_border(first), lower_border(second)
    if first.point is None and isinstance(first.period, BoundedPeriod) and first.period.low is None:
        return None
    if low is None or high is None or high < low or first.period is None or second.period is None:
        return None
    granularity = "week" if "day" in (one.granularity, two.granularity) else one.granularity
    period = BoundedPeriod(
        first.period.start,
        max(second.period.end, first.period.end),
        granularity,
        Basis.STATED,
        span.cut(context.text),
        low,
        high,
    )
    return DateMention(span, period, weak=first.weak and second.weak)


def _moved(mention: DateMention, unit: str, count: int) -> DateMention:
    """A mention so many years, months or weeks away."""
    period = mention.period
    if period is None:
        return mention
    moved = replace(period, start=shift(period.start, unit, count), end=shift(period.end, unit, count))
    if isinstance(moved, BoundedPeriod):
        low, high = (shift(d, unit, count) if d else None for d in (moved.low, moved.high))
        moved = replace(moved, low=low, high=high)
    return replace(mention, period=moved, point=shift(mention.point, unit, count) if mention.point else None)


def _same_year(first: DateMention, second: DateMention) -> DateMention:
    """ "May to July 2030": the year stands behind the last term and holds for both."""
    if first.open != "year" or second.open or first.period is None or second.period is None:
        return first
    if second.period.granularity not in ("day", "month") or not re.search(r"\d{4}", second.period.expression):
        return first
    moved = _moved(first, "year", second.period.start.year - first.period.start.year)
    return _moved(moved, "year", -1) if moved.period and moved.period.start > second.period.start else moved


def _behind(first: DateMention, second: DateMention) -> DateMention:
    """The last term of a range lies behind the first: "Monday to Friday", "October to March"."""
    if not second.open or second.open in ("offset", "now", "same") or first.period is None or second.period is None:
        return second
    unit = second.open
    apart = (second.period.start - first.period.start) // {"week": 7 * DAY, "month": 31 * DAY, "year": 366 * DAY}[unit]
    if unit == "year":
        apart = second.period.start.year - first.period.start.year
    if -60 < apart < 60:
        second = _moved(second, unit, -apart)
    if second.period and second.period.start < first.period.start:
        second = _moved(second, unit, 1)
    return second


def same_as_mention(mention: DateMention, before: DateMention) -> DateMention:
    """ "the same day": the day named just before, where there is one.

    >>> first, then = (DateMention(Span(n, n + 1), day_period(datetime(2031, 5, d), "")) for n, d in ((0, 2), (9, 14)))
    >>> same_as_mention(then, first).period.start.day
    2
    """
    one, two = mention.period, before.period
    if one is None or two is None or one.granularity != "day" or two.granularity not in ("day", "hour"):
        return mention
    if mention.span.start - before.span.end > 400:
        return mention
    return replace(mention, period=day_period(midnight(two.start), one.expression))


def later_than_mention(context: Context, mention: DateMention, before: DateMention | None) -> DateMention | None:
    """ "two days later": counted from the day named just before, else from publication.

    >>> monday = DateMention(Span(0, 6), day_period(datetime(2031, 5, 12), "Monday"))
    >>> text = "Monday. Two days later"
    >>> later_than_mention(Context(text, None, 0, 22), DateMention(Span(8, 22), None), monday).period.start.day
    14
    """
    origin = context.ref
    near = before is not None and mention.span.start - before.span.end <= 400
    if before is not None and near and before.period is not None and before.period.granularity in ("day", "hour"):
        origin = before.period.start
    if origin is None:
        return None
    words = mention.span.cut(context.text)
    sign = -1 if words.lower().endswith("earlier") else 1
    expression = counted_units(context, words.rsplit(None, 1)[0], origin, sign, mention.span)
    return replace(expression, weak=True)
