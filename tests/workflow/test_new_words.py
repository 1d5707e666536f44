"""New words: what was decided on the old ones does not hold, whether an edit or a person's placing brought them."""

from __future__ import annotations

import re

import pytest

from factcheck.errors import WrongState
from factcheck.models import Claim, Document, Event
from factcheck.workflow.claims import add_claim, dismiss_claim, place_claim, split_claim
from factcheck.workflow.clearance import clearance
from factcheck.workflow.verification import assign_claim, hand_in, sign_off, take_up, waive_claim
from tests.stories import Staff, bring_to, clear_document, file_text, in_hours, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
REWORDED = HOMES.replace("40", "95")
RAIN = "All night the bells rang."
ELSEWHERE = "A flood has taken 45 houses of Torvik, its elders report."


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(HOMES, desk=staff.desk, by=staff.editor)


def codes(story: Document) -> set[str]:
    story.refresh_from_db()
    return {blocker.code for blocker in clearance(story).blockers}


def stand(claim: Claim, state: str, staff: Staff) -> Claim:
    """A claim brought to a state; one in review has a finished piece of work and accepted evidence behind it."""
    if state == "dismissed":
        dismiss_claim(claim, by=staff.editor, note="idle")
    elif state == "waived":
        waive_claim(claim, by=staff.desk_chief, note="breaking", expires_at=in_hours(5))
    elif state == "in_review":
        bring_to(claim, "open", staff)
        task = assign_claim(claim, staff.checker, by=staff.editor)
        take_up(task, by=staff.checker)
        hand_in(task, by=staff.checker)
        claim.refresh_from_db()
        bring_to(claim, "in_review", staff)
    else:
        bring_to(claim, state, staff)
    claim.refresh_from_db()
    return claim


def edit(claim: Claim, staff: Staff) -> None:
    revise_text(claim.document, REWORDED, by=staff.desk_chief)


def place(claim: Claim, staff: Staff) -> None:
    """The claim is lost in a new text, and a person finds it there in other words."""
    revise_text(claim.document, f"{RAIN} {ELSEWHERE}", by=staff.desk_chief)
    claim.refresh_from_db()
    assert claim.anchor_state == "orphaned"
    start = len(RAIN) + 1
    place_claim(claim, start, start + len(ELSEWHERE), quote=ELSEWHERE, by=staff.editor)


AFTER = {
    "proposed": "proposed",
    "open": "open",
    "in_verification": "in_verification",
    "in_review": "in_verification",
    "signed_off": "stale",
    "dismissed": "open",
    "waived": "open",
}


@pytest.mark.parametrize("change_words", [edit, place])
@pytest.mark.parametrize("state", AFTER)
def test_new_words_undo_what_was_decided_on_the_old_ones(state, change_words, story, staff):
    claim = stand(story.claims.get(), state, staff)
    change_words(claim, staff)
    claim.refresh_from_db()
    assert (claim.state, claim.words_changed_by) == (AFTER[state], staff.desk_chief)
    assert not clearance(story).clear
    assert not claim.evidence.current().exists()
    assert {task.state for task in claim.verification_tasks.all()} <= {"in_progress"}
    if AFTER[state] != state:
        event = Event.objects.of(claim).exclude(machine="").last()
        assert event.note.text.startswith("the words changed: ")


@pytest.mark.parametrize("state", AFTER)
def test_typography_undoes_nothing(state, story, staff):
    claim = stand(story.claims.get(), state, staff)
    evidence = claim.evidence.current().count()
    revise_text(story, HOMES.replace("flooded", "“flooded”"), by=staff.desk_chief)
    claim.refresh_from_db()
    assert (claim.state, claim.words_changed_by, claim.evidence.current().count()) == (state, None, evidence)


def test_a_dismissed_sentence_without_a_figure_that_is_edited_blocks_again(staff):
    story = file_text("The mayor of Torvik visited the school on Monday.", desk=staff.desk, by=staff.editor)
    for claim in story.claims.all():
        dismiss_claim(claim, by=staff.editor, note="idle")
    assert codes(story) == set()
    revise_text(story, "The mayor of Torvik robbed the school on Monday.", by=staff.editor)
    assert codes(story) == {"claim_unchecked"}


def test_a_waiver_given_for_one_number_does_not_cover_another(story, staff):
    stand(bring_to(story.claims.get(), "open", staff), "waived", staff)
    assert codes(story) == set()
    edit(story.claims.get(), staff)
    assert codes(story) == {"claim_unchecked"}


def test_a_verdict_on_the_old_words_cannot_be_signed_off_on_the_new_ones(story, staff):
    claim = bring_to(story.claims.get(), "in_review", staff, label="not_enough_evidence")
    edit(claim, staff)
    claim.refresh_from_db()
    with pytest.raises(WrongState):
        sign_off(claim, by=staff.reviewer, attributed_in_copy=True)
    assert codes(story) == {"claim_unchecked"}


def test_a_claim_dismissed_as_split_stays_so_for_its_parts_take_up_the_edit(staff):
    text = "The council of Torvik said 40 homes were flooded on Monday and 12 horses drowned."
    story = file_text(text, desk=staff.desk, by=staff.editor)
    whole = story.claims.get()
    parts = split_claim(whole, ["40 homes were flooded on Monday", "12 horses drowned"], by=staff.editor)
    dismiss_claim(parts[0], by=staff.editor, note="idle")
    revise_text(story, text.replace("40", "95"), by=staff.editor)
    assert [claim.state for claim in story.claims.order_by("pk")] == ["dismissed", "open", "open"]


# Placing


@pytest.mark.parametrize("state", ["open", "in_review", "signed_off"])
def test_a_claim_that_stands_in_the_text_is_not_moved_elsewhere(state, staff):
    story = file_text(f"{HOMES}\n\n{ELSEWHERE}", desk=staff.desk, by=staff.editor)
    claim = stand(story.claims.get(text=HOMES), state, staff)
    start = len(HOMES) + 2
    with pytest.raises(WrongState, match="only a lost one"):
        place_claim(claim, start, start + len(ELSEWHERE), quote=ELSEWHERE, by=staff.editor)
    claim.refresh_from_db()
    assert (claim.text, claim.state, claim.anchors.get().start) == (HOMES, state, 0)


def test_a_claim_placed_on_the_same_words_keeps_what_was_decided(staff):
    story = file_text(f"{HOMES}\n\n{RAIN}", desk=staff.desk, by=staff.editor)
    claim = stand(story.claims.get(text=HOMES), "in_review", staff)
    revise_text(story, f"{RAIN}\n\n{HOMES}\n\n{HOMES}", by=staff.editor)
    claim.refresh_from_db()
    assert claim.anchor_state == "ambiguous"
    start = len(RAIN) + 2
    place_claim(claim, start, start + len(HOMES), quote=HOMES, by=staff.editor)
    claim.refresh_from_db()
    assert (claim.state, claim.anchor_state, claim.evidence.offered().count()) == ("in_review", "moved", 1)


# What the new words say of themselves


def test_an_attribution_that_was_cut_from_the_copy_clears_nothing(story, staff):
    claim = bring_to(story.claims.get(), "signed_off", staff, label="not_enough_evidence", attributed_in_copy=True)
    assert (codes(story), claim.attribution.party) == (set(), "council of Torvik")
    revise_text(story, "In Torvik 40 homes were flooded on Monday.", by=staff.editor)
    claim.refresh_from_db()
    assert (claim.state, claim.anchor_state, claim.attribution) == ("stale", "edited", None)
    bring_to(claim, "signed_off", staff, label="not_enough_evidence", attributed_in_copy=True)
    assert codes(story) == {"verdict_does_not_clear"}


def test_an_edited_claim_takes_the_attribution_of_its_new_words(story, staff):
    claim = story.claims.get()
    revise_text(story, HOMES.replace("The council of Torvik", "The mayor of Torvik"), by=staff.editor)
    claim.refresh_from_db()
    assert (claim.anchor_state, claim.attribution.party) == ("edited", "mayor of Torvik")


def test_a_claim_that_a_person_marked_keeps_its_type_and_its_weight(staff):
    text = f"{RAIN} Nobody came."
    story = file_text(text, desk=staff.desk, by=staff.editor)
    claim = add_claim(story, 0, len(RAIN), quote=RAIN, by=staff.checker, claim_type="identity")
    revise_text(story, text.replace("bells", "sirens"), by=staff.editor)
    claim.refresh_from_db()
    assert (claim.anchor_state, claim.claim_type, claim.checkworthiness) == ("edited", "identity", 1.0)


SIGNS = [
    ("a minus in print", "Growth in Torvik was \u20133% in 2025, the council said."),
    ("a minus before money", "The council of Torvik said the result was \u2013€40 million in 2025."),
    ("unequal", "The council of Torvik said the mill \u2260 the works, built in 1971."),
    ("give or take", "The council of Torvik said the mill was built in 1971 \u00b1 2."),
]


@pytest.mark.parametrize("words", [words for _, words in SIGNS], ids=[name for name, _ in SIGNS])
def test_a_sign_that_is_left_out_is_no_typography(words, staff):
    story = file_text(words, desk=staff.desk, by=staff.editor)
    clear_document(story, staff)
    assert codes(story) == set()
    revise_text(story, re.sub("[\u2013\u2260\u00b1]", "", words), by=staff.editor)
    assert "claim_stale" in codes(story)


def test_a_minus_written_with_another_dash_is_typography(staff):
    story = file_text("Growth in Torvik was -3% in 2025, the council said.", desk=staff.desk, by=staff.editor)
    clear_document(story, staff)
    revise_text(story, "Growth in Torvik was \u22123% in 2025, the council said.", by=staff.editor)
    assert codes(story) == set()
