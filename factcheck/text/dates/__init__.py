"""Dates: expressions of time in a text, the periods they mean, and the period a figure holds for.

Days and hours in a text are read here; numbers are read in ``quantities``.

- ``periods``: arithmetic of days, weeks and months, and the value of a date mention
- ``written``, ``numeric``, ``named``, ``relative``, ``holidays``: readers, by how a date is written
- ``times_of_day``: an hour beside a date
- ``borders``, ``joins``: "since May", "from May to June"
- ``detection``: finds every expression of time and calls its reader
- ``as_of``: which date of a sentence a figure holds for
- ``as_of_hour``: the hour a figure holds for
- ``impossible``: weekdays that do not fit their date, days that no calendar has
"""

from factcheck.text.dates.as_of import as_of_period, day_of, is_former_value, period_before
from factcheck.text.dates.as_of_hour import narrow_to_hour
from factcheck.text.dates.detection import find_dates, publication_period, reference_time, resolved_dates
from factcheck.text.dates.impossible import impossible_days
from factcheck.text.dates.periods import BoundedPeriod, DateMention, day_period, months, stated_period

__all__ = [
    "BoundedPeriod",
    "DateMention",
    "as_of_period",
    "day_of",
    "day_period",
    "find_dates",
    "impossible_days",
    "is_former_value",
    "months",
    "narrow_to_hour",
    "period_before",
    "publication_period",
    "reference_time",
    "resolved_dates",
    "stated_period",
]
