"""The names of the jobs, and how one is asked for. Nothing here speaks to the broker.

``enqueue`` writes the durable row inside the caller's transaction; the relay rings for it later.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, TextChoices, Value, When
from django.utils import timezone

from factcheck.conf import settings
from factcheck.models import Desk, Document, Job, Measure, Topic
from factcheck.states import JobState

QUEUE = "work"
MOST_AT_ONCE = 500


class JobName(TextChoices):
    """Every kind of background work; docs/operations.md says what each does."""

    READ_DOCUMENT = "read_document"
    FETCH_DOCUMENT = "fetch_document"
    POLL_FEED = "poll_feed"
    CROSSCHECK = "crosscheck"
    REGROUP = "regroup"
    CAPTURE_EVIDENCE = "capture_evidence"
    SEND_REPORT = "send_report"
    SWEEP = "sweep"
    WATCH_CLEARANCE = "watch_clearance"
    SEND_NOTICES = "send_notices"
    DELIVER_WEBHOOK = "deliver_webhook"


PAUSES: dict[str, tuple[int, ...]] = {
    JobName.DELIVER_WEBHOOK: (60, 300, 1800, 7200),
    JobName.FETCH_DOCUMENT: (60, 300, 1800),
}
"""After how many seconds work that rests on somebody else's server is tried again; other work is within seconds."""


def attempts_of(name: str) -> int:
    """How often work of this name is tried before it stays failed."""
    return len(PAUSES[name]) + 1 if name in PAUSES else settings().MAX_ATTEMPTS


def pause_after(name: str, failures: int) -> int:
    """How many seconds work of this name rests after so many failures."""
    return PAUSES[name][failures - 1] if name in PAUSES else 2**failures


def enqueue(
    name: JobName, key: str, args: dict[str, Any], *, by: Any = None, desk: Desk | None = None, priority: int = 5
) -> Job:
    """Ask for a piece of work, once: while one of this name and key is due, that one is returned.

    A waiting one begins anew, for what it had done before may have changed, and rests no longer. The update also
    holds it until the caller's transaction ends, so that no worker takes it without seeing what the caller wrote.
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
                args=args,
                queue=QUEUE,
                priority=priority,
                desk=desk,
                run_at=now,
                created_by=by,
            )
    except IntegrityError:
        return waiting.get()


def no_later_than(now: datetime) -> Case:
    """For an update: what rests after a failure is due now, what waits already keeps its place."""
    return Case(When(run_at__gt=now, then=Value(now)), default=F("run_at"))


def enqueue_all(name: JobName, wanted: Iterable[tuple[str, dict[str, Any], int]], *, priority: int = 5) -> None:
    """Ask for many pieces of work at once, by key, arguments and id of the desk; each once, as ``enqueue`` does."""
    now = timezone.now().replace(microsecond=0)
    rows = [
        Job(name=name, key=key, args=args, queue=QUEUE, priority=priority, desk_id=desk, run_at=now)
        for key, args, desk in wanted
    ]
    for start in range(0, len(rows), MOST_AT_ONCE):
        some = rows[start : start + MOST_AT_ONCE]
        waiting = Job.objects.filter(name=name, key__in=[row.key for row in some], state=JobState.DUE)
        waiting.update(done=0, total=0, run_at=no_later_than(now))
        Job.objects.bulk_create(some, ignore_conflicts=True)


def enqueue_regroup(within: Topic | Document, *, by: Any = None) -> Job:
    """Ask for the figures of a topic, or of a text in none, to be grouped anew."""
    kind = "topic" if isinstance(within, Topic) else "document"
    return enqueue(JobName.REGROUP, f"{kind}:{within.pk}", {kind: within.pk}, by=by)


def enqueue_crosscheck(
    scope: str,
    target: Document | Measure | Topic | None = None,
    *,
    by: Any = None,
    desk: Desk | None = None,
    regrouped: bool = False,
) -> Job:
    """Ask for a comparison of the figures of a document, a measure, a topic, or of everything.

    Two desks that ask for the same measure or topic get a job each, for a desk sees only its own. ``regrouped``: the
    figures are none that are new, the machine groups them otherwise; what that finds voids no sign-off.
    """
    args: dict[str, Any] = {"scope": scope, "document": None, "measure": None, "topic": None}
    if target is not None:
        args[scope] = target.pk
    key = f"{scope}:{target.pk if target else 'all'}"
    if desk is not None and not isinstance(target, Document):
        key = f"{key}:desk:{desk.pk}"
    if regrouped:
        key, args["regrouped"] = f"{key}:regrouped", True
    return enqueue(JobName.CROSSCHECK, key, args, by=by, desk=desk)
