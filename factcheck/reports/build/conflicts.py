"""The report of conflicts: the open discrepancies of a desk, both sentences side by side."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils import timezone

from factcheck.models import (
    Desk,
    Discrepancy,
    DiscrepancyKind,
    Figure,
    ReportKind,
    Sentence,
    sentences_of,
)
from factcheck.workflow.speakers import says_of
from factcheck.workflow.transitions import told_to

from .parts import ConflictLine, ConflictsReport, SentenceLine, SideLine, stamp

ORDER = {
    kind: place
    for place, kind in enumerate(
        [
            DiscrepancyKind.CONFLICT,
            DiscrepancyKind.MAGNITUDE_SLIP,
            DiscrepancyKind.SUPERSEDED,
            DiscrepancyKind.NOT_COMPARABLE,
        ]
    )
}


def build_conflicts(desk: Desk, *, at: datetime | None = None) -> ConflictsReport:
    """The open discrepancies of a desk, the gravest kind first. Of another desk's side nothing is told."""
    now = at or timezone.now()
    found = Discrepancy.objects.open().filter(figures__document__desk=desk).distinct()
    rows = list(found.with_sides().order_by("pk"))
    rows.sort(key=lambda row: (ORDER[DiscrepancyKind(row.kind)], row.pk))
    own = [side.figure for row in rows for side in row.sides.all() if side.figure.document.desk_id == desk.pk]
    sentences = sentences_of({figure.pk for figure in own})
    kinds = Counter(row.kind for row in rows)
    return ConflictsReport(
        kind=ReportKind.CONFLICTS,
        title=f"Figures that do not go together: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        counts={kind: kinds[kind] for kind in ORDER},
        conflicts=tuple(conflict_line(row, desk, sentences) for row in rows),
    )


def conflict_line(row: Discrepancy, desk: Desk, sentences: dict[int, Sentence]) -> ConflictLine:
    figures: dict[str, list[Figure]] = {"a": [], "b": []}
    for side in row.sides.all():
        if side.figure.document.desk_id == desk.pk:
            figures[side.side].append(side.figure)
    sides = tuple(side_line(figures[side], sentences) for side in "ab")
    return ConflictLine(row.pk, row.kind, told_to(row, desk.pk), stamp(row.created_at), sides)


def side_line(figures: list[Figure], sentences: dict[int, Sentence]) -> SideLine:
    if not figures:
        return SideLine(held=False)
    as_of = next((figure.as_of_start.date().isoformat() for figure in figures if figure.as_of_start), "")
    lines = [
        SentenceLine(
            text=str(sentences.get(figure.pk, figure.surface)), surface=figure.surface, document=str(figure.document),
            publisher=figure.document.publisher.name if figure.document.publisher else figure.document.publisher_name,
            published_at=stamp(figure.document.published_at),
        )
        for figure in figures
    ]  # fmt: skip
    return SideLine(True, says_of(figures[0]), as_of, tuple(lines))
