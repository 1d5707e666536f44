"""Reading a document: from stored bytes to marked text. May import the other actions.

One transaction writes the revision, the re-anchored and the new claims and figures, and the job for the
cross-check. The caller holds the job's lease.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from factcheck import signals
from factcheck.actors import Actor, Machine
from factcheck.errors import WrongState
from factcheck.intake.extracts import Extract
from factcheck.models import Document, Revision, Scope, Snapshot
from factcheck.text import Reading, read

from .arrivals import request_reading
from .crosschecks import request_crosscheck
from .marking import mark_revision
from .revisions import parse_zone, store_revision
from .transitions import change, check_permission, log


def read_text(document: Document, extract: Extract) -> Reading:
    """What the engine finds in an extract, on the clock of the document's dateline."""
    published = document.published_at or extract.published_at or document.created_at
    zone = (parse_zone(extract.zone) if document.zone == "UTC" else "") or document.zone
    return read(
        extract.text,
        published_at=published,
        zone=zone,
        title=document.title or extract.title,
        language=document.language or extract.language,
    )


def store_reading(
    document: Document, snapshot: Snapshot, extract: Extract, reading: Reading, *, by: Machine, person: Any
) -> dict[str, int]:
    """Write down what was read of a snapshot; doing it twice changes nothing.

    ``person`` is who filed the text: a later revision's changed words are theirs.
    """
    with transaction.atomic():
        previous = document.current_revision
        editor = get_user_model().objects.filter(pk=person).first() if person else None
        revision = store_revision(document, snapshot, extract, by=by, editor=editor)
        if revision is None:
            return {"claims": 0, "figures": 0, "voided": 0}
        counts = mark_revision(revision, reading, previous=previous, by=by)
        request_crosscheck(Scope.DOCUMENT, document=document, by=by)
    signals.announce(signals.document_read, Document, document=document, revision=revision)
    return counts


def reread_document(document: Document, *, by: Actor, version: int | None = None) -> None:
    """Ask for the current revision to be read again by the engine of today; touched marks stay as they are.

    Raises:
        WrongState: there is no text to read.
    """
    check_permission(by, document, "reread")
    revision = document.current_revision
    if revision is None or revision.snapshot is None:
        raise WrongState("The document has no text yet.", state=document.state)
    with transaction.atomic():
        change(document, version=version)
        log(document, "reread", by=by, facts={"revision": revision.number})
        request_reading(document, revision.snapshot, by=by, pasted=False)


def read_again(revision: Revision) -> Reading:
    """What the engine of today finds in a text as it is stored; the bytes it came from are not read again."""
    document = revision.document
    published = document.published_at or document.created_at
    return read(
        revision.text, published_at=published, zone=document.zone, title=document.title, language=document.language
    )


def store_second_reading(revision: Revision, reading: Reading, *, by: Machine) -> dict[str, int]:
    """Bring the marks of a revision up to a newer engine, while it is the current one."""
    document = revision.document
    with transaction.atomic():
        if document.current_revision != revision:
            return {}
        counts = mark_revision(revision, reading, previous=None, by=by)
        request_crosscheck(Scope.DOCUMENT, document=document, by=by)
    return counts
