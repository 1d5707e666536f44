"""The dashboard: work of the user, stories in check, open discrepancies, overdue and failed work."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from factcheck.models import Claim, Discrepancy, DiscrepancyKind, Document, Job, VerificationTask
from factcheck.states import ClaimState, DocumentState, JobState
from factcheck.workflow.disputes import Dispute, disputes

MAX_ROWS = 8


def dashboard_context(user: Any) -> dict[str, Any]:
    """The lists of the dashboard, limited to what the user may see."""
    now = timezone.now()
    work = VerificationTask.objects.visible_to(user).unfinished().select_related("claim__document", "assignee")
    documents = Document.objects.visible_to(user).select_related("desk", "topic")
    return {
        "now": now,
        "mine": work.filter(assignee=user)[:MAX_ROWS],
        "overdue": work.overdue(now).order_by("due_at")[:MAX_ROWS],
        "to_review": to_review(user)[:MAX_ROWS],
        "in_check": documents.filter(state=DocumentState.IN_CHECK, kind="story").order_by("clear", "-pk")[:MAX_ROWS],
        "to_confirm": documents.filter(state__in=[DocumentState.TO_CONFIRM, DocumentState.UNREADABLE])[:MAX_ROWS],
        "conflicts": conflicts(user),
        "failed": Job.objects.visible_to(user).filter(state=JobState.FAILED)[:MAX_ROWS],
    }


def to_review(user: Any) -> QuerySet[Claim]:
    """Claims that wait for a sign-off, the most check-worthy first."""
    waiting = Claim.objects.visible_to(user).filter(state=ClaimState.IN_REVIEW).anchored()
    return waiting.select_related("document").order_by("-checkworthiness", "pk")


def conflicts(user: Any) -> list[Dispute]:
    """Open disputes, one for each measure, the most serious first."""
    rows = Discrepancy.objects.visible_to(user).open().exclude(kind=DiscrepancyKind.NOT_COMPARABLE)
    return disputes(rows, most=MAX_ROWS)
