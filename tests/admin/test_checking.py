"""The checker's one page and the reviewer's stack: a claim is checked in one form, and the next one follows."""

import pytest
from django.urls import reverse

from factcheck.models import Evidence
from factcheck.workflow.claims import accept_claim
from factcheck.workflow.verification import assign_claim
from tests.admin.pages import html_of, page
from tests.stories import file_text, registered

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)
CALL = {"kind": "call", "note": "The duty officer read us the list.", "source_use": "primary", "stance": "supports"}


@pytest.fixture
def tasks(people, client):
    registered("Emergency Office of Larkmoor")
    story = file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")
    made = []
    for claim in story.claims.order_by("-checkworthiness", "pk"):
        accept_claim(claim, by=people.editor)
        made.append(assign_claim(claim, people.checker, by=people.editor))
    client.force_login(people.checker)
    return made


def check(task):
    return reverse("admin:factcheck_check", args=[task.pk])


def test_a_claim_is_checked_in_one_form_and_the_next_follows(client, tasks):
    assert client.get(reverse("admin:factcheck_check_next"))["Location"] == check(tasks[0])
    filled = CALL | {"source": "Emergency Office of Larkmoor", "verdict": "supported", "submit": "1"}
    response = client.post(check(tasks[0]), filled)
    assert response["Location"] == reverse("admin:factcheck_check_next")
    assert client.get(response["Location"])["Location"] == check(tasks[1])
    tasks[0].refresh_from_db()
    claim = tasks[0].claim
    claim.refresh_from_db()
    assert (tasks[0].state, claim.state, claim.verdicts.get().label) == ("done", "in_review", "supported")


def test_where_the_evidence_does_not_carry_the_verdict_nothing_is_kept_and_nothing_typed_is_lost(client, tasks):
    response = client.post(check(tasks[0]), CALL | {"source_use": "secondary", "verdict": "supported", "submit": "1"})
    assert response.status_code == 422
    content = html_of(response)
    assert "“Supported” needs 2 independent origins" in content
    assert "The duty officer read us the list." in content
    assert not Evidence.objects.exists()
    tasks[0].refresh_from_db()
    assert tasks[0].state == "assigned"


def test_evidence_is_added_without_leaving_the_page(client, tasks):
    filled = CALL | {"source": "Emergency Office of Larkmoor", "add": "1"}
    assert client.post(check(tasks[0]), filled)["Location"] == check(tasks[0])
    content = html_of(client.get(check(tasks[0])))
    assert "<b>1 piece, 1 origin</b>: Emergency Office of Larkmoor" in content


def test_nobody_hands_in_the_work_of_somebody_else(client, tasks, people):
    client.force_login(people.reviewer)
    assert client.post(check(tasks[0]), CALL | {"verdict": "supported", "submit": "1"}).status_code == 403
    assert not Evidence.objects.exists()
    client.force_login(people.outsider)
    assert client.get(check(tasks[0])).status_code == 403


def test_the_reviewer_goes_through_a_stack(client, tasks, people):
    filled = CALL | {"source": "Emergency Office of Larkmoor", "verdict": "supported", "submit": "1"}
    for task in tasks:
        client.post(check(task), filled)
    client.force_login(people.reviewer)
    first = client.get(reverse("admin:factcheck_review_next"))["Location"]
    content = html_of(client.get(first))
    assert "1 of 2 waiting" in content
    assert "Not assessed yet; a sign-off accepts it." in content
    claim = tasks[0].claim
    claim.refresh_from_db()
    data = {"version": claim.version, "next": reverse("admin:factcheck_review_next")}
    assert client.post(page(claim, "sign_off"), data)["Location"] == reverse("admin:factcheck_review_next")
    assert client.get(reverse("admin:factcheck_review_next"))["Location"] != first


def test_who_handed_in_is_not_offered_the_sign_off(client, tasks, people):
    filled = CALL | {"source": "Emergency Office of Larkmoor", "verdict": "supported", "submit": "1"}
    client.post(check(tasks[0]), filled)
    response = client.get(reverse("admin:factcheck_review", args=[tasks[0].claim_id]))
    assert "Sign off and next" not in response.content.decode()
    assert client.get(reverse("admin:factcheck_review_next"))["Location"] == reverse("admin:factcheck_dashboard")
