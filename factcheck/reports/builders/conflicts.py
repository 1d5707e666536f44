"""The report of conflicts: the open disputes of a desk, each by its most telling pair, and what others say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from factcheck.models import (
    DISPUTED_KINDS,
    SUREST_FIRST,
    Desk,
    Discrepancy,
    DiscrepancyKind,
    Figure,
    ReportKind,
    Sentence,
    sentences_of,
)
from factcheck.workflow.disputes import Dispute, Statement, disputes

from .charts import chart_of
from .judgements import judgement_lines
from .parts import ConflictLine, ConflictsReport, OtherLine, SentenceLine, SideLine, stamp

KINDS = (
    DiscrepancyKind.CONFLICT,
    DiscrepancyKind.MAGNITUDE_SLIP,
    DiscrepancyKind.DIFFERS,
    DiscrepancyKind.SUPERSEDED,
    DiscrepancyKind.NOT_COMPARABLE,
)


def build_conflicts(desk: Desk, *, at: datetime | None = None) -> ConflictsReport:
    """The open disputes of a desk, each once, the most severe kind first, without the content of other desks' sides."""
    now = at or timezone.now()
    rows = Discrepancy.objects.open().of_desk(desk)
    found = disputes(rows, desks=[desk.pk], order=SUREST_FIRST, statements=True)
    sentences = sentences_of({figure.pk for row in found for side in row.sides if side for figure in side.figures})
    kinds = Counter(row.leading.kind for row in found)
    return ConflictsReport(
        kind=ReportKind.CONFLICTS,
        title=f"Figures that do not go together: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        counts={kind: kinds[kind] for kind in KINDS},
        conflicts=tuple(conflict_line(row, sentences) for row in found),
        judgements=judgement_lines(desk),
    )


def conflict_line(row: Dispute, sentences: dict[int, Sentence]) -> ConflictLine:
    leading, sides = row.leading, tuple(side_line(side, sentences) for side in row.sides)
    others = tuple(
        OtherLine(other.says, str(other.first), as_of_day(other.figures), tuple(map(str, other.documents)))
        for other in row.others
    )
    why_one = leading.why_one if row.both_visible else ""
    told = [(statement.says, statement.first, leading.kind in DISPUTED_KINDS) for statement in row.statements]
    return ConflictLine(
        leading.pk,
        leading.kind,
        row.message,
        stamp(leading.created_at),
        sides,
        others,
        why_one,
        chart_of(leading.measure.name, told),
    )


def as_of_day(figures: Iterable[Figure]) -> str:
    return next((figure.as_of_start.date().isoformat() for figure in figures if figure.as_of_start), "")


def side_line(side: Statement | None, sentences: dict[int, Sentence]) -> SideLine:
    if side is None:
        return SideLine(held=False)
    lines = [
        SentenceLine(
            text=str(sentences.get(figure.pk, figure.surface)),
            surface=figure.surface,
            document=str(figure.document),
            publisher=figure.document.publisher.name if figure.document.publisher else figure.document.publisher_name,
            published_at=stamp(figure.document.published_at),
        )
        for figure in side.figures
    ]
    return SideLine(True, side.says, as_of_day(side.figures), tuple(lines))
