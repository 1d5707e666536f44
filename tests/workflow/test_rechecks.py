"""The gate is watched: when its answer changes it is noted once, told once, and never by the way of the action itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factcheck import signals
from factcheck.actors import Machine
from factcheck.errors import NotAllowed
from factcheck.jobs.leases import claim_job
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
from factcheck.models import Document, Event, Job, Waiver
from factcheck.tasks import run_job, work
from factcheck.workflow.claims import accept_claim, dismiss_figure
from factcheck.workflow.clearance import clearance, note_clearance
from factcheck.workflow.crosschecks import request_crosscheck
from factcheck.workflow.desks import set_policy
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.documents import withdraw_document
from factcheck.workflow.jobs import delete_old_housekeeping_jobs
from factcheck.workflow.publications import publish_document, waive_document
from factcheck.workflow.rechecks import recheck_documents
from factcheck.workflow.verification import challenge_claim, waive_claim
from tests.factories import NOON, DeskFactory, DocumentFactory, TopicFactory
from tests.stories import Staff, bring_to, clear_document, committed, file_text, in_hours, revise_text, settle

pytestmark = pytest.mark.django_db
STORY = "The council of Torvik said 40 homes were flooded on Monday."
OTHER = "The fire brigade of Torvik said 60 homes were flooded on Monday."
RECHECK = Machine("recheck_clearance")


@pytest.fixture
def heard():
    """The signals of the gate, in the order in which they were sent."""
    found = []

    def cleared(sender, document, clearance, **_):
        found.append(("cleared", document.pk, clearance.clear))

    def uncleared(sender, document, clearance, **_):
        found.append(("uncleared", document.pk, clearance.clear))

    signals.document_cleared.connect(cleared)
    signals.document_uncleared.connect(uncleared)
    yield found
    signals.document_cleared.disconnect(cleared)
    signals.document_uncleared.disconnect(uncleared)


@pytest.fixture
def story(staff: Staff) -> Document:
    """A story that was read, and of which the gate has said no."""
    with committed():
        document = file_text(STORY, desk=staff.desk, by=staff.editor)
    return settle(document)


def sweep() -> None:
    """The hourly sweep; what it asks for is due by the database's clock, which no test can move."""
    enqueue(JobName.SWEEP, "now", {})
    Job.objects.filter(state="due").update(run_at=NOON)
    with committed():
        work()
    Job.objects.filter(state="due").update(run_at=NOON)


def actions(document: Document) -> list[str]:
    return [row.action for row in Event.objects.of(document) if row.action in ("cleared", "uncleared")]


def checked(document: Document, staff: Staff) -> Document:
    with committed():
        clear_document(document, staff)
    return settle(document)


def test_the_first_no_of_the_gate_is_no_news(story, heard):
    assert (story.clear, actions(story), heard) == (False, [], [])


def test_a_story_that_is_checked_becomes_clear_and_is_told_of_once(story, staff, heard):
    checked(story, staff)
    assert (story.clear, actions(story)) == (True, ["cleared"])
    assert heard == [("cleared", story.pk, True)]
    assert settle(story).clear is True
    assert actions(story) == ["cleared"]


def test_a_challenge_makes_it_unclear_again(story, staff, heard):
    checked(story, staff)
    with committed():
        challenge_claim(story.claims.get(), by=staff.checker, note="the council corrected itself")
    settle(story)
    assert (story.clear, actions(story)) == (False, ["cleared", "uncleared"])
    assert [row[0] for row in heard] == ["cleared", "uncleared"]


def test_a_new_text_makes_it_unclear_when_it_has_been_read_and_not_before(story, staff, heard):
    checked(story, staff)
    with committed():
        revise_text(story, STORY.replace("40", "45"), by=staff.editor)
    settle(story)
    assert (story.clear, [row[0] for row in heard]) == (False, ["cleared", "uncleared"])


def test_while_only_a_job_stands_in_the_way_there_is_no_answer(story, staff, heard):
    checked(story, staff)
    with committed():
        request_crosscheck("document", document=story, by=staff.editor)
        assert note_clearance(story.pk, by=RECHECK) is None
    settle(story)
    assert (story.clear, actions(story)) == (True, ["cleared"])


def test_another_text_that_conflicts_makes_it_unclear_and_a_resolution_clear(staff, heard):
    topic = TopicFactory(title="Flood")
    first = file_text(STORY, desk=staff.desk, by=staff.editor, topic=topic, title="First")
    checked(first, staff)
    with committed():
        file_text(OTHER, desk=staff.desk, by=staff.editor, topic=topic)
    settle(first)
    assert (first.clear, actions(first)) == (False, ["cleared", "uncleared"])
    with committed():
        resolve_dispute(first.figures.get().discrepancies.get(), "explained", by=staff.editor, note="two counts")
    settle(first)
    assert (first.clear, actions(first)) == (True, ["cleared", "uncleared", "cleared"])


def test_a_conflict_that_goes_away_makes_the_other_text_clear(staff, heard):
    topic = TopicFactory(title="Flood")
    first, second = (
        file_text(words, desk=staff.desk, by=staff.editor, topic=topic, title=title)
        for words, title in ((STORY, "First"), (OTHER, "Second"))
    )
    checked(first, staff)
    assert first.clear is not True
    with committed():
        withdraw_document(second, by=staff.editor, note="a hoax")
    assert settle(first).clear is True


def test_a_waiver_clears_and_the_sweep_sees_that_it_has_run_out(story, staff, heard, time_machine):
    with committed():
        waive_document(story, by=staff.desk_chief, note="breaking", expires_at=in_hours(2))
    assert settle(story).clear is True
    time_machine.move_to(timezone.now() + timedelta(hours=3))
    sweep()
    assert settle(story).clear is False
    assert actions(story) == ["cleared", "uncleared"]


def test_the_sweep_asks_for_a_published_text_too_when_a_waiver_of_a_claim_runs_out(story, staff, time_machine):
    claim = bring_to(story.claims.get(), "open", staff)
    with committed():
        waive_claim(claim, by=staff.desk_chief, note="breaking", expires_at=in_hours(2))
        for figure in story.figures.anchored().filter(state="found"):
            dismiss_figure(figure, by=staff.editor, note="background")
    settle(story)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    time_machine.move_to(timezone.now() + timedelta(hours=3))
    sweep()
    before = story.clear
    assert (before, settle(story).clear) == (True, False)
    assert Waiver.objects.get().expires_at < timezone.now()


def test_a_withdrawn_text_is_no_longer_clear(story, staff):
    checked(story, staff)
    with committed():
        withdraw_document(story, by=staff.editor, note="a hoax")
    assert settle(story).clear is False


# What it costs, and whom it hinders


def test_many_acts_in_one_transaction_ask_once(story, staff):
    before = Job.objects.filter(name="recheck_clearance").count()
    with committed(), transaction.atomic():
        claim = story.claims.get()
        accept_claim(claim, by=staff.editor)
        clear_document(story, staff)
    assert Job.objects.filter(name="recheck_clearance").count() == before + 1


def test_an_act_that_is_taken_back_asks_for_nothing(story, staff):
    before = Job.objects.filter(name="recheck_clearance").count()
    with committed(), pytest.raises(ZeroDivisionError), transaction.atomic():
        accept_claim(story.claims.get(), by=staff.editor)
        raise ZeroDivisionError
    assert Job.objects.filter(name="recheck_clearance").count() == before


def test_an_act_after_one_that_was_taken_back_still_asks(story, staff):
    before = Job.objects.filter(name="recheck_clearance").count()
    claim = story.claims.get()
    with committed(), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            accept_claim(claim, by=staff.editor)
            raise ZeroDivisionError
        claim.refresh_from_db()
        accept_claim(claim, by=staff.editor)
    assert Job.objects.filter(name="recheck_clearance").count() == before + 1


def test_the_act_itself_writes_no_job_and_waits_for_none(story, staff):
    with CaptureQueriesContext(connection) as seen:
        accept_claim(story.claims.get(), by=staff.editor)
    assert not [row for row in seen if "factcheck_job" in row["sql"]]


def test_a_long_text_asks_once_when_it_is_read(staff):
    lines = [f"The council of Torvik said {n + 300} homes were flooded in ward {n}." for n in range(20)]
    with committed():
        file_text("\n\n".join(lines), desk=staff.desk, by=staff.editor)
    assert Job.objects.filter(name="recheck_clearance").count() == 1


def test_a_policy_is_changed_at_once_and_a_worker_asks_for_the_documents_of_the_desk(story, staff):
    for number in range(3):
        file_text(f"{STORY} Part {number}.", desk=staff.desk, by=staff.editor)
    settle()
    Job.objects.filter(name="recheck_clearance").delete()
    with committed():
        set_policy(staff.desk, by=staff.desk_chief, threshold=0.1)
    job = Job.objects.get(name="recheck_clearance")
    assert (job.key, job.desk) == (f"desk:{staff.desk.pk}", staff.desk)
    with committed():
        run_job(claim_job("work"))
    job.refresh_from_db()
    assert job.result == {"asked": 4}
    assert Job.objects.filter(name="recheck_clearance", key__startswith="document:").count() == 4


def test_many_documents_are_asked_for_in_as_many_queries_as_few(story, staff):
    costs = []
    for count in (2, 40):
        rows = [DocumentFactory(desk=staff.desk, state="in_check") for _ in range(count)]
        with CaptureQueriesContext(connection) as seen, committed(), transaction.atomic():
            for row in rows:
                recheck_documents([row.pk])
        costs.append(len([row for row in seen if "factcheck_" in row["sql"]]))
        assert Job.objects.filter(key__in=[f"document:{row.pk}" for row in rows]).count() == count
    assert costs[0] == costs[1] <= 4


def test_an_effect_on_the_whole_archive_is_a_job_for_each_desk_and_none_for_each_document(story, staff, monkeypatch):
    monkeypatch.setattr("factcheck.jobs.leases.SLICE_SECONDS", 0)
    before = set(Job.objects.values_list("pk", flat=True))
    rows = [DocumentFactory(desk=staff.desk, state="in_check") for _ in range(60)]
    other = DeskFactory()
    rows += [DocumentFactory(desk=other, state="in_check") for _ in range(3)]
    with committed(), transaction.atomic():
        recheck_documents(row.pk for row in rows)
    jobs = Job.objects.exclude(pk__in=before)
    assert jobs.count() == 2
    job = jobs.get(desk=staff.desk)
    waiting = Job.objects.create(name="sweep", key="now", run_at=job.run_at, priority=job.priority)
    while waiting.state != "done":
        run_job(claim_job("work"))
        waiting.refresh_from_db(), job.refresh_from_db()
    assert job.done < 60, "it did not wait for sixty documents"
    work()
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("done", 60, {"documents": 60})


def test_a_document_asked_for_again_waits_in_its_place_and_is_not_asked_for_twice(story, staff):
    for _ in range(2):
        with committed(), transaction.atomic():
            recheck_documents([story.pk])
    assert Job.objects.filter(name="recheck_clearance", key=f"document:{story.pk}", state="due").count() == 1


def test_the_hint_of_one_transaction_is_not_given_in_the_next(story, staff):
    other = DocumentFactory(desk=staff.desk, state="in_check")
    Job.objects.filter(name="recheck_clearance").delete()
    for row in (story, other):
        with committed(), transaction.atomic():
            recheck_documents([row.pk])
    wanted = {f"document:{row.pk}" for row in (story, other)}
    assert set(Job.objects.filter(name="recheck_clearance").values_list("key", flat=True)) == wanted


def test_only_the_machine_notes_an_answer(story, staff):
    with pytest.raises(NotAllowed):
        note_clearance(story.pk, by=staff.chief_editor)


def test_of_two_workers_one_notes_the_change(story, staff, heard):
    clear_document(story, staff)
    with committed():
        assert [note_clearance(story.pk, by=RECHECK) for _ in range(2)] == [True, None]
    assert len(heard) == 1
    assert clearance(story).clear


def test_small_work_is_left_out_of_lists_unless_it_failed_and_is_forgotten_after_a_day(story, staff):
    rows = Job.objects.filter(name="recheck_clearance")
    assert rows.exists()
    assert not rows.user_visible().exists()
    failed = rows.first()
    Job.objects.filter(pk=failed.pk).update(state="failed")
    assert list(rows.user_visible()) == [failed]
    checked(story, staff)
    assert delete_old_housekeeping_jobs() == 0
    Job.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert delete_old_housekeeping_jobs() > 0
    assert list(Job.objects.filter(name="recheck_clearance")) == [failed]
    Job.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert delete_old_housekeeping_jobs() == 1, "a failed one after a week"
    assert Job.objects.filter(name="read_document").exists()


def test_a_worker_does_it_all_by_itself(staff):
    with committed():
        story = file_text(STORY, desk=staff.desk, by=staff.editor)
    assert story.clear is None
    work()
    story.refresh_from_db()
    assert story.clear is False


def test_two_desks_that_ask_for_one_topic_get_a_job_each_and_the_gate_waits_for_both(story, staff):
    topic, other = TopicFactory(), Staff()
    Document.objects.filter(pk=story.pk).update(topic=topic)
    story.refresh_from_db()
    jobs = [request_crosscheck("topic", topic=topic, desk=who.desk, by=who.editor) for who in (staff, other, other)]
    assert [job.desk for job in jobs] == [staff.desk, other.desk, other.desk]
    assert jobs[1] == jobs[2] != jobs[0]
    assert "crosscheck_pending" in [row.code for row in clearance(story).blockers]
