"""When a subscription is due: five cron fields, read on the subscription's own clock.

They are read as Debian's cron reads them, by ``cronsim``, and more strictly: only numbers, names, ranges, lists and
steps that fit their field. Where day of month and day of week are both given, either will do.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from factcheck.errors import Invalid
from factcheck.models import ReportSubscription
from factcheck.workflow.arrivals import known_zones

logger = logging.getLogger(__name__)

LONGEST_GAP = timedelta(days=1)
DAY = 24 * 60
LEAST_BETWEEN = 15
"""How many minutes lie between two mails at least; who needs one now sends one now."""
LOOK_AHEAD = timedelta(days=8 * 366 + 1)
"""How far is looked ahead: 29 February can be eight years away."""
FIELDS = (("minute", 59), ("hour", 23), ("day of month", 31), ("month", 12), ("day of week", 7))
"""The fields in order, each with the largest step that it takes."""
VALUE = r"(?:\d{1,2}|[a-z]{3})"
ITEM = re.compile(rf"(?:\*|{VALUE}-{VALUE})(?:/(?P<step>\d{{1,2}}))?|{VALUE}", re.ASCII)

SINGLE_WITH_STEP = re.compile(r"\b(\w{1,3})-\1/\d+", re.ASCII)
"""A range of one value with a step is that value; cronsim would run on to the end of the field."""


def check_schedule(cron: str, zone: str) -> None:
    """Refuse a schedule that no subscription can have.

    Raises:
        Invalid: not five cron fields, more often than every 15 minutes, or no such time zone.
    """
    schedule = read_schedule(cron, datetime(2000, 1, 1))
    if zone not in known_zones():
        raise Invalid(f"“{zone[:64]}” is not a time zone.", code="zone_unknown")
    times = sorted(hour * 60 + minute for hour in schedule.hours for minute in schedule.minutes)
    if any(later - earlier < LEAST_BETWEEN for earlier, later in pairwise([*times, times[0] + DAY])):
        raise Invalid(f"A report is mailed every {LEAST_BETWEEN} minutes at most.", code="cron_too_often")


def read_schedule(cron: str, after: datetime) -> CronSim:
    """The minutes of a schedule later than ``after``, which is a time on a clock and knows no zone.

    Raises:
        Invalid: these are not five cron fields.
    """
    fields = cron.lower().split()
    if len(fields) != len(FIELDS):
        raise Invalid(
            "A schedule has five fields: minute, hour, day of month, month, day of week.", code="cron_invalid"
        )
    for field, (name, most) in zip(fields, FIELDS, strict=True):
        for item in field.split(","):
            match = ITEM.fullmatch(item)
            if match is None or int(match["step"] or 1) > most:
                raise unreadable(item, name)
    fields[4] = fields[4].replace("-sun", "-7")  # the end of a week that begins on Monday
    fields = [SINGLE_WITH_STEP.sub(r"\1", field) for field in fields]
    try:
        return CronSim(" ".join(fields).upper(), after)
    except CronSimError as error:
        name = str(error).removeprefix("Bad ").replace("-", " ")
        field = next((part for part, (known, _) in zip(cron.split(), FIELDS, strict=True) if known == name), cron)
        raise unreadable(field, name) from None


def unreadable(item: str, name: str) -> Invalid:
    words = f"The schedule cannot be read: “{item[:20]}” as {name}. A field takes *, numbers, ranges that run upwards"
    return Invalid(f"{words}, and steps after * or a range.", code="cron_invalid")


def due_slots(subscription: ReportSubscription, now: datetime) -> list[str]:
    """The minutes of the subscription's own clock, since it was last looked at, at which a report is due.

    A minute that occurs twice (end of summer time) is due once; one that is skipped is due when it is skipped. After a
    long stop only the newest slot of the last day is due. A stored schedule that cannot be parsed is logged and never
    due.
    """
    zone = ZoneInfo(subscription.zone)
    since = max(subscription.looked_at, now - LONGEST_GAP)
    try:
        schedule = read_schedule(subscription.cron, since.astimezone(zone).replace(tzinfo=None))
    except Invalid as refusal:
        logger.warning("subscription %s is never due: %s", subscription.pk, refusal.message)
        return []
    until = now.astimezone(zone).replace(tzinfo=None)
    slots = [at.strftime("%Y-%m-%dT%H:%M") for at in takewhile(lambda at: at <= until, schedule)]
    return slots[-1:] if now - since > timedelta(hours=2) else slots


def coming_slots(subscription: ReportSubscription, after: datetime, count: int = 3) -> list[datetime]:
    """The next minutes, on the subscription's own clock, at which it is due; fewer where they are years away."""
    clock = after.astimezone(ZoneInfo(subscription.zone)).replace(tzinfo=None)
    try:
        schedule = read_schedule(subscription.cron, clock)
    except Invalid:
        return []
    latest = clock + LOOK_AHEAD
    return list(islice(takewhile(lambda at: at <= latest, schedule), count))
