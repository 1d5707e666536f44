"""What a worker's hold on a job remembers: how far it got, how often it failed, and when its slice is over."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from factcheck.errors import GivesWay, LostLease, WorkersLost
from factcheck.jobs.leases import Heartbeat, Lease, claim_job
from factcheck.jobs.names import PASSING_DELAYS, JobName, most_lost_workers
from factcheck.jobs.outcomes import Outcome
from factcheck.jobs.queue import enqueue
from factcheck.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease() -> Lease:
    enqueue(JobName.SWEEP, "now", {})
    found = claim_job("work")
    found.job.failures, found.job.postponed = 2, 3
    found.job.save()
    return found


def counts(lease: Lease) -> tuple[int, int]:
    """Failures and waits, as the lease and as the row have them."""
    held = (lease.job.failures, lease.job.postponed)
    assert Job.objects.values_list("failures", "postponed").get(pk=lease.job.pk) == held
    return held


def test_who_gets_further_is_forgiven_what_failed_before_and_who_does_not_is_not(lease):
    assert not lease.progressed
    lease.renew(done=0)
    lease.extend()
    assert (lease.progressed, counts(lease)) == (False, (2, 3))
    with lease.effect(done=1):
        pass
    assert (lease.progressed, counts(lease)) == (True, (0, 0))


def test_a_job_with_which_too_many_workers_were_lost_is_refused_by_whoever_takes_it_next(lease):
    lease.job.failures = most_lost_workers(lease.job.name) - 1
    lease.refuse_lost_cause()
    lease.job.failures += 1
    with pytest.raises(WorkersLost):
        lease.refuse_lost_cause()


def test_a_slice_lasts_a_second_and_ends_where_another_job_waits(lease):
    lease.give_way()
    enqueue(JobName.SWEEP, "another", {})
    lease.give_way()
    lease.slice_began -= 1.1
    with pytest.raises(GivesWay):
        lease.give_way()


def test_where_no_job_waits_another_slice_begins(lease):
    lease.give_way()
    lease.slice_began -= 1.1
    lease.give_way()
    assert time.monotonic() - lease.slice_began < 1


def test_the_last_attempt_is_the_one_whose_failure_ends_the_job(lease, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "MAX_ATTEMPTS": 4}
    lease.job.failures = 2
    assert not lease.is_last_attempt
    lease.job.failures = 3
    assert lease.is_last_attempt
    settings.FACTCHECK = {**settings.FACTCHECK, "MAX_ATTEMPTS": 1}
    lease.job.failures = 0
    assert lease.is_last_attempt


@pytest.mark.parametrize(("computed", "most"), [(6, True), (4, False)])
def test_an_attempt_that_computed_more_than_half_of_its_time_did_not_wait_for_a_busy_machine(lease, computed, most):
    lease.started = time.monotonic() - 10
    lease.computing = time.thread_time() - computed
    assert lease.computed_most_of() is most


def test_what_is_waited_out_waits_longer_each_time_and_counts_no_failure(lease):
    lease.end(Outcome("the machine is busy", retry=True, passing=True))
    job = Job.objects.get()
    assert (job.state, job.postponed, job.failures) == ("due", 4, 2)
    assert abs((job.run_at - job.started_at).total_seconds() - PASSING_DELAYS[3]) < 20


def test_what_was_waited_out_as_often_as_it_may_be_stays_failed(lease):
    lease.job.postponed = len(PASSING_DELAYS) - 1
    passing = Outcome("the machine is busy", retry=True, passing=True)
    assert not lease.ends_with(passing)
    lease.job.postponed += 1
    assert lease.ends_with(passing)
    lease.end(passing)
    assert Job.objects.get().state == "failed"


@pytest.mark.parametrize(("result", "kept"), [(None, {}), ({"read": 3}, {"read": 3})])
def test_a_finished_job_keeps_what_came_of_it(lease, result, kept):
    lease.finish(result)
    job = Job.objects.get()
    assert (job.state, job.result, job.error) == ("done", kept, "")
    assert job.finished_at is not None


def test_a_job_that_is_given_back_is_due_at_once_and_one_that_was_asked_for_again_is_done(lease):
    lease.release()
    job = Job.objects.get()
    assert (job.state, job.failures) == ("due", 2)
    again = claim_job("work")
    newer = enqueue(JobName.SWEEP, "now", {})
    again.release()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"asked_again_as": newer.pk})


class Kept:
    """A lease that only counts how often it is extended; the third time another attempt has taken the job."""

    def __init__(self, silent_for: float) -> None:
        self.job, self.renewed_at, self.extended = Job(pk=1), time.monotonic() - silent_for, 0

    def extend(self) -> None:
        self.extended += 1
        if self.extended == 2:
            raise ZeroDivisionError
        if self.extended == 3:
            raise LostLease("taken")


@pytest.mark.parametrize(("silent_for", "times"), [(3590, 3), (3610, 0)])
def test_a_lease_is_extended_until_it_is_lost_and_not_for_a_step_that_hangs_for_an_hour(silent_for, times, monkeypatch):
    monkeypatch.setattr("factcheck.jobs.leases.settings", lambda: SimpleNamespace(LEASE_SECONDS=0.03))
    lease = Kept(silent_for)
    heartbeat = Heartbeat(lease)
    heartbeat.start()
    heartbeat.join(10)
    assert (heartbeat.is_alive(), lease.extended) == (False, times)
