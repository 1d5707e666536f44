"""When a text says it was published: one found string → an aware datetime, with what had to be assumed.

Only stamps that a machine wrote (ISO 8601, RFC 2822); dates inside prose are read by `factcheck.text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)
NO_ZONE = "The time of publication is given without a time zone; UTC is assumed."
AHEAD = timedelta(days=31)  # planned publication is common, a date beyond the next month is a mistake or a lie

_YEAR_OF_NOTHING = re.compile(r"[A-Za-z]{3,9}\s+0\d{3}\b")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?")
_STAMP_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as found, and as understood: `precision` is "minute", "day" or "" (not understood or absurd)."""

    found: str = ""
    at: datetime | None = None
    precision: str = ""
    zone: str = ""
    notes: tuple[str, ...] = ()


def read_stamp(found: str, *, zone: str = "", now: datetime | None = None) -> Stamp:
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
    if stamp.at and not EARLIEST <= stamp.at <= (now or datetime.now(UTC)) + AHEAD:
        return Stamp(found, zone=zone, notes=(*notes, f"The date {found!r} cannot be right and was left out."))
    return replace(stamp, zone=zone or stamp.zone, notes=(*notes, *stamp.notes))


def _parsed(found: str, default_zone: tzinfo | None) -> Stamp | None:
    try:
        if len(found) <= 10:
            return _whole_day(found, date.fromisoformat(found), default_zone)
        at = datetime.fromisoformat(found)
    except ValueError:
        if _YEAR_OF_NOTHING.search(found):  # the library would take year 0001 for 2001
            return None
        try:
            at = parsedate_to_datetime(found)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return _to_the_minute(found, at, default_zone)
    except (OverflowError, ValueError):
        return None


def _whole_day(found: str, day: date, default_zone: tzinfo | None) -> Stamp:
    at = datetime.combine(day, time(12), tzinfo=default_zone or UTC)
    return Stamp(found, at.astimezone(UTC), "day", notes=("Only the day of publication is known, not the hour.",))


def _to_the_minute(found: str, at: datetime, default_zone: tzinfo | None) -> Stamp:
    if at.tzinfo is None:
        assumed = () if default_zone else (NO_ZONE,)
        return Stamp(found, at.replace(tzinfo=default_zone or UTC).astimezone(UTC), "minute", notes=assumed)
    offset = _STAMP_OFFSET.search(found)
    offset_text = f"{offset.group(1)}:{offset.group(2)}" if offset else ""
    return Stamp(found, at.astimezone(UTC), "minute", zone="" if offset_text == "-00:00" else offset_text)


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
