"""The workbench of a document: its text with claims and figures marked, and beside it what is in the way."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext_noop

from factcheck.models import (
    SUREST_FIRST,
    Claim,
    Discrepancy,
    Document,
    Policy,
    Revision,
    Verdict,
    VerificationTask,
)
from factcheck.permissions import can_anywhere
from factcheck.states import ClaimState, DiscrepancyState, DocumentState
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import disputes
from factcheck.workflow.topics import suggest_topic

from .article_marks import MarkedClaim, mark_article
from .blocker_steps import steps_of
from .discrepancies import OPEN_FIRST
from .kit.downloads import is_viewable
from .kit.highlighting import MAX_CHARACTERS
from .story_summaries import summarize
from .verification import eligible_checkers

MAX_CLAIMS = 600
MAX_BLOCKERS = 50
DISMISSALS = (
    "background: known and not in question",
    gettext_noop("an opinion, not a statement of fact"),
    gettext_noop("said elsewhere in this text"),
    "not checkable",
    "idle: nothing hangs on it",
)
"""The reasons for dismissing a claim that a key of its own gives, 1 to 5."""


def workbench_context(request: HttpRequest, document: Document, revision: Revision) -> dict[str, Any]:
    """A part of the text with its marks, the claims in order, what is in the way, and what may be done."""
    part, first = requested_part(request, revision)
    numbers, claims, more = claims_in_order(document, revision, first)
    threshold = Policy.for_document(document).threshold
    revision.document = document
    article, marked = mark_article(revision, claims, numbers, threshold, request.user, first)
    result = clearance(document, most=MAX_BLOCKERS)
    rows = Discrepancy.objects.visible_to(request.user).of_document(document).exclude(state=DiscrepancyState.CLOSED)
    (summary,) = summarize([document], request.user, threshold)
    quiet = [row for row in marked if row.quiet]
    desks = [document.desk]
    return {
        "article": article,
        "clock": get_current_timezone_name(),
        "part": part,
        "parts": -(-len(revision.text) // MAX_CHARACTERS),
        "claims": marked,
        "more_claims": more,
        "quiet": quiet,
        "summary": summary,
        "light": light_of(document, result, marked),
        "threshold": threshold,
        "clearance": result,
        "steps": steps_of(document, result.blockers, marked),
        "blocker_count": len(result.blockers) + result.more,
        "more_blockers": result.more,
        "may_dismiss_quiet": bool(quiet) and can_anywhere(request.user, "document", "dismiss_quiet", desks),
        "discrepancies": disputes(rows, order=(OPEN_FIRST, *SUREST_FIRST), most=50),
        "publications": document.publications.select_related("by", "revision").prefetch_related("corrections__by"),
        "suggested": suggest_topic(document, request.user) if document.topic_id is None else None,
        "to_compare": document.state == DocumentState.TO_CONFIRM and revision.snapshot is not None,
        "original_shown": revision.snapshot is not None and is_viewable(revision.snapshot),
    }


def dialogs_context(request: HttpRequest, document: Document) -> dict[str, Any]:
    """What the bar and the dialogs offer, also before there is a text."""
    return {
        "may_mark": can_anywhere(request.user, "document", "add_claim", [document.desk]),
        "checkers": eligible_checkers(request.user, document.desk),
        "dismissals": DISMISSALS,
    }


def light_of(document: Document, result: Any, claims: list[MarkedClaim]) -> str:
    """The light of a document by the answer of the gate: ``clear``, ``near`` where only sign-offs are missing."""
    if result.clear:
        return "out" if document.state == DocumentState.PUBLISHED else "clear"
    waiting = {row.claim.pk for row in claims if row.claim.state == ClaimState.IN_REVIEW}
    only_waits = all(row.record == "claim" and row.record_id in waiting for row in result.blockers)
    return "near" if only_waits and not result.more else "shut"


def requested_part(request: HttpRequest, revision: Revision) -> tuple[int, int]:
    """The requested part of a long text, counted from 1, and its offset."""
    number = request.GET.get("part", "")
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 1
    part = min(max(1, wanted), max(1, -(-len(revision.text) // MAX_CHARACTERS)))
    return part, (part - 1) * MAX_CHARACTERS


def claims_in_order(document: Document, revision: Revision, first: int) -> tuple[dict[int, int], list[Any], int]:
    """The number of every claim, the claims of this part of the text, and how many were left out.

    Claims without a position in the text belong to the first part. A dismissed claim keeps its number.
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
        claim.newest_verdict = max(claim.verdicts.all(), key=lambda row: row.pk, default=None)
    return numbers, claims, len(here) - len(claims)


def claims_of(document: Document) -> QuerySet[Claim]:
    """The standing claims of a document, with what the page shows of each."""
    verdicts = Verdict.objects.select_related("by")
    work = VerificationTask.objects.unfinished().select_related("assignee")
    rows = Claim.objects.filter(document=document).anchored().select_related("attribution")
    return rows.prefetch_related(Prefetch("verdicts", verdicts), Prefetch("verification_tasks", work))
