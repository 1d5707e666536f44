"""Enqueue jobs: ``enqueue`` writes the durable row inside the caller's transaction.

Nothing here speaks to the broker; the dispatcher publishes a message for the row later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from factcheck.actors import Person
from factcheck.models import Desk, Document, Job, Measure, Topic
from factcheck.states import JobState

from .keys import crosscheck_key, job_key
from .names import QUEUE, JobName, Priority

MOST_AT_ONCE = 500


def enqueue(
    name: JobName,
    key: str,
    args: dict[str, Any],
    *,
    by: Person | None = None,
    desk: Desk | None = None,
    priority: int = Priority.DEFAULT,
) -> Job:
    """Enqueue a job, once: while one of this name and key is due, that one is returned.

    The progress of a waiting job is reset, since its input may have changed, and a retry pause ends. The update also
    locks its row until the caller's transaction ends, so that no worker claims it before seeing what the caller wrote.
    """
    now = timezone.now().replace(microsecond=0)  # SQLite's clock is coarser than ours; what is asked for now is due
    waiting = Job.objects.filter(name=name, key=key, state=JobState.DUE)
    if waiting.update(done=0, total=0, run_at=no_later_than(now)) and (found := waiting.first()):
        return found
    try:
        with transaction.atomic():
            return Job.objects.create(
                name=name,
                key=key,
                args=as_stored(args),
                queue=QUEUE,
                priority=priority,
                desk=desk,
                run_at=now,
                created_by=by,
            )
    except IntegrityError:
        return waiting.get()


def as_stored(args: dict[str, Any]) -> dict[str, Any]:
    """Arguments as JSON keeps them; the key of a person may be a UUID, for it is the host's."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in args.items()}


def no_later_than(now: datetime) -> Case:
    """An update expression: a job in a retry pause is due now, one that is due keeps its place."""
    return Case(When(run_at__gt=now, then=Value(now)), default=F("run_at"))


def enqueue_all(
    name: JobName, wanted: Iterable[tuple[str, dict[str, Any], int]], *, priority: int = Priority.DEFAULT
) -> None:
    """Enqueue many jobs of one name by key, arguments and desk id; each once, as ``enqueue`` does."""
    now = timezone.now().replace(microsecond=0)
    rows = [
        Job(name=name, key=key, args=as_stored(args), queue=QUEUE, priority=priority, desk_id=desk, run_at=now)
        for key, args, desk in wanted
    ]
    for start in range(0, len(rows), MOST_AT_ONCE):
        some = rows[start : start + MOST_AT_ONCE]
        waiting = Job.objects.filter(name=name, key__in=[row.key for row in some], state=JobState.DUE)
        waiting.update(done=0, total=0, run_at=no_later_than(now))
        Job.objects.bulk_create(some, ignore_conflicts=True)


def enqueue_regroup(within: Topic | Document, *, by: Person | None = None) -> Job:
    """Enqueue a regrouping of the figures of a topic, or of a document without a topic."""
    kind = "topic" if isinstance(within, Topic) else "document"
    return enqueue(JobName.REGROUP, job_key(within), {kind: within.pk}, by=by)


def enqueue_crosscheck(
    scope: str,
    target: Document | Measure | Topic | None = None,
    *,
    by: Person | None = None,
    desk: Desk | None = None,
    regrouped: bool = False,
) -> Job:
    """Enqueue a cross-check of the figures of a document, a measure, a topic, or of everything.

    Two desks get separate jobs for the same measure or topic, since a desk sees only its own. ``regrouped``: only the
    grouping changed, no statement; then new conflicts void no sign-off.
    """
    args: dict[str, Any] = {"scope": scope, "document": None, "measure": None, "topic": None}
    if target is not None:
        args[scope] = target.pk
    per_desk = None if isinstance(target, Document) else desk
    key = crosscheck_key(scope, target, desk=per_desk, regrouped=regrouped)
    if regrouped:
        args["regrouped"] = True
    return enqueue(JobName.CROSSCHECK, key, args, by=by, desk=desk)
