"""When a subscription is due: five cron fields, read on the subscription's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab

from factcheck.errors import Invalid
from factcheck.models import ReportSubscription
from factcheck.workflow.documents import zones

LONGEST_GAP = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LOOK_AHEAD = 8 * 366 + 1
"""How many days are looked through: 29 February can be eight years away."""


def check_schedule(cron: str, zone: str) -> crontab:
    """The schedule of a subscription.

    Raises:
        Invalid: not five cron fields, or no such time zone.
    """
    fields = cron.split()
    if len(fields) != 5:
        raise Invalid(
            "A schedule has five fields: minute, hour, day of month, month, day of week.", code="cron_invalid"
        )
    if zone not in zones():
        raise Invalid(f"“{zone[:64]}” is not a time zone.", code="zone_unknown")
    minute, hour, day, month, weekday = fields
    try:
        return crontab(minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday)
    except (ParseException, ValueError) as error:
        raise Invalid(f"The schedule cannot be read: {error}", code="cron_invalid") from None


def due_slots(subscription: ReportSubscription, now: datetime) -> list[str]:
    """The minutes of the subscription's own clock, since it was last looked at, at which a report is due.

    A minute that the clock shows twice is due once, for the slot is named by the clock; one that it skips is
    due when it is skipped. After a long stop only the last day is made up for, with its newest slot.
    """
    schedule = check_schedule(subscription.cron, subscription.zone)
    zone = ZoneInfo(subscription.zone)
    since = max(subscription.looked_at, now - LONGEST_GAP)
    at = since.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0) + MINUTE
    until = now.astimezone(zone).replace(tzinfo=None)
    slots = []
    while at <= until:
        if matches(schedule, at):
            slots.append(at.strftime("%Y-%m-%dT%H:%M"))
        at += MINUTE
    return slots[-1:] if now - since > timedelta(hours=2) else slots


def matches(schedule: crontab, at: datetime) -> bool:
    return (
        at.minute in schedule.minute
        and at.hour in schedule.hour
        and at.month in schedule.month_of_year
        and at.day in schedule.day_of_month
        and at.isoweekday() % 7 in schedule.day_of_week
    )


def coming_slots(subscription: ReportSubscription, after: datetime, count: int = 3) -> list[datetime]:
    """The next minutes, on the subscription's own clock, at which it is due; fewer where they are years away."""
    schedule = check_schedule(subscription.cron, subscription.zone)
    start = after.astimezone(ZoneInfo(subscription.zone)).replace(tzinfo=None)
    found: list[datetime] = []
    for days in range(LOOK_AHEAD):
        day = (start + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        times = (
            day.replace(hour=hour, minute=minute)
            for hour in sorted(schedule.hour)
            for minute in sorted(schedule.minute)
        )
        found += [at for at in times if at > start and matches(schedule, at)]
        if len(found) >= count:
            break
    return found[:count]
