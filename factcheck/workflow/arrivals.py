"""Filing documents: the bytes and their metadata are validated, deduplicated, stored and queued for reading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Actor, Person, person_of
from factcheck.errors import Invalid, NotAllowed
from factcheck.intake.address_identity import address_identity
from factcheck.intake.extracts import MAX_BYTES
from factcheck.intake.snapshots import sha256_of, warc_of_upload
from factcheck.jobs.keys import job_key, jobs_about
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue
from factcheck.models import Desk, Document, DocumentKind, Job, Membership, Role, Snapshot, Source, Topic
from factcheck.permissions import NOT_AUTHOR_OF_OTHER_SIDE
from factcheck.relations import roles_of

from .transitions import change, check_permission, log, require_storable

EARLIEST = datetime(1400, 1, 1, tzinfo=UTC)
"""Nothing was printed before; and dates at the edge of the calendar cannot be moved between zones."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The metadata filed with the bytes of a document; only ``kind`` is required."""

    kind: str = DocumentKind.STORY
    title: str = ""
    filename: str = ""
    media_type: str = ""
    charset: str = ""
    url: str = ""
    publisher: Source | None = None
    publisher_name: str = ""
    published_at: datetime | None = None
    zone: str = ""
    topic: Topic | None = None
    byline: str = ""
    authors: tuple[Any, ...] = ()
    source_app: str = ""
    source_id: str = ""
    embargo_until: datetime | None = None
    pasted: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    feed_metadata: dict[str, Any] = field(default_factory=dict)
    """What a feed says about the document, used where the text itself says nothing."""


PASTED = Arrival(filename="revision.txt", media_type="text/plain", pasted=True)


def host_object(desk: Desk, arrival: Arrival) -> Document | None:
    """The document already filed for this object of the host or of an agency."""
    rows = Document.objects.filter(desk=desk, source_app=arrival.source_app, source_id=arrival.source_id)
    return rows.first() if arrival.source_id else None


def check_host_name(desk: Desk, arrival: Arrival, *, by: Person) -> None:
    """Refuse a person, or another service account, that files under the name of a host's system.

    What is known by ``source_app`` belongs to the service account that filed it first, while that is one. Code of the
    host that calls ``gate`` is trusted, and not asked.

    Raises:
        NotAllowed: the name is not theirs to use.
    """
    if not arrival.source_app and not arrival.source_id:
        return
    check_permission(by, desk, "file_for_host")
    own = Document.objects.filter(desk=desk, source_app=arrival.source_app).exclude(created_by=by)
    service = Membership.objects.filter(desk=desk, role=Role.SERVICE, user__is_active=True).exclude(user=by)
    if own.filter(created_by__in=service.values("user")).exists():
        raise NotAllowed("Another service account files for this system.", code="source_app_taken")


def hand_over(document: Document, *, by: Actor) -> None:
    """What a person filed in the name of a host's object becomes the service account's, which files it itself now."""
    person = person_of(by)
    if (
        person is None
        or person.pk == document.created_by_id
        or Role.SERVICE not in roles_of(person, [document.desk_id])
    ):
        return
    before = document.created_by_id
    with transaction.atomic():
        change(document, created_by=person)
        log(document, "hand_over", by=by, facts={"from": before})


@cache
def known_zones() -> frozenset[str]:
    """The zones of places, and universal time: not the names that mean whatever clock a machine has."""
    return frozenset(name for name in available_timezones() if "/" in name or name in ("UTC", "GMT"))


def check_arrival(data: bytes, arrival: Arrival) -> None:
    """Validate the bytes and metadata of a document before anything is stored.

    Raises:
        Invalid: with a sentence for the person.
    """
    if not data.strip():
        raise Invalid("The document is empty.", code="empty")
    if len(data) > MAX_BYTES:
        raise Invalid("The document is larger than 10 MB.", code="too_large")
    check_arrival_metadata(arrival)


def check_arrival_metadata(arrival: Arrival) -> None:
    """Refuse metadata that is invalid.

    Raises:
        Invalid: with a sentence for the person.
    """
    require_storable(*(getattr(arrival, row.name) for row in fields(arrival)))
    if len(arrival.source_app) > 100 or len(arrival.source_id) > 200:
        raise Invalid("The names of the host's object are too long.", code="source_id_too_long")
    if arrival.zone and arrival.zone not in known_zones():
        raise Invalid(f"“{arrival.zone[:64]}” is not a time zone.", code="zone_unknown")
    if arrival.published_at and arrival.published_at > timezone.now() + timedelta(days=366):
        raise Invalid("The publication date is more than a year in the future.", code="date_in_future")
    if arrival.published_at and arrival.published_at < EARLIEST:
        raise Invalid("The publication date is before the year 1400.", code="date_too_early")
    if arrival.embargo_until and arrival.embargo_until > timezone.now() + timedelta(days=366):
        raise Invalid("The embargo ends more than a year from now.", code="embargo_too_far")
    if arrival.embargo_until and arrival.embargo_until < EARLIEST:
        raise Invalid("The end of the embargo is before the year 1400.", code="embargo_too_early")
    if arrival.kind not in DocumentKind.values:
        raise Invalid("A document is a story, coverage or a reference.", code="kind_unknown")


def arrival_key(data: bytes, arrival: Arrival, desk: Desk) -> str:
    """What makes two arrivals the same document; an address counts however it is written."""
    who = str(arrival.publisher.pk) if arrival.publisher else arrival.publisher_name.casefold()
    parts = [str(desk.pk), who, address_identity(arrival.url), arrival.source_app, arrival.source_id, sha256_of(data)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def create_document(arrival: Arrival, desk: Desk, key: str, *, by: Actor) -> Document:
    """Create the row of a filed document; the caller stores or requests its bytes, and logs the arrival."""
    document = Document.objects.create(
        desk=desk,
        topic=arrival.topic,
        kind=arrival.kind,
        title=arrival.title[:500],
        publisher=arrival.publisher,
        publisher_name=arrival.publisher_name[:200],
        url=arrival.url[:2000],
        byline=arrival.byline[:500],
        published_at=arrival.published_at,
        zone=arrival.zone or "UTC",
        source_app=arrival.source_app,
        source_id=arrival.source_id,
        embargo_until=arrival.embargo_until,
        arrival_key=key,
        created_by=person_of(by),
    )
    document.authors.set(arrival.authors)
    return document


def log_arrival(
    document: Document, arrival: Arrival, *, by: Actor, decision: Snapshot | None = None, **facts: Any
) -> None:
    facts = {**facts, **arrival.facts}
    log(document, "arrive", by=by, to_state=document.state, facts=facts, decision=decision)


def refuse_author_of_other_side(person: Any, document: Document) -> None:
    """Refuse a writer whose own text is or was in a discrepancy with this document.

    Raises:
        NotAllowed: they did, and this is not their own story.
    """
    if not NOT_AUTHOR_OF_OTHER_SIDE.allows(person, document):
        raise NotAllowed(NOT_AUTHOR_OF_OTHER_SIDE.message, code=NOT_AUTHOR_OF_OTHER_SIDE.code)


def name_authors(document: Document, people: Iterable[Any], *, by: Actor) -> None:
    """Add the writers that a later filing names, and log them. Authors are never removed.

    Raises:
        NotAllowed: a new author's own text is or was in a discrepancy with this document.
    """
    with transaction.atomic():
        named = set(document.authors.values_list("pk", flat=True))
        new = sorted({person.pk for person in people} - named)
        for person in people if new else ():
            if person.pk in new:
                refuse_author_of_other_side(person, document)  # as its author they could change them
        if new:
            document.authors.add(*new)
            log(document, "name_authors", by=by, facts={"authors": new})


def keep_bytes(data: bytes, desk: Desk, arrival: Arrival) -> Snapshot:
    """The bytes as they arrived, as a WARC record."""
    now = timezone.now()
    return Snapshot.objects.create(
        desk=desk,
        url=arrival.url[:2000],
        filename=arrival.filename[:255],
        media_type=arrival.media_type[:100],
        charset=arrival.charset[:40],
        sha256=sha256_of(data),
        size=len(data),
        taken_at=now,
        warc=warc_of_upload(data, arrival.filename, arrival.media_type, now),
    )


def request_reading(
    document: Document, snapshot: Snapshot, *, by: Actor, pasted: bool, feed_metadata: dict[str, Any] | None = None
) -> Job:
    """Queue the reading of a snapshot. ``feed_metadata`` is used where the text itself says nothing."""
    person = getattr(by, "pk", None)
    return enqueue(
        JobName.READ_DOCUMENT,
        job_key(document, snapshot.pk),
        {
            "document": document.pk,
            "snapshot": snapshot.pk,
            "pasted": pasted,
            "by": person,
            "feed_metadata": feed_metadata or {},
        },
        by=person_of(by),
        desk=document.desk,
        priority=Priority.STORY if document.kind == DocumentKind.STORY else Priority.COVERAGE,
    )


def unfinished_reading(document: Document) -> Job | None:
    """The job that still reads this document, or the one that failed to."""
    rows = Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT)
    return rows.unfinished().first()
