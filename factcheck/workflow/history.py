"""The history: does it verify, and blanking a text while it still does (courts, privacy)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import timezone

from factcheck.models import (
    Anchor,
    Attribution,
    Document,
    Event,
    EventNote,
    Evidence,
    IdempotencyKey,
    Job,
    Notification,
    Snapshot,
    VerificationTask,
)
from factcheck.queue import JobName

from .transitions import change, log, require, require_note


def verify_history() -> list[str]:
    """Every chain of events recomputed; one sentence for each that does not hold, none when all do."""
    return list(broken_chains()) + list(broken_notes())


def broken_chains() -> Iterator[str]:
    rows = Event.objects.order_by("record", "record_id", "sequence").iterator(chunk_size=1000)
    for (record, pk), chain in groupby(rows, key=lambda row: (row.record, row.record_id)):
        previous, expected = "", 1
        for row in chain:
            if row.sequence != expected or row.previous != previous or row.digest != row.computed_digest():
                yield f"The history of {record} {pk} does not hold at event {row.pk} ({row.act})."
                break
            previous, expected = row.digest, expected + 1


def broken_notes() -> Iterator[str]:
    for note in EventNote.objects.select_related("event").iterator(chunk_size=1000):
        if note.erased_at is None and note.computed_digest() != note.event.note_digest:
            yield f"The reason of event {note.event_id} is not the one that was given."


def erase_document(document: Document, *, by: Any, note: str, version: int | None = None) -> None:
    """Blank every text of a document: bytes, revisions, claims, figures and the reasons given about it.

    What was decided, by whom and when stays, and the history still verifies. There is no way back.

    Raises:
        NotAllowed, Invalid: as for any act.
    """
    require(by, document, "erase")
    reason = require_note(note)
    now = timezone.now()
    with transaction.atomic():
        Snapshot.objects.filter(revisions__document=document).update(text="", warc=b"")
        erase_arrivals(document)
        document.revisions.update(text="", erased_at=now)
        Anchor.objects.filter(revision__document=document).update(exact="", prefix="", suffix="")
        document.claims.update(text="")
        words = dict.fromkeys(("surface", "counted", "definition", "scope", "place", "party", "as_of_said"), "")
        document.figures.update(**words)
        document.figures.exclude(as_written="").update(as_written="erased")
        for row in document.attributions.all():
            Attribution.objects.filter(pk=row.pk).update(party=f"erased {row.pk}", relay="", cue="", source=None)
        change(document, version=version, title="", byline="", url="")
        erase_notes(document, now)
        log(document, "erase", by=by, note=reason)


def erase_arrivals(document: Document) -> None:
    """The bytes that came for a document and were never read, and what feeds told of it."""
    for job in Job.objects.filter(key__startswith=f"document:{document.pk}:", name=JobName.READ_DOCUMENT):
        Snapshot.objects.filter(pk=job.args["snapshot"]).update(text="", warc=b"")
        Job.objects.filter(pk=job.pk).update(args={**job.args, "said": {}})
    for job in Job.objects.filter(key=f"document:{document.pk}", name=JobName.FETCH_DOCUMENT):
        Job.objects.filter(pk=job.pk).update(args={**job.args, "said": {}})
    document.feed_items.update(title="")


def erase_notes(document: Document, now: Any) -> None:
    """What was written and told about a document, its claims and figures, and the work and evidence on them."""
    about = {
        "document": Document.objects.filter(pk=document.pk),
        "claim": document.claims.all(),
        "figure": document.figures.all(),
        "verificationtask": VerificationTask.objects.filter(claim__document=document),
        "evidence": Evidence.objects.filter(claim__document=document),
    }
    for record, rows in about.items():
        notes = EventNote.objects.filter(event__record=record, event__record_id__in=rows.values("pk"))
        notes.update(text="", erased_at=now)
        told = Notification.objects.filter(record=record, record_id__in=rows.values("pk"))
        told.update(text="The text this told of was erased.")
    IdempotencyKey.objects.all().delete()  # the answers kept for clients hold words of whatever they asked for
