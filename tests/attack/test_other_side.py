"""Whoever wrote one side of a comparison decides nothing that changes what the other says: every action has its answer.

The ways themselves are walked in ``tests/workflow/test_other_side.py``; here no action is forgotten.
"""

from __future__ import annotations

import pytest

from factcheck.errors import NotAllowed
from factcheck.models import Discrepancy, Judgement, Membership, Role
from factcheck.permissions import PERMISSIONS, refusal
from factcheck.workflow.claims import dismiss_claim, dismiss_figure, link_figure, reopen_claim, reopen_figure
from factcheck.workflow.figures import confirm_as_of, state_as_of
from factcheck.workflow.judgements import judge_pair
from tests.factories import TopicFactory
from tests.stories import TUESDAY, Staff, bring_to, file_text, person

pytestmark = pytest.mark.django_db

OURS = "The council of Torvik said 40 homes were flooded on Monday."
THEIRS = "The fire brigade said 60 homes were flooded on Monday."
COMPARED = ("document", "claim", "figure", "measure", "discrepancy", "judgement")
INSIDE = {
    ("document", "set_topic"): "refused in the action, for the topic it leaves and the one it would enter",
    (
        "document",
        "update_metadata",
    ): "refused in the action for what is compared; a title or a byline changes no figure",
    ("document", "dismiss_idle"): "refused for each figure that is dismissed",
    ("document", "dismiss_quiet"): "refused for each claim that is dismissed",
    ("claim", "take_back"): "takes back one's own; a dismissed figure of the other side is not brought back",
    ("claim", "split"): "the whole is dismissed, which is refused",
    ("figure", "pin"): "refused in the action, for the measure it leaves and the one it would enter",
}
HARMLESS = {
    ("document", "confirm"): "says that the text was read as it stands in the original",
    ("document", "reread"): "the machine reads the same words again",
    ("document", "add_claim"): "asks for a check of what is there",
    ("document", "read_clearance"): "reads",
    ("document", "waive"): "lets the other text go out; its figures stand",
    ("document", "strike_author"): "gives somebody back what they may decide; its figures stand",
    ("document", "publish"): "the gate decides",
    ("document", "publish_uncleared"): "lets the other text go out, with the reason; its figures stand",
    ("document", "correct"): "the gate decides",
    ("claim", "accept"): "asks for a check",
    ("claim", "assign"): "asks for a check",
    ("claim", "place"): "finds the same words again; other words void what was decided",
    ("claim", "record_evidence"): "evidence is assessed by somebody else",
    ("claim", "start"): "begins a check",
    ("claim", "submit"): "somebody else signs",
    ("claim", "recall"): "takes back one's own",
    ("claim", "return"): "asks for more work",
    ("claim", "sign_off"): "holds a claim for true as it stands; the dispute blocks all the same",
    ("claim", "countersign"): "as a sign-off",
    ("claim", "challenge"): "asks for more work",
    ("claim", "waive"): "lets the claim go out; its figures stand",
    ("figure", "judge"): "is a proposal only, which a second person confirms",
}


@pytest.fixture
def author(staff: Staff):
    """Somebody with every role of the desk, who wrote our story."""
    writer = person(Role.EDITOR, staff.desk)
    for role in (Role.DESK_CHIEF, Role.CHECKER, Role.REVIEWER):
        Membership.objects.create(user=writer, desk=staff.desk, role=role)
    return writer


@pytest.fixture
def sides(staff: Staff, author):
    topic = TopicFactory()
    ours = file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    theirs = file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic, publisher_name="Mail")
    assert Discrepancy.objects.open().exists()
    return ours, theirs


def record_of(kind: str, theirs, by):
    figure = theirs.figures.get()
    if kind == "judgement":
        return judge_pair(Discrepancy.objects.get(), False, by=by)
    return {
        "document": theirs,
        "claim": theirs.claims.get(),
        "figure": figure,
        "measure": figure.measure,
        "discrepancy": Discrepancy.objects.get(),
    }[kind]


@pytest.mark.parametrize(("kind", "action"), [key for key in PERMISSIONS if key[0] in COMPARED])
def test_every_action_on_the_other_side_is_refused_or_known_to_change_nothing_it_says(
    kind, action, sides, author, staff
):
    _, theirs = sides
    record = record_of(kind, theirs, staff.editor)
    if (kind, action) in (("figure", "reopen"), ("claim", "reopen")):
        dismiss_claim(theirs.claims.get(), by=staff.editor, note="idle")
        record.refresh_from_db()
    guard = refusal(author, record, kind, action)
    left = {**INSIDE, **HARMLESS}
    if (kind, action) in left or (kind, action) == ("figure", "link"):
        assert guard is None or guard.code.startswith(("four_eyes", "not_"))
    elif (kind, action) == ("discrepancy", "judge"):
        assert guard is None
        assert judge_pair(record, False, by=author).state == "proposed"
    else:
        assert guard is not None
        assert guard.code.startswith("four_eyes")


def test_the_list_of_harmless_actions_names_no_action_that_is_gone():
    assert {**INSIDE, **HARMLESS}.keys() <= PERMISSIONS.keys()


def test_what_somebody_dismissed_of_the_other_side_is_not_brought_back_by_the_author(sides, author, staff):
    _, theirs = sides
    claim = bring_to(theirs.claims.get(), "open", staff)
    figure = theirs.figures.get()
    dismiss_figure(figure, by=staff.desk_chief, note="a misprint of theirs")
    for action in (lambda: reopen_figure(figure, by=author), lambda: link_figure(figure, claim, by=author)):
        with pytest.raises(NotAllowed) as refusal_:
            action()
        assert refusal_.value.code == "four_eyes_other_side"
    claim.refresh_from_db()
    dismiss_claim(claim, by=staff.desk_chief, note="a misprint of theirs")
    with pytest.raises(NotAllowed):
        reopen_claim(claim, by=author)
    reopen_claim(claim, by=staff.editor)


def test_no_author_says_alone_of_which_day_a_figure_of_either_side_is(sides, author):
    for document in sides:
        figure = document.figures.get()
        for action in (
            lambda figure=figure: confirm_as_of(figure, by=author),
            lambda figure=figure: state_as_of(figure, TUESDAY.date(), by=author),
        ):
            with pytest.raises(NotAllowed):
                action()


def test_an_author_judges_a_figure_of_their_own_dispute_only_as_a_proposal(sides, author):
    made = judge_pair(Discrepancy.objects.get(), False, by=author, note="two counts")
    assert (made.state, Judgement.objects.active().count()) == ("proposed", 0)
