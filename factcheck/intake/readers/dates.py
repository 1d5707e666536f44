"""When a text says it was published: one found string → an aware datetime, with what had to be assumed.

Only stamps that a machine wrote (ISO 8601, RFC 2822); dates inside prose are read by `factcheck.text`, and names of
zones by `zone_names`. The end of an embargo is such a stamp too, with bounds of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from factcheck.intake.readers.zone_names import with_offset

EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)
NO_ZONE = "The time of publication is given without a time zone; UTC is assumed."
DAY_ONLY = "Only the day of publication is known, not the hour."
AHEAD = timedelta(days=31)  # planned publication is common, a date beyond the next month is a mistake or a lie
EMBARGO_AHEAD = timedelta(days=366)

_YEAR_OF_NOTHING = re.compile(r"[A-Za-z]{3,9}\s+0\d{3}\b")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?")
_UNIVERSAL = re.compile(r"(?:Z|UTC?|GMT|[+-]00:?00)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as found, and as understood: `precision` is "minute", "day" or "" (not understood or absurd)."""

    found: str = ""
    at: datetime | None = None
    precision: str = ""
    zone: str = ""
    notes: tuple[str, ...] = ()


def read_stamp(found: str, *, zone: str = "", now: datetime | None = None, ahead: timedelta = AHEAD) -> Stamp:
    """What a found date means. `zone` is an IANA name or offset said elsewhere in the document.

    Never raises: a date that cannot be read, or is absurd, comes back without `at` and with a note.
    """
    found = " ".join(found.split())[:100]
    notes: list[str] = []
    default_zone = _tzinfo(zone)
    if zone and default_zone is None:
        notes.append(f"The time zone {zone[:60]!r} is not known and was left out.")
        zone = ""
    if not found:
        return Stamp(zone=zone, notes=tuple(notes))
    stamp = _parsed(found, default_zone)
    if stamp is None:
        return Stamp(found, zone=zone, notes=(*notes, f"The date {found!r} could not be read and was left out."))
    if stamp.at and not EARLIEST <= stamp.at <= (now or datetime.now(UTC)) + ahead:
        return Stamp(found, zone=zone, notes=(*notes, f"The date {found!r} cannot be right and was left out."))
    return replace(stamp, zone=zone or stamp.zone, notes=(*notes, *stamp.notes))


def read_embargo(found: str, *, now: datetime | None = None) -> tuple[datetime | None, tuple[str, ...]]:
    """When an embargo ends, up to a year ahead, and what is to be said of it. Never raises."""
    stamp = read_stamp(found, now=now, ahead=EMBARGO_AHEAD)
    if not stamp.found:
        return None, ()
    if stamp.at is None:
        return None, (f"The embargo {stamp.found!r} could not be used; please enter until when it lasts.",)
    if stamp.precision == "day":
        last = stamp.at.replace(hour=0) + timedelta(days=1)
        return last, (f"The embargo {stamp.found!r} names a day only; it lasts to the end of that day in UTC.",)
    return stamp.at, tuple(
        note.replace("The time of publication", "The end of the embargo").replace("The zone", "The embargo's zone")
        for note in stamp.notes
    )


def _parsed(found: str, default_zone: tzinfo | None) -> Stamp | None:
    try:
        if len(found) <= 10:
            return _whole_day(found, date.fromisoformat(found), default_zone)
    except ValueError:
        pass
    written, notes = with_offset(found)
    try:
        stamp = _to_the_minute(found, _moment(written), default_zone)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return replace(stamp, notes=(*notes, *stamp.notes))


def _moment(written: str) -> datetime:
    """Raises ValueError and its like where this is no date with a time."""
    try:
        return datetime.fromisoformat(written.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        if _YEAR_OF_NOTHING.search(written):  # the library would take year 0001 for 2001
            raise
    at = parsedate_to_datetime(written)
    return at.replace(tzinfo=UTC) if written.endswith("-0000") else at


def _whole_day(found: str, day: date, default_zone: tzinfo | None) -> Stamp:
    at = datetime.combine(day, time(12), tzinfo=default_zone or UTC)
    return Stamp(found, at.astimezone(UTC), "day", notes=(DAY_ONLY,))


def _to_the_minute(found: str, at: datetime, default_zone: tzinfo | None) -> Stamp:
    if at.tzinfo is None:
        assumed = () if default_zone else (NO_ZONE,)
        return Stamp(found, at.replace(tzinfo=default_zone or UTC).astimezone(UTC), "minute", notes=assumed)
    offset = "" if _UNIVERSAL.search(found) and not at.utcoffset() else at.isoformat()[-6:]
    return Stamp(found, at.astimezone(UTC), "minute", zone=offset)


def _tzinfo(zone: str) -> tzinfo | None:
    offset = _OFFSET.fullmatch(zone)
    if offset:
        sign, hours, minutes = offset.groups()
        away = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(away if sign == "+" else -away) if away < timedelta(hours=15) else None
    try:
        return ZoneInfo(zone) if zone else None
    except (ValueError, OSError, KeyError):
        return None
