"""The desk's home: for each role its own next thing on top, then stories, work, disputes and what happened.

What waits longest or is due first stands first. The number of queries does not depend on how much there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from factcheck.language import gettext_lazy, told
from factcheck.models import (
    Claim,
    Correction,
    Desk,
    Discrepancy,
    DiscrepancyKind,
    Document,
    DocumentKind,
    Job,
    Membership,
    Notification,
    Report,
    Role,
    VerificationTask,
)
from factcheck.states import DocumentState, JobState, TaskState
from factcheck.workflow.disputes import Dispute, disputes

from .kit.formatting import shortened
from .kit.links import admin_url, admin_url_for
from .kit.navigation import waiting_for
from .story_summaries import StorySummary, summarize

MAX_ROWS = 8
MAX_RECENT = 6


@dataclass(frozen=True)
class NextThing:
    """What this person does next: its words, where it belongs, when it is due, and the page to do it on."""

    words: str
    about: str
    url: str
    verb: str = gettext_lazy("Open")
    due_at: Any = None


def dashboard_context(user: Any) -> dict[str, Any]:
    """The lists of the home page, limited to what the user may see and what their roles do."""
    now = timezone.now()
    roles = set(Membership.objects.of(user).values_list("role", flat=True))
    arranges = bool(roles & {Role.EDITOR, Role.DESK_CHIEF, Role.CHIEF_EDITOR})
    work = VerificationTask.objects.visible_to(user).unfinished().select_related("claim__document", "assignee")
    by_deadline = work.order_by(F("due_at").asc(nulls_last=True), "-claim__checkworthiness", "pk")
    documents = Document.objects.visible_to(user).select_related("desk", "topic")
    jobs = Job.objects.visible_to(user)
    recent = Notification.objects.visible_to(user).filter(inbox=True).unread().order_by("-pk")[:MAX_RECENT]
    found: dict[str, Any] = {
        "now": now,
        "roles": roles,
        "arranges": arranges,
        "mine": list(by_deadline.filter(assignee=user)[:MAX_ROWS]),
        "to_review": list(waiting_for(user)[:MAX_ROWS]),
        "stories": summarize(stories_in_check(documents), user),
        "story_count": documents.filter(kind=DocumentKind.STORY, state=DocumentState.IN_CHECK).count(),
        "to_confirm": list(documents.filter(state__in=[DocumentState.TO_CONFIRM, DocumentState.UNREADABLE])[:MAX_ROWS]),
        "disputes": conflicts(user),
        "overdue": list(by_deadline.overdue(now)[:MAX_ROWS]) if arranges else [],  # type: ignore[attr-defined]
        "blocked": list(by_deadline.filter(state=TaskState.BLOCKED)[:MAX_ROWS]) if arranges else [],
        "jobs": list(jobs.unfinished().user_visible().order_by("pk")[:MAX_ROWS]),
        "failed": list(jobs.filter(state=JobState.FAILED)[:MAX_ROWS]),
        "recent": [(row, admin_url_for(row.record, row.record_id)) for row in recent],
    }
    if roles & {Role.CHIEF_EDITOR, Role.DESK_CHIEF, Role.AUDITOR}:
        found |= what_went_out(documents, user)
    found["next"] = next(next_things(found), None)
    return found


def stories_in_check(documents: QuerySet[Document]) -> list[Document]:
    """The stories being checked: those with a deadline first, the earliest before the others, then the newest."""
    undone = ~Q(claims__verification_tasks__state__in=[TaskState.DONE, TaskState.CANCELLED])
    due = Min("claims__verification_tasks__due_at", filter=undone)
    rows = documents.filter(kind=DocumentKind.STORY, state=DocumentState.IN_CHECK).annotate(due=due)
    return list(rows.order_by(F("due").asc(nulls_last=True), "clear", "-pk")[:MAX_ROWS])


def what_went_out(documents: QuerySet[Document], user: Any) -> dict[str, Any]:
    """What is published and no longer holds, the last corrections and reports: for who answers for the whole."""
    doubtful = documents.filter(state=DocumentState.PUBLISHED, clear=False).order_by("-pk")[:MAX_ROWS]
    corrections = Correction.objects.visible_to(user).select_related("publication__document", "by").order_by("-pk")
    return {
        "published_doubtful": summarize(list(doubtful), user),
        "corrections": list(corrections[:MAX_RECENT]),
        "reports": list(Report.objects.visible_to(user).order_by("-pk")[:MAX_RECENT]),
    }


def next_things(found: dict[str, Any]) -> Iterator[NextThing]:
    """What waits for this person: their own claims, sign-offs, what is overdue, then the story that is due first."""
    for task in found["mine"]:
        if task.state != TaskState.BLOCKED:
            claim = task.claim
            words = gettext("Check “{text}”").format(text=shortened(claim.text))
            url = reverse("admin:factcheck_check", args=[task.pk])
            yield NextThing(words, str(claim.document), url, gettext("Check"), task.due_at)
    for claim in found["to_review"]:
        yield NextThing(
            gettext("Sign off “{text}”").format(text=shortened(claim.text)),
            str(claim.document),
            review_url(claim),
            gettext("Review"),
        )
    for row in found.get("published_doubtful", []):
        words = gettext("Correct or explain “{document}”").format(document=shortened(str(row.document)))
        yield NextThing(
            words, gettext("It is published, and something in it no longer holds."), admin_url(row.document)
        )
    if Role.DESK_CHIEF in found["roles"]:
        for task in found["overdue"]:
            words = gettext("Move on “{text}”").format(text=shortened(task.claim.text))
            about = gettext("{person} has it; {document}").format(
                person=task.assignee or gettext("Nobody"), document=task.claim.document
            )
            yield NextThing(words, about, admin_url(task), due_at=task.due_at)
    if found["arranges"]:
        for document in found["to_confirm"]:
            words = gettext("Look at “{document}”").format(document=shortened(str(document)))
            yield NextThing(
                words, told(document.state_reason) or gettext("Its text waits to be confirmed."), admin_url(document)
            )
        yield from map(next_of_story, found["stories"])


def review_url(claim: Claim) -> str:
    return reverse("admin:factcheck_review", args=[claim.pk])


def next_of_story(row: StorySummary) -> NextThing:
    """The next thing of a story: publish it where it is clear, else go on with it."""
    words = gettext("Publish “{document}”") if row.document.clear else gettext("Go on with “{document}”")
    title = words.format(document=shortened(str(row.document)))
    return NextThing(title, row.left, admin_url(row.document), gettext("Open"), row.due_at)


def conflicts(user: Any) -> list[Dispute]:
    """Open disputes, one for each measure, the most serious first, with their two sides."""
    rows = Discrepancy.objects.visible_to(user).open().exclude(kind=DiscrepancyKind.NOT_COMPARABLE)
    return disputes(rows, desks=Desk.objects.visible_to(user), most=MAX_ROWS, statements=True)
