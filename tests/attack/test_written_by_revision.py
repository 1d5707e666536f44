"""Who writes a text by revising it, and is no author of it, decides nothing on the words they brought in."""

from __future__ import annotations

import pytest

from factcheck.errors import NotAllowed
from factcheck.models import Claim, Figure
from factcheck.workflow.claims import dismiss_claim, dismiss_figure, dismiss_figures, dismiss_idle_figures, split_claim
from factcheck.workflow.clearance import clearance
from factcheck.workflow.verification import waive_claim
from tests.stories import file_text, in_hours, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."

DECISIONS = {
    "dismisses": lambda claim, by: dismiss_claim(claim, by=by, note="background"),
    "waives": lambda claim, by: waive_claim(claim, by=by, note="no time", expires_at=in_hours(5)),
    "splits": lambda claim, by: split_claim(claim, ["The council of Torvik", "homes were flooded"], by=by),
}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_whoever_brought_the_words_in_leaves_the_decision_to_somebody_else(staff, decide):
    story = file_text("It rained in Torvik.", desk=staff.desk, by=staff.desk_chief, byline="A. Outsider")
    revise_text(story, HOMES, by=staff.desk_chief)
    claim = story.claims.get(text=HOMES)
    with pytest.raises(NotAllowed) as refusal:
        decide(claim, staff.desk_chief)
    assert refusal.value.code == "four_eyes_words"
    assert "claim_unchecked" in {row.code for row in clearance(story).blockers}
    decide(claim, staff.chief_editor)


def loose_figure(staff, *, revised_by):
    """A figure that no claim holds, in a sentence that somebody brought in by revising the text."""
    story = file_text("It rained in Torvik.", desk=staff.desk, by=staff.desk_chief, byline="A. Outsider")
    revise_text(story, HOMES, by=revised_by)
    Claim.objects.filter(document=story).update(state="dismissed")
    Figure.objects.filter(document=story).update(claim=None, state="found")
    return story.figures.get()


@pytest.mark.parametrize(
    "dismiss",
    [
        lambda figure, by: dismiss_figure(figure, by=by, note="background"),
        lambda figure, by: dismiss_figures([figure], by=by, note="background"),
        lambda figure, by: dismiss_idle_figures(figure.document, by=by, note="background"),
    ],
    ids=["one", "many", "idle ones"],
)
def test_whoever_brought_a_number_in_leaves_its_dismissal_to_somebody_else(staff, dismiss):
    figure = loose_figure(staff, revised_by=staff.desk_chief)
    with pytest.raises(NotAllowed) as refusal:
        dismiss(figure, staff.desk_chief)
    assert refusal.value.code == "four_eyes_words"
    dismiss(figure, staff.editor)
    figure.refresh_from_db()
    assert figure.state == "dismissed"


def test_a_number_that_stood_there_before_may_be_dismissed_by_who_revised_the_rest(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.desk_chief, byline="A. Outsider")
    revise_text(story, f"{HOMES} It rained.", by=staff.desk_chief)
    Figure.objects.filter(document=story).update(claim=None, state="found")
    dismiss_figure(story.figures.get(), by=staff.desk_chief, note="background")
    assert story.figures.get().state == "dismissed"
