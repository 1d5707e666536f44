"""The desk digest: what is in check, in conflict, overdue, and what went out since yesterday."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.utils import timezone

from factcheck.models import (
    CONFLICT_KINDS,
    SUREST_FIRST,
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

from .documents import discrepancy_lines, document_part, seen_by
from .judgements import judgement_lines
from .parts import VerificationReport, stamp

MOST_TOLD = 100
"""Of texts, disputes and late work so many are listed, the newest texts and the gravest disputes; all are counted."""


def late_words(row: VerificationTask) -> str:
    what, who = row.get_method_display(), f"{row.assignee or ''}"
    if who:
        return f"{what}: {row.claim} (due {stamp(row.due_at)}, {who})"
    return f"{what}: {row.claim} (due {stamp(row.due_at)}, unassigned)"


def build_digest(desk: Desk, *, at: datetime | None = None) -> VerificationReport:
    """A desk's day: what is in check, in conflict, overdue; what went out since yesterday, cleared or not.

    Of a text that is listed the gate is asked; of any other it counts what the gate last answered.
    """
    now = at or timezone.now()
    since = now - timedelta(days=1)
    recent = Document.objects.filter(desk=desk, kind="story").filter(
        state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]
    )
    out = Publication.objects.filter(document__desk=desk, at__gte=since)
    documents = recent.filter(state=DocumentState.IN_CHECK) | recent.filter(publications__in=out)
    late = VerificationTask.objects.filter(claim__document__desk=desk).overdue(now).select_related("claim", "assignee")
    every = dict(documents.values_list("pk", "clear").distinct())
    told = recent.filter(pk__in=sorted(every)[-MOST_TOLD:]).order_by("pk")
    parts = tuple(document_part(document, now, whole=False) for document in told)
    gate = every | {part.id: part.clear for part in parts}
    disputed = Discrepancy.objects.open().of_desk(desk)
    kinds = Counter(disputed.leading(preferring=seen_by(desk)).values_list("kind", flat=True))
    counts = {
        "in check": recent.filter(state=DocumentState.IN_CHECK).count(),
        "clear": sum(clear is True for clear in gate.values()),
        "published cleared": out.filter(clear=True).count(),
        "published uncleared": out.filter(clear=False).count(),
        "corrected": Correction.objects.filter(publication__document__desk=desk, at__gte=since).count(),
        "in conflict": sum(kinds[kind] for kind in CONFLICT_KINDS),
        "superseded": kinds[DiscrepancyKind.SUPERSEDED],
        "differ": kinds[DiscrepancyKind.DIFFERS],
        "overdue": late.count(),
    }
    if (more := len(every) - len(parts)) > 0:
        counts["older texts, not listed"] = more
    if (more := kinds.total() - MOST_TOLD) > 0:
        counts["further disputes, not listed"] = more
    if (more := counts["overdue"] - MOST_TOLD) > 0:
        counts["further work overdue, not listed"] = more
    return VerificationReport(
        kind=ReportKind.DESK_DIGEST,
        title=f"Desk digest: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        documents=parts,
        discrepancies=discrepancy_lines(disputed, desk, order=SUREST_FIRST, most=MOST_TOLD),
        overdue=tuple(map(late_words, late[:MOST_TOLD])),
        judgements=judgement_lines(desk, since=since),
        counts=counts,
    )
