"""RSS and Atom, by feedparser, from bytes that were fetched before: the library itself never goes anywhere.

A feed is read in the same child process as a document. Its dates are believed only where they could be true.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]

from factcheck.intake.entries import Entry, Listing
from factcheck.intake.extracts import Unreadable, check_size
from factcheck.intake.readers.credits import all_names, title_of
from factcheck.intake.readers.dates import NO_ZONE, read_stamp
from factcheck.intake.text_cleaning import one_line

MOST_ENTRIES = 1_000
LONGEST_PAGE = 1_000_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
_REFERENCE = re.compile(rb"&(?:amp;)*#(x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)


def read_feed(data: bytes, *, charset: str = "", url: str = "", now: datetime | None = None) -> Listing:
    """The entries of a feed. Raises Unreadable (empty, too_large, wrong_type, malformed) and nothing else."""
    check_size(data)
    kind = f"application/xml; charset={charset}" if charset else "application/xml"
    try:
        found = feedparser.parse(
            io.BytesIO(_without_broken_references(data)),  # bytes alone would be tried as the name of a file
            response_headers={"content-type": kind},
        )
        if found.get("version") or found.get("entries"):
            return _listing(found, url, now or datetime.now(UTC))
    except Exception as error:  # the border: whatever the library raises on a hostile feed ends here
        raise Unreadable("malformed", f"The feed is damaged and cannot be read ({type(error).__name__}).") from error
    raise Unreadable("wrong_type", "There is no RSS or Atom feed at this address.")


def _without_broken_references(data: bytes) -> bytes:
    """The feed with invalid character references replaced: a single one would make feedparser drop every entry."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _without_broken_references(data.decode("utf-16", "replace").encode()).decode().encode("utf-16")
    return _REFERENCE.sub(_storable, data)


def _storable(found: re.Match[bytes]) -> bytes:
    """The character reference, or U+FFFD for a surrogate, NUL or a code point that does not exist."""
    reference = found[1].lower()
    digits = reference.removeprefix(b"x")[:12]
    number = int(digits, 16 if reference.startswith(b"x") else 10)
    return found[0] if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else b"&#xFFFD;"


def _listing(found: Any, url: str, now: datetime) -> Listing:
    items = found.entries[:MOST_ENTRIES]
    notes = []
    if len(found.entries) > MOST_ENTRIES:
        notes.append(f"The feed lists more than {MOST_ENTRIES:,} entries; the first {MOST_ENTRIES:,} are looked at.")
    if found.get("bozo") and "CharacterEncodingOverride" not in type(found.get("bozo_exception")).__name__:
        notes.append("The feed is not well formed; entries may be missing.")
    named = Counter(_text_of(item, "id") for item in items)
    entries: dict[str, Entry] = {}
    damaged = 0
    for item in reversed(items):
        try:
            entry = _entry(item, url, named, now)
        except Exception:  # whatever one hostile entry provokes, the others are read
            damaged += 1
        else:
            entries |= {entry.guid: entry} if entry else {}
    if damaged:
        notes.append(f"{damaged} entries of the feed are damaged and were left out.")
    return Listing(title_of(found.feed.get("title")), tuple(reversed(entries.values())), tuple(notes))


def _entry(item: Any, url: str, named: Counter[str], now: datetime) -> Entry | None:
    """None where the entry says nothing at all."""
    title, said_id = title_of(item.get("title")), _text_of(item, "id")
    link = _address(item, url)
    markup = _markup(item)
    if not (title or link or markup.strip()):
        return None
    own = said_id if named[said_id] == 1 else ""  # one id for several entries names none of them
    identity = own or "\x1f".join([said_id, link] if link else [said_id, title, markup])
    published_at, notes = _date(_text_of(item, "published") or _text_of(item, "updated"), now)
    return Entry(
        guid=hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest(),
        title=title,
        link=link[:4096],
        page=_page(title, markup),
        published_at=published_at,
        byline=_byline(item),
        notes=notes,
    )


def _byline(item: Any) -> str:
    """All who are named as authors, where the library's own "author" is the last of them only."""
    people = [person.get("name") or "" for person in item.get("authors") or []]
    return one_line(", ".join(all_names(people if len(people) > 1 else [_text_of(item, "author")])))


def _address(item: Any, url: str) -> str:
    """The address of the entry's page; not a bare guid, which RSS treats as an address by default."""
    link = _text_of(item, "link")
    if item.get("guidislink") and link == _text_of(item, "id") and "/" not in link:
        return ""
    try:
        return urljoin(url, link) if link else ""
    except ValueError:
        return link  # refused with its reason when it is filed


def _date(found: str, now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """The moment of an entry, or None with a remark where its date cannot be true or names no zone."""
    stamp = read_stamp(found, now=now)
    if not stamp.found:
        return None, ()
    if stamp.at is None:
        return None, tuple(note.replace("The date", "The feed's date") for note in stamp.notes)
    if stamp.precision != "minute" or NO_ZONE in stamp.notes:
        why = [note for note in stamp.notes if note.startswith("The zone")]
        said = "names no time zone" if not why else "is in a zone that is not certain"
        return None, (f"The feed's date {stamp.found!r} {said} and was left out.", *why)
    if not EARLIEST <= stamp.at <= now + AHEAD:
        return None, (f"The feed's date {stamp.found!r} cannot be right and was left out.",)
    return stamp.at, stamp.notes


def _markup(item: Any) -> str:
    """The longest text the entry carries; a summary only where there is nothing else."""
    texts = [part.get("value") or "" for part in item.get("content") or [] if isinstance(part.get("value"), str)]
    return max(texts, key=len, default="") or _text_of(item, "summary")


def _page(title: str, markup: str) -> str:
    """The entry's own text as a page that the reader of pages can take; "" where there is none, or far too much."""
    if not markup.strip() or len(markup) > LONGEST_PAGE:
        return ""
    head = f"<head><meta charset='utf-8'><title>{escape(title)}</title></head>"
    return f"<!doctype html>\n<html>{head}<body><article>{markup}</article></body></html>\n"


def _text_of(item: Any, name: str) -> str:
    found = item.get(name)
    return found.strip() if isinstance(found, str) else ""
