"""Documents filed by their address: asked for, fetched by a job, fetched again. The fetching itself is a worker's.

Above ``documents``, whose actions it uses. The same address on the same desk is the same document; when it is fetched
again, other bytes are a revision of it, and the same bytes are nothing. A page replaces only what the page has
brought: not a text that was filed as such, and not one that a person has corrected since.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import Invalid, WrongState
from factcheck.intake.address_identity import address_identity
from factcheck.intake.addresses import FetchRefused, parse_public_target
from factcheck.intake.extracts import Extract
from factcheck.intake.fetching import Fetched
from factcheck.intake.snapshots import sha256_of, warc_of
from factcheck.jobs.keys import job_key
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue
from factcheck.models import Desk, Document, DocumentKind, Event, Job, Snapshot
from factcheck.states import DocumentState

from .arrivals import (
    Arrival,
    check_arrival_metadata,
    create_document,
    host_object,
    log_arrival,
    name_authors,
    request_reading,
)
from .documents import corrected_by_hand_message, is_corrected, newest_bytes, refuse_document
from .revisions import LONGEST_ADDRESS
from .transitions import change, check_permission, log


def fetch_document(url: str, arrival: Arrival, *, desk: Desk, by: Actor) -> tuple[Document, Job | None]:
    """File a document by its address: the document, an event and the job that fetches it, or nothing.

    An address that the desk has filed before is fetched again. The job is None where the document is withdrawn or
    blanked, and where a feed names a page that somebody on the desk filed or corrected.

    Raises:
        NotAllowed: the actor may not file documents on this desk.
        Invalid: the address is none that is ever fetched, the metadata make no sense, or the page would replace
            words that did not come from it.
    """
    check_permission(by, desk, "ingest")
    arrival = replace(arrival, url=checked_address(url))
    check_arrival_metadata(arrival)
    key = address_key(arrival.url, desk)
    try:
        with transaction.atomic():
            if known := host_object(desk, arrival) or Document.objects.filter(arrival_key=key).first():
                return known, _fetch_again(known, arrival, by=by)
            document = create_document(arrival, desk, key, by=by)
            log_arrival(document, arrival, by=by, fetch=True)
            return document, request_fetch(document, by=by, feed_metadata=arrival.feed_metadata)
    except IntegrityError:  # the same address was filed by another request at the same moment
        same = host_object(desk, arrival) or Document.objects.filter(arrival_key=key).first()
        if same is None:
            raise
        return same, _fetch_again(same, arrival, by=by)


def checked_address(url: str) -> str:
    """The address as it is fetched and kept, without its fragment.

    Raises:
        Invalid: nobody would fetch this, whatever the server says.
    """
    try:
        address = parse_public_target(url.strip()).url
    except FetchRefused as refused:
        raise Invalid(refused.message, code=f"address_{refused.code.removeprefix('bad_')}") from None
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(f"The address is longer than {LONGEST_ADDRESS:,} characters.", code="address_url")
    return address


def address_key(address: str, desk: Desk) -> str:
    """What makes two filings of an address the same document, however it is written."""
    return hashlib.sha256("\x1f".join([str(desk.pk), "address", address_identity(address)]).encode()).hexdigest()


def _fetch_again(document: Document, arrival: Arrival, *, by: Actor) -> Job | None:
    if not isinstance(by, Machine):
        check_permission(by, document, "fetch")
    with transaction.atomic():
        name_authors(document, arrival.authors, by=by)
        if document.state == DocumentState.WITHDRAWN or Event.objects.of(document).filter(action="erase").exists():
            return None  # what was blanked does not come back by itself
        if isinstance(by, Machine) and (document.created_by_id is not None or is_corrected(document)):
            return None  # the desk has this page already
        refuse_other_words(document)
        if address_identity(document.url) != address_identity(arrival.url):  # the host's object has moved
            change(document, url=arrival.url)
        log(document, "fetch", by=by)
        return request_fetch(document, by=by, feed_metadata=arrival.feed_metadata)


def refetch_document(document: Document, *, by: Actor) -> Job:
    """Fetch a document again that was filed by its address, or could not be fetched.

    Raises:
        NotAllowed: the actor may not file documents on this desk.
        WrongState: it is withdrawn.
        Invalid: it was not filed by its address, or was corrected since: a page must not replace a person's words.
    """
    check_permission(by, document, "fetch")
    if document.state == DocumentState.WITHDRAWN:
        raise WrongState("The document is withdrawn.", state=document.state)
    refuse_other_words(document)
    with transaction.atomic():
        log(document, "fetch", by=by)
        return request_fetch(document, by=by)


def refuse_other_words(document: Document) -> None:
    """Refuse to let a page replace text that somebody wrote or filed.

    Raises:
        Invalid: the document was not filed by its address, or its text was corrected by hand since.
    """
    if not document.url or not fetches_of(document).exists():
        message = f"Document {document.pk} was not filed by its address; a page does not replace its text."
        raise Invalid(message, code="no_address")
    if is_corrected(document):
        raise Invalid(corrected_by_hand_message(document), code="corrected_by_hand")


def last_requester(document: Document) -> Any:
    """Who last requested the page of our own story; they count as the writer of its new words. Else None."""
    if document.kind != DocumentKind.STORY:
        return None
    asked = Event.objects.of(document).filter(action__in=["arrive", "fetch"]).select_related("actor").last()
    return asked.actor if asked else None


def fetches_of(document: Document) -> Any:
    """The jobs that fetched this document or are to."""
    return Job.objects.filter(name=JobName.FETCH_DOCUMENT, key=job_key(document))


def request_fetch(document: Document, *, by: Actor, feed_metadata: dict[str, Any] | None = None) -> Job:
    return enqueue(
        JobName.FETCH_DOCUMENT,
        job_key(document),
        {"document": document.pk, "feed_metadata": feed_metadata or {}},
        by=person_of(by),
        desk=document.desk,
        priority=Priority.STORY if document.kind == DocumentKind.STORY else Priority.COVERAGE,
    )


def store_fetch(document: Document, fetched: Fetched, *, by: Machine, feed_metadata: dict[str, Any]) -> dict[str, Any]:
    """Keep the page with its WARC and ask for its reading; nothing where its bytes are those read last.

    The new words of coverage are nobody's here. Those of our own story are of whoever had it fetched, who therefore
    does not sign them off; and where somebody has corrected the text meanwhile, it stays.
    """
    with transaction.atomic():
        Document.objects.select_for_update().get(pk=document.pk)  # a person who corrects the text goes first or after
        known = newest_bytes(document) == sha256_of(fetched.body)
        if document.state == DocumentState.WITHDRAWN or known or is_corrected(document):
            return {"bytes": len(fetched.body), "changed": False}
        snapshot = Snapshot.objects.create(
            desk=document.desk,
            url=fetched.url[:LONGEST_ADDRESS],
            media_type=fetched.media_type[:100],
            charset=fetched.charset[:40],
            sha256=sha256_of(fetched.body),
            size=len(fetched.body),
            taken_at=fetched.fetched_at,
            warc=warc_of(fetched),
        )
        facts = {"sha256": snapshot.sha256, "snapshot": snapshot.pk}
        log(document, "fetched", by=by, facts=facts, decision=snapshot)
        job = request_reading(
            document, snapshot, by=last_requester(document) or by, pasted=False, feed_metadata=feed_metadata
        )
    return {"bytes": len(fetched.body), "changed": True, "job": job.pk}


def fail_fetch(document: Document, reason: str, *, by: Machine) -> None:
    """The page could not be had: the document says why and can be fetched again; a text it has stays."""
    if document.state != DocumentState.WITHDRAWN:
        refuse_document(document, reason, by=by, action="fetch_failed")


def with_feed_metadata(extract: Extract, feed_metadata: dict[str, Any]) -> Extract:
    """The extract completed with the feed's metadata where the page gives none; the page's own date wins.

    Where the page gives only a day and the feed a time within it, the feed's time is used.
    """
    moment = datetime.fromisoformat(feed_metadata["published_at"]) if feed_metadata.get("published_at") else None
    own = extract.published_at
    day = own is not None and extract.published_precision == "day"
    if moment and (own is None or (day and abs(moment - own) <= timedelta(hours=24))):
        notes = ("The date of publication is the one that the feed gives.",)
        extract = replace(extract, published_at=moment, published_precision="minute", notes=(*extract.notes, *notes))
    return replace(
        extract,
        byline=extract.byline or tuple(filter(None, [feed_metadata.get("byline", "")])),
        notes=(*extract.notes, *feed_metadata.get("notes", ())),
    )
