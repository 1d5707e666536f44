"""What every move of a record leaves behind: in the database, and in the hands of whoever made it."""

from __future__ import annotations

import pytest

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, StaleRevision
from factcheck.models import Claim, Document, Figure, Role
from factcheck.workflow.transitions import can, change, mark_stale, move_all, require_note
from tests.factories import TopicFactory
from tests.stories import Staff, bring_to, file_text, person, revise_text

pytestmark = pytest.mark.django_db

TEXT = "The council of Torvik said 40 homes were flooded. The mill of Velmora lost 12 horses in the night."


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(TEXT, desk=staff.desk, by=staff.editor)


def test_figures_dismissed_together_are_dismissed_in_hand_too(story, staff):
    figures = list(story.figures.order_by("pk"))
    before = [figure.version for figure in figures]
    move_all(figures, "dismiss", by=staff.editor, note="background")
    assert [(row.state, row.version) for row in figures] == [("dismissed", number + 1) for number in before]
    for row in figures:
        kept = Figure.objects.get(pk=row.pk)
        assert (kept.state, kept.version) == (row.state, row.version)


def test_a_claim_whose_sentence_is_gone_is_lost_and_the_other_stays_where_it_is(story, staff):
    revise_text(story, "The council of Torvik said 40 homes were flooded.", by=staff.editor)
    states = {claim.text[:15]: claim.anchor_state for claim in Claim.objects.filter(document=story)}
    assert states == {"The council of ": "exact", "The mill of Vel": "orphaned"}
    figures = {int(figure.value): figure.anchor_state for figure in Figure.objects.filter(document=story)}
    assert figures == {40: "exact", 12: "orphaned"}


def test_a_change_by_somebody_who_saw_an_older_version_is_refused(story):
    seen = story.version
    change(story, version=seen, title="New")
    change(story, title="Newer")
    assert story.version == seen + 2
    with pytest.raises(StaleRevision):
        change(story, version=story.version - 1, title="Newest")
    assert Document.objects.get(pk=story.pk).title == "Newer"


def test_a_reason_has_two_thousand_characters_at_most():
    assert require_note(" " + "x" * 1998 + " ") == "x" * 1998
    assert require_note("x" * 2000) == "x" * 2000
    for note in ("x" * 2001, "", " "):
        with pytest.raises(Invalid):
            require_note(note)


def test_figures_dismissed_together_are_asked_for_one_by_one_where_the_other_side_is_an_author_s(staff):
    author, topic = person(Role.EDITOR, staff.desk), TopicFactory()
    where = {"desk": staff.desk, "by": staff.desk_chief, "topic": topic}
    file_text("The fire brigade said 60 homes were flooded on Monday.", authors=(author,), **where)
    theirs = file_text("The mill of Velmora lost 12 horses. The council said 40 homes were flooded on Monday.", **where)
    horses, homes = theirs.figures.order_by("value")
    with pytest.raises(NotAllowed) as refusal:
        move_all([horses, homes], "dismiss", by=author, note="background")
    assert refusal.value.code == "four_eyes_other_side"
    move_all([horses], "dismiss", by=author, note="background")


def test_a_page_offers_what_the_state_and_the_role_allow(story, staff):
    claim = story.claims.order_by("pk").first()
    assert can(staff.editor, claim, "accept")
    assert not can(staff.editor, claim, "start"), "it is not accepted yet"
    assert not can(staff.checker, claim, "accept"), "this is for editors"
    assert can(staff.editor, story, "revise"), "an action that changes no state"
    assert not can(staff.auditor, story, "revise")


def test_a_sign_off_is_voided_once_and_where_there_is_none_nothing_is(story, staff):
    claim = story.claims.order_by("pk").first()
    machine = Machine("crosscheck")
    assert mark_stale(claim, "the number changed", by=machine) is False
    bring_to(claim, "signed_off", staff)
    claim.refresh_from_db()
    assert mark_stale(claim, "the number changed " + "x" * 400, by=machine) is True
    assert (claim.state, claim.stale_reason[:18], len(claim.stale_reason)) == ("stale", "the number changed", 300)
    assert mark_stale(claim, "the number changed", by=machine) is False
