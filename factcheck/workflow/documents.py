"""Documents arrive, are revised, confirmed and withdrawn. Nothing is parsed in a request: a job reads them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils import timezone

from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.intake.addresses import FetchRefused, parse_public_target
from factcheck.intake.extracts import MAX_BYTES, Extract
from factcheck.intake.snapshots import sha256_of, warc_of_upload
from factcheck.jobs.keys import about, key_of
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue, enqueue_crosscheck, enqueue_regroup
from factcheck.models import Desk, Document, DocumentKind, Event, Job, Revision, Role, Scope, Snapshot, Source, Topic
from factcheck.permissions import NOT_ITS_WORDS, roles_of
from factcheck.states import DocumentState, JobState

from .transitions import change, check_permission, log, move, require_storable


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes with the bytes of a document: all of it optional but the desk's choice of kind."""

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
    said: dict[str, Any] = field(default_factory=dict)
    """What a feed told of it, for what the text itself does not tell."""


LONGEST_ADDRESS = 2000

EDITABLE_METADATA = frozenset({"title", "byline", "language", "publisher", "published_at", "zone", "embargo_until"})
"""What a person may correct of a document (in ``metadata``)."""

EARLIEST = datetime(1400, 1, 1, tzinfo=UTC)
"""Nothing was printed before; and dates at the edge of the calendar cannot be moved between zones."""

PASTED = Arrival(filename="revision.txt", media_type="text/plain", pasted=True)

NINJS = "ninjs"
"""The ``source_app`` of items that came as ninjs; they are somebody else's, not the host's own."""


def ingest_document(data: bytes, arrival: Arrival, *, desk: Desk, by: Actor) -> tuple[Document, Job | None]:
    """Take in the bytes of a document: a snapshot, the document, an event and a job, or nothing.

    The same bytes from the same publisher and address in the same desk are the same document, and a second
    text for the same object of the host is a revision of it. The job is None where there is nothing to read.

    Raises:
        NotAllowed: the actor may not file documents on this desk.
        Invalid: the bytes are empty, too many, or the metadata make no sense.
    """
    check_permission(by, desk, "ingest")
    check_arrival(data, arrival)
    if arrival.source_id and (known := host_object(desk, arrival)):
        return revise_document(known, data, by=by, arrival=arrival)
    key = arrival_key(data, arrival, desk)
    try:
        with transaction.atomic():
            if same := Document.objects.filter(arrival_key=key).first():
                name_authors(same, arrival.authors, by=by)
                return same, unfinished_reading(same)
            document = create_document(arrival, desk, key, by=by)
            snapshot = keep_bytes(data, desk, arrival)
            log_arrival(document, arrival, by=by, sha256=snapshot.sha256)
            return document, ask_for_reading(document, snapshot, by=by, pasted=arrival.pasted, said=arrival.said)
    except IntegrityError:  # the same document came through another door at the same moment
        same = Document.objects.filter(arrival_key=key).first()
        if same is None and (known := host_object(desk, arrival)):
            return revise_document(known, data, by=by, arrival=arrival)  # with other bytes: they are not lost
        if same is None:
            raise
        name_authors(same, arrival.authors, by=by)
        return same, unfinished_reading(same)


def ingest_item(item: dict[str, Any], arrival: Arrival, *, desk: Desk, by: Actor) -> tuple[Document, Job | None]:
    """Take in a news item in ninjs, the JSON of the IPTC: known by its ``uri``, so that a later version revises it.

    Raises:
        NotAllowed, Invalid: as for any document; what the item lacks is said when it has been read.
    """
    uri = str(item.get("uri") or "").strip()
    if uri and not arrival.source_id:
        told = uri if len(uri) <= 200 else sha256_of(uri.encode("utf-8", "replace"))
        arrival = replace(arrival, source_app=NINJS, source_id=told)
    data = json.dumps(item, sort_keys=True).encode()  # escaped, so that half a character does no harm before it is read
    arrival = replace(arrival, filename="item.json", media_type="application/json", pasted=False)
    return ingest_document(data, arrival, desk=desk, by=by)


def host_object(desk: Desk, arrival: Arrival) -> Document | None:
    """The document that this object of the host, or of an agency, is already."""
    rows = Document.objects.filter(desk=desk, source_app=arrival.source_app, source_id=arrival.source_id)
    return rows.first() if arrival.source_id else None


@cache
def zones() -> frozenset[str]:
    """The zones of places, and universal time: not the names that mean whatever clock a machine has."""
    return frozenset(name for name in available_timezones() if "/" in name or name in ("UTC", "GMT"))


def is_of_host(document: Document) -> bool:
    """Whether it is the host's own text: nothing that it shows may be left out of what is checked."""
    return document.source_id != "" and document.source_app != NINJS


def check_arrival(data: bytes, arrival: Arrival) -> None:
    """Refuse what can be seen to be unusable before anything is stored.

    Raises:
        Invalid: with a sentence for the person.
    """
    if not data.strip():
        raise Invalid("The document is empty.", code="empty")
    if len(data) > MAX_BYTES:
        raise Invalid("The document is larger than 10 MB.", code="too_large")
    check_metadata(arrival)


def check_metadata(arrival: Arrival) -> None:
    """Refuse what was said of a document and makes no sense.

    Raises:
        Invalid: with a sentence for the person.
    """
    require_storable(*(getattr(arrival, row.name) for row in fields(arrival)))
    if len(arrival.source_app) > 100 or len(arrival.source_id) > 200:
        raise Invalid("The names of the host's object are too long.", code="source_id_too_long")
    if arrival.zone and arrival.zone not in zones():
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
    """What makes two arrivals the same document."""
    who = str(arrival.publisher.pk) if arrival.publisher else arrival.publisher_name.casefold()
    parts = [str(desk.pk), who, arrival.url, arrival.source_app, arrival.source_id, sha256_of(data)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def create_document(arrival: Arrival, desk: Desk, key: str, *, by: Actor) -> Document:
    """The row of a document that arrives; the caller keeps its bytes or asks for them, and logs the arrival."""
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


def log_arrival(document: Document, arrival: Arrival, *, by: Actor, **facts: Any) -> None:
    log(document, "arrive", by=by, to_state=document.state, facts={**facts, **arrival.facts})


def leave_its_words(person: Any, document: Document) -> None:
    """Refuse whoever wrote a text that this one differs from.

    Raises:
        NotAllowed: they did, and this is not their own story.
    """
    if not NOT_ITS_WORDS.allows(person, document):
        raise NotAllowed(NOT_ITS_WORDS.message, code=NOT_ITS_WORDS.code)


def name_authors(document: Document, people: Iterable[Any], *, by: Actor) -> None:
    """Add those whom a later filing names as writers. Nobody is taken away: who wrote a text stays its author."""
    with transaction.atomic():
        named = set(document.authors.values_list("pk", flat=True))
        new = sorted({person.pk for person in people} - named)
        for person in people if new else ():
            if person.pk in new:
                leave_its_words(person, document)  # as its author they could change them
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


def ask_for_reading(
    document: Document, snapshot: Snapshot, *, by: Actor, pasted: bool, said: dict[str, Any] | None = None
) -> Job:
    """``said`` is what a feed told of the text, for what the text itself does not tell."""
    person = getattr(by, "pk", None)
    return enqueue(
        JobName.READ_DOCUMENT,
        key_of(document, snapshot.pk),
        {"document": document.pk, "snapshot": snapshot.pk, "pasted": pasted, "by": person, "said": said or {}},
        by=person_of(by),
        desk=document.desk,
        priority=Priority.STORY if document.kind == DocumentKind.STORY else Priority.COVERAGE,
    )


def unfinished_reading(document: Document) -> Job | None:
    """The job that still reads this document, or the one that failed to."""
    rows = Job.objects.filter(about(document), name=JobName.READ_DOCUMENT)
    return rows.unfinished().first()


def revise_document(
    document: Document,
    data: bytes,
    *,
    by: Actor,
    version: int | None = None,
    editor: Any = None,
    arrival: Arrival = PASTED,
) -> tuple[Document, Job | None]:
    """A new text for a document: kept at once, read by a job, which re-anchors every claim.

    ``editor`` is the person who changed the words, where a service account files for them. ``arrival`` says what
    kind of bytes they are; plain text where nothing is said.

    Raises:
        NotAllowed, StaleRevision, WrongState, Invalid: as for any action.
    """
    check_permission(by, document, "revise")
    if editor is not None and Role.SERVICE not in roles_of(by, [document.desk_id]):
        raise NotAllowed("Only a service account files for somebody else.", code="editor_not_yours")
    if editor is not None:
        leave_its_words(editor, document)
    check_arrival(data, arrival)
    if version is not None and version != document.version:
        raise StaleRevision("This has changed since you opened it.", version=document.version)
    if document.state == DocumentState.WITHDRAWN:
        raise WrongState("The document is withdrawn; file the new text as a new document.", state=document.state)
    if newest_bytes(document) == sha256_of(data):
        name_authors(document, arrival.authors, by=by)
        return document, unfinished_reading(document)
    with transaction.atomic():
        change(document, version=version)  # so that a second edit of the same text is told that it is one
        if isinstance(by, Machine):
            refuse_machine(document)
        name_authors(document, arrival.authors, by=by)
        snapshot = keep_bytes(data, document.desk, arrival)
        log(document, "revise", by=by, facts={"sha256": snapshot.sha256, "editor": getattr(editor, "pk", None)})
        return document, ask_for_reading(document, snapshot, by=editor or by, pasted=arrival.pasted)


def refuse_machine(document: Document) -> None:
    """What a feed brings may replace what a feed has brought, and no word of anybody else's.

    Raises:
        Invalid: the desk or the host filed the document, or somebody has corrected it since.
    """
    if document.created_by_id is not None:
        raise Invalid(
            f"The desk filed this itself, as document {document.pk}; no feed changes it.", code="not_of_a_feed"
        )
    if is_corrected(document):
        raise Invalid(corrected(document), code="corrected_by_hand")


def is_corrected(document: Document) -> bool:
    """Whether the words that came in last are those of a person or the host, and no feed's or fetched page's."""
    arrivals = Event.objects.of(document).filter(action__in=["revise", "fetched"])
    last = arrivals.last()
    return last is not None and last.action == "revise" and last.actor_id is not None


def corrected(document: Document) -> str:
    return f"The text of document {document.pk} was corrected by hand since; nothing from outside replaces it."


def newest_bytes(document: Document) -> str:
    """The hash of the bytes that were last read or are still to be read; empty after a reading that failed."""
    last = Job.objects.filter(about(document), name=JobName.READ_DOCUMENT).first()
    if last is None:
        current = document.current_revision
        return current.bytes_sha256 if current else ""
    return "" if last.state == JobState.FAILED else Snapshot.objects.get(pk=last.args["snapshot"]).sha256


def store_revision(
    document: Document, snapshot: Snapshot, extract: Extract, *, by: Actor, editor: Any
) -> Revision | None:
    """The text that was read from a snapshot, as the document's next revision.

    None if it was stored before, or if a text that came in later was read first: the newest stays the current one.
    """
    if document.revisions.filter(snapshot__gte=snapshot.pk).exists():
        return None
    previous = document.current_revision
    fill_in(document, extract, fetched_from="" if snapshot.filename else snapshot.url)
    revision = Revision.objects.create(
        document=document,
        number=previous.number + 1 if previous else 1,
        text=extract.text,
        text_sha256=hashlib.sha256(extract.text.encode()).hexdigest(),
        bytes_sha256=snapshot.sha256,
        snapshot=snapshot,
        reader_notes=list(extract.notes),
        created_by=editor,
    )
    if previous is None:
        mark_reprint(document, revision)
        to = DocumentState.IN_CHECK if extract.plain else DocumentState.TO_CONFIRM
        move(document, "read", by=by, to=to, state_reason="")
    else:
        change(document)
        log(document, "revised", by=by, facts={"revision": revision.number, "text_sha256": revision.text_sha256})
    return revision


def fill_in(document: Document, extract: Extract, *, fetched_from: str = "") -> None:
    """What the file itself says of title, date, zone, byline and language, where the person said nothing."""
    found = {
        "title": extract.title[:500],
        "byline": ", ".join(extract.byline)[:500],
        "language": extract.language[:10],
    }
    if document.created_by_id is not None or fetched_from:  # nobody stands for what a file from a feed says it is
        found |= {
            "url": usable_address(extract.canonical_url),
            "publisher_name": (extract.publisher or extract.site_name)[:200],
        }
    changed: dict[str, Any] = {name: value for name, value in found.items() if value and not getattr(document, name)}
    latest = timezone.now() + timedelta(days=366)
    for name in ("published_at", "embargo_until"):
        moment = getattr(extract, name)
        if getattr(document, name) is None and moment and EARLIEST <= moment <= latest:
            changed[name] = moment
    if document.zone == "UTC" and (zone := zone_named(extract.zone)):
        changed["zone"] = zone
    if document.publisher is None and (source := publisher_of(document, changed, fetched_from)):
        changed["publisher"] = source
    for name in edited_metadata(document):  # a person has said it, be it that there is none
        changed.pop(name, None)
    if changed:
        Document.objects.filter(pk=document.pk).update(**changed)
        document.refresh_from_db()


def edited_metadata(document: Document) -> set[str]:
    """The fields that a person has corrected."""
    rows = Event.objects.of(document).filter(action="update_metadata").values_list("facts", flat=True)
    return {name for facts in rows for name in facts["changed"]}


def usable_address(said: str) -> str:
    """An address that a text gives itself, if it is one that could be fetched; else ""."""
    try:
        return parse_public_target(said).url if len(said) <= LONGEST_ADDRESS else ""
    except FetchRefused:
        return ""


def zone_named(said: str) -> str:
    """The zone by this name, or the one that always keeps this offset, such as "+03:00"; "" where there is none.

    The names of the latter count westward: Etc/GMT-3 is three hours ahead of universal time.
    """
    if matched := re.fullmatch(r"([+-])(\d\d):00", said):
        hours = int(matched[2])
        said = f"Etc/GMT{'-' if matched[1] == '+' else '+'}{hours}" if hours else "UTC"
    return said if said in zones() else ""


def publisher_of(document: Document, changed: dict[str, Any], fetched_from: str = "") -> Source | None:
    """The registered source behind a document: by the domain of its address, else by its name.

    A page that was fetched is known by where it was fetched from. The name it gives itself counts only for a source
    that has no domain of its own, and where a person filed the page: anybody's page may call itself an agency.
    """
    host = host_of(fetched_from or changed.get("url") or document.url)
    if by_host := Source.objects.at_host(host) if "." in host else None:
        return by_host
    named = Source.objects.named(changed.get("publisher_name") or document.publisher_name)
    own_word = fetched_from != "" and "publisher_name" in changed
    if named and own_word and (document.created_by_id is None or named.domains.exists()):
        return None
    return named


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def mark_reprint(document: Document, revision: Revision) -> None:
    """Note which earlier document of another publisher has the same text."""
    same = Revision.objects.filter(text_sha256=revision.text_sha256, document__desk=document.desk)
    first = same.exclude(document=document).order_by("document_id").first()
    if first:
        original = first.document.same_text_as or first.document
        Document.objects.filter(pk=document.pk).update(same_text_as=original)
        document.refresh_from_db()


def refuse_document(document: Document, reason: str, *, by: Actor, action: str = "revision_unreadable") -> None:
    """The bytes could not be read, or not be fetched: say why, on the document."""
    if document.state in (DocumentState.ARRIVING, DocumentState.UNREADABLE):
        move(document, "read", to=DocumentState.UNREADABLE, by=by, note=reason, state_reason=reason[:500])
    else:
        log(document, action, by=by, note=reason)


def confirm_document(document: Document, *, by: Actor, version: int | None = None, title: str = "") -> None:
    """A person has compared the extracted text with the original."""
    values: dict[str, Any] = {"title": title[:500]} if title.strip() else {}
    move(document, "confirm", by=by, version=version, **values)


def withdraw_document(document: Document, *, by: Actor, note: str, version: int | None = None) -> None:
    """Take a document out of every check and comparison. It is never deleted."""
    with transaction.atomic():
        move(document, "withdraw", by=by, note=note, version=version)
        enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)
        if document.topic:  # what is usual there is counted anew without it
            enqueue_regroup(document.topic)
