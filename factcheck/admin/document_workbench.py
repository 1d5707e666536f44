"""The workbench of a document: a part of its text as marked, its claims and figures, and what is in the way."""

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
from .document_forms import ClaimForm
from .kit.downloads import is_shown
from .kit.highlighting import LONGEST, marked_text

MOST_CLAIMS = 200
MOST_BLOCKERS = 50


def workbench(request: HttpRequest, document: Document, revision: Revision) -> dict[str, Any]:
    """A part of the text as marked, the claims in its order, the figures nobody has dealt with, the gate's answer."""
    part, first = part_asked_for(request, revision)
    numbers, claims, more = claims_in_order(document, revision, first)
    proposed = [claim for claim in claims if claim.state == ClaimState.PROPOSED]
    answer = clearance(document, most=MOST_BLOCKERS)
    loose = document.figures.standing().filter(state=FigureState.FOUND).order_by("-checkworthiness", "pk")
    rows = Discrepancy.objects.visible_to(request.user).of_document(document).exclude(state=DiscrepancyState.CLOSED)
    return {
        "stretches": marked_text(revision, {claim.pk: numbers[claim.pk] for claim in claims}, first),
        "part": part,
        "part_starts": first,
        "parts": -(-len(revision.text) // LONGEST),
        "claims": claims,
        "more_claims": more,
        "proposed": proposed,
        "may_accept": bool(proposed) and can(request.user, proposed[0], "accept"),
        "may_dismiss": bool(proposed) and can(request.user, proposed[0], "dismiss"),
        "may_mark": can(request.user, document, "add_claim"),
        "mark_form": ClaimForm(user=request.user, record=document),
        "answer": answer,
        "blockers": [(row, address_of_blocker(row)) for row in answer.blockers],
        "blocking": len(answer.blockers) + answer.more,
        "more_blockers": answer.more,
        "loose": list(loose[:100]),
        "threshold": Policy.of(document.desk).threshold,
        "discrepancies": disputes(rows, order=(OPEN_FIRST, *SUREST_FIRST), most=50),
        "publications": document.publications.select_related("by", "revision").prefetch_related("corrections__by"),
        "suggested": suggest_topic(document) if document.topic_id is None else None,
        "to_compare": document.state == DocumentState.TO_CONFIRM and revision.snapshot is not None,
        "original_shown": revision.snapshot is not None and is_shown(revision.snapshot),
    }


def part_asked_for(request: HttpRequest, revision: Revision) -> tuple[int, int]:
    """Which part of a long text is shown, counted from 1, and where it starts."""
    said = request.GET.get("part", "")
    wanted = int(said) if said.isdecimal() and len(said) < 6 else 1
    part = min(max(1, wanted), max(1, -(-len(revision.text) // LONGEST)))
    return part, (part - 1) * LONGEST


def claims_in_order(document: Document, revision: Revision, first: int) -> tuple[dict[int, int], list[Any], int]:
    """The number of every claim, the claims of this part of the text, and how many more of them there are.

    What has lost its place stands with the first part.
    """
    places = {row.claim_id: row.start for row in revision.anchors.exclude(claim=None).exclude(start=None)}
    every = sorted(
        document.claims.standing().values_list("pk", flat=True),
        key=lambda pk: (pk not in places, places.get(pk, 0), pk),
    )
    numbers = {pk: number for number, pk in enumerate(every, 1)}
    here = [pk for pk in every if first <= places.get(pk, 0) < first + LONGEST]
    claims = sorted(claims_of(document).filter(pk__in=here[:MOST_CLAIMS]), key=lambda claim: numbers[claim.pk])
    for claim in claims:
        claim.number = numbers[claim.pk]
        claim.newest_verdict = max(claim.verdicts.all(), key=lambda row: row.pk, default=None)
    return numbers, claims, len(here) - len(claims)


def claims_of(document: Document) -> QuerySet[Claim]:
    """The claims that stand in the text or have lost their place in it, with what the list shows of each."""
    verdicts = Verdict.objects.select_related("by", "sign_off__by")
    work = VerificationTask.objects.unfinished().select_related("assignee")
    rows = Claim.objects.filter(document=document).standing().select_related("attribution")
    return rows.prefetch_related(
        Prefetch("verdicts", verdicts), Prefetch("verification_tasks", work), Prefetch("figures", Figure.objects.all())
    )


def address_of_blocker(row: Any) -> str:
    """The page of the record a blocker names; the document's own page is this one."""
    if row.record == "document" or row.record_id is None:
        return ""
    return reverse(f"admin:factcheck_{row.record}_change", args=[row.record_id])
