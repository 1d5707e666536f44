"""When a subscription is due: five cron fields, read on the subscription's own clock.

Read as cron does, and more strictly than Celery does: Sunday is 0 and 7, a range runs upwards, a step
fits its field, and where day of month and day of week are both given, either will do.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from factcheck.errors import Invalid
from factcheck.models import ReportSubscription
from factcheck.workflow.arrivals import known_zones

logger = logging.getLogger(__name__)

LONGEST_GAP = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DAY = 24 * 60
LEAST_BETWEEN = 15
"""How many minutes lie between two mails at least; who needs one now sends one now."""
LOOK_AHEAD = 8 * 366 + 1
"""How many days are looked through: 29 February can be eight years away."""
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMES = {
    "month": {word: number for number, word in enumerate(MONTHS, 1)},
    "day of week": {word: number for number, word in enumerate(WEEKDAYS)},
}
ITEM = re.compile(r"(?:\*|(?P<low>\d{1,2}|[a-z]{3})(?:-(?P<high>\d{1,2}|[a-z]{3}))?)(?:/(?P<step>\d{1,9}))?", re.ASCII)


@dataclass(frozen=True)
class Schedule:
    """The five fields as sets of numbers; ``either`` where a day of the month or one of the week will do."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def has_day(self, at: datetime) -> bool:
        day, weekday = at.day in self.days, at.isoweekday() % 7 in self.weekdays
        return at.month in self.months and (day or weekday if self.either else day and weekday)

    def has(self, at: datetime) -> bool:
        return at.minute in self.minutes and at.hour in self.hours and self.has_day(at)

    @property
    def times(self) -> list[tuple[int, int]]:
        """Hours and minutes of a day that it has, in order."""
        return [(hour, minute) for hour in sorted(self.hours) for minute in sorted(self.minutes)]


def check_schedule(cron: str, zone: str) -> Schedule:
    """The schedule of a new subscription, or of a changed one.

    Raises:
        Invalid: not five cron fields, more often than every 15 minutes, or no such time zone.
    """
    schedule = read_schedule(cron)
    if zone not in known_zones():
        raise Invalid(f"“{zone[:64]}” is not a time zone.", code="zone_unknown")
    times = [hour * 60 + minute for hour, minute in schedule.times]
    if any(later - earlier < LEAST_BETWEEN for earlier, later in zip(times, [*times[1:], times[0] + DAY], strict=True)):
        raise Invalid(f"A report is mailed every {LEAST_BETWEEN} minutes at most.", code="cron_too_often")
    return schedule


def read_schedule(cron: str) -> Schedule:
    """Five cron fields, read.

    Raises:
        Invalid: they cannot be.
    """
    fields = cron.lower().split()
    if len(fields) != len(FIELDS):
        raise Invalid(
            "A schedule has five fields: minute, hour, day of month, month, day of week.", code="cron_invalid"
        )
    minutes, hours, days, months, weekdays = (
        frozenset(number for item in field.split(",") for number in numbers_in_field(item, *limits))
        for field, limits in zip(fields, FIELDS, strict=True)
    )
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    return Schedule(minutes, hours, days, months, frozenset(number % 7 for number in weekdays), either)


def numbers_in_field(item: str, name: str, least: int, most: int) -> range:
    """What one part of a field stands for: ``*``, a number or a name, a range, a range or ``*`` with a step."""

    def refused(why: str) -> Invalid:
        return Invalid(f"The schedule cannot be read: “{item[:20]}” as {name} {why}.", code="cron_invalid")

    match = ITEM.fullmatch(item)
    if match is None:
        raise refused("is neither *, a number, a range nor a step")
    low, high, step = match["low"], match["high"], match["step"]
    first = number_or_name(low, name) if low else least
    last = number_or_name(high, name) if high else most if low is None else first
    if first is None or last is None:
        raise refused("holds a name that is not known there")
    if high == "sun":
        last = 7  # the end of a week that begins on Monday
    if not least <= first <= most or not least <= last <= most:
        raise refused(f"is not between {least} and {most}")
    if first > last:
        raise refused("runs backwards")
    if step and low and not high:
        raise refused("has a step, and a step follows * or a range")
    if step and not 1 <= int(step) <= most:
        raise refused("has a step that does not fit")
    return range(first, last + 1, int(step or 1))


def number_or_name(word: str, name: str) -> int | None:
    """A number, or the name of a month or a weekday where such a name belongs."""
    return int(word) if word.isdecimal() else NAMES.get(name, {}).get(word)


def due_slots(subscription: ReportSubscription, now: datetime) -> list[str]:
    """The minutes of the subscription's own clock, since it was last looked at, at which a report is due.

    A minute that occurs twice (end of summer time) is due once; one that is skipped is due when it is skipped. After a
    long stop only the newest slot of the last day is due. A stored schedule that cannot be parsed is logged and never
    due.
    """
    try:
        schedule = read_schedule(subscription.cron)
    except Invalid as refusal:
        logger.warning("subscription %s is never due: %s", subscription.pk, refusal.message)
        return []
    zone = ZoneInfo(subscription.zone)
    since = max(subscription.looked_at, now - LONGEST_GAP)
    at = since.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0) + MINUTE
    until = now.astimezone(zone).replace(tzinfo=None)
    slots = []
    while at <= until:
        if schedule.has(at):
            slots.append(at.strftime("%Y-%m-%dT%H:%M"))
        at += MINUTE
    return slots[-1:] if now - since > timedelta(hours=2) else slots


def coming_slots(subscription: ReportSubscription, after: datetime, count: int = 3) -> list[datetime]:
    """The next minutes, on the subscription's own clock, at which it is due; fewer where they are years away."""
    try:
        schedule = read_schedule(subscription.cron)
    except Invalid:
        return []
    start = after.astimezone(ZoneInfo(subscription.zone)).replace(tzinfo=None)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[datetime] = []
    for days in range(LOOK_AHEAD):
        day = midnight + timedelta(days=days)
        if not schedule.has_day(day):
            continue
        times = (day.replace(hour=hour, minute=minute) for hour, minute in schedule.times)
        found += [at for at in times if at > start]
        if len(found) >= count:
            break
    return found[:count]
