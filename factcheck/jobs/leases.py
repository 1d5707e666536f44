"""Leases on jobs: claimed in one conditional update, fenced by the attempt number, lost when they expire.

While the work runs a thread extends the lease, so that only a worker that has stopped loses it. A long run gives its
worker back after a slice of it. All times are the database's clock, so that workers need not agree on theirs. This
module alone moves the state of a Job while it runs; a job is asked for in ``queue``, and its message published in
``dispatcher``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Now

from factcheck.conf import settings
from factcheck.errors import GivesWay, LostLease, WorkersLost
from factcheck.models import Job
from factcheck.states import JobState

from .names import PASSING_DELAYS, max_attempts, most_lost_workers, retry_delay
from .outcomes import Outcome
from .stopping import is_stopping
from .turns import next_due, others_wait

logger = logging.getLogger(__name__)
LONGEST_STEP_SECONDS = 3600
"""After so long without a renewal a step counts as hanging, and its lease is no longer extended."""
SLICE_SECONDS = 1.0
"""After so long a run looks between two steps whether another job waits."""


def in_seconds(seconds: float) -> Combinable:
    """This many seconds from now, by the database's clock."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


@dataclass(slots=True)
class Lease:
    """The right of one attempt to work on one job and to write for it.

    ``progressed``: this attempt got further than any before it. That resets the count of failures, so that a long job
    is given up only for a step that keeps failing.
    """

    job: Job
    attempt: int
    progressed: bool = False
    renewed_at: float = field(default_factory=time.monotonic)
    started: float = field(default_factory=time.monotonic)
    slice_began: float | None = None
    computing: float = field(default_factory=time.thread_time)

    def renew(self, **values: Any) -> None:
        """Extend the lease, and write progress with it.

        Raises:
            LostLease: when another attempt has taken the job; the caller's transaction must roll back.
        """
        self._write(values)
        self._note(values)

    @contextmanager
    def effect(self, **values: Any) -> Iterator[None]:
        """A transaction that writes for the job, with its progress; it ends with the whole lease still ahead.

        Raises:
            LostLease: when another attempt has taken the job; nothing of the block is written.
        """
        with transaction.atomic():
            self._write(values)
            yield
            self.extend()
        self._note(values)

    def extend(self) -> None:
        """Extend the lease. Raises LostLease as ``renew`` does."""
        self._write({})

    def _write(self, values: dict[str, Any]) -> None:
        attempt_row = Job.objects.filter(pk=self.job.pk, attempt=self.attempt, state=JobState.RUNNING)
        forgiven = {"failures": 0, "postponed": 0} if self._further(values) else {}
        ahead = Greatest(
            "lease_until", in_seconds(settings().LEASE_SECONDS)
        )  # a write that waited long for the row never shortens it
        if not attempt_row.update(lease_until=ahead, **{**forgiven, **values}):
            raise LostLease(f"job {self.job.pk} is no longer held by attempt {self.attempt}")

    def _note(self, values: dict[str, Any]) -> None:
        self.renewed_at = time.monotonic()
        if self._further(values):
            self.progressed, self.job.failures, self.job.postponed = True, 0, 0

    def _further(self, values: dict[str, Any]) -> bool:
        return bool(values.get("done", 0) > self.job.done)

    def refuse_lost_cause(self) -> None:
        """Raises WorkersLost: too many workers stopped while they had this job."""
        if self.job.failures >= most_lost_workers(self.job.name):
            raise WorkersLost(self.job.failures)

    def give_way(self) -> None:
        """Before each step of a long run: end this slice where it is over and another job waits, or the worker stops.

        A slice begins with its first step, which is always done, so that a run gets on however long it takes to begin.

        Raises:
            GivesWay: the caller puts the job back; whoever takes it next goes on behind the last step.
        """
        if is_stopping():
            raise GivesWay
        if self.slice_began is None:
            self.slice_began = time.monotonic()
        elif time.monotonic() - self.slice_began >= SLICE_SECONDS:
            if others_wait(self.job):
                raise GivesWay
            self.slice_began = time.monotonic()

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """While the block runs the lease does not run out, however slow a step of it is."""
        heartbeat = Heartbeat(self)
        heartbeat.start()
        try:
            yield
        finally:
            heartbeat.over.set()

    def finish(self, result: dict[str, Any] | None = None) -> None:
        self.renew(state=JobState.DONE, result=result or {}, finished_at=Now(), error="")

    @property
    def is_last_attempt(self) -> bool:
        """Whether the job is given up when this attempt fails."""
        return self.job.failures + 1 >= max_attempts(self.job.name)

    def ends_with(self, outcome: Outcome) -> bool:
        """Whether the job stays failed after this outcome."""
        if outcome.passing:
            return self.job.postponed >= len(PASSING_DELAYS)
        return not outcome.retry or self.is_last_attempt

    def computed_most_of(self) -> bool:
        """Whether this attempt spent most of its time computing, and not waiting for a machine that is busy."""
        spent = time.thread_time() - self.computing
        return spent * 2 > time.monotonic() - self.started

    def end(self, outcome: Outcome) -> None:
        """Put the job back to be tried again later, or leave it failed with its reason."""
        if outcome.passing and not self.ends_with(outcome):
            self._put_back(outcome.message, PASSING_DELAYS[self.job.postponed], postponed=self.job.postponed + 1)
        else:
            self.fail(outcome.message, permanent=outcome.passing or not outcome.retry)

    def fail(self, reason: str, *, permanent: bool = False) -> None:
        """Count a failure: the job is tried again later, or stays failed with its reason."""
        failures = self.job.failures + 1
        if permanent or self.is_last_attempt:
            self.renew(state=JobState.FAILED, failures=failures, error=reason, finished_at=Now())
        else:
            self._put_back(reason, retry_delay(self.job.name, failures), failures=failures)

    def _put_back(self, reason: str, seconds: float, **counts: int) -> None:
        if not self._is_superseded():
            again = in_seconds(seconds)
            self.renew(state=JobState.DUE, run_at=again, dispatched_at=None, error=reason, **counts)

    def release(self) -> None:
        """Put a job that made progress back into the queue without counting a failure."""
        if not self._is_superseded():
            self.renew(state=JobState.DUE, run_at=Now(), dispatched_at=None, error="")

    def _is_superseded(self) -> bool:
        """Finish this job if the same work was enqueued again meanwhile; returns whether it was."""
        duplicate = duplicate_of(self.job)
        if duplicate is not None:
            self.finish({"asked_again_as": duplicate.pk})
        return duplicate is not None


class Heartbeat(threading.Thread):
    """Extends a lease at a third of its length until the work is over, on its own database connection."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(name=f"factcheck lease of job {lease.job.pk}", daemon=True)
        self.lease, self.over = lease, threading.Event()

    def run(self) -> None:
        while not self.over.wait(settings().LEASE_SECONDS / 3):
            if time.monotonic() - self.lease.renewed_at > LONGEST_STEP_SECONDS:
                return
            try:
                self.lease.extend()
            except LostLease:
                return
            except Exception:
                logger.warning("the lease of job %s could not be extended; trying again", self.lease.job.pk)
            finally:
                connections.close_all()  # those of this thread


def claim_job(queue: str) -> Lease | None:
    """Take the job of a queue whose turn it is. None when there is none."""
    while best := next_due(queue):
        taken = Job.objects.filter(pk=best.pk, attempt=best.attempt, state=JobState.DUE, run_at__lte=Now()).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=in_seconds(settings().LEASE_SECONDS),
            started_at=Now(),
            finished_at=None,
        )
        if taken:
            best.refresh_from_db()
            return Lease(best, best.attempt)
    return None


def reclaim_expired() -> int:
    """Make jobs with an expired lease due again; returns how many.

    Attempt numbers are never reused, even after a retry: they are the fence. One that lost too many workers is given
    up by whoever takes it next, who writes that on its record too.
    """
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=Now())
    return sum(_make_due(job, expired.filter(pk=job.pk)) for job in list(expired))


def _make_due(job: Job, row: QuerySet[Job]) -> int:
    try:
        with transaction.atomic():
            return row.update(state=JobState.DUE, failures=F("failures") + 1, run_at=Now(), dispatched_at=None)
    except IntegrityError:  # asked for again meanwhile: that job does the work
        duplicate = duplicate_of(job)
        return row.update(
            state=JobState.DONE,
            result={"asked_again_as": duplicate.pk if duplicate else None},
            error="",
            finished_at=Now(),
        )


def duplicate_of(job: Job) -> Job | None:
    """The due job for the same work, if there is another."""
    return Job.objects.filter(name=job.name, key=job.key, state=JobState.DUE).exclude(pk=job.pk).first()
