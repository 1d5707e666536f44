"""The report of what went out in the last week, cleared or not and why, and of what was put right."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.utils import timezone

from factcheck.models import Correction, Desk, Event, Publication, ReportKind

from .parts import CorrectionLine, CorrectionsReport, PublicationLine, stamp

PERIOD = timedelta(days=7)


def build_corrections(desk: Desk, *, at: datetime | None = None) -> CorrectionsReport:
    """Publications and corrections of a desk in the last seven days, the oldest first."""
    now = at or timezone.now()
    since = now - PERIOD
    out = list(
        Publication.objects.filter(document__desk=desk, at__gte=since).select_related("document", "revision", "by")
    )
    put_right = Correction.objects.filter(publication__document__desk=desk, at__gte=since)
    corrections = list(put_right.select_related("publication__document", "claim", "by"))
    reasons = uncleared_reasons(out)
    cleared = Counter(row.clear for row in out)
    return CorrectionsReport(
        kind=ReportKind.CORRECTIONS,
        title=f"Publications and corrections: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        counts={
            "published cleared": cleared[True],
            "published uncleared": cleared[False],
            "corrections": len(corrections),
        },
        since=stamp(since),
        publications=tuple(
            publication_line(row, reasons.get((row.document_id, row.revision.number), "")) for row in out
        ),
        corrections=tuple(correction_line(row) for row in corrections),
    )


def uncleared_reasons(out: list[Publication]) -> dict[tuple[int, int], str]:
    """By document and revision: the reason given when it went out uncleared, as the history keeps it."""
    documents = [row.document_id for row in out if not row.clear]
    events = Event.objects.filter(record="document", record_id__in=documents, action="publish", note__isnull=False)
    return {
        (event.record_id, event.facts.get("revision", 0)): event.note.text
        for event in events.select_related("note").order_by("pk")
    }


def publication_line(row: Publication, reason: str) -> PublicationLine:
    answer = row.answer
    return PublicationLine(
        at=stamp(row.at),
        document=str(row.document),
        revision=row.revision.number,
        by=str(row.by),
        clear=row.clear,
        waived_until=(answer.get("waived_until") or "")[:16].replace("T", " "),
        reason="" if row.clear else reason,
        blockers=tuple(blocker["message"] for blocker in answer.get("blockers", ())),
    )


def correction_line(row: Correction) -> CorrectionLine:
    return CorrectionLine(
        at=stamp(row.at),
        document=str(row.publication.document),
        correction_class=row.correction_class,
        wording=row.wording,
        claim=row.claim.text if row.claim else "",
        by=str(row.by),
    )
