"""What every move of a record leaves behind: in the database, and in the hands of whoever made it."""

from __future__ import annotations

import pytest

from factcheck.errors import Invalid, StaleRevision
from factcheck.models import Claim, Document, Figure
from factcheck.workflow.transitions import change, move_all, require_note
from tests.stories import Staff, file_text, revise_text

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
    change(story, version=story.version, title="New")
    change(story, title="Newer")
    with pytest.raises(StaleRevision):
        change(story, version=story.version - 1, title="Newest")
    assert Document.objects.get(pk=story.pk).title == "Newer"


def test_a_reason_has_two_thousand_characters_at_most():
    assert require_note(" " + "x" * 1998 + " ") == "x" * 1998
    assert require_note("x" * 2000) == "x" * 2000
    for note in ("x" * 2001, "", " "):
        with pytest.raises(Invalid):
            require_note(note)
