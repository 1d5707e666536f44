"""Who is told what, when: notices are written in the transaction of the act they tell of.

A person is told once of each occasion, never of what they did themselves, only of desks they may see, and as
they chose. Reading one's notices and choosing among them is in ``inbox``; mailing them is in ``mailing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

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
)
from factcheck.permissions import MACHINE
from factcheck.states import TaskState

LONGEST_TEXT = 500


def notify(
    kind: str, people: Iterable[int | None], *, desk: int, about: Model, key: str, text: str, by: Any = None
) -> int:
    """Tell some people of one occasion, once each; returns to how many of them it is told.

    ``people`` are ids of users. Left out is who did it, who may not see the desk, and who wants to hear of such
    things neither by inbox nor by mail.
    """
    wanted = {pk for pk in people if pk} - {None if isinstance(by, MACHINE) else getattr(by, "pk", None)}
    if not wanted:
        return 0
    belong = Membership.objects.filter(Q(desk=desk) | Q(role=Role.CHIEF_EDITOR), user__in=wanted, user__is_active=True)
    chosen = {row.user_id: row for row in NoticeChoice.objects.filter(user__in=wanted, kind=kind)}
    told = {
        "desk_id": desk, "kind": kind, "key": key, "text": text[:LONGEST_TEXT],
        "record": str(about._meta.model_name), "record_id": about.pk,
    }  # fmt: skip
    rows = []
    for pk in sorted(set(belong.values_list("user", flat=True))):
        choice = chosen.get(pk) or NoticeChoice(inbox=True, mail=True)
        if choice.inbox or choice.mail:
            rows.append(Notification(recipient_id=pk, inbox=choice.inbox, mail=choice.mail, **told))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def holders(desk: int, *roles: str) -> list[int]:
    """The people who have one of these roles on a desk; chief editors hold theirs on all."""
    rows = Membership.objects.filter(Q(desk=desk) | Q(desk=None), role__in=roles)
    return list(rows.values_list("user", flat=True))


def tell_of(record: Model, act: str, *, by: Any) -> None:
    """An act was done: tell those whom the table names."""
    if tell := TOLD.get((str(record._meta.model_name), act)):
        tell(record, by)


def occasion(record: Any) -> str:
    """One act on a record: its version is never the same twice."""
    return f"{record._meta.model_name}:{record.pk}:{record.version}"


def tell_assignee(task: VerificationTask, by: Any) -> None:
    due = f", due {task.due_at:%Y-%m-%d %H:%M} UTC" if task.due_at else ""
    notify(
        NoticeKind.ASSIGNED, [task.assignee_id], desk=task.claim.document.desk_id, about=task, key=occasion(task),
        text=f"You are asked to check{due}: {short(task.claim)}", by=by,
    )  # fmt: skip


def tell_returned(claim: Claim, by: Any) -> None:
    verdict = claim.verdicts.last()
    workers = claim.verification_tasks.exclude(state=TaskState.CANCELLED).values_list("assignee", flat=True)
    people = [verdict.by_id if verdict else None, *workers]
    notify(
        NoticeKind.RETURNED, people, desk=claim.document.desk_id, about=claim, key=occasion(claim),
        text=f"The verdict came back: {short(claim)}", by=by,
    )  # fmt: skip


def tell_stale(claim: Claim, by: Any) -> None:
    verdict = claim.verdicts.filter(sign_off__isnull=False).select_related("sign_off").last()
    people = [verdict.by_id, verdict.sign_off.by_id] if verdict else []
    notify(
        NoticeKind.STALE, [*people, *holders(claim.document.desk_id, Role.DESK_CHIEF)], desk=claim.document.desk_id,
        about=claim, key=occasion(claim), by=by,
        text=f"The sign-off no longer holds ({claim.stale_reason}): {short(claim)}",
    )  # fmt: skip


def tell_clearance(document: Document, *, clear: bool, key: str) -> None:
    """The gate answers otherwise than before: authors and editors are told."""
    people = [*document.authors.values_list("pk", flat=True), *holders(document.desk_id, Role.EDITOR)]
    says = "is clear for publication" if clear else "is no longer clear for publication"
    notify(NoticeKind.CLEARED, people, desk=document.desk_id, about=document, key=key, text=f"“{document}” {says}.")


def tell_published_uncleared(publication: Publication, *, by: Any) -> None:
    """A text went out that the gate had not passed: the chiefs are told."""
    document = publication.document
    notify(
        NoticeKind.PUBLISHED_UNCLEARED, holders(document.desk_id, Role.DESK_CHIEF, Role.CHIEF_EDITOR),
        desk=document.desk_id, about=document, key=f"publication:{publication.pk}",
        text=f"“{document}” went out uncleared.", by=by,
    )  # fmt: skip


def remind_of_deadlines(at: datetime | None = None) -> int:
    """Tell of checking work that is due soon, and of work that is overdue; returns how many pieces."""
    now = at or timezone.now()
    soon = now + timedelta(hours=settings().DUE_SOON_HOURS)
    rows = VerificationTask.objects.unfinished().select_related("claim__document")
    coming = untold(rows.filter(due_at__gt=now, due_at__lte=soon).exclude(assignee=None), NoticeKind.DUE_SOON)
    late = untold(rows.overdue(now), NoticeKind.OVERDUE)
    with transaction.atomic():
        for task in coming:
            remind(task, NoticeKind.DUE_SOON, [task.assignee_id])
        for task in late:
            chiefs = holders(task.claim.document.desk_id, Role.DESK_CHIEF)
            remind(task, NoticeKind.OVERDUE, [task.assignee_id, *chiefs])
    return len(coming) + len(late)


def untold(rows: QuerySet[VerificationTask], kind: str) -> list[VerificationTask]:
    """Those of which nobody was told for the deadline they have now."""
    found = list(rows)
    told = Notification.objects.filter(kind=kind, key__in=[deadline(task) for task in found])
    known = set(told.values_list("key", flat=True))
    return [task for task in found if deadline(task) not in known]


def deadline(task: VerificationTask) -> str:
    return f"verificationtask:{task.pk}:{task.due_at:%Y-%m-%dT%H:%M}"


def remind(task: VerificationTask, kind: str, people: list[int | None]) -> None:
    word = "overdue" if kind == NoticeKind.OVERDUE else "due soon"
    notify(
        kind, people, desk=task.claim.document.desk_id, about=task, key=deadline(task),
        text=f"Checking work is {word} ({task.due_at:%Y-%m-%d %H:%M} UTC): {short(task.claim)}",
    )  # fmt: skip


def short(claim: Claim) -> str:
    """The claim in a line of a notice."""
    words = " ".join(str(claim).split())
    return f"“{words if len(words) <= 200 else words[:199] + '…'}”"


TOLD: dict[tuple[str, str], Callable[[Any, Any], None]] = {
    ("verificationtask", "assign"): tell_assignee,
    ("verificationtask", "reassign"): tell_assignee,
    ("claim", "return"): tell_returned,
    ("claim", "mark_stale"): tell_stale,
    ("claim", "challenge"): tell_stale,
}
"""Of which acts on which records somebody is told at once."""
