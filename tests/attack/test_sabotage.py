"""Sabotage without undo: named as an author to be kept from deciding, and texts filed in a host's name before it does."""

from __future__ import annotations

import pytest

from factcheck.errors import Invalid, NotAllowed
from factcheck.models import Document, Event, Membership, Role
from factcheck.workflow.arrivals import Arrival, check_host_name
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.metadata import strike_author, update_metadata
from factcheck.workflow.verification import sign_off
from tests.api.conftest import Caller
from tests.stories import bring_to, do_jobs, file_text, person

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
HOST = {"source_app": "newsroom", "source_id": "7"}


def refused(action, *args, **kwargs) -> str:
    with pytest.raises((NotAllowed, Invalid)) as refusal:
        action(*args, **kwargs)
    return refusal.value.code


def test_a_chief_strikes_a_reviewer_who_was_named_to_keep_them_from_signing(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    claim = bring_to(story.claims.get(), "in_review", staff)
    update_metadata(story, by=staff.editor, authors=(staff.reviewer, staff.desk_chief))
    assert refused(sign_off, claim, by=staff.reviewer) == "four_eyes_author"
    strike_author(story, staff.reviewer, by=staff.desk_chief, note="she wrote none of it")
    sign_off(claim, by=staff.reviewer)
    event = Event.objects.of(story).get(action="strike_author")
    assert (event.actor, event.facts, event.note.text) == (
        staff.desk_chief,
        {"author": staff.reviewer.pk},
        "she wrote none of it",
    )
    assert not list(verify_history())


def test_nobody_strikes_their_own_name(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.desk_chief,))
    assert refused(strike_author, story, staff.desk_chief, by=staff.desk_chief, note="not me") == "own_name"
    strike_author(story, staff.desk_chief, by=staff.chief_editor, note="named by mistake")
    assert not story.authors.exists()


@pytest.mark.parametrize("role", ["editor", "checker", "reviewer", "auditor", "service", "outsider", "superuser"])
def test_striking_is_for_chiefs(staff, role):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.checker,))
    assert refused(strike_author, story, staff.checker, by=getattr(staff, role), note="no") == "role_missing"


def test_a_name_is_struck_for_a_reason_and_only_where_it_stands(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.checker,))
    assert refused(strike_author, story, staff.checker, by=staff.desk_chief, note=" ") == "reason_missing"
    assert refused(strike_author, story, staff.editor, by=staff.desk_chief, note="no") == "not_an_author"


def test_a_person_files_nothing_in_the_name_of_a_host_over_the_api(staff):
    body = {"desk": staff.desk.slug, "text": HOMES, **HOST}
    for role in ("editor", "desk_chief", "chief_editor"):
        answer = Caller(getattr(staff, role)).post("documents/", body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "service_only")
    assert not Document.objects.exists()
    assert Caller(staff.service).post("documents/", body).status_code == 202


def test_the_name_of_a_host_belongs_to_the_service_account_that_filed_first(staff):
    other = person(Role.SERVICE, staff.desk)
    ingest_document(HOMES.encode(), Arrival(pasted=True, **HOST), desk=staff.desk, by=staff.service)
    wanted = Arrival(source_app="newsroom", source_id="8")
    assert refused(check_host_name, staff.desk, wanted, by=other) == "source_app_taken"
    check_host_name(staff.desk, wanted, by=staff.service)
    check_host_name(staff.desk, Arrival(source_app="archive", source_id="8"), by=other)
    Membership.objects.filter(user=staff.service).delete()  # an account that was replaced
    check_host_name(staff.desk, wanted, by=other)


@pytest.mark.parametrize("action", ["revise", "fetch"])
def test_a_service_account_changes_no_words_of_another_ones_system(staff, action):
    other = person(Role.SERVICE, staff.desk)
    document, _ = ingest_document(HOMES.encode(), Arrival(pasted=True, **HOST), desk=staff.desk, by=staff.service)
    do_jobs(document)
    body = {"text": HOMES.replace("40", "60")} if action == "revise" else {}
    answer = Caller(other).post(f"documents/{document.pk}/{action}/", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "source_app_taken")
    assert Caller(staff.service).post(f"documents/{document.pk}/revise/", {"text": "New words."}).status_code == 202
    Membership.objects.filter(user=staff.service).delete()  # an account that was replaced
    assert Caller(other).post(f"documents/{document.pk}/revise/", {"text": "Newer words."}).status_code == 202


def test_what_a_person_had_filed_in_its_name_is_handed_over(staff):
    squatted, _ = ingest_document(HOMES.encode(), Arrival(pasted=True, **HOST), desk=staff.desk, by=staff.editor)
    do_jobs(squatted)
    document, _ = ingest_document(
        b"The host's own text.", Arrival(pasted=True, **HOST), desk=staff.desk, by=staff.service
    )
    do_jobs(document)
    document.refresh_from_db()
    assert (document.pk, document.created_by, document.current_revision.text) == (
        squatted.pk,
        staff.service,
        "The host's own text.",
    )
    assert Event.objects.of(document).get(action="hand_over").facts == {"from": staff.editor.pk}
    assert not list(verify_history())
