"""Hours beside a day: "tomorrow at 8 a.m.", "Tuesday from 2 to 4:30 pm", "10 a.m. on 6 May".

An hour sets the borders of a day's mention; the day itself, and all that is dated by it, stays a day. The hour a
figure holds for is found in ``as_of_hour``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from factcheck.text.dates.periods import BoundedPeriod, Context, DateMention, midnight, with_bounds
from factcheck.text.patterns import Pattern

_EXACT = (
    r"(?:\d{1,2}(?::[0-5]\d){1,2}(?:\s?[ap]\.?m\b\.?)?|\d{1,2}(?:\.[0-5]\d)?\s?[ap]\.?m\b\.?"
    r"|\d{1,2}\s(?:o['\u2019]?\s?clock)\b"
    r"|noon\b|midday\b|midnight\b)"
)
_LOOSE = rf"(?:{_EXACT}|\d{{1,2}}(?![\d:,.%/]\d|\d|%))"
_TO = r"\s?(?:-|\u2013|to|and|until|till)\s?"
_SIDE = r"(?P<side>before|after|by|no\slater\sthan|later\sthan|until|till)"
_AFTER = Pattern(
    rf"(?i:(?:\s(?:early\s|late\s)?(?:morning|afternoon|evening|night))?,?\s"
    rf"(?:(?:(?:from|between)\s(?P<low>{_EXACT}){_TO}(?P<high>{_LOOSE})"
    rf"|(?:from\s|between\s|at\s)?(?P<first>{_LOOSE}){_TO}(?P<last>{_EXACT}))"
    rf"|(?:{_SIDE}\s(?P<edge>{_EXACT}))|(?:at\s|around\s|about\s|for\s|@\s?)?(?P<at>{_EXACT})"
    rf"|at\s(?P<bare>\d{{1,2}}(?:\.[0-5]\d)?)(?=\s*(?:[.,;!?](?!\d)|$))))"
)
_BEFORE = Pattern(
    rf"(?i:(?<![\w:.,$])(?:(?P<low>{_LOOSE}){_TO}(?P<high>{_EXACT})|(?P<at>{_EXACT}))\s(?:on\s|of\s)?(?:the\s)?)$"
)
_NEAR = Pattern(r"\d|[Nn]oon|[Mm]id")
_CLOCK = Pattern(r"(?i:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?)?\s?(?P<half>[ap])?)")
_WORDS = {"noon": 12, "midday": 12, "midnight": 0}
_HALF_OF_DAY = Pattern(r"(?i:[ap]\.?m)")


def hour_of(words: str, like: str = "") -> timedelta | None:
    """The time of day that words give; the second of two hours may say for both whether noon is past.

    >>> str(hour_of("4:30 pm")), str(hour_of("2", like="4:30 pm")), str(hour_of("noon")), hour_of("99")
    ('16:30:00', '14:00:00', '12:00:00', None)
    """
    if words.lower() in _WORDS:
        return timedelta(hours=_WORDS[words.lower()])
    found = _CLOCK.match(words)
    if found is None:
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    half = (found["half"] or "").lower() if _HALF_OF_DAY.search(words) else ""
    other = _HALF_OF_DAY.search(like)
    if not half and other and hour <= 12:
        half = other.group()[0].lower()
        stop = _CLOCK.match(like)
        if stop and hour % 12 > int(stop["hour"]) % 12:
            half = "a" if half == "p" else "p"
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def with_hours(context: Context, mention: DateMention) -> DateMention:
    """A mention of a day with the hours beside it as its borders.

    >>> from factcheck.text.dates.detection import find_dates
    >>> [day] = find_dates("tomorrow at 8 a.m.", datetime(2031, 5, 14))
    >>> day.period.low.hour, day.period.granularity
    (8, 'day')
    """
    period = mention.period
    if period is None or period.granularity not in ("day", "hour") or mention.weak or isinstance(period, BoundedPeriod):
        return mention
    day = midnight(period.start)
    if (period.end - day).days > 1 or mention.open == "offset":
        return mention
    end = mention.span.end
    after = _AFTER.match(context.text, end, context.limit) if _NEAR.search(context.text, end, end + 32) else None
    back = "" if after else context.before(mention.span.start, 36)
    before = _BEFORE.search(back) if _NEAR.search(back) else None
    found = after or before
    borders = _borders(found.groupdict(), day, period.start.hour >= 12) if found else None
    return replace(mention, period=with_bounds(period, *borders)) if borders else mention


def _borders(parts: dict[str, str | None], day: datetime, late: bool) -> tuple[datetime | None, datetime | None] | None:
    """The borders that hours give a day; on an afternoon or a night a bare hour is one after noon."""
    low, high = parts.get("low") or parts.get("first"), parts.get("high") or parts.get("last")
    if low and high:
        one, two = _late(hour_of(low, like=high), late, low), _late(hour_of(high), late, high)
        return (day + one, day + two) if one is not None and two is not None and one < two else None
    expression = parts.get("at") or parts.get("bare") or parts.get("edge") or ""
    hour = _late(hour_of(expression), late, expression)
    if hour is None:
        return None
    side = re.sub(r"\s", " ", (parts.get("side") or "").lower())
    if side in ("after", "later than"):
        return day + hour, None
    return (None, day + hour) if side else (day + hour, day + hour)


def _late(hour: timedelta | None, late: bool, words: str) -> timedelta | None:
    if hour is None or not late or _HALF_OF_DAY.search(words) or not timedelta(hours=5) <= hour < timedelta(hours=12):
        return hour
    return hour + timedelta(hours=12)
