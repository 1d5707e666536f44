"""Notices to people about actions, written in the transaction of the action.

A person gets one notice per occasion, none about their own actions, only about desks they may see, and by the channels
they chose. Reading one's notices and choosing among them is in ``inbox``; mailing them is in ``mailing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from factcheck.actors import Actor, Machine
from factcheck.conf import settings
from factcheck.models import (
    Claim,
    Document,
    Membership,
    NoticeChoice,
    NoticeKind,
    Notification,
    Publication,
    Role,
    VerificationTask,
    record_name,
)
from factcheck.states import TaskState

LONGEST_TEXT = 500
MOST_REMINDED = 200
"""How many tasks one tick reminds of; the next tick continues."""


def notify(
    kind: str, people: Iterable[int | None], *, desk: int, about: Model, key: str, text: str, by: Actor | None = None
) -> int:
    """Write one notice per person about one occasion; returns how many were written.

    ``people`` are ids of users. Left out is who did it, who may not see the desk, and who wants to hear of such
    things neither by inbox nor by mail.
    """
    wanted = {pk for pk in people if pk} - {None if isinstance(by, Machine) else getattr(by, "pk", None)}
    return notify_all(kind, [NoticeDraft(frozenset(wanted), desk, about, key, text)]) if wanted else 0


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice before it is written: recipients, desk, record, unique key and text."""

    people: frozenset[int]
    desk: int
    about: Model
    key: str
    text: str


def notify_all(kind: str, occasions: Sequence[NoticeDraft]) -> int:
    """Write the notices of many occasions of one kind in a fixed number of queries; returns how many."""
    wanted = {pk for draft in occasions for pk in draft.people}
    members: dict[int | None, set[int]] = {}
    memberships = Membership.objects.filter(Q(desk__in={draft.desk for draft in occasions}) | Q(role=Role.CHIEF_EDITOR))
    for desk, role, pk in memberships.filter(user__in=wanted, user__is_active=True).values_list("desk", "role", "user"):
        members.setdefault(None if role == Role.CHIEF_EDITOR else desk, set()).add(pk)
    chosen = {row.user_id: row for row in NoticeChoice.objects.filter(user__in=wanted, kind=kind)}
    rows = []
    for draft in occasions:
        for pk in sorted(draft.people & (members.get(draft.desk, set()) | members.get(None, set()))):
            choice = chosen.get(pk) or NoticeChoice(inbox=True, mail=True)
            if choice.inbox or choice.mail:
                rows.append(notice_of(draft, kind, choice, pk))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def notice_of(draft: NoticeDraft, kind: str, choice: NoticeChoice, recipient: int) -> Notification:
    return Notification(
        recipient_id=recipient,
        desk_id=draft.desk,
        kind=kind,
        key=draft.key,
        text=draft.text[:LONGEST_TEXT],
        record=record_name(draft.about),
        record_id=draft.about.pk,
        inbox=choice.inbox,
        mail=choice.mail,
    )


def users_with_role(desk: int, *roles: str) -> list[int]:
    """The people who have one of these roles on a desk; chief editors hold theirs on all."""
    rows = Membership.objects.filter(Q(desk=desk) | Q(desk=None), role__in=roles)
    return list(rows.values_list("user", flat=True))


def notify_of_action(record: Model, action: str, *, by: Actor) -> None:
    """Notify the people whom ``NOTIFIERS`` names for this action, if any."""
    if tell := NOTIFIERS.get((record_name(record), action)):
        tell(record, by)


def occasion_key(record: Any) -> str:
    """A unique key for one action on a record, by its version."""
    return f"{record_name(record)}:{record.pk}:{record.version}"


def notify_assignee(task: VerificationTask, by: Actor) -> None:
    due = f", due {task.due_at:%Y-%m-%d %H:%M} UTC" if task.due_at else ""
    notify(
        NoticeKind.ASSIGNED,
        [task.assignee_id],
        desk=task.claim.document.desk_id,
        about=task,
        key=occasion_key(task),
        text=f"You are asked to check{due}: {claim_excerpt(task.claim)}",
        by=by,
    )


def notify_rescheduled(task: VerificationTask, by: Actor) -> None:
    excerpt = claim_excerpt(task.claim)
    text = f"Your checking work has no deadline any more: {excerpt}"
    if task.due_at:
        text = f"Your checking work is due {task.due_at:%Y-%m-%d %H:%M} UTC now: {excerpt}"
    notify(
        NoticeKind.ASSIGNED,
        [task.assignee_id],
        desk=task.claim.document.desk_id,
        about=task,
        key=occasion_key(task),
        text=text,
        by=by,
    )


def notify_returned(claim: Claim, by: Actor) -> None:
    verdict = claim.verdicts.last()
    workers = claim.verification_tasks.exclude(state=TaskState.CANCELLED).values_list("assignee", flat=True)
    people = [verdict.by_id if verdict else None, *workers]
    notify(
        NoticeKind.RETURNED,
        people,
        desk=claim.document.desk_id,
        about=claim,
        key=occasion_key(claim),
        text=f"The verdict came back: {claim_excerpt(claim)}",
        by=by,
    )


def notify_stale(claim: Claim, by: Actor) -> None:
    verdict = claim.verdicts.filter(sign_offs__isnull=False).last()
    people = [verdict.by_id, *verdict.sign_offs.values_list("by", flat=True)] if verdict else []
    notify(
        NoticeKind.STALE,
        [*people, *users_with_role(claim.document.desk_id, Role.DESK_CHIEF)],
        desk=claim.document.desk_id,
        about=claim,
        key=occasion_key(claim),
        by=by,
        text=f"The sign-off no longer holds ({claim.stale_reason}): {claim_excerpt(claim)}",
    )


def notify_clearance(document: Document, *, clear: bool, key: str) -> None:
    """Notify authors and editors that the gate's answer changed."""
    people = [*document.authors.values_list("pk", flat=True), *users_with_role(document.desk_id, Role.EDITOR)]
    text = f"“{document}” is clear for publication." if clear else f"“{document}” is no longer clear for publication."
    notify(NoticeKind.CLEARED, people, desk=document.desk_id, about=document, key=key, text=text)


def notify_embargo_touched(document: Document, desk: int) -> None:
    """Notify the chiefs of a text under embargo, once for each other desk that has figures on what it counts.

    The other desk is told nothing.
    """
    notify(
        NoticeKind.EMBARGO_TOUCHED,
        users_with_role(document.desk_id, Role.DESK_CHIEF),
        desk=document.desk_id,
        about=document,
        key=f"embargo:{document.pk}:{desk}",
        text=f"Another desk has figures on what “{document}” counts, which is under embargo.",
    )


def notify_published_uncleared(publication: Publication, *, by: Actor) -> None:
    """Notify the chiefs that a text was published uncleared, and the editor in whose name a service account did it."""
    document = publication.document
    named = f", in the name of {publication.by}" if publication.by != by else ""
    notify(
        NoticeKind.PUBLISHED_UNCLEARED,
        [*users_with_role(document.desk_id, Role.DESK_CHIEF, Role.CHIEF_EDITOR), publication.by.pk],
        desk=document.desk_id,
        about=document,
        key=f"publication:{publication.pk}",
        text=f"“{document}” went out uncleared{named}.",
        by=by,
    )


def remind_of_deadlines(at: datetime | None = None) -> int:
    """Tell of checking work that is due soon, and of work that is overdue; returns how many pieces."""
    now = at or timezone.now()
    soon = now + timedelta(hours=settings().DUE_SOON_HOURS)
    rows = VerificationTask.objects.unfinished()
    coming = rows.filter(due_at__gt=now, due_at__lte=soon).exclude(assignee=None)
    return remind(coming, NoticeKind.DUE_SOON) + remind(rows.overdue(now), NoticeKind.OVERDUE)


def remind(rows: QuerySet[VerificationTask], kind: str) -> int:
    """Remind of tasks whose present deadline nobody was reminded of: the assignee, and the chiefs once overdue.

    Stores the deadline on the task, even where nobody could be notified. A new assignee is reminded again, the chiefs
    are not.
    """
    reminded_field = f"{kind}_told"
    unreminded = rows.exclude(**{reminded_field: F("due_at")}).select_related("claim__document")
    with transaction.atomic():
        tasks = list(unreminded.select_for_update(of=("self",)).order_by("due_at", "pk")[:MOST_REMINDED])
        if not tasks:
            return 0
        chiefs = chiefs_of({task.claim.document.desk_id for task in tasks}) if kind == NoticeKind.OVERDUE else {}
        occasions = []
        for task in tasks:
            desk, key = task.claim.document.desk_id, f"verification_task:{task.pk}:{task.due_at:%Y-%m-%dT%H:%M}"
            others = chiefs.get(desk, frozenset()) - {task.assignee_id}
            occasions.append(NoticeDraft(others, desk, task, key, reminder_text(task, kind)))
            if task.assignee_id:
                own = f"{key}:{task.assignee_id}"
                occasions.append(NoticeDraft(frozenset({task.assignee_id}), desk, task, own, reminder_text(task, kind)))
        notify_all(kind, occasions)
        VerificationTask.objects.filter(pk__in=[task.pk for task in tasks]).update(**{reminded_field: F("due_at")})
    return len(tasks)


def chiefs_of(desks: set[int]) -> dict[int, frozenset[int]]:
    """The chiefs of each of these desks."""
    rows = Membership.objects.filter(desk__in=desks, role=Role.DESK_CHIEF).values_list("desk", "user")
    chiefs: dict[int, set[int]] = {}
    for desk, user in rows:
        chiefs.setdefault(desk, set()).add(user)
    return {desk: frozenset(people) for desk, people in chiefs.items()}


def reminder_text(task: VerificationTask, kind: str) -> str:
    excerpt = claim_excerpt(task.claim)
    if kind == NoticeKind.OVERDUE:
        return f"Checking work is overdue ({task.due_at:%Y-%m-%d %H:%M} UTC): {excerpt}"
    return f"Checking work is due soon ({task.due_at:%Y-%m-%d %H:%M} UTC): {excerpt}"


def claim_excerpt(claim: Claim) -> str:
    """The claim in a line of a notice."""
    words = " ".join(str(claim).split())
    return f"“{words if len(words) <= 200 else words[:199] + '…'}”"


NOTIFIERS: dict[tuple[str, str], Callable[[Any, Any], None]] = {
    ("verification_task", "assign"): notify_assignee,
    ("verification_task", "reassign"): notify_assignee,
    ("verification_task", "reschedule"): notify_rescheduled,
    ("claim", "return"): notify_returned,
    ("claim", "mark_stale"): notify_stale,
    ("claim", "challenge"): notify_stale,
}
"""The function that notifies people at once, by record and action."""
