"""The history: does it verify, and blanking a text while it still does (courts, privacy)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from factcheck.actors import Actor
from factcheck.jobs.keys import job_key, jobs_about
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue_regroup
from factcheck.models import (
    ERASED,
    Anchor,
    Attribution,
    Claim,
    Correction,
    Discrepancy,
    DiscrepancyFigure,
    Document,
    Event,
    EventNote,
    Evidence,
    FigureProfile,
    Job,
    Judgement,
    Measure,
    Notification,
    Publication,
    Report,
    Snapshot,
    TopicMatching,
    Verdict,
    VerificationTask,
    Waiver,
)

from .transitions import change, check_permission, log, require_note

CLAIM_SHOWN = 79
"""How much of a claim a sentence about it shows."""
REASON_SHOWN = 200
"""How much of a reason a stale claim keeps for certain."""


def verify_history() -> list[str]:
    """Every chain of events recomputed; one sentence for each that does not hold, none when all do."""
    return list(broken_chains()) + list(broken_notes())


def broken_chains() -> Iterator[str]:
    rows = Event.objects.order_by("record", "record_id", "sequence").iterator(chunk_size=1000)
    for (record, pk), chain in groupby(rows, key=lambda row: (row.record, row.record_id)):
        previous, expected = "", 1
        for row in chain:
            if row.sequence != expected or row.previous != previous or row.digest != row.computed_digest():
                yield f"The history of {record} {pk} does not hold at event {row.pk} ({row.action})."
                break
            previous, expected = row.digest, expected + 1


def broken_notes() -> Iterator[str]:
    for note in EventNote.objects.select_related("event").iterator(chunk_size=1000):
        if note.erased_at is None and note.computed_digest() != note.event.note_digest:
            yield f"The reason of event {note.event_id} is not the one that was given."


def erase_document(document: Document, *, by: Actor, note: str, version: int | None = None) -> None:
    """Blank every text of a document: bytes, revisions, claims, figures, what was said of them, and reports of it.

    What was decided, by whom and when stays, and the history still verifies. There is no way back. The bytes kept of
    what others published, as evidence on its claims, stay; so does what a topic's measures count.

    Raises:
        NotAllowed, Invalid: as for any action.
    """
    check_permission(by, document, "erase")
    reason = require_note(note)
    now = timezone.now()
    with transaction.atomic():
        traces = ErasedTraces(document)
        erase_reports(document, traces)
        Snapshot.objects.filter(revisions__document=document).update(text="", warc=b"")
        erase_arrivals(document)
        document.revisions.update(text="", erased_at=now, reader_notes=[])
        Anchor.objects.filter(revision__document=document).update(exact="", prefix="", suffix="")
        erase_decisions(document, traces)
        erase_notes(document, now)
        erase_discrepancies(traces, now)
        erase_marks(document)
        change(document, version=version, title="", byline="", url="", findings=[])
        log(document, "erase", by=by, note=reason)


class ErasedTraces:
    """What other records may hold of a text to be erased: its names, claims, and reasons of its discrepancies."""

    def __init__(self, document: Document) -> None:
        self.document = document
        sides = DiscrepancyFigure.objects.filter(figure__document=document)  # also what is held against its figures
        self.discrepancies = list(Discrepancy.objects.filter(pk__in=sides.values("discrepancy")))
        self.reasons = {row.reason for row in self.discrepancies if row.reason}
        self.names = {str(document), f"Verification report: {document}"}
        claims = document.claims.exclude(text="").values_list("text", flat=True)
        self.words = {text[:CLAIM_SHOWN] for text in claims} | self.reasons
        sides = DiscrepancyFigure.objects.filter(discrepancy__in=[row.pk for row in self.discrepancies])
        self.others = set(sides.values_list("figure__document", flat=True)) - {document.pk}

    def is_in(self, data: Any) -> bool:
        """Whether a stored structure mentions the text, by id or by its words."""
        if isinstance(data, dict):
            of_it = data.get("id") == self.document.pk and "text_sha256" in data
            return of_it or any(self.is_in(value) for value in data.values())
        if isinstance(data, list):
            return any(self.is_in(value) for value in data)
        return isinstance(data, str) and (data in self.names or any(words in data for words in self.words))


def erase_reports(document: Document, traces: ErasedTraces) -> None:
    """The frozen reports that tell of a document are blanked; their digests stay."""
    desks = Document.objects.filter(pk__in={document.pk, *traces.others}).values("desk")
    rows = Report.objects.filter(Q(desk__in=desks, built_at__gte=document.created_at) | Q(document=document))
    found = [
        pk
        for pk, document_id, data in rows.values_list("pk", "document", "data").iterator(chunk_size=50)
        if document_id == document.pk or traces.is_in(data)
    ]
    Report.objects.filter(pk__in=found).update(title=ERASED, data={})


def erase_decisions(document: Document, traces: ErasedTraces) -> None:
    """The words in what was decided: notes, reasons, wordings, and what the gate answered."""
    Verdict.objects.filter(claim__document=document).update(note="")
    Correction.objects.filter(publication__document=document).update(wording=ERASED)
    waivers = Waiver.objects.filter(Q(claim__document=document) | Q(revision__document=document))
    waivers.update(reason=ERASED, covers=[])
    document.publications.update(answer={})
    for row in Publication.objects.filter(document__in=traces.others):
        if traces.is_in(row.answer):
            Publication.objects.filter(pk=row.pk).update(answer={})
    for waiver in Waiver.objects.filter(revision__document__in=traces.others):
        if traces.is_in(waiver.covers):
            Waiver.objects.filter(pk=waiver.pk).update(covers=[])


def erase_discrepancies(traces: ErasedTraces, now: Any) -> None:
    """Blank the reasons of discrepancies, and where stale claims and notices of other documents quote them."""
    rows = Discrepancy.objects.filter(pk__in=[row.pk for row in traces.discrepancies])
    rows.update(reason=ERASED, why_one="", notes=[])
    rows.exclude(resolution_note="").update(resolution_note=ERASED)
    blank_words_about("discrepancy", rows, now)
    claims = Claim.objects.filter(document__in=traces.others)
    for claim in claims.exclude(stale_reason=""):
        if any(reason[:REASON_SHOWN] in claim.stale_reason for reason in traces.reasons):
            Claim.objects.filter(pk=claim.pk).update(stale_reason=f"a conflict with another text: {ERASED}")
    notes = EventNote.objects.filter(event__record="claim", event__record_id__in=claims.values("pk"))
    quoting = [row.pk for row in notes if any(reason in row.text for reason in traces.reasons)]
    EventNote.objects.filter(pk__in=quoting).update(text="", erased_at=now)
    for notice in Notification.objects.filter(record="claim", record_id__in=claims.values("pk")):
        if any(reason[:REASON_SHOWN] in notice.text for reason in traces.reasons):
            Notification.objects.filter(pk=notice.pk).update(text=ERASED)


def erase_marks(document: Document) -> None:
    """The claims, figures and attributions, the evidence given on them, and the measures that are its own."""
    document.claims.update(text="")
    document.claims.exclude(stale_reason="").update(stale_reason=ERASED)
    words = dict.fromkeys(("surface", "counted", "definition", "scope", "place", "party", "as_of_said"), "")
    document.figures.update(**words)
    document.figures.exclude(as_written="").update(as_written="erased")
    FigureProfile.objects.filter(figure__document=document).delete()
    Judgement.objects.of_figures(*document.figures.all()).update(note="")
    if document.topic:  # the counts of its words go too, until what is left is grouped anew
        TopicMatching.objects.filter(topic=document.topic).update(stats={})
        enqueue_regroup(document.topic)
    for row in document.attributions.all():
        Attribution.objects.filter(pk=row.pk).update(party=f"erased {row.pk}", relay="", cue="", source=None)
    Evidence.objects.filter(claim__document=document).update(excerpt="", note="", error="")
    for measure in Measure.objects.filter(topic=None, key__startswith=f"{document.pk}:"):
        own = {"key": f"{document.pk}:erased:{measure.pk}", "counted": ERASED, "place": "", "party": "", "parts": {}}
        Measure.objects.filter(pk=measure.pk).update(**own)


def erase_arrivals(document: Document) -> None:
    """Blank bytes that were filed and never read, and the metadata from feeds."""
    for job in Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT):
        Snapshot.objects.filter(pk=job.args["snapshot"]).update(text="", warc=b"")
        Job.objects.filter(pk=job.pk).update(args={**job.args, "feed_metadata": {}})
    for job in Job.objects.filter(key=job_key(document), name=JobName.FETCH_DOCUMENT):
        Job.objects.filter(pk=job.pk).update(args={**job.args, "feed_metadata": {}})
    document.feed_items.update(title="")


def erase_notes(document: Document, now: Any) -> None:
    """Blank reasons and notices about a document, its claims, figures, tasks and evidence."""
    records = {
        "document": Document.objects.filter(pk=document.pk),
        "claim": document.claims.all(),
        "figure": document.figures.all(),
        "verification_task": VerificationTask.objects.filter(claim__document=document),
        "evidence": Evidence.objects.filter(claim__document=document),
        "judgement": Judgement.objects.of_figures(*document.figures.all()),
    }
    for record, rows in records.items():
        blank_words_about(record, rows, now)


def blank_words_about(record: str, rows: QuerySet[Any], now: Any) -> None:
    notes = EventNote.objects.filter(event__record=record, event__record_id__in=rows.values("pk"))
    notes.update(text="", erased_at=now)
    notices = Notification.objects.filter(record=record, record_id__in=rows.values("pk"))
    notices.update(text="The text this told of was erased.")
