"""Querysets of claims and checking work, as an editor would say them."""

from __future__ import annotations

import pytest

from factcheck.models import Claim, VerificationTask
from tests.factories import ClaimFactory, VerificationTaskFactory
from tests.stories import in_hours

pytestmark = pytest.mark.django_db


def test_a_claim_is_overdue_while_one_piece_of_its_work_is_late_whatever_else_is_done():
    claim = ClaimFactory(state="in_verification")
    VerificationTaskFactory(claim=claim, state="done", due_at=in_hours(-5))
    assert not Claim.objects.overdue(in_hours(0)).exists()
    late = VerificationTaskFactory(claim=claim, state="in_progress", due_at=in_hours(-1))
    VerificationTaskFactory(claim=claim, state="assigned", due_at=in_hours(-1))
    assert list(Claim.objects.overdue(in_hours(0))) == [claim]
    assert late in VerificationTask.objects.overdue(in_hours(0))


@pytest.mark.parametrize("state", ["signed_off", "dismissed", "waived"])
def test_a_claim_that_is_decided_is_never_overdue(state):
    claim = ClaimFactory(state=state)
    VerificationTaskFactory(claim=claim, due_at=in_hours(-1))
    assert not Claim.objects.overdue(in_hours(0)).exists()


def test_a_claim_without_a_deadline_is_not_overdue():
    VerificationTaskFactory(due_at=None)
    VerificationTaskFactory(due_at=in_hours(1))
    assert not Claim.objects.overdue(in_hours(0)).exists()
    assert not VerificationTask.objects.overdue(in_hours(0)).exists()
