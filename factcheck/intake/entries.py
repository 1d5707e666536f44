"""What a feed or a drop folder offers: `Listing` with its `Entry`s. How a feed is read is in `readers.feed`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `guid` is the hash of what identifies it. `page` is its own text as a web page, where it has one.

    `published_at` is aware and believable, or None; then `notes` say what was wrong with the date that stood there.
    """

    guid: str
    title: str = ""
    link: str = ""
    page: str = ""
    published_at: datetime | None = None
    byline: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed as it was read, newest entries first where the feed keeps that order."""

    title: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """This listing in types that JSON knows; `from_json` is the way back."""
        found = dataclasses.asdict(self)
        for entry in found["entries"]:
            entry["published_at"] = entry["published_at"].isoformat() if entry["published_at"] else None
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Listing:
        """The listing that `as_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        entries = []
        for entry in found["entries"]:
            at = datetime.fromisoformat(entry["published_at"]) if entry["published_at"] else None
            entries.append(Entry(**{**entry, "published_at": at, "notes": tuple(entry["notes"])}))
        return cls(found["title"], tuple(entries), tuple(found["notes"]))
