"""Feeds of a desk: record and change them, queue polls, file each entry once.

A job reads the address or folder; here its entries become documents, filed by the machine as coverage. Files of a drop
folder are never moved or deleted.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from factcheck.actors import Actor, Machine, Person
from factcheck.conf import settings
from factcheck.errors import FactcheckError, Invalid, WrongState
from factcheck.intake.entries import Entry
from factcheck.intake.extracts import Unreadable
from factcheck.intake.folders import DroppedFile, folder_parts, settled_files
from factcheck.intake.text_cleaning import one_line
from factcheck.jobs.keys import job_key
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue
from factcheck.models import Desk, Document, DocumentKind, Feed, FeedItem, Job, Source
from factcheck.states import JobState

from .arrivals import Arrival
from .documents import ingest_document, ingest_item
from .fetches import checked_address, fetch_document
from .transitions import change, check_permission, log, require_storable

MOST_MINUTES = 7 * 24 * 60
MOST_TAKEN = 50
"""How many entries one poll takes in; the next one goes on with the others."""


def record_feed(
    *, desk: Desk, by: Actor, url: str = "", folder: str = "", publisher: Source | None = None, minutes: int = 15
) -> Feed:
    """Let a desk take documents from an RSS or Atom address, or from a drop folder.

    Raises:
        NotAllowed: only a chief keeps the feeds of a desk.
        Invalid: not exactly one of the two, or the desk has it already, or it leads nowhere, or the folder, one
            above or one below it is another desk's.
    """
    check_permission(by, desk, "keep_feed")
    if bool(url.strip()) == bool(folder.strip()):
        raise Invalid("Give an address or a folder, one of the two.", code="url_or_folder")
    place = {"url": checked_address(url)} if url.strip() else {"folder": checked_folder(folder)}
    check_minutes(minutes)
    with transaction.atomic():
        if "folder" in place:
            refuse_foreign_folder(desk, place["folder"])
        if Feed.objects.filter(desk=desk, **place).exists():
            raise Invalid("The desk has this feed already.", code="feed_exists")
        feed = Feed.objects.create(desk=desk, publisher=publisher, minutes=minutes, **place)
        log(feed, "record", by=by, facts={"minutes": minutes, "publisher": publisher.pk if publisher else None})
    return feed


def checked_folder(folder: str) -> str:
    """A drop folder as it is kept: its steps below ``FEED_FOLDER``.

    Raises:
        Invalid: it leads out of there, or is not there.
    """
    require_storable(folder)
    try:
        place = "/".join(folder_parts(folder.strip()))
        if len(place) > 500:
            raise ValueError("too long")
        next(settled_files(settings().FEED_FOLDER, place), None)
    except Unreadable as reason:
        raise Invalid(reason.message, code=reason.code) from None
    except ValueError:
        raise Invalid("The folder must lie below the site's folder for feeds.", code="folder_outside") from None
    return place


def refuse_foreign_folder(desk: Desk, folder: str) -> None:
    """Refuse a folder that is, contains or lies in a folder of another desk's feed, active or not.

    Raises:
        Invalid: not saying whose it is.
    """
    list(Desk.objects.select_for_update(no_key=True).order_by("pk"))  # two desks do not take one at the same moment
    steps = folder_parts(folder.casefold())
    for other in Feed.objects.exclude(desk=desk).exclude(folder="").values_list("folder", flat=True):
        other_steps = folder_parts(other.casefold())
        if all(step == other_step for step, other_step in zip(steps, other_steps, strict=False)):
            raise Invalid("This folder belongs to another desk.", code="folder_of_another_desk")


def check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(f"A feed is looked at every 1 to {MOST_MINUTES:,} minutes.", code="minutes_unusable")


def change_feed(feed: Feed, *, by: Actor, version: int | None = None, **values: Any) -> None:
    """Change how often a feed is looked at (``minutes``), whether it is (``active``), or its ``publisher``.

    Raises:
        NotAllowed, StaleRevision, Invalid: as for any action.
    """
    check_permission(by, feed.desk, "keep_feed")
    if unknown := values.keys() - {"minutes", "active", "publisher"}:
        raise TypeError(f"a feed has no {', '.join(sorted(unknown))} to change")
    if "minutes" in values:
        check_minutes(values["minutes"])
    with transaction.atomic():
        change(feed, version=version, **values)
        log(feed, "change", by=by, facts={name: getattr(value, "pk", value) for name, value in values.items()})


def request_poll(feed: Feed, *, by: Person) -> Job:
    """Look at a feed now, without waiting for its time.

    Raises:
        NotAllowed: this needs an editor of the desk.
        WrongState: the feed is switched off.
    """
    check_permission(by, feed, "poll")
    if not feed.active:
        raise WrongState("The feed is switched off.", state="inactive")
    with transaction.atomic():
        log(feed, "poll", by=by)
        return _enqueue_poll(feed, timezone.now(), by=by)


def request_due_polls(now: datetime) -> int:
    """Queue a poll for every feed that is due, once even if two ticks run; returns how many."""
    asked = 0
    for feed in Feed.objects.filter(Q(asked_at=None) | Q(asked_at__lt=now), active=True).select_related("desk"):
        if feed.asked_at and feed.asked_at + timedelta(minutes=feed.minutes) > now:
            continue
        with transaction.atomic():
            if Feed.objects.filter(pk=feed.pk, asked_at=feed.asked_at).update(asked_at=now):
                _enqueue_poll(feed, now)
                asked += 1
    return asked


def _enqueue_poll(feed: Feed, now: datetime, *, by: Person | None = None) -> Job:
    Feed.objects.filter(pk=feed.pk).update(asked_at=now)
    # a dead feed leaves one failed job, not one for each time that it was looked at
    Job.objects.filter(name=JobName.POLL_FEED, key=job_key(feed), state=JobState.FAILED).delete()
    args = {"feed": feed.pk}
    return enqueue(JobName.POLL_FEED, job_key(feed), args, by=by, desk=feed.desk, priority=Priority.EXCHANGE)


def new_guids(feed: Feed, guids: Collection[str]) -> frozenset[str]:
    """Those that this feed has not brought before."""
    known: set[str] = set()
    wanted = list(guids)
    for start in range(0, len(wanted), 500):
        rows = feed.items.filter(guid__in=wanted[start : start + 500])
        known.update(rows.values_list("guid", flat=True))
    return frozenset(wanted) - known


def take_entry(feed: Feed, entry: Entry, *, by: Machine) -> FeedItem:
    """Make a document of an entry: its page is fetched, or its own text taken where it has no address."""
    return _take(feed, entry.guid, entry.title or entry.link, lambda: _file_entry(feed, entry, by))


def _file_entry(feed: Feed, entry: Entry, by: Machine) -> Document:
    feed_metadata = {
        "byline": entry.byline,
        "published_at": entry.published_at.isoformat() if entry.published_at else "",
        "notes": list(entry.notes),
    }
    arrival = Arrival(
        kind=DocumentKind.COVERAGE, title=entry.title, publisher=feed.publisher, feed_metadata=feed_metadata
    )
    if entry.link:
        return fetch_document(entry.link, arrival, desk=feed.desk, by=by)[0]
    if not entry.page:
        raise Invalid("The entry has neither an address nor a text.", code="entry_empty")
    page = replace(arrival, filename="entry.html", media_type="text/html")
    return ingest_document(entry.page.encode("utf-8", "replace"), page, desk=feed.desk, by=by)[0]


def take_file(feed: Feed, file: DroppedFile, *, by: Machine) -> FeedItem:
    """Make a document of a file in a drop folder; a news item in ninjs is known by its ``uri``."""
    return _take(feed, file.guid, file.name, lambda: _file_dropped(feed, file, by))


def _file_dropped(feed: Feed, file: DroppedFile, by: Machine) -> Document:
    if file.data is None:
        raise Invalid(file.error, code="file_unusable")
    arrival = Arrival(kind=DocumentKind.COVERAGE, publisher=feed.publisher, filename=one_line(file.name, 255))
    if item := _parse_ninjs(file):
        return ingest_item(item, arrival, desk=feed.desk, by=by)[0]
    return ingest_document(file.data, arrival, desk=feed.desk, by=by)[0]


def _parse_ninjs(file: DroppedFile) -> dict[str, Any] | None:
    if not file.name.lower().endswith((".json", ".ninjs")):
        return None
    try:
        found = json.loads(file.data or b"")
    except (ValueError, RecursionError):
        return None  # the reader says what is wrong with it
    return found if isinstance(found, dict) and found.get("uri") else None


def _take(feed: Feed, guid: str, title: str, file: Any) -> FeedItem:
    """One item, once; where no document can be made of it, it says why and the others go on."""
    with transaction.atomic():
        item, new = FeedItem.objects.get_or_create(feed=feed, guid=guid, defaults={"title": one_line(title)})
        if not new:
            return item
        try:
            with transaction.atomic():
                item.document = file()
        except FactcheckError as refusal:
            item.error = str(refusal)[:500]
        item.save(update_fields=["document", "error"])
    return item


def close_poll(feed: Feed, *, error: str = "", etag: str | None = None, last_modified: str = "") -> None:
    """Write down when a feed was looked at and what went wrong; its validators stay where none are given."""
    values: dict[str, Any] = {"polled_at": timezone.now(), "error": error[:500]}
    if etag is not None:
        values |= {"etag": storable_validator(etag, 300), "last_modified": storable_validator(last_modified, 100)}
    Feed.objects.filter(pk=feed.pk).update(**values)


def storable_validator(validator: str, longest: int) -> str:
    """The validator if it can be stored whole and sent back, else ""."""
    return validator if len(validator) <= longest and validator.isascii() and validator.isprintable() else ""
