"""The desk digest: what is in check, in conflict, overdue, and what went out since yesterday."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from factcheck.models import (
    CONFLICT_KINDS,
    Correction,
    Desk,
    Discrepancy,
    DiscrepancyKind,
    Document,
    Publication,
    ReportKind,
    VerificationTask,
)
from factcheck.states import DocumentState

from .documents import discrepancy_lines, document_part
from .judgements import judgement_lines
from .parts import VerificationReport, stamp


def late_words(row: VerificationTask) -> str:
    what, who = row.get_method_display(), f"{row.assignee or ''}"
    if who:
        return f"{what}: {row.claim} (due {stamp(row.due_at)}, {who})"
    return f"{what}: {row.claim} (due {stamp(row.due_at)}, unassigned)"


def build_digest(desk: Desk, *, at: datetime | None = None) -> VerificationReport:
    """A desk's day: what is in check, in conflict, overdue; what went out since yesterday, cleared or not."""
    now = at or timezone.now()
    since = now - timedelta(days=1)
    recent = Document.objects.filter(desk=desk, kind="story").filter(
        state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]
    )
    out = Publication.objects.filter(document__desk=desk, at__gte=since)
    documents = recent.filter(state=DocumentState.IN_CHECK) | recent.filter(publications__in=out)
    late = VerificationTask.objects.filter(claim__document__desk=desk).overdue(now).select_related("claim", "assignee")
    parts = tuple(document_part(document, now, whole=False) for document in documents.distinct().order_by("pk"))
    lines = discrepancy_lines(Discrepancy.objects.open().of_desk(desk), desk)
    counts = {
        "in check": sum(part.state == DocumentState.IN_CHECK for part in parts),
        "clear": sum(part.clear for part in parts),
        "published cleared": out.filter(clear=True).count(),
        "published uncleared": out.filter(clear=False).count(),
        "corrected": Correction.objects.filter(publication__document__desk=desk, at__gte=since).count(),
        "in conflict": sum(line.kind in CONFLICT_KINDS for line in lines),
        "superseded": sum(line.kind == DiscrepancyKind.SUPERSEDED for line in lines),
        "differ": sum(line.kind == DiscrepancyKind.DIFFERS for line in lines),
        "overdue": len(late),
    }
    return VerificationReport(
        kind=ReportKind.DESK_DIGEST,
        title=f"Desk digest: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        documents=parts,
        discrepancies=lines,
        overdue=tuple(map(late_words, late)),
        judgements=judgement_lines(desk, since=since),
        counts=counts,
    )
