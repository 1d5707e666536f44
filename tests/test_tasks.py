"""Background work: asked for once, done by one, retried, given up with a reason, and never half-written."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factcheck.conf import settings
from factcheck.errors import LostLease, NotAllowed, WrongState
from factcheck.intake.addresses import FetchRefused
from factcheck.intake.extracts import Unreadable
from factcheck.jobs.leases import claim_job, reclaim_expired
from factcheck.jobs.names import PASSING_DELAYS, JobName, max_attempts, most_lost_workers
from factcheck.jobs.queue import enqueue, enqueue_crosscheck
from factcheck.jobs.stopping import is_stopping, note_stopping
from factcheck.models import (
    Anchor,
    Claim,
    Discrepancy,
    Document,
    Evidence,
    Figure,
    Job,
    Measure,
    Revision,
    TopicMatching,
)
from factcheck.tasks import run_job, tick, work
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.clearance import crosscheck_blockers
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.evidence import attach_evidence, record_evidence
from factcheck.workflow.jobs import cancel_job, retry_job
from tests.factories import DeskFactory, DocumentFactory, FigureFactory, MeasureFactory, TopicFactory
from tests.live import LANES, Site, wait_until
from tests.marks import thorough
from tests.stories import TUESDAY, Staff, bring_to, file_text

pytestmark = pytest.mark.django_db


def sweep(key: str = "now", **values) -> Job:
    return enqueue(JobName.SWEEP, key, {}, **values)


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


# Asking


def test_asking_twice_for_the_same_work_adds_no_second_row():
    assert sweep() == sweep()
    assert sweep("later") != sweep()
    assert Job.objects.count() == 2


def test_work_asked_for_while_it_is_being_done_is_done_again_afterwards():
    first = sweep()
    lease = claim_job("work")
    second = sweep()
    assert second != first
    lease.finish()
    assert work() == 1
    assert (state(first), state(second)) == ("done", "done")


def test_what_is_asked_for_now_is_due_now():
    for number in range(50):
        job = sweep(str(number))
        assert claim_job("work").job == job


def test_work_asked_for_in_a_transaction_that_fails_was_never_asked_for():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sweep()
        raise ZeroDivisionError
    assert not Job.objects.exists()


# Claiming


def test_the_most_urgent_work_is_taken_first_and_then_the_oldest():
    late, urgent, old = sweep("late", priority=9), sweep("urgent", priority=0), sweep("old", priority=5)
    new = sweep("new", priority=5)
    Job.objects.filter(pk=old.pk).update(run_at=timezone.now() - timedelta(hours=1))
    assert [claim_job("work").job for _ in range(4)] == [urgent, old, new, late]
    assert claim_job("work") is None


def test_a_worker_takes_from_its_own_queue_and_nothing_of_the_future():
    job = sweep()
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now() + timedelta(minutes=1))
    assert claim_job("work") is None
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now() - timedelta(minutes=1))
    assert claim_job("another queue") is None
    assert claim_job("work").job == job


def test_two_workers_who_look_at_the_same_moment_never_take_the_same_row():
    one, two = sweep("one"), sweep("two")
    others = []

    def between(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not others and sql.startswith("SELECT") and "factcheck_job" in sql:
            others.append(None)
            others[0] = claim_job("work")  # another worker is faster, after we looked and before we took
        return found

    with connection.execute_wrapper(between):
        mine = claim_job("work")
    assert {others[0].job, mine.job} == {one, two}
    assert others[0].job == one


def test_desks_take_turns_within_a_priority():
    one, other = DeskFactory(), DeskFactory()
    many = [sweep(f"one {number}", desk=one) for number in range(200)]
    few = [sweep(f"other {number}", desk=other) for number in range(2)]
    of_none = sweep("of no desk")
    urgent = sweep("urgent", desk=one, priority=0)
    taken = [claim_job("work").job for _ in range(8)]
    assert taken[0] == urgent
    assert set(taken[1:4]) == {many[0], few[0], of_none}
    assert set(taken[4:6]) == {many[1], few[1]}
    assert taken[6:] == many[2:4]


def test_whose_turn_it_is_is_found_by_as_many_queries_for_three_desks_as_for_one(django_assert_num_queries):
    desks = [DeskFactory() for _ in range(3)]
    sweep("one", desk=desks[0])
    with CaptureQueriesContext(connection) as asked:
        assert claim_job("work")
    for number, desk in enumerate(desks):
        sweep(f"next {number}", desk=desk), sweep(f"last {number}", desk=desk)
    with django_assert_num_queries(len(asked)):
        assert claim_job("work")


# Holding


def expired(job: Job) -> None:
    """The worker that holds this job has not been heard of."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_who_lost_the_lease_writes_nothing_more():
    job = sweep()
    slow = claim_job("work")
    expired(job)
    assert reclaim_expired() == 1
    quick = claim_job("work")
    assert (quick.job, quick.attempt) == (job, slow.attempt + 1)
    for write in (slow.renew, slow.finish, lambda: slow.fail("too late"), lambda: slow.renew(done=7)):
        with pytest.raises(LostLease):
            write()
    job.refresh_from_db()
    assert (job.state, job.done, job.error) == ("running", 0, "")
    quick.finish({"by": "the quick one"})
    with pytest.raises(LostLease):
        slow.finish({"by": "the slow one"})
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"by": "the quick one"})


def test_a_reading_that_was_taken_over_leaves_no_second_text(staff: Staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, read=False)
    slow = claim_job("work")
    expired(slow.job)
    reclaim_expired()
    work()
    run_job(slow)
    story.refresh_from_db()
    assert (story.state, story.revisions.count(), story.claims.count(), story.figures.count()) == ("in_check", 1, 1, 1)
    assert state(slow.job) == "done"


def test_who_is_still_heard_of_keeps_the_job():
    sweep()
    lease = claim_job("work")
    lease.renew(done=1, total=2)
    assert reclaim_expired() == 0
    lease.job.refresh_from_db()
    assert (lease.job.done, lease.job.total) == (1, 2)
    assert lease.job.lease_until > timezone.now() + timedelta(seconds=settings().LEASE_SECONDS - 5)


def lose_workers(job: Job) -> None:
    """As many workers stop while they have this job as it may lose."""
    for _ in range(most_lost_workers(job.name)):
        assert claim_job("work").job == job
        expired(job)
        assert reclaim_expired() == 1


def test_a_job_that_kills_its_workers_is_given_up():
    job = sweep()
    lose_workers(job)
    assert work() == 1
    assert state(job) == "failed"
    assert job.error == "Given up: 5 workers stopped while working on it."


def test_a_reading_that_is_given_up_says_so_on_its_document_which_can_be_read_again(staff: Staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, read=False)
    job = Job.objects.get(name="read_document")
    lose_workers(job)
    work()
    story.refresh_from_db()
    assert (story.state, story.state_reason) == ("unreadable", "Given up: 5 workers stopped while working on it.")
    assert state(job) == "failed"
    retry_job(job, by=staff.editor)
    work()
    story.refresh_from_db()
    assert (story.state, story.claims.count()) == ("in_check", 1)


def test_a_capture_that_is_given_up_says_so_on_its_evidence(staff: Staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    work()
    evidence = record_evidence(
        bring_to(story.claims.get(), "open", staff), "web", by=staff.checker, url="http://news.example/page"
    )
    Job.objects.filter(name="recheck_clearance").delete()
    lose_workers(Job.objects.get(name="capture_evidence"))
    work()
    evidence.refresh_from_db()
    assert (evidence.state, "workers stopped" in evidence.error) == ("capture_failed", True)


def test_a_worker_that_was_told_to_stop_claims_nothing_new():
    job = sweep()
    note_stopping()
    try:
        assert (work(), state(job)) == (0, "due")
    finally:
        note_stopping(False)
    assert (work(), state(job)) == (1, "done")


def test_a_process_of_the_pool_hears_that_its_worker_was_told_to_stop():
    """The pool is forked, and the signal reaches the parent alone."""
    here, there = os.pipe()
    pid = os.fork()
    if not pid:
        until = time.monotonic() + 10
        while not is_stopping() and time.monotonic() < until:
            time.sleep(0.01)
        os.write(there, b"stops" if is_stopping() else b"works on")
        os._exit(0)
    try:
        note_stopping()
        assert os.read(here, 10) == b"stops"
    finally:
        note_stopping(False)
        os.waitpid(pid, 0)
        os.close(here), os.close(there)


def test_the_number_of_an_attempt_is_never_given_twice_also_after_a_retry(staff):
    job = sweep(desk=staff.desk)
    slow = claim_job("work")
    expired(job)
    reclaim_expired()
    claim_job("work").fail("no disk", permanent=True)
    job.refresh_from_db()
    retry_job(job, by=staff.editor)
    again = claim_job("work")
    assert again.attempt > slow.attempt
    with pytest.raises(LostLease):
        slow.renew()


# Failing


def broken(desk=None) -> Job:
    """A reading of a document that is not there."""
    return enqueue(JobName.READ_DOCUMENT, "document:0:0", {"document": 0, "snapshot": 0, "pasted": True}, desk=desk)


def test_a_failing_job_is_tried_again_later_and_then_stays_failed_with_its_reason():
    job = broken()
    for attempt in range(1, settings().MAX_ATTEMPTS + 1):
        assert work() == 1
        job.refresh_from_db()
        assert job.attempt == attempt
        assert "DoesNotExist" in job.error
        if attempt < settings().MAX_ATTEMPTS:
            assert (job.state, job.run_at > timezone.now(), job.dispatched_at) == ("due", True, None)
            Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    assert (job.state, work()) == ("failed", 0)


def test_a_failed_job_is_tried_again_by_an_editor_and_by_nobody_else(staff):
    job = broken(staff.desk)
    with pytest.raises(WrongState):
        retry_job(job, by=staff.editor)
    claim_job("work").fail("no disk", permanent=True)
    job.refresh_from_db()
    for user in (staff.checker, staff.superuser):
        with pytest.raises(NotAllowed):
            retry_job(job, by=user)
    retry_job(job, by=staff.editor)
    assert (job.state, job.failures, job.finished_at) == ("due", 0, None)


def test_one_failing_job_does_not_keep_the_others_from_being_done():
    bad, good = broken(), sweep()
    assert work() == 2
    assert (state(bad), state(good)) == ("due", "done")


PASSING = {
    "a busy machine": Unreadable("too_busy", "The machine was too busy to read the file. Please try again."),
    "a child that the system stopped": Unreadable("stopped", "Reading the file was stopped by the system."),
    "the limit by the clock": SoftTimeLimitExceeded(),
    "a database that went away": OperationalError("server closed the connection unexpectedly"),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_failure_that_passes_is_waited_out_and_never_counted_against_the_file(name, staff, monkeypatch):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, read=False)
    job = Job.objects.get(name="read_document")

    def meets_it(*_, **__):
        time.sleep(0.2)  # the machine does something else
        raise PASSING[name]

    with monkeypatch.context() as patch:
        patch.setattr("factcheck.tasks.extract_of", meets_it)
        # the real one gives the connection up, and with it the transaction that holds this test; the lanes wait for real
        patch.setattr("factcheck.tasks.wait_for_database", lambda seconds: None)
        for times in range(1, settings().MAX_ATTEMPTS + 3):
            assert work() == 1
            story.refresh_from_db()
            assert (state(job), story.state) == ("due", "arriving"), job.error
            assert (job.failures, job.postponed, bool(job.error)) == (0, times, True)
            assert job.run_at > timezone.now() + timedelta(seconds=PASSING_DELAYS[times - 1] - 3)
            Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    story.refresh_from_db()
    assert (state(job), story.state, job.postponed) == ("done", "in_check", 0)


def test_a_machine_that_stays_busy_for_hours_is_given_up_and_the_document_says_so(staff, monkeypatch):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, read=False)

    def busy(*_, **__):
        raise PASSING["a busy machine"]

    monkeypatch.setattr("factcheck.tasks.extract_of", busy)
    for _ in PASSING_DELAYS:
        work()
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    story.refresh_from_db()
    assert (story.state, "too busy" in story.state_reason) == ("unreadable", True)
    assert Job.objects.get(name="read_document").state == "failed"


def test_a_step_that_computes_until_its_time_is_up_counts_as_a_failure(staff, monkeypatch):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, read=False)

    def computes(*_, **__):
        until = time.thread_time() + 0.3
        while time.thread_time() < until:
            pass
        raise SoftTimeLimitExceeded

    monkeypatch.setattr("factcheck.tasks.extract_of", computes)
    monkeypatch.setattr("factcheck.jobs.leases.time.monotonic", lambda: 0.0)  # as on a machine that did nothing else
    for _ in range(settings().MAX_ATTEMPTS):
        run_job(claim_job("work"))
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    story.refresh_from_db()
    assert (story.state, "takes longer than the worker allows" in story.state_reason) == ("unreadable", True)


def test_a_page_that_a_busy_machine_could_not_read_is_captured_with_its_text_later(news_web, staff, monkeypatch):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    claim_ = bring_to(story.claims.get(), "open", staff)
    news_web.put("/page", "<p>The council said 40 homes were flooded.</p>")
    evidence = record_evidence(claim_, "web", by=staff.checker, url="http://news.example/page")

    def busy(*_, **__):
        raise PASSING["a busy machine"]

    with monkeypatch.context() as patch:
        patch.setattr("factcheck.tasks.read_in_child", busy)
        work()
    evidence.refresh_from_db()
    assert evidence.state == "requested"
    Job.objects.filter(state="due").update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    evidence.refresh_from_db()
    assert (evidence.state, "40 homes" in evidence.snapshot.text) == ("captured", True)


UNREADABLE = [
    ("bytes of no text", b"\x00\x01\x02\xff\xfe" * 100, {}),
    ("only blanks once decoded", b"\xef\xbb\xbf \n ", {}),
    ("no PDF behind the name", b"plain words", {"filename": "report.pdf", "media_type": "application/pdf"}),
    ("a broken PDF", b"%PDF-1.7\nnothing follows", {"filename": "report.pdf"}),
]


@pytest.mark.parametrize(("data", "values"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_what_cannot_be_read_is_a_failed_job_with_its_reason_and_nothing_half_written(data, values, staff):
    document, job = ingest_document(data, Arrival(**values), desk=staff.desk, by=staff.editor)
    assert work() == 1
    document.refresh_from_db()
    assert (document.state, state(job)) == ("unreadable", "failed")
    assert document.state_reason
    assert document.state_reason in job.error
    assert not any(model.objects.exists() for model in (Revision, Claim, Figure, Anchor))
    retry_job(job, by=staff.editor)
    assert work() == 1
    assert (state(job), document.revisions.count()) == ("failed", 0)


def test_an_article_is_read_marked_and_cross_checked_by_a_worker(staff):
    text = "The council of Torvik said 40 homes were flooded on Monday."
    values = Arrival(pasted=True, title="Flood", published_at=TUESDAY)
    document, job = ingest_document(text.encode(), values, desk=staff.desk, by=staff.editor)
    assert work() == 2
    document.refresh_from_db()
    assert (document.state, document.current_revision.text, document.claims.get().text) == ("in_check", text, text)
    assert state(job) == "done"
    assert (job.done, job.total, job.result) == (2, 2, {"claims": 1, "figures": 1, "voided": 0})
    assert document.crosschecks.get().finished_at


def test_an_article_of_two_thousand_figures_is_read_in_one_job(staff, django_assert_max_num_queries):
    lines = [
        f"In Torvik {n + 300} homes were flooded and {n + 200} horses drowned, the council said." for n in range(1000)
    ]
    arrival = Arrival(pasted=True, published_at=TUESDAY)
    document, job = ingest_document("\n".join(lines).encode(), arrival, desk=staff.desk, by=staff.editor)
    with django_assert_max_num_queries(600):
        run_job(claim_job("work"))
    document.refresh_from_db()
    assert (document.state, state(job)) == ("in_check", "done")
    assert document.figures.count() == 2000
    assert Anchor.objects.filter(figure__document=document).count() == document.figures.count()


def test_a_page_that_may_not_be_fetched_is_refused_with_its_reason(staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    claim_ = bring_to(story.claims.get(), "open", staff)
    for url in ("http://127.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "https://10.0.0.1/"):
        record_evidence(claim_, "web", by=staff.checker, url=url)
    work()
    assert {row.state for row in Evidence.objects.all()} == {"capture_failed"}
    assert all(row.error for row in Evidence.objects.all())
    assert {job.state for job in Job.objects.filter(name="capture_evidence")} == {"failed"}


def test_a_page_that_a_person_saw_to_meanwhile_ends_its_job_and_no_worker(staff, monkeypatch):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    claim_ = bring_to(story.claims.get(), "open", staff)
    evidence = record_evidence(claim_, "web", by=staff.checker, url="http://10.0.0.1/")

    def refused_after_a_person_attached_a_note(*_, **__):
        attach_evidence(
            Evidence.objects.get(pk=evidence.pk), by=staff.checker, text="Forty homes were flooded.", note="Seen."
        )
        raise FetchRefused("private_address", "That address is not on the public web.")

    monkeypatch.setattr("factcheck.tasks.fetch", refused_after_a_person_attached_a_note)
    work()
    evidence.refresh_from_db()
    job = Job.objects.get(name="capture_evidence")
    assert (evidence.state, job.state) == ("captured", "failed")
    assert "faster" in job.error or "not possible" in job.error


def test_a_page_of_a_server_that_is_busy_for_a_moment_is_captured_a_few_seconds_later(news_web, staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    claim_ = bring_to(story.claims.get(), "open", staff)
    news_web.put("/busy", "busy", status=503)
    evidence = record_evidence(claim_, "web", by=staff.checker, url="http://news.example/busy")
    work()
    job = Job.objects.get(name="capture_evidence")
    evidence.refresh_from_db()
    assert (evidence.state, job.state) == ("requested", "due")
    assert job.run_at < timezone.now() + timedelta(seconds=5), "a person waits"
    news_web.put("/busy", "<p>The council said 40 homes were flooded.</p>")
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    evidence.refresh_from_db()
    assert evidence.state == "captured"


def test_a_page_of_a_server_that_stays_busy_is_given_up_with_its_reason(news_web, staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    claim_ = bring_to(story.claims.get(), "open", staff)
    news_web.put("/busy", "busy", status=503)
    evidence = record_evidence(claim_, "web", by=staff.checker, url="http://news.example/busy")
    for _ in range(max_attempts("capture_evidence")):
        work()
        Job.objects.filter(state="due").update(run_at=timezone.now() - timedelta(seconds=1))
    evidence.refresh_from_db()
    assert (evidence.state, "503" in evidence.error) == ("capture_failed", True)
    assert Job.objects.get(name="capture_evidence").state == "failed"


# The clock


def at(clock: str) -> datetime:
    return datetime.fromisoformat(clock)


def test_the_sweep_is_asked_for_once_an_hour_also_when_the_full_minute_was_missed(time_machine):
    for clock, expected in [("10:07", 1), ("10:08", 1), ("11:03", 2), ("11:59", 2), ("12:00", 3), ("12:00", 3)]:
        time_machine.move_to(at(f"2026-03-10T{clock}:00Z"), tick=False)
        tick()
        Job.objects.update(state="done")
        assert Job.objects.filter(name="sweep").count() == expected, clock


def test_a_job_of_a_document_that_was_withdrawn_meanwhile_says_so(staff):
    from factcheck.workflow.documents import withdraw_document

    story = file_text("Rain fell in Torvik.", desk=staff.desk, by=staff.editor, read=False)
    withdraw_document(story, by=staff.editor, note="a hoax")
    work()
    job = Job.objects.get(name="read_document")
    assert (job.state, "withdrawn" in job.error, story.revisions.count()) == ("failed", True, 0)


def test_a_cross_check_of_nothing_is_done():
    document = DocumentFactory()
    job = enqueue(JobName.CROSSCHECK, "document:1", {"scope": "document", "document": document.pk})
    work()
    assert (state(job), Document.objects.count()) == ("done", 1)


# Work asked for again while it was being done


def test_silent_work_that_was_asked_for_again_is_left_to_the_newer_job_and_stops_nobody():
    first, other = sweep(), sweep("other")
    claim_job("work"), claim_job("work")
    second = sweep()
    expired(first), expired(other)
    reclaim_expired()
    first.refresh_from_db()
    assert (first.state, first.result) == ("done", {"asked_again_as": second.pk})
    assert (state(second), state(other)) == ("due", "due")


def test_failing_work_that_was_asked_for_again_is_left_to_the_newer_job():
    first = sweep()
    lease = claim_job("work")
    second = sweep()
    lease.fail("no disk")
    assert (state(first), state(second)) == ("done", "due")


def test_a_retry_of_work_that_waits_already_is_refused(staff):
    job = sweep(desk=staff.desk)
    claim_job("work").fail("no disk", permanent=True)
    sweep(desk=staff.desk)
    job.refresh_from_db()
    with pytest.raises(WrongState, match="asked for again"):
        retry_job(job, by=staff.editor)


def test_half_done_work_that_is_asked_for_again_begins_anew():
    job = sweep()
    Job.objects.filter(pk=job.pk).update(done=3, total=9)
    assert sweep() == job
    job.refresh_from_db()
    assert (job.done, job.total) == (0, 0)


# Slow work, and breaks of long work


@pytest.fixture
def five_conflicts(staff: Staff, monkeypatch) -> Job:
    """A cross-check of two texts that differ in five things, compared one by one; the job is due."""
    monkeypatch.setattr("factcheck.workflow.crosschecks.MEASURES_AT_ONCE", 1)
    topic = TopicFactory()
    things = ("goats", "tents", "trucks", "bridges", "lamps")
    for number in (100, 300):
        words = " ".join(f"Inspectors counted {number + at} {thing} in Vellmar." for at, thing in enumerate(things))
        file_text(
            words, desk=staff.desk, by=staff.editor, publisher_name=f"Paper {number}", topic=topic, published_at=TUESDAY
        )
    assert Discrepancy.objects.count() == 5
    Discrepancy.objects.all().delete()
    Measure.objects.update(compared="")
    TopicMatching.objects.update_or_create(
        topic=topic, defaults={"regrouped_at": timezone.now()}
    )  # so that at night no sweep asks for it beside this run
    return enqueue(JobName.CROSSCHECK, "everything:all", {"scope": "everything"}, desk=staff.desk)


def breaking(after: int):
    """The worker's time is up while the cross-check writes: the signal of Celery's soft limit, at that moment."""
    written = 0

    def execute(inner, sql, params, many, context):
        nonlocal written
        if sql.startswith("INSERT") and '"factcheck_discrepancy"' in sql:
            written += 1
            if written > after:
                raise SoftTimeLimitExceeded
        return inner(sql, params, many, context)

    return connection.execute_wrapper(execute)


def test_a_long_cross_check_that_is_broken_off_again_and_again_ends_as_done(five_conflicts):
    job, seen = five_conflicts, []
    for _ in range(4):
        with breaking(after=1):
            run_job(claim_job("work"))
        seen.append((state(job), job.failures, job.done))
    assert seen == [("due", 0, 1), ("due", 0, 2), ("due", 0, 3), ("due", 0, 4)]
    assert work() == 1
    assert (state(job), job.error, job.done, Discrepancy.objects.count()) == ("done", "", 5, 5)


@pytest.fixture
def short_slices(monkeypatch):
    monkeypatch.setattr("factcheck.jobs.leases.SLICE_SECONDS", 0)


def test_a_long_run_gives_way_between_two_steps_to_whoever_waits_and_ends_as_done(five_conflicts, short_slices):
    long, seen = five_conflicts, []
    for number in range(4):
        waiting = sweep(str(number))
        while state(waiting) != "done":
            run_job(claim_job("work"))
        seen.append((state(long), long.done, long.failures))
    assert seen == [("due", 0, 0), ("due", 1, 0), ("due", 2, 0), ("due", 3, 0)], "each waits for one step of it"
    work()
    assert (state(long), long.done, Discrepancy.objects.count()) == ("done", 5, 5)


def test_a_long_run_keeps_its_worker_where_nobody_waits_or_only_what_is_less_urgent(five_conflicts, short_slices):
    sweep("less urgent", priority=9)
    run_job(claim_job("work"))
    assert (state(five_conflicts), five_conflicts.attempt) == ("done", 1)


def test_a_stopping_worker_gives_a_long_run_back_and_the_next_goes_on_behind_its_last_step(five_conflicts):
    lease = claim_job("work")
    note_stopping()
    try:
        run_job(lease)
    finally:
        note_stopping(False)
    assert (state(five_conflicts), five_conflicts.failures) == ("due", 0)
    work()
    assert (state(five_conflicts), Discrepancy.objects.count()) == ("done", 5)


def test_a_long_run_that_is_cancelled_in_the_middle_writes_nothing_more_and_can_be_taken_up_again(
    five_conflicts, staff
):
    job = five_conflicts
    with breaking(after=2):
        run_job(claim_job("work"))
    lease = claim_job("work")
    job.refresh_from_db()
    cancel_job(job, by=staff.editor)
    run_job(lease)
    assert (state(job), Discrepancy.objects.count(), claim_job("work")) == ("cancelled", 2, None)
    retry_job(job, by=staff.editor)
    work()
    assert (state(job), Discrepancy.objects.count()) == ("done", 5)


def test_no_text_is_cleared_by_cancelling_what_compares_it(staff):
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    work()
    codes = lambda: {row.code for row in crosscheck_blockers(story)}  # noqa: E731
    assert codes() == set()
    for scope, target in [("document", story), ("measure", story.figures.get().measure)]:
        job = enqueue_crosscheck(scope, target, desk=staff.desk)
        assert codes() == {"crosscheck_pending"}
        cancel_job(job, by=staff.editor)
        assert codes() == {"crosscheck_failed"}, scope
        retry_job(job, by=staff.editor)
        work()
        assert codes() == set()


def test_a_step_that_never_fits_into_the_time_fails_with_its_reason_whatever_was_done_before(
    five_conflicts, monkeypatch
):
    monkeypatch.setattr("factcheck.jobs.leases.Lease.computed_most_of", lambda lease: True)  # whatever else runs here
    job = five_conflicts
    with breaking(after=2):
        run_job(claim_job("work"))
    assert (state(job), job.done) == ("due", 2)
    for _ in range(settings().MAX_ATTEMPTS):
        Job.objects.filter(pk=job.pk).update(run_at=timezone.now() - timedelta(seconds=1))
        with breaking(after=0):
            run_job(claim_job("work"))
    assert (state(job), job.done) == ("failed", 2)
    assert "takes longer than the worker allows" in job.error


def test_workers_that_are_stopped_between_the_steps_of_a_long_run_do_not_end_it():
    job = sweep()
    for done in range(1, settings().MAX_ATTEMPTS + 5):
        claim_job("work").renew(total=99, done=done)
        expired(job)
        assert reclaim_expired() == 1
    assert (state(job), job.done) == ("due", settings().MAX_ATTEMPTS + 4)


def test_a_long_cross_check_ends_though_measures_come_and_go_at_every_break(five_conflicts):
    job, compared = five_conflicts, 0
    for number in range(12):
        if state(job) == "done":
            break
        with breaking(after=1):
            run_job(claim_job("work"))
        FigureFactory(measure=MeasureFactory(topic=None, key=f"later {number}"))  # the number of measures is another
        compared += 1
    assert (state(job), compared <= 6) == ("done", True)
    assert Discrepancy.objects.count() == 5


def test_a_prolonging_that_came_late_takes_nothing_of_the_lease():
    job = sweep()
    lease = claim_job("work")
    ahead = timezone.now() + timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(lease_until=ahead)
    lease.extend()
    job.refresh_from_db()
    assert abs(job.lease_until - ahead) < timedelta(seconds=1)


def test_what_is_rolled_back_is_no_progress():
    job = sweep()
    lease = claim_job("work")
    with pytest.raises(ZeroDivisionError), lease.effect(total=9, done=1):
        raise ZeroDivisionError
    assert not lease.progressed
    assert (state(job), job.done) == ("running", 0)


SLOW = """
import time
from factcheck.intake.extracts import Extract

def read(data):
    time.sleep(9)
    return Extract(text=data.decode(), media_type="text/plain", plain=True)
"""


@thorough
@pytest.mark.parametrize("lane", LANES)
def test_work_that_is_slower_than_its_lease_stays_with_the_worker_that_does_it(lane, tmp_path, monkeypatch):
    (tmp_path / "slow_reader.py").write_text(SLOW)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Site(lane, tmp_path, LEASE_SECONDS=2, READERS={".slow": "slow_reader.read"}) as site:
        token = site.token("editor")
        site.manage("shell", "-v0", "-c", FILE_SLOW)
        job = {"state": ""}

        def ended() -> bool:
            job.update(site.call("GET", "jobs/?name=read_document", token=token)[1]["results"][0])
            return job["state"] in ("done", "failed")

        wait_until(ended, 60, f"the text was not read: {job}\n{site.logs()}")
        assert (job["state"], job["attempt"], job["failures"]) == ("done", 1, 0), site.logs()


FILE_SLOW = """
from factcheck.models import Desk
from django.contrib.auth import get_user_model
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
editor = get_user_model().objects.get(username="editor")
ingest_document(b"Forty goats.", Arrival(filename="a.slow"), desk=Desk.objects.get(slug="news-desk"), by=editor)
"""
