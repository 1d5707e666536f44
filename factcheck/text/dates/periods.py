"""Periods of time and their arithmetic.

The value of a date mention, and the arithmetic of days, weeks, months and years. Which words mean which period is in
``written``, ``relative`` and ``holidays``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from factcheck.text.homographs import first_verb
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Basis, Period, Span

_LEX = load()
_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
_SECONDS_IN = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "fortnight": 1209600}
_VAGUE_COUNTS = {"a": 1, "an": 1, "couple": 2, "few": 3, "several": 3, "half": 1}
_TENS = alternatives(_LEX.tens)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
COUNT = (
    rf"\d{{1,4}}|(?:{_TENS})[ -](?:{_ONES})|a\scouple(?:\sof)?|couple(?:\sof)?|a\sfew|an?"
    rf"|{alternatives([w for w in _LEX.small if w not in ('zero', 'nil')])}|{_TENS}|several|few"
)
UNIT = "second|minute|min|hour|day|week|weekend|fortnight|month|quarter|year|decade"
DAY = timedelta(days=1)
LOOKS_AHEAD = Pattern(
    r"(?i:\b(?:will|by(?=\s(?:(?:the|late|early|mid|next|this|noon|midnight|end|close|start|of|on|about"
    r"|around)[\s-]){0,4}$)|until|till|next|coming|scheduled|expected|planned|due|expires?|deadline|from now)\b"
    r"|['\u2019]ll\b)"
)


@dataclass(frozen=True, slots=True)
class BoundedPeriod(Period):
    """A period whose borders the copy gives apart: "since May", "from May to July", "late May".

    ``start`` and ``end`` hold all that the words touch. ``low`` and ``high`` are the borders as said, None
    where a side is open; a stretch that is said to run to a term ends where that term begins.
    """

    low: datetime | None = None
    high: datetime | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """An expression of time; ``period`` is None where nothing says which day it means.

    ``open`` is what the copy leaves open: "year" ("6 May"), "week" ("Friday"), "month" ("the 6th"), or
    "offset" for a day counted from another ("in two weeks"), "now" for the moment of writing. ``pick`` is
    the part of a longer period that is still to be named ("the first week of"): which, how many, of what.
    ``point`` is the moment that "the end of May" marks when it ends or begins something. A ``weak`` mention
    ("of the year") dates no figure.
    """

    span: Span
    period: Period | None
    open: str = ""
    pick: tuple[int, int, str] | None = None
    point: datetime | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A text under reading: the time of publication, and where the last mention ended."""

    text: str
    ref: datetime | None
    floor: int
    limit: int

    def back(self, at: int, reach: int = 48) -> str:
        """The words just before a place, as far as no earlier mention holds them."""
        return self.text[max(self.floor, at - reach) : at]

    def word_before(self, at: int) -> str:
        """The word just before a place, in small letters; the empty text where there is none.

        >>> Context("on the 6th", None, 0, 10).word_before(3)
        'on'
        """
        words = self.text[max(self.floor, at - 24) : at].lower().split()
        return words[-1] if words else ""

    def looks(self, ahead: Pattern, at: int, reach: int = 48) -> bool:
        """Whether a verb of what is to come stands just before a place; "Will Smith" is none.

        >>> [Context(t, None, 0, 10).looks(LOOKS_AHEAD, 10) for t in ("They will, ", "Mrs Will, ")]
        [True, False]
        """
        return first_verb(ahead, self.text, max(0, at - reach), at)

    def before(self, at: int, reach: int = 48) -> str:
        """The words just before a place, those of earlier mentions too."""
        return self.text[max(0, at - reach) : at]


def zone_of(name: str) -> tzinfo:
    """The dateline's time zone; a name nobody knows is read as UTC.

    >>> str(zone_of("No/Such"))
    'UTC'
    """
    try:
        return ZoneInfo(name)
    except Exception:  # zoneinfo raises many kinds for odd keys; odd input is UTC, never an error
        return UTC


def zone(ref: datetime | None) -> tzinfo:
    """The zone in which the copy is read.

    >>> str(zone(None))
    'UTC'
    """
    return ref.tzinfo if ref is not None and ref.tzinfo is not None else UTC


def midnight(ref: datetime) -> datetime:
    """The beginning of a day.

    >>> midnight(datetime(2031, 5, 14, 9, 30)).hour
    0
    """
    return ref.replace(hour=0, minute=0, second=0, microsecond=0)


def stated_period(start: datetime, end: datetime, granularity: str, expression: str) -> Period:
    """A period that the copy states.

    >>> stated_period(datetime(2031, 5, 1), datetime(2031, 6, 1), "month", "May").basis.value
    'stated'
    """
    return Period(start, end, granularity, Basis.STATED, expression)


def with_bounds(period: Period, low: datetime | None, high: datetime | None, expression: str = "") -> BoundedPeriod:
    """The same period with borders of its own.

    >>> with_bounds(day_period(datetime(2031, 5, 14), "today"), None, datetime(2031, 5, 14)).low is None
    True
    """
    return BoundedPeriod(
        period.start, period.end, period.granularity, period.basis, expression or period.expression, low, high
    )


def day_period(start: datetime, expression: str) -> Period:
    """One day.

    >>> day_period(datetime(2031, 5, 14), "today").end
    datetime.datetime(2031, 5, 15, 0, 0)
    """
    return stated_period(start, start + DAY, "day", expression)


def days_between(first: datetime, last: datetime, expression: str) -> Period:
    """From one day to another, both of them counted in; the borders are the days themselves.

    >>> days_between(datetime(2031, 5, 3), datetime(2031, 5, 6), "3-6 May").end.day
    7
    """
    if last <= first:
        return day_period(first, expression)
    return BoundedPeriod(first, last + DAY, "week", Basis.STATED, expression, first, last)


def months(year: int, month: int, count: int, ref: datetime | None, expression: str, granularity: str) -> Period:
    """So many months from the first of one.

    >>> months(2030, 11, 3, None, "", "month").end.date().isoformat()
    '2031-02-01'
    """
    last = year * 12 + month - 1 + count
    place = zone(ref)
    return stated_period(
        datetime(year, month, 1, tzinfo=place),
        datetime(last // 12, last % 12 + 1, 1, tzinfo=place),
        granularity,
        expression,
    )


def shift(date: datetime, unit: str, count: int) -> datetime:
    """The same day so many weeks, months or years on; the last day of a shorter month stands in.

    >>> shift(datetime(2031, 5, 31), "month", 1), shift(datetime(2031, 5, 31), "week", -1)
    (datetime.datetime(2031, 6, 30, 0, 0), datetime.datetime(2031, 5, 24, 0, 0))
    """
    if unit in _MONTHS_IN:
        total = date.year * 12 + date.month - 1 + count * _MONTHS_IN[unit]
        for day in (date.day, 30, 29, 28):
            try:
                return date.replace(year=total // 12, month=total % 12 + 1, day=day)
            except ValueError:
                if day == 28:
                    raise
    seconds = _SECONDS_IN.get("minute" if unit == "min" else "week" if unit == "weekend" else unit, 86400)
    return date + timedelta(seconds=seconds * count)


def unit_period(date: datetime, unit: str, expression: str) -> Period:
    """The calendar week, month, quarter or year around a day.

    >>> unit_period(datetime(2031, 5, 14), "quarter", "").start.date().isoformat()
    '2031-04-01'
    """
    start = midnight(date)
    if unit in ("week", "weekend", "fortnight"):
        monday = start - timedelta(days=start.weekday())
        days = {"week": 7, "weekend": 7, "fortnight": 14}[unit]
        return stated_period(
            monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=days), "week", expression
        )
    if unit in ("day", "night"):
        return day_period(start, expression)
    if unit in ("decade", "century"):
        size = _MONTHS_IN[unit] // 12
        return months(date.year // size * size, 1, size * 12, date, expression, "year")
    size = _MONTHS_IN.get(unit, 12)
    return months(
        date.year,
        (date.month - 1) // size * size + 1,
        size,
        date,
        expression,
        unit if unit == "month" else "quarter" if size < 12 else "year",
    )


def count_of(words: str | None) -> int:
    """What a count before a unit says; a vague one is read as small.

    >>> count_of("forty-two"), count_of("a couple of"), count_of("12"), count_of(None)
    (42, 2, 12, 1)
    """
    total = 0
    for word in (words or "1").lower().replace("-", " ").split():
        if word.isdecimal():
            return int(word)
        value = _LEX.small.get(word) or _LEX.tens.get(word) or 0
        total = total + value if value else max(total, _VAGUE_COUNTS.get(word, 0))
    return total or 1


def nearest_year(ref: datetime, month: int, day: int, future: bool) -> int:
    """The year a day without one means: the last such day, unless the copy looks ahead or it is near.

    >>> nearest_year(datetime(2031, 5, 14), 11, 2, False), nearest_year(datetime(2031, 5, 14), 11, 2, True)
    (2030, 2031)
    """
    if (month, day) == (2, 29):
        return next(
            y
            for y in range(ref.year, ref.year - 9, -1)
            if y % 4 == 0 and (y % 100 or y % 400 == 0) and (y, 2, 29) <= (ref.year, ref.month, ref.day)
        )
    ahead = (month, day) > (ref.month, ref.day)
    if future:
        return ref.year if ahead or (ref.month - month) < 6 else ref.year + 1
    near = ahead and (month - ref.month) * 30 + day - ref.day <= 45
    return ref.year if not ahead or near else ref.year - 1


def week_of(day: datetime, expression: str) -> Period:
    """The week, Monday to Sunday, that holds a day.

    >>> week_of(datetime(2031, 5, 14), "").start.day
    12
    """
    return unit_period(day, "week", expression)


def numbered_week(year: int, number: int, ref: datetime | None, expression: str) -> Period:
    """The week of a year by its number, as calendars count them (ISO 8601).

    >>> numbered_week(2031, 1, None, "week 1").start.date().isoformat()
    '2030-12-30'
    """
    monday = datetime.fromisocalendar(year, number, 1).replace(tzinfo=zone(ref))
    return stated_period(monday, monday + timedelta(days=7), "week", expression)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> datetime:
    """The first, second, or (-1) last such weekday of a month.

    >>> nth_weekday(2031, 5, 0, -1).date().isoformat()
    '2031-05-26'
    """
    if nth < 0:
        last = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - DAY
        return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def weekend_around(day: datetime, expression: str) -> Period:
    """The days off around a holiday: the nearest Saturday and Sunday, and the holiday where it touches them.

    >>> weekend_around(datetime(2031, 9, 1), "").start.date().isoformat()
    '2031-08-30'
    """
    saturday = day + timedelta(days={0: -2, 6: -1}.get(day.weekday(), 5 - day.weekday()))
    first = min(day, saturday) if (saturday - day).days <= 2 else saturday
    return stated_period(first, max(saturday + 2 * DAY, day + DAY), "week", expression)
