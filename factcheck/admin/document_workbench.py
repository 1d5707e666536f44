"""The workbench of a document: its highlighted text, claims, figures and blockers."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from factcheck.models import (
    SUREST_FIRST,
    Claim,
    Discrepancy,
    Document,
    Figure,
    Policy,
    Revision,
    Verdict,
    VerificationTask,
)
from factcheck.states import ClaimState, DiscrepancyState, DocumentState, FigureState
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import disputes
from factcheck.workflow.topics import suggest_topic
from factcheck.workflow.transitions import can

from .discrepancies import OPEN_FIRST
from .document_forms import MarkClaimForm
from .kit.access import person
from .kit.downloads import is_viewable
from .kit.highlighting import MAX_CHARACTERS, highlighted_text

MAX_CLAIMS = 200
MAX_BLOCKERS = 50


def workbench_context(request: HttpRequest, document: Document, revision: Revision) -> dict[str, Any]:
    """A part of the highlighted text, its claims in order, figures in no claim, and the clearance."""
    part, first = requested_part(request, revision)
    numbers, claims, more = claims_in_order(document, revision, first)
    proposed = [claim for claim in claims if claim.state == ClaimState.PROPOSED]
    result = clearance(document, most=MAX_BLOCKERS)
    unclaimed = document.figures.anchored().filter(state=FigureState.FOUND).order_by("-checkworthiness", "pk")
    rows = Discrepancy.objects.visible_to(request.user).of_document(document).exclude(state=DiscrepancyState.CLOSED)
    return {
        "spans": highlighted_text(revision, {claim.pk: numbers[claim.pk] for claim in claims}, first),
        "part": part,
        "part_starts": first,
        "parts": -(-len(revision.text) // MAX_CHARACTERS),
        "claims": claims,
        "more_claims": more,
        "proposed": proposed,
        "may_accept": bool(proposed) and can(person(request), proposed[0], "accept"),
        "may_dismiss": bool(proposed) and can(person(request), proposed[0], "dismiss"),
        "may_mark": can(person(request), document, "add_claim"),
        "mark_form": MarkClaimForm(user=request.user, record=document),
        "clearance": result,
        "blockers": [(row, blocker_url(row)) for row in result.blockers],
        "blocker_count": len(result.blockers) + result.more,
        "more_blockers": result.more,
        "unclaimed_figures": list(unclaimed[:100]),
        "threshold": Policy.for_document(document).threshold,
        "discrepancies": disputes(rows, order=(OPEN_FIRST, *SUREST_FIRST), most=50),
        "publications": document.publications.select_related("by", "revision").prefetch_related("corrections__by"),
        "suggested": suggest_topic(document, request.user) if document.topic_id is None else None,
        "to_compare": document.state == DocumentState.TO_CONFIRM and revision.snapshot is not None,
        "original_shown": revision.snapshot is not None and is_viewable(revision.snapshot),
    }


def requested_part(request: HttpRequest, revision: Revision) -> tuple[int, int]:
    """The requested part of a long text, counted from 1, and its offset."""
    number = request.GET.get("part", "")
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 1
    part = min(max(1, wanted), max(1, -(-len(revision.text) // MAX_CHARACTERS)))
    return part, (part - 1) * MAX_CHARACTERS


def claims_in_order(document: Document, revision: Revision, first: int) -> tuple[dict[int, int], list[Any], int]:
    """The number of every claim, the claims of this part of the text, and how many were left out.

    Claims without a position in the text belong to the first part.
    """
    places = {row.claim_id: row.start or 0 for row in revision.anchors.exclude(claim=None).exclude(start=None)}
    every = sorted(
        document.claims.anchored().values_list("pk", flat=True),
        key=lambda pk: (pk not in places, places.get(pk, 0), pk),
    )
    numbers = {pk: number for number, pk in enumerate(every, 1)}
    here = [pk for pk in every if first <= places.get(pk, 0) < first + MAX_CHARACTERS]
    claims: list[Any] = sorted(
        claims_of(document).filter(pk__in=here[:MAX_CLAIMS]), key=lambda claim: numbers[claim.pk]
    )
    for claim in claims:
        claim.number = numbers[claim.pk]
        claim.newest_verdict = max(claim.verdicts.all(), key=lambda row: row.pk, default=None)
    return numbers, claims, len(here) - len(claims)


def claims_of(document: Document) -> QuerySet[Claim]:
    """The standing claims of a document, with what the list shows of each."""
    verdicts = Verdict.objects.select_related("by").prefetch_related("sign_offs__by")
    work = VerificationTask.objects.unfinished().select_related("assignee")
    rows = Claim.objects.filter(document=document).anchored().select_related("attribution")
    return rows.prefetch_related(
        Prefetch("verdicts", verdicts), Prefetch("verification_tasks", work), Prefetch("figures", Figure.objects.all())
    )


def blocker_url(row: Any) -> str:
    """The page of the record that blocks; empty for the document, whose page this is."""
    if row.record == "document" or row.record_id is None:
        return ""
    return reverse(f"admin:factcheck_{row.record}_change", args=[row.record_id])
