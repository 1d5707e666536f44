"""Evidence nobody vouches for carries nothing: unnamed sources, and what was assessed by whoever gave it."""

from __future__ import annotations

import pytest

from factcheck.errors import Invalid, NotAllowed
from factcheck.models import Evidence, Membership, Policy, Role
from factcheck.workflow.clearance import clearance
from factcheck.workflow.desks import set_policy
from factcheck.workflow.evidence import assess_evidence, attach_evidence, link_evidence, record_evidence
from factcheck.workflow.sources import record_source
from factcheck.workflow.verification import sign_off, submit_verdict
from tests.factories import SourceFactory
from tests.stories import Staff, bring_to, file_text, give_evidence, person

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture
def claim(staff: Staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    return bring_to(story.claims.get(), "in_verification", staff)


def refused(action, *args, **kwargs) -> str:
    with pytest.raises((NotAllowed, Invalid)) as refusal:
        action(*args, **kwargs)
    return refusal.value.code


@pytest.mark.parametrize("kind", ["call", "interview", "observation", "upload"])
def test_a_primary_source_has_a_name_whatever_the_kind(claim, staff, kind):
    found = refused(record_evidence, claim, kind, by=staff.checker, note="He said so.", source_use="primary")
    assert (found, claim.evidence.count()) == ("primary_unnamed", 0)


def test_a_page_of_nobody_known_is_no_primary_source(claim, staff):
    url = "https://unknown.example/notice"
    assert refused(record_evidence, claim, "web", by=staff.checker, url=url, source_use="primary") == "primary_unnamed"


def test_a_confidential_source_is_a_name_too(claim, staff):
    source = record_source("Olena Hrytsenko", "eyewitness", desk=staff.desk, by=staff.checker, confidential=True)
    give_evidence(claim, by=staff.checker, source=source, use="primary")
    submit_verdict(claim, "supported", by=staff.checker)
    assert sign_off(claim, by=staff.reviewer).origins == 1


def test_an_unnamed_row_written_behind_the_rules_carries_nothing(claim, staff):
    Evidence.objects.create(
        claim=claim, kind="call", state="accepted", stance="supports", source_use="primary", created_by=staff.checker
    )
    assert refused(submit_verdict, claim, "supported", by=staff.checker) == "origins_missing"


def test_who_recorded_evidence_does_not_assess_it(claim, staff):
    evidence = give_evidence(claim, by=staff.checker, source=SourceFactory(), use="primary")
    assert refused(assess_evidence, evidence, accepted=True, by=staff.checker) == "four_eyes_evidence"
    assess_evidence(evidence, accepted=True, by=staff.reviewer)
    assert evidence.assessed_by == staff.reviewer


def test_nor_does_who_attached_the_file_or_chose_the_quote(claim, staff):
    evidence = record_evidence(claim, "upload", by=staff.checker, source=SourceFactory())
    attach_evidence(evidence, by=staff.editor, data=b"%PDF-1.4", filename="minutes.pdf")
    link_evidence(evidence, stance="supports", by=staff.desk_chief)
    for giver in (staff.checker, staff.editor, staff.desk_chief):
        assert refused(assess_evidence, evidence, accepted=True, by=giver) == "four_eyes_evidence"
    assess_evidence(evidence, accepted=True, by=staff.reviewer)


def test_an_author_gives_evidence_and_never_assesses_it_under_any_policy(claim, staff):
    set_policy(staff.desk, by=staff.desk_chief, eyes="two", assess="self")
    author = person(Role.CHECKER, staff.desk)
    Membership.objects.create(user=author, desk=staff.desk, role=Role.DESK_CHIEF)
    claim.document.authors.add(author)
    own = give_evidence(claim, by=author, source=SourceFactory(), use="primary")
    others = give_evidence(claim, by=staff.checker, source=SourceFactory())
    for evidence in (own, others):
        assert refused(assess_evidence, evidence, accepted=True, by=author) == "four_eyes_author"


def test_the_author_s_own_primary_evidence_and_one_reviewer_is_seen_by_that_reviewer(claim, staff):
    author = person(Role.CHECKER, staff.desk)
    claim.document.authors.add(author)
    evidence = give_evidence(claim, by=author, source=SourceFactory(), use="primary")
    submit_verdict(claim, "supported", by=author)
    sign_off(claim, by=staff.reviewer)
    evidence.refresh_from_db()
    assert (evidence.state, evidence.assessed_by) == ("accepted", staff.reviewer)


def test_a_sign_off_accepts_what_was_submitted_unassessed(claim, staff):
    pieces = [give_evidence(claim, by=staff.checker, source=SourceFactory()) for _ in range(2)]
    submit_verdict(claim, "supported", by=staff.checker)
    assert {row.state for row in claim.evidence.all()} == {"linked"}
    assert sign_off(claim, by=staff.reviewer).origins == 2
    assert {(row.state, row.assessed_by) for row in claim.evidence.all()} == {("accepted", staff.reviewer)}
    assert len(pieces) == 2


def test_a_signer_who_gave_the_evidence_does_not_carry_the_verdict_with_it(claim, staff):
    Membership.objects.create(user=staff.reviewer, desk=staff.desk, role=Role.CHECKER)
    give_evidence(claim, by=staff.reviewer, source=SourceFactory(), use="primary")
    submit_verdict(claim, "supported", by=staff.checker)
    assert refused(sign_off, claim, by=staff.reviewer) == "evidence_unassessed"
    claim.refresh_from_db()
    assert (claim.state, claim.evidence.get().state) == ("in_review", "linked")
    sign_off(claim, by=staff.desk_chief)


def test_what_one_person_accepted_alone_under_a_looser_rule_is_assessed_again(staff):
    set_policy(staff.desk, by=staff.desk_chief, assess="self")
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    claim = bring_to(story.claims.get(), "in_verification", staff)
    give_evidence(claim, by=staff.checker, source=SourceFactory(), use="primary", accepted_by=staff.checker)
    submit_verdict(claim, "supported", by=staff.checker)
    set_policy(staff.desk, by=staff.desk_chief, assess="second")
    assert not claim.evidence.counting(Policy.for_document(story)).exists()
    sign_off(claim, by=staff.reviewer)
    assert claim.evidence.get().assessed_by == staff.reviewer


def test_a_call_of_nobody_assessed_by_its_recorder_clears_no_text(claim, staff):
    """The way that was open: an unnamed call, marked primary, recorded, linked and accepted by one person."""
    give_evidence(claim, by=staff.checker)
    assert refused(submit_verdict, claim, "supported", by=staff.checker) == "origins_missing"
    assert "claim_unchecked" in {row.code for row in clearance(claim.document).blockers}
