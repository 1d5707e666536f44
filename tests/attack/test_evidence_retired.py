"""Evidence taken back after the sign-off: what rests on it does not go out, and a rule of evidence tightened again."""

from __future__ import annotations

import pytest

from factcheck.models import Document, Source
from factcheck.workflow.claims import dismiss_figure
from factcheck.workflow.clearance import clearance, grounds_changed_at
from factcheck.workflow.evidence import retire_evidence
from factcheck.workflow.sources import change_source
from factcheck.workflow.verification import sign_off, submit_verdict
from tests.stories import Staff, bring_to, file_text, give_evidence, registered

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."


def codes(document: Document) -> set[str]:
    return {row.code for row in clearance(document).blockers}


def signed_on(staff: Staff, *names: str) -> Document:
    """A story whose one claim is signed off on what each of these sources said."""
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    claim = bring_to(story.claims.get(), "in_verification", staff)
    for name in names:
        give_evidence(claim, by=staff.checker, source=registered(name))
    submit_verdict(claim, "supported", by=staff.checker)
    sign_off(claim, by=staff.reviewer)
    for figure in story.figures.filter(state="found"):
        dismiss_figure(figure, by=staff.editor, note="background")
    assert codes(story) == set()
    return story


@pytest.mark.parametrize("action", ["drift", "supersede", "withdraw"])
def test_a_sign_off_falls_with_the_evidence_that_carried_it(staff, action):
    story = signed_on(staff, "Torvik Post", "Velmora Radio")
    claim = story.claims.get()
    retire_evidence(claim.evidence.first(), action, by=staff.checker, note="they took it back")
    claim.refresh_from_db()
    assert (claim.state, codes(story)) == ("stale", {"claim_stale"})
    assert claim.stale_reason.startswith("the evidence no longer carries its verdict")


def test_a_sign_off_falls_where_the_sources_behind_it_come_to_have_one_owner(staff):
    story = signed_on(staff, "Torvik Post", "Velmora Radio")
    post, radio = Source.objects.get(name="Torvik Post"), Source.objects.get(name="Velmora Radio")
    change_source(radio, by=staff.desk_chief, country="NO")
    change_source(registered("Hollin Gazette"), by=staff.desk_chief, owner=registered("Hollin Group"))
    assert codes(story) == set()
    assert grounds_changed_at(story) is None
    change_source(radio, by=staff.desk_chief, owner=post)
    assert codes(story) == {"sign_off_void"}
    change_source(radio, by=staff.desk_chief, owner=None)
    assert codes(story) == set()


def test_a_sign_off_stays_where_the_other_evidence_carries_it(staff):
    story = signed_on(staff, "Torvik Post", "Velmora Radio", "Hollin Gazette")
    claim = story.claims.get()
    retire_evidence(claim.evidence.first(), "withdraw", by=staff.checker, note="they took it back")
    assert codes(story) == set()
