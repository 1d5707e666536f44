"""Who is told what: the right people, once, as they chose, and nobody of what they did themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.models import Document, Event, Membership, Notification
from factcheck.workflow.clearance import note_clearance
from factcheck.workflow.history import erase_document
from factcheck.workflow.inbox import choose_notices, mark_all_read, mark_read, notice_choices
from factcheck.workflow.notices import remind_of_deadlines
from factcheck.workflow.publications import publish_document
from factcheck.workflow.verification import (
    assign_claim,
    challenge_claim,
    hand_in,
    reassign_task,
    reschedule_task,
    return_claim,
    take_up,
)
from tests.stories import Staff, bring_to, clear_document, file_text, in_hours, person, revise_text

pytestmark = pytest.mark.django_db
STORY = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(STORY, desk=staff.desk, by=staff.editor, title="Flood")


@pytest.fixture
def claim(story, staff):
    return bring_to(story.claims.get(), "open", staff)


def notified(kind: str) -> set[str]:
    """The roles of whoever was told of such a thing."""
    rows = Notification.objects.filter(kind=kind)
    return {row.recipient.factcheck_memberships.first().role for row in rows}


def test_the_assignee_is_told_what_to_check_and_by_when(claim, staff):
    assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(3))
    row = Notification.objects.get()
    assert (row.recipient, row.kind, row.record, row.inbox, row.mail) == (
        staff.checker,
        "assigned",
        "verification_task",
        True,
        True,
    )
    assert "40 homes" in row.text
    assert "due" in row.text


def test_each_assignment_is_told_to_the_new_assignee(claim, staff):
    other = person("checker", staff.desk)
    task = assign_claim(claim, staff.checker, by=staff.editor)
    reassign_task(task, other, by=staff.editor)
    reassign_task(task, staff.checker, by=staff.editor)
    assert Notification.objects.filter(recipient=staff.checker).count() == 2
    assert Notification.objects.filter(recipient=other).count() == 1


def test_a_new_deadline_is_told_and_reminded_of_anew(claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(3))
    assert remind_of_deadlines() == 1
    reschedule_task(task, in_hours(2), by=staff.editor)
    assert Notification.objects.filter(kind="assigned", recipient=staff.checker).count() == 2
    assert "is due" in Notification.objects.filter(kind="assigned").first().text
    assert remind_of_deadlines() == 1
    assert Notification.objects.filter(kind="due_soon", recipient=staff.checker).count() == 2
    reschedule_task(task, None, by=staff.editor)
    assert remind_of_deadlines() == 0
    assert Event.objects.of(task).filter(action="reschedule").count() == 2


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_finished_work_gets_no_deadline(state, claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor)
    type(task).objects.filter(pk=task.pk).update(state=state)
    task.refresh_from_db()
    with pytest.raises(WrongState):
        reschedule_task(task, in_hours(5), by=staff.editor)


def test_a_deadline_lies_ahead_and_is_an_editor_s_to_set(claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor)
    with pytest.raises(Invalid, match="future"):
        reschedule_task(task, in_hours(-1), by=staff.editor)
    for other in (staff.checker, staff.reviewer, staff.outsider):
        with pytest.raises(NotAllowed):
            reschedule_task(task, in_hours(1), by=other)
    with pytest.raises(StaleRevision):
        reschedule_task(task, in_hours(1), by=staff.editor, version=task.version - 1)
    task.refresh_from_db()
    assert task.due_at is None


def test_nobody_is_told_of_what_they_did_themselves(claim, staff):
    assign_claim(claim, staff.editor, by=staff.editor)
    assert not Notification.objects.exists()


def test_a_returned_claim_is_told_to_who_submitted_and_who_worked_on_it(claim, staff):
    other = person("checker", staff.desk)
    task = assign_claim(claim, other, by=staff.editor)
    take_up(task, by=other)
    hand_in(task, by=other)
    claim.refresh_from_db()
    bring_to(claim, "in_review", staff)
    return_claim(claim, by=staff.reviewer, note="ring the council again")
    rows = Notification.objects.filter(kind="returned")
    assert {row.recipient for row in rows} == {staff.checker, other}


def test_a_sign_off_that_no_longer_holds_is_told_to_submitter_signer_and_chief(story, claim, staff):
    bring_to(claim, "signed_off", staff)
    revise_text(story, STORY.replace("40", "45"), by=staff.editor)
    assert notified("stale") == {"checker", "reviewer", "desk_chief"}
    assert "the words changed" in Notification.objects.filter(kind="stale").first().text


def test_who_challenges_a_sign_off_knows_it_already(claim, staff):
    bring_to(claim, "signed_off", staff)
    challenge_claim(claim, by=staff.reviewer, note="the mayor denies it")
    assert notified("stale") == {"checker", "desk_chief"}


def test_authors_and_editors_are_told_that_a_text_became_clear(story, staff):
    author = person("checker", staff.desk)
    story.authors.add(author, staff.outsider)
    clear_document(story, staff)
    note_clearance(story.pk, by=Machine("recheck_clearance"))
    rows = Notification.objects.filter(kind="cleared")
    assert {row.recipient for row in rows} == {author, staff.editor}, "an author who may not see the desk is not told"
    assert rows[0].text == "“Flood” is clear for publication."


def test_the_chiefs_are_told_when_a_text_goes_out_uncleared(story, staff):
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    assert notified("published_uncleared") == {"desk_chief", "chief_editor"}


def test_a_text_that_goes_out_cleared_is_no_news_to_the_chiefs(story, staff):
    publish_document(clear_document(story, staff), by=staff.editor)
    assert notified("published_uncleared") == set()


def test_work_that_is_due_soon_and_work_that_is_overdue_is_told_of_once(claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(3))
    assert [remind_of_deadlines(), remind_of_deadlines()] == [1, 0]
    assert notified("due_soon") == {"checker"}
    later = timezone.now() + timedelta(hours=4)
    assert [remind_of_deadlines(later), remind_of_deadlines(later)] == [1, 0]
    assert notified("overdue") == {"checker", "desk_chief"}
    type(task).objects.filter(pk=task.pk).update(due_at=later + timedelta(hours=2))
    assert remind_of_deadlines(later) == 1, "a new deadline is a new occasion"


@pytest.mark.parametrize(("hours", "kind"), [(3, "due_soon"), (-1, "overdue")])
def test_who_takes_over_work_is_told_of_its_deadline_too(hours, kind, claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(hours))
    assert [remind_of_deadlines(), remind_of_deadlines()] == [1, 0]
    reassign_task(task, staff.reviewer, by=staff.editor)
    assert [remind_of_deadlines(), remind_of_deadlines()] == [1, 0]
    assert {"checker", "reviewer"} <= notified(kind)
    assert Notification.objects.filter(kind=kind, recipient=staff.desk_chief).count() == (kind == "overdue")


def test_work_that_nobody_can_be_told_of_is_not_gone_through_each_minute(claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(3))
    choose_notices("due_soon", by=staff.checker, inbox=False, mail=False)
    assert [remind_of_deadlines(), remind_of_deadlines()] == [1, 0]
    type(task).objects.update(due_at=in_hours(-1))
    Membership.objects.all().delete()
    assert [remind_of_deadlines(), remind_of_deadlines()] == [1, 0]
    assert notified("due_soon") == notified("overdue") == set()


def test_many_deadlines_cost_as_many_queries_as_one_and_some_wait_for_the_next_minute(claim, staff, monkeypatch):
    costs = []
    for count in (1, 3):
        for _ in range(count):
            assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(-1))
        with CaptureQueriesContext(connection) as asked:
            assert remind_of_deadlines() == count
        costs.append(len(asked))
    assert costs[0] == costs[1]
    for _ in range(3):
        assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(-1))
    monkeypatch.setattr("factcheck.workflow.notices.MOST_REMINDED", 2)
    assert [remind_of_deadlines() for _ in range(3)] == [2, 1, 0]


def test_work_that_is_done_or_due_much_later_is_not_told_of(claim, staff):
    task = assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(2))
    assign_claim(claim, staff.checker, by=staff.editor, due_at=in_hours(20))
    take_up(task, by=staff.checker)
    hand_in(task, by=staff.checker)
    assert remind_of_deadlines() == 0


@pytest.mark.parametrize(
    ("inbox", "mail", "expected"),
    [(True, False, [(True, False)]), (False, True, [(False, True)]), (False, False, [])],
)
def test_a_person_is_told_as_they_chose(inbox, mail, expected, claim, staff):
    choose_notices("assigned", by=staff.checker, inbox=inbox, mail=mail)
    assign_claim(claim, staff.checker, by=staff.editor)
    assert list(Notification.objects.values_list("inbox", "mail")) == expected


def test_a_choice_changes_what_is_named_and_every_kind_has_one(staff):
    choose_notices("stale", by=staff.checker, mail=False)
    choose_notices("stale", by=staff.checker, inbox=True)
    rows = {row.kind: (row.inbox, row.mail) for row in notice_choices(staff.checker)}
    assert rows["stale"] == (True, False)
    assert rows["assigned"] == (True, True)
    assert len(rows) == 9
    with pytest.raises(Invalid):
        choose_notices("gossip", by=staff.checker, mail=False)


def test_notices_are_read_by_their_recipient_only(claim, staff):
    assign_claim(claim, staff.checker, by=staff.editor)
    row = Notification.objects.get()
    with pytest.raises(NotAllowed):
        mark_read(row, by=staff.chief_editor)
    mark_read(row, by=staff.checker)
    assert row.read_at
    assert not Notification.objects.unread().exists()


def test_all_of_one_s_notices_are_read_at_once_and_nobody_else_s(claim, staff):
    assign_claim(claim, staff.checker, by=staff.editor)
    assign_claim(claim, staff.reviewer, by=staff.editor)
    assert mark_all_read(by=staff.checker) == 1
    assert Notification.objects.unread().get().recipient == staff.reviewer


def test_who_left_the_desk_sees_none_of_its_notices_any_more(claim, staff):
    assign_claim(claim, staff.checker, by=staff.editor)
    assert Notification.objects.visible_to(staff.checker).exists()
    Membership.objects.filter(user=staff.checker).delete()
    assert not Notification.objects.visible_to(staff.checker).exists()


def test_an_act_that_is_refused_tells_nobody(claim, staff):
    with pytest.raises(NotAllowed):
        assign_claim(claim, staff.reviewer, by=staff.checker)
    assert not Notification.objects.exists()


def test_an_erased_text_is_erased_in_the_notices_too(story, claim, staff):
    assign_claim(claim, staff.checker, by=staff.editor)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    erase_document(story, by=staff.desk_chief, note="order of a court")
    assert not [row for row in Notification.objects.all() if "40" in row.text or "Flood" in row.text]
