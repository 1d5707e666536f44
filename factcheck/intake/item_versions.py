"""Which of two versions of a wire item is older, by what the items say of themselves."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from factcheck.intake.readers.dates import read_stamp

_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,3}")


def is_older(item: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether an item is an earlier version than another of the same item; False where they do not say.

    >>> is_older({"version": "2"}, {"version": 3})
    True
    """
    number, known_number = _version(item), _version(known)
    if number and known_number and number != known_number:
        return number < known_number
    created, known_created = _created(item), _created(known)
    return bool(created and known_created and created < known_created)


def _version(item: dict[str, Any]) -> tuple[int, ...]:
    found = item.get("version")
    text = str(found).strip() if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
    return tuple(int(part) for part in text.split(".")) if _NUMBER.fullmatch(text) else ()


def _created(item: dict[str, Any]) -> datetime | None:
    named = {str(key).lower().replace("_", ""): value for key, value in item.items()}
    found = named.get("versioncreated")
    return read_stamp(found).at if isinstance(found, str) else None
