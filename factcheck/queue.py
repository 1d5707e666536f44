"""The names of the jobs, and how one is asked for. Nothing here speaks to the broker.

``enqueue`` writes the durable row inside the caller's transaction; the relay rings for it later.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.utils import timezone

from factcheck.models import Desk, Document, Job, Measure, Topic
from factcheck.states import JobState

QUEUE = "work"


class JobName(TextChoices):
    """Every kind of background work; docs/operations.md says what each does."""

    READ_DOCUMENT = "read_document"
    FETCH_DOCUMENT = "fetch_document"
    POLL_FEED = "poll_feed"
    CROSSCHECK = "crosscheck"
    CAPTURE_EVIDENCE = "capture_evidence"
    SEND_REPORT = "send_report"
    SWEEP = "sweep"
    WATCH_CLEARANCE = "watch_clearance"
    SEND_NOTICES = "send_notices"
    DELIVER_WEBHOOK = "deliver_webhook"


def enqueue(
    name: JobName, key: str, args: dict[str, Any], *, by: Any = None, desk: Desk | None = None, priority: int = 5
) -> Job:
    """Ask for a piece of work, once: while one of this name and key is due, that one is returned.

    A waiting one begins anew, for what it had done before may have changed. The update also holds it until the
    caller's transaction ends, so that no worker takes it without seeing what the caller wrote.
    """
    waiting = Job.objects.filter(name=name, key=key, state=JobState.DUE)
    if waiting.update(done=0, total=0) and (found := waiting.first()):
        return found
    now = timezone.now().replace(microsecond=0)  # SQLite's clock is coarser than ours; what is asked for now is due
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


def enqueue_crosscheck(
    scope: str, target: Document | Measure | Topic | None = None, *, by: Any = None, desk: Desk | None = None
) -> Job:
    """Ask for a comparison of the figures of a document, a measure, a topic, or of everything.

    Two desks that ask for the same measure or topic get a job each, for a desk sees only its own.
    """
    args: dict[str, Any] = {"scope": scope, "document": None, "measure": None, "topic": None}
    if target is not None:
        args[scope] = target.pk
    key = f"{scope}:{target.pk if target else 'all'}"
    if desk is not None and not isinstance(target, Document):
        key = f"{key}:desk:{desk.pk}"
    return enqueue(JobName.CROSSCHECK, key, args, by=by, desk=desk)
