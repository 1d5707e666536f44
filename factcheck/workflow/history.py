"""Blank a text while the history still verifies (courts, privacy); whether it does is asked in ``history_checks``."""

from __future__ import annotations

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
    Erasure,
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
    erasures_digest,
    record_name,
)

from .carriers import forget_words
from .transitions import change, check_permission, log, require_note

CLAIM_SHOWN = 79
"""How much of a claim a sentence about it shows."""
REASON_SHOWN = 200
"""How much of a reason a stale claim keeps for certain."""


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
        traces.blank(Snapshot.objects.filter(revisions__document=document), text="", warc=b"")
        erase_arrivals(document, traces)
        traces.blank(document.revisions.all(), text="", erased_at=now, reader_notes=[])
        Anchor.objects.filter(revision__document=document).update(exact="", prefix="", suffix="")
        erase_decisions(document, traces)
        erase_notes(document, traces, now)
        erase_discrepancies(traces, now)
        erase_marks(document, traces)
        change(document, version=version, title="", byline="", url="", findings=[])
        list_erasures(document, traces, by=by, note=reason)


def list_erasures(document: Document, traces: ErasedTraces, *, by: Actor, note: str) -> None:
    """Log the erasing, with a list of every record whose words it blanked."""
    rows = sorted(traces.blanked)
    facts = {"blanked": len(rows), "digest": erasures_digest(rows)}
    event = log(document, "erase", by=by, note=note, facts=facts)
    Erasure.objects.bulk_create(
        (Erasure(event=event, record=record, record_id=pk) for record, pk in rows), batch_size=500
    )


class ErasedTraces:
    """What other records may hold of a text to be erased: its names, claims, and reasons of its discrepancies.

    ``blanked`` is the kind and number of each record whose words were blanked so far.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blanked: set[tuple[str, int]] = set()
        sides = DiscrepancyFigure.objects.filter(figure__document=document)  # also what is held against its figures
        self.discrepancies = list(Discrepancy.objects.filter(pk__in=sides.values("discrepancy")))
        self.reasons = {row.reason for row in self.discrepancies if row.reason}
        self.names = {str(document), f"Verification report: {document}"}
        claims = document.claims.exclude(text="").values_list("text", flat=True)
        self.words = {text[:CLAIM_SHOWN] for text in claims} | self.reasons
        sides = DiscrepancyFigure.objects.filter(discrepancy__in=[row.pk for row in self.discrepancies])
        self.others = set(sides.values_list("figure__document", flat=True)) - {document.pk}

    def blank(self, rows: QuerySet[Any], **blanks: Any) -> None:
        """Blank words of rows that the history holds a hash of, and note which."""
        keys = list(rows.values_list("pk", flat=True))
        self.blanked |= {(record_name(rows.model), pk) for pk in keys}
        for start in range(0, len(keys), 500):
            rows.model._default_manager.filter(pk__in=keys[start : start + 500]).update(**blanks)

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
    traces.blank(Report.objects.filter(pk__in=found), title=ERASED, data={})


def erase_decisions(document: Document, traces: ErasedTraces) -> None:
    """The words in what was decided: notes, reasons, wordings, and what the gate answered."""
    traces.blank(Verdict.objects.filter(claim__document=document), note="")
    traces.blank(Correction.objects.filter(publication__document=document), wording=ERASED)
    waivers = Waiver.objects.filter(Q(claim__document=document) | Q(revision__document=document))
    traces.blank(waivers, reason=ERASED, covers=[])
    traces.blank(document.publications.all(), title="", byline="", answer={})
    others = Publication.objects.filter(document__in=traces.others)
    telling = [row.pk for row in others if traces.is_in(row.answer)]
    traces.blank(Publication.objects.filter(pk__in=telling), answer={})
    of_others = Waiver.objects.filter(revision__document__in=traces.others)
    covering = [waiver.pk for waiver in of_others if traces.is_in(waiver.covers)]
    traces.blank(Waiver.objects.filter(pk__in=covering), covers=[])


def erase_discrepancies(traces: ErasedTraces, now: Any) -> None:
    """Blank the reasons of discrepancies, and where stale claims and notices of other documents quote them."""
    rows = Discrepancy.objects.filter(pk__in=[row.pk for row in traces.discrepancies])
    rows.update(reason=ERASED, why_one="", notes=[])
    traces.blank(rows.exclude(resolution_note=""), resolution_note=ERASED)
    blank_words_about("discrepancy", rows, traces, now)
    claims = Claim.objects.filter(document__in=traces.others)
    for claim in claims.exclude(stale_reason=""):
        if any(reason[:REASON_SHOWN] in claim.stale_reason for reason in traces.reasons):
            Claim.objects.filter(pk=claim.pk).update(stale_reason=f"a conflict with another text: {ERASED}")
    notes = EventNote.objects.filter(event__record="claim", event__record_id__in=claims.values("pk"))
    quoting = [row.pk for row in notes if any(reason in row.text for reason in traces.reasons)]
    traces.blank(EventNote.objects.filter(pk__in=quoting), text="", erased_at=now)
    for notice in Notification.objects.filter(record="claim", record_id__in=claims.values("pk")):
        if any(reason[:REASON_SHOWN] in notice.text for reason in traces.reasons):
            Notification.objects.filter(pk=notice.pk).update(text=ERASED)


def erase_marks(document: Document, traces: ErasedTraces) -> None:
    """The claims, figures and attributions, the evidence given on them, and the measures that are its own."""
    document.claims.update(text="")
    document.claims.exclude(stale_reason="").update(stale_reason=ERASED)
    words = dict.fromkeys(("surface", "counted", "definition", "scope", "place", "party", "as_of_said"), "")
    document.figures.update(machine_reading={}, **words)
    document.figures.exclude(as_written="").update(as_written="erased")
    FigureProfile.objects.filter(figure__document=document).delete()
    traces.blank(Judgement.objects.of_figures(*document.figures.all()), note="")
    if document.topic:  # the counts of its words go too, until what is left is grouped anew
        TopicMatching.objects.filter(topic=document.topic).update(stats={})
        enqueue_regroup(document.topic)
    for row in document.attributions.all():
        Attribution.objects.filter(pk=row.pk).update(party=f"erased {row.pk}", relay="", cue="", source=None)
    forget_words(document)
    traces.blank(Evidence.objects.filter(claim__document=document), excerpt="", note="", error="")
    for measure in Measure.objects.filter(topic=None, key__startswith=f"{document.pk}:"):
        own = {"key": f"{document.pk}:erased:{measure.pk}", "counted": ERASED, "place": "", "party": "", "parts": {}}
        Measure.objects.filter(pk=measure.pk).update(**own)


def erase_arrivals(document: Document, traces: ErasedTraces) -> None:
    """Blank bytes that were filed and never read, and the metadata from feeds."""
    for job in Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT):
        traces.blank(Snapshot.objects.filter(pk=job.args["snapshot"]), text="", warc=b"")
        Job.objects.filter(pk=job.pk).update(args={**job.args, "feed_metadata": {}})
    for job in Job.objects.filter(key=job_key(document), name=JobName.FETCH_DOCUMENT):
        Job.objects.filter(pk=job.pk).update(args={**job.args, "feed_metadata": {}})
    document.feed_items.update(title="")


def erase_notes(document: Document, traces: ErasedTraces, now: Any) -> None:
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
        blank_words_about(record, rows, traces, now)


def blank_words_about(record: str, rows: QuerySet[Any], traces: ErasedTraces, now: Any) -> None:
    about = EventNote.objects.filter(event__record=record, event__record_id__in=rows.values("pk"))
    traces.blank(about, text="", erased_at=now)
    notices = Notification.objects.filter(record=record, record_id__in=rows.values("pk"))
    notices.update(text="The text this told of was erased.")
