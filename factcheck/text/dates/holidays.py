"""Holidays and memorial days by name: Christmas, Good Friday, Labor Day, Thanksgiving.

Which day a name means in a given year. Days that follow the moon or a decree are left out, and so are names that two
countries keep on different days.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from factcheck.text.dates.periods import (
    LOOKS_AHEAD,
    Context,
    DateMention,
    day_period,
    midnight,
    nearest_year,
    nth_weekday,
    weekend_around,
    zone,
)
from factcheck.text.patterns import Pattern
from factcheck.text.values import Span

_FIXED: dict[str, tuple[int, int]] = {
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "xmas": (12, 25),
    "christmas eve": (12, 24),
    "boxing day": (12, 26),
    "new year": (1, 1),
    "new year day": (1, 1),
    "new years day": (1, 1),
    "new year eve": (12, 31),
    "new years eve": (12, 31),
    "halloween": (10, 31),
    "independence day": (7, 4),
    "veterans day": (11, 11),
    "armistice day": (11, 11),
    "remembrance day": (11, 11),
    "valentines day": (2, 14),
    "st patricks day": (3, 17),
    "saint patricks day": (3, 17),
    "saint patrick": (3, 17),
    "st patrick": (3, 17),
    "earth day": (4, 22),
    "international workers day": (5, 1),
    "bastille day": (7, 14),
    "juneteenth": (6, 19),
    "groundhog day": (2, 2),
    "womens day": (3, 8),
    "international womens day": (3, 8),
    "anzac day": (4, 25),
    "canada day": (7, 1),
    "australia day": (1, 26),
    "epiphany": (1, 6),
    "all saints day": (11, 1),
    "all souls day": (11, 2),
    "bonfire night": (11, 5),
    "st georges day": (4, 23),
    "cinco de mayo": (5, 5),
    "hogmanay": (12, 31),
}
_BY_WEEKDAY: dict[str, tuple[int, int, int]] = {
    "thanksgiving": (11, 3, 4),
    "thanksgiving day": (11, 3, 4),
    "labor day": (9, 0, 1),
    "memorial day": (5, 0, -1),
    "columbus day": (10, 0, 2),
    "presidents day": (2, 0, 3),
    "martin luther king day": (1, 0, 3),
    "mlk day": (1, 0, 3),
    "mothers day": (5, 6, 2),
    "fathers day": (6, 6, 3),
}
_FROM_EASTER: dict[str, int] = {
    "easter": 0,
    "easter sunday": 0,
    "easter day": 0,
    "easter monday": 1,
    "good friday": -2,
    "maundy thursday": -3,
    "palm sunday": -7,
    "ash wednesday": -46,
    "shrove tuesday": -47,
    "mardi gras": -47,
    "whit monday": 50,
    "pentecost": 49,
    "ascension day": 39,
    "corpus christi": 60,
}
_AFTER_THANKSGIVING = {"black friday": 1, "cyber monday": 4}
_NAMES = [*_FIXED, *_BY_WEEKDAY, *_FROM_EASTER, *_AFTER_THANKSGIVING]
_COMMON_WORDS = frozenset(
    ["new", "black", "good", "all", "labor", "international", "earth", "canada", "australia", "saint", "palm"]
)


def _holiday_first_words() -> frozenset[str]:
    """The words by which a holiday may begin, each with the next where it is a common one."""
    out: set[str] = set()
    for name in _NAMES:
        first, _, rest = name.partition(" ")
        head = f"{first} {rest.split()[0]}" if first in _COMMON_WORDS else first
        out |= {head, head.removesuffix("s")}
    return frozenset(out - {"christma", "xma"})


FIRST_WORDS = _holiday_first_words()
_MARKS = {ord(mark): None for mark in "'\u2019."}


def _spelt(name: str) -> str:
    """A pattern for a name with the apostrophes and dots that copy puts into it."""
    words = (w.removesuffix("s") + r"['\u2019]?s['\u2019]?" if w.endswith("s") else w for w in name.split())
    return r"\s".join(r"st\.?" if w == "st" else w for w in words)


_PATTERN = Pattern("(?i:" + "|".join(_spelt(n) for n in sorted(_NAMES, key=lambda n: (-len(n), n))) + r")(?!\w)")
_PLAIN_YEAR = Pattern(r"(?i:\b(?:the|a|this|each|every|happy)\s$)")
_YEAR = Pattern(
    r"(?i:,?\s(?:day\s)?(?:of\s|in\s)?(?P<year>(?:19|20)\d\d)(?![\d%])|\s(?:of\s)?(?P<rel>this|next|last)\syear\b)"
)
_RELATIVE = Pattern(r"(?i:\b(?P<rel>last|previous|past|next|coming|following|this)\s$)")
_WEEKEND = Pattern(r"(?i:\s(?:(?P<year>(?:19|20)\d\d)\s)?weekend\b(?:\s(?P<after>(?:19|20)\d\d)(?!\d))?)")


def easter(year: int) -> datetime:
    """Easter Sunday of the western churches, after the anonymous Gregorian computus.

    >>> easter(2031).date().isoformat()
    '2031-04-13'
    """
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    w = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * w) // 451
    month, day = divmod(h + w - 7 * m + 114, 31)
    return datetime(year, month, day + 1, tzinfo=UTC)


def _table_name(name: str) -> str:
    """A name as the tables have it, without apostrophes and dots."""
    return " ".join(name.lower().translate(_MARKS).split())


def day_of_holiday(name: str, year: int) -> datetime | None:
    """The day of a holiday in a year; None for a name that is in no table.

    >>> day_of_holiday("Thanksgiving", 2031).date().isoformat(), day_of_holiday("New Year's Eve", 2031).day
    ('2031-11-27', 31)
    """
    plain = _table_name(name)
    if plain in _FIXED:
        return datetime(year, *_FIXED[plain], tzinfo=UTC)
    if plain in _BY_WEEKDAY:
        month, weekday, nth = _BY_WEEKDAY[plain]
        return nth_weekday(year, month, weekday, nth)
    if plain in _FROM_EASTER:
        return easter(year) + timedelta(days=_FROM_EASTER[plain])
    if plain in _AFTER_THANKSGIVING:
        return nth_weekday(year, 11, 3, 4) + timedelta(days=_AFTER_THANKSGIVING[plain])
    return None


def read_holiday(context: Context, start: int, end: int) -> DateMention | None:
    """The holiday whose name begins here: "Christmas", "Easter 2018", "Labor Day weekend".

    >>> read_holiday(Context("on Easter 2031", None, 0, 14), 3, 9).period.start.date().isoformat()
    '2031-04-13'
    """
    text = context.text
    named = _PATTERN.match(text, start, context.limit)
    if named is None or not (text[start].isupper() or len(named.group()) > 5):
        return None
    end = named.end()
    plain = _table_name(named.group())
    if plain == "new year" and (
        text[end : end + 2] in ("'s", "\u2019s") or _PLAIN_YEAR.search(context.before(start, 8))
    ):
        return None
    weekend = _WEEKEND.match(text, end, context.limit)
    year_after = _YEAR.match(text, end, context.limit)
    before = _RELATIVE.search(context.back(start))
    year = _holiday_year(plain, context, start, year_after, before)
    if weekend:
        year = int(weekend["year"] or weekend["after"] or 0) or year
        end = weekend.end()
    elif year_after:
        end = year_after.end()
    start -= len(before.group()) if before else 0
    span, expression = Span(start, end), text[start:end]
    if year is None:
        return DateMention(span, None)
    day = day_of_holiday(plain, year)
    if day is None:
        return None
    day = day.replace(tzinfo=zone(context.ref))
    if weekend:
        return DateMention(span, weekend_around(day, expression), "" if weekend["year"] or weekend["after"] else "year")
    return DateMention(span, day_period(day, expression), "" if year_after or before else "year")


def _holiday_year(
    plain: str, context: Context, start: int, after: re.Match[str] | None, before: re.Match[str] | None
) -> int | None:
    """In which year a holiday is meant: the one named, else the nearest in the direction of the copy."""
    if after and after["year"]:
        return int(after["year"])
    if context.ref is None:
        return None
    today = midnight(context.ref)
    if after:
        return today.year + {"this": 0, "next": 1, "last": -1}[after["rel"].lower()]
    this = day_of_holiday(plain, today.year)
    gone = this is not None and this.replace(tzinfo=today.tzinfo) < today
    if before and before["rel"].lower() in ("next", "coming", "following"):
        return today.year + gone
    if before and before["rel"].lower() != "this":
        return today.year - (not gone)
    if before or this is None:
        return today.year
    return nearest_year(context.ref, this.month, this.day, context.looks(LOOKS_AHEAD, start))
