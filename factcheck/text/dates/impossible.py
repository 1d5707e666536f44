"""Days that cannot be: a weekday that its date does not fall on, and a day that no calendar has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Finding, FindingKind

_LEX = load()
_WEEKDAY = alternatives(word.capitalize() for word in _LEX.weekdays if len(word) > 4)
_MONTH = alternatives(word.capitalize() for word in _LEX.months if len(word) > 2)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_WRITTEN = Pattern(
    rf"(?<!\w)(?:(?P<weekday>{_WEEKDAY})(?:,|\sthe)?\s)?"
    rf"(?:(?P<day>{_DAY})\s(?:of\s)?(?P<month>{_MONTH})|(?P<first>{_MONTH})\s(?P<second>{_DAY})(?!\d|:|\s?[ap]\.?m))"
    r"(?:,?\s(?P<year>(?:19|20)\d\d)(?!\d))?(?!\w)"
)
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def impossible_days(text: str, ref: datetime | None) -> Iterator[Finding]:
    """What is wrong with the dates of a text, each in a sentence.

    Without a year that day is meant which lies nearest to the publication.

    >>> [f.reason for f in impossible_days("It met on Tuesday, 14 May 2031, and on 31 June.", None)]
    ['“Tuesday, 14 May 2031”: that day is a Wednesday.', '“31 June”: that month has 30 days.']
    """
    for match in _WRITTEN.finditer(text):
        day = int(re.sub(r"\D", "", match["day"] or match["second"]))
        month = _LEX.months[(match["month"] or match["first"]).lower()]
        reason = _no_such_day(match, day, month) or _other_weekday(match, day, month, ref)
        if reason:
            yield Finding(FindingKind.DATE, False, (), f"“{match.group()}”: {reason}")


def _no_such_day(match: re.Match[str], day: int, month: int) -> str:
    longest = _LONGEST[month - 1]
    if month == 2 and match["year"] and not _is_leap(int(match["year"])):
        longest = 28
    return f"that month has {longest} days." if day > longest else ""


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _other_weekday(match: re.Match[str], day: int, month: int, ref: datetime | None) -> str:
    if not match["weekday"] or not (match["year"] or ref):
        return ""
    near = _days(match, day, month, ref)
    if not near or near[0].weekday() == _LEX.weekdays[match["weekday"].lower()]:
        return ""
    when = "that day" if match["year"] else f"in {near[0].year} that day"
    return f"{when} is a {_NAMES[near[0].weekday()]}."


def _days(match: re.Match[str], day: int, month: int, ref: datetime | None) -> list[date]:
    """The day in the year that is written, else those of the years beside the publication, nearest first."""
    year = int(match["year"]) if match["year"] else ref.year if ref else 0
    years = [year] if match["year"] else [year - 1, year, year + 1]
    days = [date(y, month, day) for y in years if (month, day) != (2, 29) or _is_leap(y)]
    return sorted(days, key=lambda d: abs(d - ref.date())) if ref and not match["year"] else days
