"""File, revise, confirm and withdraw documents. Nothing is parsed in a request: a job reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from factcheck.actors import Actor, Machine
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.intake.item_versions import is_older
from factcheck.intake.snapshots import response_of, sha256_of
from factcheck.jobs.keys import jobs_about
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue_crosscheck, enqueue_regroup
from factcheck.models import NINJS, Desk, Document, Event, Job, Role, Scope, Snapshot
from factcheck.relations import roles_of
from factcheck.states import DocumentState, JobState

from .arrivals import (
    PASTED,
    Arrival,
    arrival_key,
    check_arrival,
    create_document,
    hand_over,
    host_object,
    keep_bytes,
    log_arrival,
    name_authors,
    refuse_author_of_other_side,
    request_reading,
    unfinished_reading,
)
from .transitions import change, check_permission, log, move


def ingest_document(data: bytes, arrival: Arrival, *, desk: Desk, by: Actor) -> tuple[Document, Job | None]:
    """File the bytes of a document: creates a snapshot, the document, an event and a reading job.

    The same bytes from the same publisher and address in the same desk are the same document, and a second
    text for the same object of the host is a revision of it. The job is None where there is nothing to read.

    Raises:
        NotAllowed: the actor may not file documents on this desk.
        Invalid: the bytes are empty, too many, or the metadata make no sense.
    """
    check_permission(by, desk, "ingest")
    check_arrival(data, arrival)
    if arrival.source_id and (known := host_object(desk, arrival)):
        hand_over(known, by=by)
        return revise_document(known, data, by=by, arrival=arrival)
    key = arrival_key(data, arrival, desk)
    try:
        with transaction.atomic():
            if same := Document.objects.filter(arrival_key=key).first():
                name_authors(same, arrival.authors, by=by)
                return same, unfinished_reading(same)
            document = create_document(arrival, desk, key, by=by)
            snapshot = keep_bytes(data, desk, arrival)
            log_arrival(document, arrival, by=by, decision=snapshot, sha256=snapshot.sha256)
            return document, request_reading(
                document, snapshot, by=by, pasted=arrival.pasted, feed_metadata=arrival.feed_metadata
            )
    except IntegrityError:  # the same document was filed by another request at the same moment
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
        NotAllowed, Invalid: as for any document, or a newer version is there already; what the item lacks is said
            when it has been read.
    """
    uri = str(item.get("uri") or "").strip()
    if uri and not arrival.source_id:
        source_id = uri if len(uri) <= 200 else sha256_of(uri.encode("utf-8", "replace"))
        arrival = replace(arrival, source_app=NINJS, source_id=source_id)
    if (known := host_object(desk, arrival)) and is_older(item, newest_item(known)):
        said = str(item.get("version") or item.get("versioncreated") or item.get("versionCreated") or "")[:40]
        message = f"Document {known.pk} has a newer version of this item already; version {said} was not taken."
        raise Invalid(message, code="older_version")
    data = json.dumps(item, sort_keys=True).encode()  # escaped, so that half a character does no harm before it is read
    arrival = replace(arrival, filename="item.json", media_type="application/json", pasted=False)
    return ingest_document(data, arrival, desk=desk, by=by)


def revise_document(
    document: Document,
    data: bytes,
    *,
    by: Actor,
    version: int | None = None,
    editor: Any = None,
    arrival: Arrival = PASTED,
) -> tuple[Document, Job | None]:
    """File a new text for a document: stores a snapshot and queues a job that re-anchors every claim.

    ``editor`` is the person who changed the words, where a service account files for them. ``arrival`` says what
    kind of bytes they are; plain text where nothing is said.

    Raises:
        NotAllowed, StaleRevision, WrongState, Invalid: as for any action.
    """
    check_permission(by, document, "revise")
    if editor is not None and Role.SERVICE not in roles_of(by, [document.desk_id]):
        raise NotAllowed("Only a service account files for somebody else.", code="editor_not_yours")
    if editor is not None:
        refuse_author_of_other_side(editor, document)
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
        facts = {"sha256": snapshot.sha256, "editor": getattr(editor, "pk", None)}
        log(document, "revise", by=by, facts=facts, decision=snapshot)
        return document, request_reading(document, snapshot, by=editor or by, pasted=arrival.pasted)


def refuse_machine(document: Document) -> None:
    """Refuse to let a feed replace text that did not come from a feed.

    Raises:
        Invalid: the desk or the host filed the document, or somebody has corrected it since.
    """
    if document.created_by_id is not None:
        raise Invalid(
            f"The desk filed this itself, as document {document.pk}; no feed changes it.", code="not_of_a_feed"
        )
    if is_corrected(document):
        raise Invalid(corrected_by_hand_message(document), code="corrected_by_hand")


def is_corrected(document: Document) -> bool:
    """Whether the newest text came from a person or the host, not from a feed or a fetched page."""
    arrivals = Event.objects.of(document).filter(action__in=["revise", "fetched"])
    last = arrivals.last()
    return last is not None and last.action == "revise" and last.actor_id is not None


def corrected_by_hand_message(document: Document) -> str:
    return f"The text of document {document.pk} was corrected by hand since; nothing from outside replaces it."


def newest_item(document: Document) -> dict[str, Any]:
    """The item as it came last; empty where what came last is none, or was blanked."""
    job = Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT).order_by("-pk").first()
    current = document.current_revision
    snapshot = Snapshot.objects.filter(pk=job.args["snapshot"]).first() if job else current and current.snapshot
    try:
        found = json.loads(response_of(bytes(snapshot.warc))) if snapshot and snapshot.warc else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def newest_bytes(document: Document) -> str:
    """The hash of the bytes that were last read or are still to be read; empty after a reading that failed."""
    last = Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT).first()
    if last is None:
        current = document.current_revision
        return current.bytes_sha256 if current else ""
    return (
        ""
        if last.state in (JobState.FAILED, JobState.CANCELLED)
        else Snapshot.objects.get(pk=last.args["snapshot"]).sha256
    )


def refuse_document(document: Document, reason: str, *, by: Actor, action: str = "revision_unreadable") -> None:
    """Record on the document why its bytes could not be read or fetched."""
    if document.state in (DocumentState.ARRIVING, DocumentState.UNREADABLE):
        move(document, "read", to=DocumentState.UNREADABLE, by=by, note=reason, state_reason=reason[:500])
    else:
        log(document, action, by=by, note=reason)


def confirm_document(document: Document, *, by: Actor, version: int | None = None, title: str = "") -> None:
    """Confirm that the extracted text matches the original; the document goes into check."""
    values: dict[str, Any] = {"title": title[:500]} if title.strip() else {}
    move(document, "confirm", by=by, version=version, **values)


def withdraw_document(document: Document, *, by: Actor, note: str, version: int | None = None) -> None:
    """Withdraw a document from checks and comparisons; queues a cross-check and a regrouping. It is never deleted."""
    with transaction.atomic():
        move(document, "withdraw", by=by, note=note, version=version)
        enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)
        if document.topic:  # what is usual there is counted anew without it
            enqueue_regroup(document.topic)
