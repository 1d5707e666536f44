"""Retry a failed job; cancel one; delete old housekeeping jobs. How jobs run is in ``jobs.leases`` and ``tasks``."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from factcheck.actors import Actor
from factcheck.errors import WrongState
from factcheck.jobs.leases import duplicate_of
from factcheck.models import HOUSEKEEPING, Job
from factcheck.states import JobState

from .rechecks import recheck_after_job
from .transitions import check_permission, move

KEEP_DONE_FOR = timedelta(days=1)
KEEP_FAILED_FOR = timedelta(days=7)


def retry_job(job: Job, *, by: Actor, version: int | None = None) -> None:
    """Put a job that failed or was cancelled back into the queue, with a clean count of failures.

    Raises:
        WrongState: the same work has been asked for again, and waits already.
    """
    check_permission(by, job, "retry")
    if duplicate := duplicate_of(job):
        raise WrongState(f"It has been asked for again, as job {duplicate.pk}.", code="asked_again", job=duplicate.pk)
    move(
        job,
        "retry",
        by=by,
        version=version,
        failures=0,
        postponed=0,
        run_at=timezone.now(),
        dispatched_at=None,
        finished_at=None,
    )


def cancel_job(job: Job, *, by: Actor, version: int | None = None) -> None:
    """Take a job out of the queue, or from the worker that has it, which writes nothing more.

    What it has written stays; tried again, a long run goes on from there. The gate counts what was cancelled as not
    done.
    """
    with transaction.atomic():
        move(job, "cancel", by=by, version=version, finished_at=timezone.now())
        recheck_after_job(job)


def delete_old_housekeeping_jobs() -> int:
    """Delete housekeeping jobs that were done a day ago or failed a week ago; returns how many."""
    now = timezone.now()
    old = Q(state=JobState.DONE, finished_at__lt=now - KEEP_DONE_FOR)
    old |= Q(state=JobState.FAILED, finished_at__lt=now - KEEP_FAILED_FOR)
    return Job.objects.filter(old, name__in=HOUSEKEEPING).delete()[0]
