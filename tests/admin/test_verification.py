"""Verification tasks in the admin: the queue of a checker, and the page from which the work is done."""

import pytest
from django.urls import reverse

from factcheck.workflow.verification import assign_claim
from tests.admin.pages import page
from tests.stories import bring_to, file_text, give_evidence, in_hours, person

TEXT = (
    "The river rose overnight. The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)


@pytest.fixture
def claim(people):
    document = file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")
    return bring_to(document.claims.get(text__contains="1,200"), "open", people)


@pytest.fixture
def work(claim, people):
    return assign_claim(claim, people.checker, by=people.editor, due_at=in_hours(-1))


def do(client, user, work, action, **data):
    client.force_login(user)
    work.refresh_from_db()
    response = client.post(page(work, action), {"version": work.version, **data})
    work.refresh_from_db()
    return response


def queue(client, user, **query):
    client.force_login(user)
    response = client.get(reverse("admin:factcheck_verificationtask_changelist"), query)
    assert response.status_code == 200
    return response


def listed(response):
    return [row.pk for row in response.context["cl"].result_list]


def test_the_work_is_done_from_its_page(client, people, claim, work):
    assert do(client, people.checker, work, "take_up").status_code == 302
    claim.refresh_from_db()
    assert claim.state == "in_verification", "the first that is taken up starts the claim"
    content = client.get(page(work)).content.decode()
    assert '<mark>The ministry of Sarvenna said on Tuesday that <mark class="fc-figure">1,200' in content
    assert reverse("admin:factcheck_claim_change", args=[claim.pk]) in content
    assert reverse("admin:factcheck_claim_action", args=[claim.pk, "record_evidence"]) in content
    assert "overdue" in content
    assert do(client, people.checker, work, "hand_in").status_code == 302
    assert work.state == "done"
    assert "overdue" not in client.get(page(work)).content.decode()


def test_it_waits_for_somebody_and_goes_on(client, people, work):
    do(client, people.checker, work, "take_up")
    assert do(client, people.checker, work, "block", note="No answer.").status_code == 422
    assert do(client, people.checker, work, "block", waiting_for="author", note="No answer.").status_code == 302
    assert (work.state, work.waiting_for) == ("blocked", "author")
    assert "waits for the author" in queue(client, people.checker).content.decode()
    assert do(client, people.checker, work, "unblock").status_code == 302
    assert work.state == "in_progress"


@pytest.mark.parametrize(
    ("role", "action", "why"),
    [
        ("editor", "take_up", "This piece of work is assigned to someone else."),
        ("reviewer", "take_up", "This needs the role"),
        ("checker", "cancel", "This needs the role editor or desk chief"),
        ("checker", "reassign", "This needs the role editor or desk chief"),
        ("auditor", "cancel", "This needs the role editor or desk chief"),
    ],
)
def test_who_may_not_is_told_why(role, action, why, client, people, work):
    response = do(client, getattr(people, role), work, action, note="Mine.", assignee=people.checker.pk)
    assert response.status_code == 403
    assert why in response.content.decode()
    assert work.state == "assigned"


def test_it_is_given_to_somebody_else_of_the_desk(client, people, work):
    other = person("checker", people.desk)
    assert do(client, people.editor, work, "reassign", assignee=people.outsider.pk).status_code == 422
    assert do(client, people.editor, work, "reassign", assignee=other.pk).status_code == 302
    assert (work.assignee, work.state) == (other, "assigned")


def test_its_deadline_is_moved_by_an_editor_while_it_is_unfinished(client, people, work):
    assert do(client, people.checker, work, "reschedule", due_at="2999-01-01T10:00").status_code == 403
    assert do(client, people.editor, work, "reschedule", due_at="2001-01-01T10:00").status_code == 422
    assert reverse("admin:factcheck_verificationtask_action", args=[work.pk, "reschedule"]) in page_of(client, work)
    assert do(client, people.editor, work, "reschedule", due_at="2999-01-01T10:00").status_code == 302
    assert work.due_at.isoformat() == "2999-01-01T10:00:00+00:00"
    assert 'value="2999-01-01T10:00"' in client.get(page(work, "reschedule")).content.decode()
    assert do(client, people.editor, work, "reschedule", due_at="").status_code == 302
    assert work.due_at is None
    do(client, people.editor, work, "cancel", note="Not needed.")
    assert reverse("admin:factcheck_verificationtask_action", args=[work.pk, "reschedule"]) not in page_of(client, work)
    assert do(client, people.editor, work, "reschedule", due_at="2999-01-01T10:00").status_code == 409


def page_of(client, work):
    return client.get(page(work)).content.decode()


def test_it_is_cancelled_with_a_reason(client, people, work):
    assert do(client, people.editor, work, "cancel").status_code == 422
    assert do(client, people.editor, work, "cancel", note="Not needed.").status_code == 302
    assert work.state == "cancelled"


def test_finished_work_is_opened_again_while_the_claim_is_checked(client, people, claim, work):
    do(client, people.checker, work, "take_up")
    do(client, people.checker, work, "hand_in")
    assert do(client, people.checker, work, "reopen").status_code == 403
    assert do(client, people.reviewer, work, "reopen").status_code == 302
    assert work.state == "in_progress"
    do(client, people.checker, work, "hand_in")
    give_evidence(claim, by=people.checker, use="primary")
    bring_to(claim, "signed_off", people)
    assert page(work, "reopen") not in client.get(page(work)).content.decode()
    refused = do(client, people.reviewer, work, "reopen")
    assert refused.status_code == 409
    assert b"A claim that is signed off is not being worked on." in refused.content


def test_an_act_on_an_older_version_is_refused(client, people, work):
    content = work.version
    do(client, people.checker, work, "take_up")
    response = client.post(page(work, "hand_in"), {"version": content})
    assert response.status_code == 409
    work.refresh_from_db()
    assert work.state == "in_progress"


def test_the_queue_is_in_the_order_of_its_deadlines(client, people, claim, work):
    later = assign_claim(claim, people.checker, by=people.editor, due_at=in_hours(5))
    some_day = assign_claim(claim, people.checker, by=people.editor)
    assert listed(queue(client, people.checker)) == [work.pk, later.pk, some_day.pk]
    assert listed(queue(client, people.checker, work="overdue")) == [work.pk]
    assert listed(queue(client, people.editor, whose="mine")) == []
    assert len(listed(queue(client, people.checker, whose="mine"))) == 3


def test_the_queue_leaves_out_what_is_done(client, people, work):
    do(client, people.editor, work, "cancel", note="Not needed.")
    assert listed(queue(client, people.checker)) == []
    assert listed(queue(client, people.checker, work="finished")) == [work.pk]
    assert listed(queue(client, people.checker, work="all")) == [work.pk]
