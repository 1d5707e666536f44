"""How a worker holds a job: claimed in one conditional update, fenced by its attempt, lost when silent.

All times are the database's clock, so that workers need not agree on theirs. This module alone moves the
state of a Job while it runs; asking for one is ``queue``, and ringing for one is ``relay``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from factcheck.conf import settings
from factcheck.errors import LostLease
from factcheck.models import Job
from factcheck.queue import attempts_of, pause_after
from factcheck.states import JobState


def in_seconds(seconds: float) -> Combinable:
    """This many seconds from now, by the database's clock."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one attempt to work on one job and to write for it."""

    job: Job
    attempt: int

    def hold(self, **values: Any) -> None:
        """Prolong the lease, and write progress with it. Call it inside the transaction of each effect.

        Raises:
            LostLease: when another attempt has taken the job; the caller's transaction must roll back.
        """
        held = Job.objects.filter(pk=self.job.pk, attempt=self.attempt, state=JobState.RUNNING)
        if not held.update(lease_until=in_seconds(settings().LEASE_SECONDS), **values):
            raise LostLease(f"job {self.job.pk} is no longer held by attempt {self.attempt}")

    def finish(self, result: dict[str, Any] | None = None) -> None:
        self.hold(state=JobState.DONE, result=result or {}, finished_at=Now(), error="")

    @property
    def last(self) -> bool:
        """Whether the job is given up when this attempt fails."""
        return self.job.failures + 1 >= attempts_of(self.job.name)

    def fail(self, reason: str, *, for_good: bool = False) -> None:
        """Put the job back to be tried again later, or leave it failed with its reason."""
        failures = self.job.failures + 1
        if for_good or self.last:
            self.hold(state=JobState.FAILED, failures=failures, error=reason, finished_at=Now())
        else:
            again = in_seconds(pause_after(self.job.name, failures))
            held = {"failures": failures, "error": reason, "run_at": again, "rung_at": None}
            if not self._asked_again():
                self.hold(state=JobState.DUE, **held)

    def _asked_again(self) -> bool:
        """Where the same work was asked for again meanwhile, that job does it, and this one is done."""
        twin = twin_of(self.job)
        if twin is not None:
            self.finish({"asked_again_as": twin.pk})
        return twin is not None


def claim(queue: str) -> Lease | None:
    """Take the best due job of a queue: by priority, then by age. None when there is none."""
    due = Job.objects.filter(queue=queue, state=JobState.DUE, run_at__lte=Now())
    while best := due.order_by("priority", "run_at", "id").first():
        taken = due.filter(pk=best.pk, attempt=best.attempt).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=in_seconds(settings().LEASE_SECONDS),
            finished_at=None,
        )
        if taken:
            best.refresh_from_db()
            return Lease(best, best.attempt)
    return None


def take_back() -> int:
    """Give the jobs of silent workers to others; those that killed too many workers stay failed.

    An attempt's number is never given twice, also after a retry: it is the fence.
    """
    silent = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=Now())
    count = 0
    for job in list(silent):
        row, limit = silent.filter(pk=job.pk), attempts_of(job.name) + 2
        error = f"Given up: {limit} workers stopped while working on it."
        if not row.filter(failures__gte=limit - 1).update(state=JobState.FAILED, error=error, finished_at=Now()):
            count += _give_back(job, row)
    return count


def _give_back(job: Job, row: QuerySet[Job]) -> int:
    try:
        with transaction.atomic():
            return row.update(state=JobState.DUE, failures=F("failures") + 1, run_at=Now(), rung_at=None)
    except IntegrityError:  # asked for again meanwhile: that job does the work
        twin = twin_of(job)
        return row.update(
            state=JobState.DONE, result={"asked_again_as": twin.pk if twin else None}, error="", finished_at=Now()
        )


def twin_of(job: Job) -> Job | None:
    """The due job for the same work, if there is another."""
    return Job.objects.filter(name=job.name, key=job.key, state=JobState.DUE).exclude(pk=job.pk).first()
