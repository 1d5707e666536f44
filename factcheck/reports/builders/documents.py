"""The verification report of a document: its text, claims, evidence, decisions, and what blocks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from factcheck.conf import verdict_words
from factcheck.models import (
    Anchor,
    Claim,
    Correction,
    Desk,
    Discrepancy,
    DiscrepancyQuerySet,
    Document,
    Evidence,
    Figure,
    Publication,
    ReportKind,
    Revision,
    SignOff,
    Verdict,
    both_sides_of,
)
from factcheck.states import ClaimState, DiscrepancyState
from factcheck.workflow.clearance import clearance, latest_sign_offs, latest_waivers
from factcheck.workflow.disputes import Dispute, disputes
from factcheck.workflow.speakers import speaker_name_of

from .judgements import judgement_lines
from .parts import (
    ClaimLine,
    DiscrepancyLine,
    DocumentPart,
    Passage,
    ReportEvidence,
    ReportFigure,
    VerificationReport,
    stamp,
)


def build_document(document: Document, *, at: datetime | None = None) -> VerificationReport:
    """The verification report of a document."""
    now = at or timezone.now()
    part = document_part(document, now, whole=True)
    lines = discrepancy_lines(Discrepancy.objects.of_document(document), document.desk)
    counts = Counter(claim.state for claim in part.claims)
    return VerificationReport(
        kind=ReportKind.DOCUMENT,
        title=f"Verification report: {document}",
        desk=document.desk.name,
        built_at=stamp(now),
        documents=(part,),
        discrepancies=lines,
        judgements=judgement_lines(document.desk, document=document),
        counts=dict(sorted(counts.items())),
    )


def document_part(document: Document, now: datetime, *, whole: bool) -> DocumentPart:
    """A document's part of a report; ``whole`` with its text and claims."""
    revision = document.current_revision
    answer = clearance(document, at=now)
    numbered = list(enumerate(claims_in_text_order(document, revision), 1)) if whole and revision else []
    return DocumentPart(
        id=document.pk,
        title=str(document),
        kind=document.kind,
        state=document.state,
        url=document.url,
        language=document.language,
        publisher=document.publisher.name if document.publisher else document.publisher_name,
        byline=document.byline,
        published_at=stamp(document.published_at),
        revision=revision.number if revision else 0,
        text_sha256=revision.text_sha256 if revision else "",
        clear=answer.clear,
        policy=policy_words(answer.policy),
        findings=tuple(document.findings),
        blockers=tuple(row.message for row in answer.blockers),
        waived_until=stamp(answer.waived_until),
        document_waivers=tuple(waiver_lines(revision)),
        publications=tuple(publication_words(row) for row in document.publications.select_related("by")),
        corrections=tuple(
            f"{stamp(row.at)}: {row.get_correction_class_display()}: {row.wording}"
            for row in Correction.objects.filter(publication__document=document)
        ),
        passages=tuple(passages(revision, numbered)) if revision and whole else (),
        claims=tuple(claim_lines(document, numbered)),
    )


def publication_words(row: Publication) -> str:
    policy, said = policy_words(row.answer.get("policy", {})), "cleared" if row.clear else "UNCLEARED"
    if policy:
        return f"{stamp(row.at)} by {row.by} under the policy of {policy}: {said}"
    return f"{stamp(row.at)} by {row.by}: {said}"


def policy_words(rules: dict[str, Any]) -> str:
    """The rules by which the gate answered, in words."""
    if not rules:
        return ""
    origins = "one independent origin" if rules["minimum_origins"] == 1 else f"{rules['minimum_origins']} origins"
    border = f", conflicts from score {rules['conflict_score']:g}" if rules.get("conflict_score") else ""
    assessed = {"self": "evidence assessed by whoever gave it, ", "second": "evidence assessed by a second person, "}
    return (
        f"{rules['eyes']} pairs of eyes, {assessed.get(rules.get('assess', ''), '')}"
        f"check-worthiness from {rules['threshold']:g}, {origins} or a primary source, "
        f"reliability floor {rules['reliability_floor']}{border}"
    )


def waiver_lines(revision: Revision | None) -> list[str]:
    if revision is None:
        return []
    rows = revision.waivers.select_related("by")
    return [
        f"waived by {row.by} until {stamp(row.expires_at)}: {row.reason} ({len(row.covers)} unchecked)" for row in rows
    ]


def claims_in_text_order(document: Document, revision: Revision | None) -> list[Claim]:
    """The document's claims in the order of the text, those lost from it last."""
    rows = document.claims.select_related("attribution__source")
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
    """All claims with what was decided of them: one question each for figures, evidence, verdicts, decisions."""
    if not numbered:
        return []
    signed, waivers = latest_sign_offs(document), latest_waivers(document)
    rows = Verdict.objects.filter(claim__document=document).select_related("by").order_by("pk")
    verdicts = {row.claim_id: row for row in rows}
    figures, evidence = figure_lines_by_claim(document), evidence_lines_by_claim(document)
    return [
        claim_line(
            number,
            claim,
            verdicts.get(claim.pk),
            signed.get(claim.pk),
            waivers.get(claim.pk),
            figures=tuple(figures.get(claim.pk, ())),
            evidence=tuple(evidence.get(claim.pk, ())),
        )
        for number, claim in numbered
    ]


def claim_line(
    number: int, claim: Claim, verdict: Any, signed: SignOff | None, waiver: Any, **lines: tuple[Any, ...]
) -> ClaimLine:
    standing = signed if signed and verdict and signed.verdict_id == verdict.pk else None
    waiver = waiver if claim.state == ClaimState.WAIVED else None
    attribution = claim.attribution
    return ClaimLine(
        number=number,
        id=claim.pk,
        text=claim.text,
        claim_type=claim.claim_type,
        checkworthiness=claim.checkworthiness,
        state=claim.state,
        anchor_state=claim.anchor_state,
        attributed_to=str(attribution or ""),
        attributed_kind=attribution.source.kind if attribution and attribution.source else "",
        verdict=verdict.label if verdict else "",
        verdict_words=verdict_words(verdict.label) if verdict else "",
        verdict_by=str(verdict.by) if verdict else "",
        signed_by=str(standing.by) if standing else "",
        signed_at=stamp(standing.at) if standing else "",
        eyes=standing.eyes if standing else "",
        origins=standing.origins if standing else 0,
        waived_until=stamp(waiver.expires_at) if waiver else "",
        waiver_reason=waiver.reason if waiver else "",
        stale_reason=claim.stale_reason,
        **lines,
    )


def figure_lines_by_claim(document: Document) -> dict[int, list[ReportFigure]]:
    """The figures of each claim."""
    rows = Figure.objects.filter(claim__document=document).select_related("attribution__source")
    found: dict[int, list[ReportFigure]] = {}
    for row in rows.order_by("pk"):
        row.document = document
        found.setdefault(row.claim_id or 0, []).append(figure_line(row))
    return found


def evidence_lines_by_claim(document: Document) -> dict[int, list[ReportEvidence]]:
    """The evidence of each claim; of what was kept only its digest, for the bytes may be large."""
    rows = Evidence.objects.filter(claim__document=document).select_related("source", "snapshot")
    found: dict[int, list[ReportEvidence]] = {}
    for row in rows.defer("snapshot__warc", "snapshot__text").order_by("pk"):
        line = ReportEvidence(
            source=str(row.source or ""),
            kind=row.kind,
            stance=row.stance,
            use=row.source_use,
            state=row.state,
            excerpt=row.excerpt or row.note,
            url=row.url,
            sha256=row.snapshot.sha256 if row.snapshot else "",
        )
        found.setdefault(row.claim_id, []).append(line)
    return found


def figure_line(figure: Figure) -> ReportFigure:
    as_of = figure.as_of_start.date().isoformat() if figure.as_of_start else ""
    return ReportFigure(
        figure.surface,
        figure.counted,
        figure.unit,
        figure.hedge,
        figure.modality,
        speaker_name_of(figure),
        as_of,
        figure.state,
    )


def discrepancy_lines(
    rows: DiscrepancyQuerySet, desk: Desk, *, order: Sequence[Any] = ("pk",), most: int | None = None
) -> tuple[DiscrepancyLine, ...]:
    """Each dispute once, and each resolution of one, as a desk may read it; at most ``most``."""
    standing = rows.exclude(state=DiscrepancyState.CLOSED)
    found = disputes(standing, desks=[desk.pk], order=order, most=most, statements=True)
    return tuple(discrepancy_line(row) for row in found)


def seen_by(desk: Desk) -> Q:
    """The pairs of which a desk holds both sides: by them its disputes are told."""
    return both_sides_of(figure__document__desk__in=[desk.pk])


def discrepancy_line(row: Dispute) -> DiscrepancyLine:
    """A line with the titles of the desk's own documents only.

    The note of a resolution may speak of either side: it is for a desk that holds both.
    """
    leading = row.leading
    titles = {document.pk: str(document) for statement in row.statements for document in statement.documents}
    note = leading.resolution_note if row.both_visible else ""
    why_one = leading.why_one if row.both_visible else ""
    titled = tuple(titles.values())
    return DiscrepancyLine(leading.kind, row.message, leading.state, leading.resolution, note, titled, why_one)
