"""Queries become one plain dataclass: everything a report says, frozen at one moment. No format lives here."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from factcheck.models import (
    Anchor,
    Claim,
    Correction,
    Desk,
    Discrepancy,
    Document,
    Figure,
    Publication,
    ReportKind,
    Revision,
    SignOff,
    Verdict,
    VerificationTask,
)
from factcheck.states import ClaimState, DiscrepancyState, DocumentState
from factcheck.workflow.clearance import clearance, latest_sign_offs, latest_waivers, told_to
from factcheck.workflow.crosscheck import says_of


@dataclass(frozen=True)
class Passage:
    """A stretch of the text; ``claim`` is the number of the claim it belongs to, 0 for none."""

    text: str
    claim: int = 0


@dataclass(frozen=True)
class FigureLine:
    surface: str
    counted: str
    unit: str
    hedge: str
    modality: str
    says: str
    as_of: str
    state: str


@dataclass(frozen=True)
class EvidenceLine:
    source: str
    kind: str
    stance: str
    use: str
    state: str
    excerpt: str
    url: str
    sha256: str


@dataclass(frozen=True)
class ClaimLine:
    """One claim with all that was decided of it."""

    number: int
    text: str
    claim_type: str
    checkworthiness: float
    state: str
    anchor_state: str
    attributed_to: str = ""
    verdict: str = ""
    verdict_by: str = ""
    signed_by: str = ""
    signed_at: str = ""
    eyes: str = ""
    origins: int = 0
    waived_until: str = ""
    waiver_reason: str = ""
    stale_reason: str = ""
    figures: tuple[FigureLine, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()


@dataclass(frozen=True)
class DiscrepancyLine:
    kind: str
    reason: str
    state: str
    resolution: str
    note: str
    documents: tuple[str, ...]


@dataclass(frozen=True)
class DocumentPart:
    """A document as it stood: text, claims, what blocks it, what went out."""

    id: int
    title: str
    kind: str
    state: str
    publisher: str
    byline: str
    published_at: str
    revision: int
    text_sha256: str
    clear: bool
    blockers: tuple[str, ...]
    waived_until: str
    document_waivers: tuple[str, ...]
    publications: tuple[str, ...]
    corrections: tuple[str, ...]
    passages: tuple[Passage, ...] = ()
    claims: tuple[ClaimLine, ...] = ()


@dataclass(frozen=True)
class VerificationReport:
    """The whole report, of one document or of a desk's day."""

    kind: str
    title: str
    desk: str
    built_at: str
    documents: tuple[DocumentPart, ...]
    discrepancies: tuple[DiscrepancyLine, ...]
    overdue: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def stamp(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else ""


def build_document(document: Document, *, at: datetime | None = None) -> VerificationReport:
    """The verification report of a document."""
    now = at or timezone.now()
    part = document_part(document, now, whole=True)
    lines = [
        discrepancy_line(row, document.desk) for row in discrepancies_of(Discrepancy.objects.of_document(document))
    ]
    counts = Counter(claim.state for claim in part.claims)
    return VerificationReport(
        kind=ReportKind.DOCUMENT,
        title=f"Verification report: {document}",
        desk=document.desk.name,
        built_at=stamp(now),
        documents=(part,),
        discrepancies=tuple(lines),
        counts=dict(sorted(counts.items())),
    )


def build_digest(desk: Desk, *, at: datetime | None = None) -> VerificationReport:
    """A desk's day: what is in check, in conflict, overdue; what went out since yesterday, cleared or not."""
    now = at or timezone.now()
    since = now - timedelta(days=1)
    recent = Document.objects.filter(desk=desk, kind="story").filter(
        state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]
    )
    out = Publication.objects.filter(document__desk=desk, at__gte=since)
    shown = recent.filter(state=DocumentState.IN_CHECK) | recent.filter(publications__in=out)
    rows = Discrepancy.objects.filter(figures__document__desk=desk, state=DiscrepancyState.OPEN).distinct()
    late = VerificationTask.objects.filter(claim__document__desk=desk).overdue(now).select_related("claim", "assignee")
    parts = tuple(document_part(document, now, whole=False) for document in shown.distinct().order_by("pk"))
    lines = tuple(discrepancy_line(row, desk) for row in discrepancies_of(rows))
    counts = {
        "in check": sum(part.state == DocumentState.IN_CHECK for part in parts),
        "clear": sum(part.clear for part in parts),
        "published cleared": out.filter(clear=True).count(),
        "published uncleared": out.filter(clear=False).count(),
        "corrected": Correction.objects.filter(publication__document__desk=desk, at__gte=since).count(),
        "open discrepancies": len(lines),
        "overdue": len(late),
    }
    return VerificationReport(
        kind=ReportKind.DESK_DIGEST,
        title=f"Desk digest: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        documents=parts,
        discrepancies=lines,
        overdue=tuple(f"{row} (due {stamp(row.due_at)}, {row.assignee or 'unassigned'})" for row in late),
        counts=counts,
    )


def document_part(document: Document, now: datetime, *, whole: bool) -> DocumentPart:
    """A document's part of a report; ``whole`` with its text and claims."""
    revision = document.current_revision
    answer = clearance(document, at=now)
    numbered = list(enumerate(claims_of(document, revision), 1)) if whole and revision else []
    return DocumentPart(
        id=document.pk,
        title=str(document),
        kind=document.kind,
        state=document.state,
        publisher=document.publisher.name if document.publisher else document.publisher_name,
        byline=document.byline,
        published_at=stamp(document.published_at),
        revision=revision.number if revision else 0,
        text_sha256=revision.text_sha256 if revision else "",
        clear=answer.clear,
        blockers=tuple(row.message for row in answer.blockers),
        waived_until=stamp(answer.waived_until),
        document_waivers=tuple(waiver_lines(revision)),
        publications=tuple(
            f"{stamp(row.at)} by {row.by}: {'cleared' if row.clear else 'UNCLEARED'}"
            for row in document.publications.select_related("by")
        ),
        corrections=tuple(
            f"{stamp(row.at)}: {row}" for row in Correction.objects.filter(publication__document=document)
        ),
        passages=tuple(passages(revision, numbered)) if revision and whole else (),
        claims=tuple(claim_lines(document, numbered)),
    )


def waiver_lines(revision: Revision | None) -> list[str]:
    if revision is None:
        return []
    rows = revision.waivers.select_related("by")
    return [
        f"waived by {row.by} until {stamp(row.expires_at)}: {row.reason} ({len(row.covers)} unchecked)" for row in rows
    ]


def claims_of(document: Document, revision: Revision | None) -> list[Claim]:
    """The document's claims in the order of the text, those lost from it last."""
    rows = document.claims.select_related("attribution").prefetch_related(
        "figures__attribution__source", "figures__document__publisher", "evidence__source", "evidence__snapshot"
    )
    starts = dict(Anchor.objects.filter(revision=revision, claim__isnull=False).values_list("claim", "start"))
    return sorted(rows, key=lambda row: (starts.get(row.pk) is None, starts.get(row.pk) or 0, row.pk))


def passages(revision: Revision, numbered: list[tuple[int, Claim]]) -> list[Passage]:
    """The text cut at the claims, so that a template can mark them."""
    numbers = {claim.pk: number for number, claim in numbered}
    rows = revision.anchors.filter(claim__isnull=False, start__isnull=False).in_text_order()
    found: list[Passage] = []
    at = 0
    for row in rows:
        if row.claim_id not in numbers or row.start is None or row.end is None or row.start < at:
            continue
        found += [
            Passage(revision.text[at : row.start]),
            Passage(revision.text[row.start : row.end], numbers[row.claim_id]),
        ]
        at = row.end
    return [passage for passage in [*found, Passage(revision.text[at:])] if passage.text]


def claim_lines(document: Document, numbered: list[tuple[int, Claim]]) -> list[ClaimLine]:
    if not numbered:
        return []
    signed, waivers = latest_sign_offs(document), latest_waivers(document)
    rows = Verdict.objects.filter(claim__document=document).select_related("by").order_by("pk")
    verdicts = {row.claim_id: row for row in rows}
    return [
        claim_line(number, claim, verdicts.get(claim.pk), signed.get(claim.pk), waivers.get(claim.pk))
        for number, claim in numbered
    ]


def claim_line(number: int, claim: Claim, verdict: Any, signed: SignOff | None, waiver: Any) -> ClaimLine:
    standing = signed if signed and verdict and signed.verdict_id == verdict.pk else None
    waiver = waiver if claim.state == ClaimState.WAIVED else None
    return ClaimLine(
        number=number, text=claim.text, claim_type=claim.claim_type, checkworthiness=claim.checkworthiness,
        state=claim.state, anchor_state=claim.anchor_state, attributed_to=str(claim.attribution or ""),
        verdict=verdict.label if verdict else "", verdict_by=str(verdict.by) if verdict else "",
        signed_by=str(standing.by) if standing else "",
        signed_at=stamp(standing.at) if standing else "", eyes=standing.eyes if standing else "",
        origins=standing.origins if standing else 0, waived_until=stamp(waiver.expires_at) if waiver else "",
        waiver_reason=waiver.reason if waiver else "", stale_reason=claim.stale_reason,
        figures=tuple(figure_line(row) for row in claim.figures.all()),
        evidence=tuple(
            EvidenceLine(
                source=str(row.source or ""), kind=row.kind, stance=row.stance, use=row.source_use, state=row.state,
                excerpt=row.excerpt or row.note, url=row.url, sha256=row.snapshot.sha256 if row.snapshot else "",
            )
            for row in claim.evidence.all()
        ),
    )  # fmt: skip


def figure_line(figure: Figure) -> FigureLine:
    as_of = figure.as_of_start.date().isoformat() if figure.as_of_start else ""
    return FigureLine(
        figure.surface, figure.counted, figure.unit, figure.hedge, figure.modality, says_of(figure), as_of, figure.state
    )


def discrepancies_of(rows: Any) -> list[Discrepancy]:
    return list(rows.exclude(state=DiscrepancyState.CLOSED).prefetch_related("sides__figure__document").order_by("pk"))


def discrepancy_line(row: Discrepancy, desk: Desk) -> DiscrepancyLine:
    """A discrepancy as a desk may read it: with the titles of its own documents only.

    The note of a resolution may speak of either side: it is for a desk that holds both.
    """
    figures = [side.figure for side in row.sides.all()]
    titles = {figure.document_id: str(figure.document) for figure in figures if figure.document.desk_id == desk.pk}
    reason = told_to(row, desk.pk)
    held = {side.side for side in row.sides.all() if side.figure.document.desk_id == desk.pk}
    note = row.resolution_note if len(held) > 1 else ""
    return DiscrepancyLine(row.kind, reason, row.state, row.resolution, note, tuple(titles.values()))
