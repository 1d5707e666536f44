"""What a person accepted or dismissed by a slip is taken back within ten minutes, by them alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from factcheck.errors import NotAllowed, WrongState
from factcheck.models import Event
from factcheck.workflow.claims import accept_claim, dismiss_claim, dismiss_quiet_claims, take_back
from factcheck.workflow.verification import assign_claim
from tests.stories import file_text

TEXT = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."


@pytest.fixture
def claim(staff):
    return file_text(TEXT, desk=staff.desk, by=staff.editor).claims.get()


def test_an_acceptance_is_taken_back_and_the_claim_is_a_proposal_again(claim, staff):
    accept_claim(claim, by=staff.editor)
    take_back(claim, by=staff.editor)
    assert claim.state == "proposed"
    assert Event.objects.of(claim).last().action == "take_back"
    accept_claim(claim, by=staff.editor)
    assert claim.document.figures.get().state == "linked"


def test_a_dismissal_is_taken_back_with_its_figures(claim, staff):
    accept_claim(claim, by=staff.editor)
    dismiss_claim(claim, by=staff.editor, note="idle")
    assert claim.document.figures.get().state == "dismissed"
    take_back(claim, by=staff.editor)
    assert (claim.state, claim.document.figures.get().state) == ("open", "linked")


def test_nobody_takes_back_what_somebody_else_did(claim, staff):
    accept_claim(claim, by=staff.editor)
    with pytest.raises(NotAllowed, match="did it last"):
        take_back(claim, by=staff.desk_chief)


def test_after_ten_minutes_it_stands(claim, staff, monkeypatch):
    accept_claim(claim, by=staff.editor)
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("factcheck.workflow.claims.timezone.now", lambda: later)
    with pytest.raises(WrongState, match="ten minutes"):
        take_back(claim, by=staff.editor)


def test_what_others_already_work_on_stands(claim, staff):
    accept_claim(claim, by=staff.editor)
    assign_claim(claim, staff.checker, by=staff.editor)
    with pytest.raises(WrongState, match="rests on it"):
        take_back(claim, by=staff.editor)


def test_an_author_does_not_dismiss_the_quiet_proposals_of_their_own_text(claim, staff):
    claim.document.authors.add(staff.editor)
    with pytest.raises(NotAllowed, match="author"):
        dismiss_quiet_claims(claim.document, by=staff.editor, note="quiet")
