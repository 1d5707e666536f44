"""The dispatcher publishes messages for due rows, counted on the in-memory transport."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from factcheck.jobs.dispatcher import (
    MAX_MESSAGES,
    dispatch,
    join_threads,
    run_unclaimed,
    start_dispatcher,
    start_fallback,
    stop_dispatcher,
    threads,
)
from factcheck.jobs.leases import claim_job
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
from factcheck.jobs.stopping import note_stopping
from factcheck.models import Job
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def messages():
    """How many messages have come in since the last look; each says which queue to look at."""
    with current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue(current_app.conf.task_default_queue)
        queue.clear()

        def read() -> list[str]:
            found = []
            while queue.qsize():
                message = queue.get(block=False)
                assert message.headers["task"] == "factcheck.work"
                found.append(message.payload[0][0])
                message.ack()
            return found

        yield read
        queue.clear()
        queue.close()


def due(key: str) -> Job:
    return enqueue(JobName.SWEEP, key, {})


def test_it_rings_once_for_each_row_that_is_due(messages):
    due("one"), due("two")
    assert dispatch() == 2
    assert messages() == ["work", "work"]
    assert dispatch() == 0
    assert messages() == []


def test_it_rings_again_after_half_a_minute_for_what_nobody_took(messages):
    job = due("one")
    dispatch(), messages()
    for seconds, expected in [(25, []), (35, ["work"])]:
        Job.objects.filter(pk=job.pk).update(dispatched_at=timezone.now() - timedelta(seconds=seconds))
        dispatch()
        assert messages() == expected


def test_it_does_not_ring_for_work_of_the_future(messages):
    job = due("one")
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now() + timedelta(seconds=30))
    assert (dispatch(), messages()) == (0, [])


@pytest.mark.parametrize("state", ["done", "failed"])
def test_it_does_not_ring_for_what_is_over(state, messages):
    JobFactory(state=state)
    assert (dispatch(), messages()) == (0, [])


def test_it_does_not_ring_for_what_a_worker_holds(messages):
    due("one")
    assert claim_job("work")
    assert (dispatch(), messages()) == (0, [])


def test_it_gives_back_what_a_silent_worker_held_and_rings_for_it(messages):
    due("one")
    lease = claim_job("work")
    Job.objects.filter(pk=lease.job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert (dispatch(), messages()) == (1, ["work"])
    assert claim_job("work").attempt == lease.attempt + 1


def test_a_long_queue_is_rung_for_a_few_at_a_time_until_all_have_their_ring(messages):
    for number in range(MAX_MESSAGES + 3):
        due(str(number))
    assert [dispatch(), dispatch(), dispatch()] == [MAX_MESSAGES, 3, 0]
    assert len(messages()) == MAX_MESSAGES + 3


def test_a_message_names_a_queue_and_nothing_of_the_work(messages):
    enqueue(JobName.READ_DOCUMENT, "document:1:1", {"document": 1, "snapshot": 1, "pasted": True, "by": None})
    dispatch()
    assert messages() == ["work"]


def test_what_nobody_came_for_is_done_without_a_message_after_some_seconds(messages):
    job = due("one")
    dispatch()
    assert run_unclaimed() == 0, "Celery has its time to come"
    Job.objects.filter(pk=job.pk).update(dispatched_at=timezone.now() - timedelta(seconds=10))
    assert run_unclaimed() == 1
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.parametrize("ahead", [True, False])
def test_the_timer_leaves_alone_what_is_not_due_and_what_was_not_rung_for(ahead):
    job, long_ago = due("one"), timezone.now() - timedelta(seconds=90)
    wait = (
        {"run_at": timezone.now() + timedelta(seconds=90), "dispatched_at": long_ago} if ahead else {"run_at": long_ago}
    )
    Job.objects.filter(pk=job.pk).update(**wait)
    assert run_unclaimed() == 0


def test_a_process_has_one_relay_and_it_stops_when_told():
    start_dispatcher()
    start_dispatcher()
    try:
        assert [thread.name for thread in threads] == ["factcheck dispatcher", "factcheck checkpoints"]
        assert all(thread.daemon for thread in threads)
    finally:
        stop_dispatcher()
        note_stopping(False)  # this process goes on
        join_threads()
        alive = any(thread.is_alive() for thread in threads)
        threads.clear()
    assert not alive


def test_with_a_broker_that_is_no_folder_nothing_is_taken_without_a_message():
    start_fallback()
    assert threads == []
