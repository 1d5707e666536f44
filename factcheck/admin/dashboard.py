"""The desk's day on one page: what waits for me, what is in check, in conflict, overdue, failed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from factcheck.models import Claim, Discrepancy, DiscrepancyKind, Document, Job, VerificationTask
from factcheck.states import ClaimState, DocumentState, JobState
from factcheck.workflow.disputes import Dispute, disputes

SHOWN = 8


def desk_day(user: Any) -> dict[str, Any]:
    """The lists of the page, each as far as this person may see it."""
    now = timezone.now()
    work = VerificationTask.objects.visible_to(user).unfinished().select_related("claim__document", "assignee")
    documents = Document.objects.visible_to(user).select_related("desk", "topic")
    return {
        "now": now,
        "mine": work.filter(assignee=user)[:SHOWN],
        "overdue": work.overdue(now).order_by("due_at")[:SHOWN],
        "to_review": to_review(user)[:SHOWN],
        "in_check": documents.filter(state=DocumentState.IN_CHECK, kind="story").order_by("clear", "-pk")[:SHOWN],
        "to_confirm": documents.filter(state__in=[DocumentState.TO_CONFIRM, DocumentState.UNREADABLE])[:SHOWN],
        "conflicts": conflicts(user),
        "failed": Job.objects.visible_to(user).filter(state=JobState.FAILED)[:SHOWN],
    }


def to_review(user: Any) -> QuerySet[Claim]:
    """Claims that wait for a sign-off, the weightiest first."""
    waiting = Claim.objects.visible_to(user).filter(state=ClaimState.IN_REVIEW).standing()
    return waiting.select_related("document").order_by("-checkworthiness", "pk")


def conflicts(user: Any) -> list[Dispute]:
    """What is disputed or out of date, each measure once, the gravest first."""
    rows = Discrepancy.objects.visible_to(user).open().exclude(kind=DiscrepancyKind.NOT_COMPARABLE)
    return disputes(rows, most=SHOWN)
