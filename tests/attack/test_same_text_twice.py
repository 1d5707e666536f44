"""An author files their own text a second time, as somebody else's: they decide nothing on the copy either."""

from __future__ import annotations

import pytest

from factcheck.errors import NotAllowed
from factcheck.models import Document
from factcheck.workflow.claims import dismiss_claim
from factcheck.workflow.clearance import clearance
from tests.stories import Staff, file_text, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday, and the “old” mill stood in water."
COPIES = {
    "the same words": HOMES,
    "other quotation marks and spaces": HOMES.replace("“old”", '"old"').replace(" homes", "\u00a0 homes"),
    "a number in letters": HOMES.replace("40", "forty"),
}


def filed_again(staff: Staff, text: str) -> Document:
    """The editor's own story, and the same as an outlet's at another address."""
    file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.editor,))
    return file_text(
        text, desk=staff.desk, by=staff.editor, byline="N. Wire", url="https://wire.example/1", publisher_name="Wire"
    )


@pytest.mark.parametrize("text", COPIES.values(), ids=COPIES)
def test_an_author_dismisses_nothing_in_a_copy_of_their_own_text(staff, text):
    copy = filed_again(staff, text)
    claim = copy.claims.first()
    with pytest.raises(NotAllowed) as refusal:
        dismiss_claim(claim, by=staff.editor, note="background")
    assert refusal.value.code == "four_eyes_author"
    assert "claim_unchecked" in {row.code for row in clearance(copy).blockers}
    dismiss_claim(claim, by=staff.desk_chief, note="background")


def test_an_author_decides_nothing_in_a_copy_of_what_their_text_said_before(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.editor,))
    revise_text(story, "It rained in Torvik.", by=staff.editor)
    copy = file_text(HOMES, desk=staff.desk, by=staff.editor, byline="N. Wire")
    with pytest.raises(NotAllowed):
        dismiss_claim(copy.claims.first(), by=staff.editor, note="background")


def test_another_text_with_other_words_is_no_copy(staff):
    other = filed_again(staff, HOMES.replace("40", "45"))
    dismiss_claim(other.claims.first(), by=staff.editor, note="background")
