"""What reading yields: `Extract`, or `Unreadable` with a reason an editor understands.

Also how an `Extract` crosses a process border as JSON. No parsing lives here: see `readers`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAX_BYTES = 10_000_000
"""The largest upload or page that is accepted, in bytes; exactly this many are accepted."""

MAX_CHARACTERS = 10_000_000
"""The longest text that is stored, in code points: a small file must not unfold into more."""


class Unreadable(Exception):
    """Bytes that did not become text.

    `code` is for programs: empty, too_large, binary, wrong_type, encrypted, no_text, encoding, malformed,
    bomb, part_missing, and from a child process too_slow, too_busy, stopped, too_much_memory, crashed, no_reader.
    `message` is for the editor.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message

    @property
    def transient(self) -> bool:
        """Whether the same bytes may be readable a while later."""
        return self.code in ("too_busy", "stopped")


def check_size(data: bytes) -> None:
    """Raises Unreadable (empty, too_large) before anything is looked at."""
    if not data:
        raise Unreadable("empty", "The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are accepted.")


@dataclass(frozen=True, slots=True)
class Extract:
    """A text with what its own bytes say about it. An empty string means: not said.

    `published_at` is aware, or None; `published_text` is the date as it was found, even where it was dropped;
    `published_precision` is "minute", "day" (noon is assumed) or "". `zone` is an IANA name or an offset such
    as "+03:00", and empty for a "Z" stamp, which names an instant and not a place. `plain` is True where
    nothing had to be extracted or guessed, so that nobody needs to confirm the text.
    """

    text: str
    media_type: str
    title: str = ""
    published_at: datetime | None = None
    published_text: str = ""
    published_precision: str = ""
    zone: str = ""
    byline: tuple[str, ...] = ()
    language: str = ""
    site_name: str = ""
    publisher: str = ""
    canonical_url: str = ""
    source_id: str = ""
    located: str = ""
    embargo_until: datetime | None = None
    plain: bool = False
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """This extract in types that JSON knows; `from_json` is the way back."""
        found = dataclasses.asdict(self)
        for name in ("published_at", "embargo_until"):
            found[name] = found[name].isoformat() if found[name] else None
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Extract:
        """The extract that `as_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
        fields = dict(found)
        for name in ("published_at", "embargo_until"):
            fields[name] = datetime.fromisoformat(fields[name]) if fields[name] else None
        for name in ("byline", "notes"):
            fields[name] = tuple(fields[name])
        return cls(**fields)
