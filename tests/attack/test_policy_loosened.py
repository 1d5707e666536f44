"""A rule loosened, used and tightened again: it holds for what is filed after it, and says so of itself."""

from __future__ import annotations

import pytest
from django.utils import timezone

from factcheck.errors import NotAllowed
from factcheck.models import Document, Event, Membership, Policy, Role
from factcheck.reports.builders.documents import build_document
from factcheck.workflow.claims import dismiss_figure
from factcheck.workflow.clearance import clearance
from factcheck.workflow.desks import set_policy
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.publications import publish_document
from factcheck.workflow.verification import challenge_claim, countersign, sign_off, start_claim, submit_verdict
from tests.stories import Staff, bring_to, file_text, give_evidence, registered

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
HORSES = "The mill of Velmora lost 12 horses in the night."


def codes(document: Document) -> set[str]:
    return {row.code for row in clearance(document).blockers}


def file_and_sign_alone(staff: Staff, text: str) -> Document:
    """A text whose every claim is submitted and signed off by the desk chief alone."""
    document = file_text(text, desk=staff.desk, by=staff.editor)
    return sign_alone(document, staff)


def sign_alone(document: Document, staff: Staff) -> Document:
    claim = bring_to(document.claims.get(), "in_verification", staff)
    give_evidence(claim, by=staff.desk_chief, source=registered("Ministry of Floods"), use="primary")
    submit_verdict(claim, "supported", by=staff.desk_chief)
    sign_off(claim, by=staff.desk_chief)
    for figure in document.figures.filter(state="found"):
        dismiss_figure(figure, by=staff.editor, note="background")
    return document


def test_what_was_signed_under_two_eyes_asks_for_a_second_signer_when_three_return(staff):
    set_policy(staff.desk, by=staff.desk_chief, eyes="two")
    story = file_and_sign_alone(staff, HOMES)
    assert codes(story) == set()
    set_policy(staff.desk, by=staff.desk_chief, eyes="three")
    assert codes(story) == {"second_signer_missing"}
    with pytest.raises(NotAllowed) as refusal:
        countersign(story.claims.get(), by=staff.desk_chief)
    assert refusal.value.code == "four_eyes_submitter"
    countersign(story.claims.get(), by=staff.reviewer)
    assert codes(story) == set()
    verdict = story.claims.get().verdicts.get()
    assert [(row.by, row.eyes) for row in verdict.sign_offs.all()] == [
        (staff.desk_chief, "two"),
        (staff.reviewer, "three"),
    ]
    assert verdict.sign_off.by == staff.reviewer


@pytest.mark.parametrize(
    ("rule", "loose", "strict"), [("minimum_origins", 1, 2), ("assess", "self", "second")], ids=["origins", "assessing"]
)
def test_what_was_signed_by_a_looser_rule_of_evidence_is_signed_anew_when_the_stricter_returns(
    staff, rule, loose, strict
):
    set_policy(staff.desk, by=staff.desk_chief, **{"minimum_origins": 1, rule: loose})
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    claim = bring_to(story.claims.get(), "in_verification", staff)
    by = staff.checker if rule == "assess" else staff.reviewer
    give_evidence(claim, by=staff.checker, source=registered("Torvik Post"), accepted_by=by)
    submit_verdict(claim, "supported", by=staff.checker)
    sign_off(claim, by=staff.reviewer)
    assert codes(story) == set()
    set_policy(staff.desk, by=staff.desk_chief, **{rule: strict})
    assert codes(story) == {"sign_off_void"}
    challenge_claim(claim, by=staff.reviewer, note="the rule is stricter again")
    start_claim(claim, by=staff.checker)
    give_evidence(claim, by=staff.checker, source=registered("Velmora Radio"), accepted_by=staff.reviewer)
    submit_verdict(claim, "supported", by=staff.checker)
    sign_off(claim, by=staff.reviewer)
    assert codes(story) == set()


def test_a_looser_rule_does_not_reach_a_text_filed_before_it(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    set_policy(staff.desk, by=staff.chief_editor, eyes="two")
    with pytest.raises(NotAllowed) as refusal:
        sign_alone(story, staff)
    assert refusal.value.code == "four_eyes_submitter"
    assert clearance(story).policy["eyes"] == "three"
    assert clearance(story).stricter_than_desk == ("eyes", "assess")


@pytest.mark.parametrize(
    ("rule", "loose", "strict"),
    [
        ("eyes", "two", "three"),
        ("assess", "self", "second"),
        ("threshold", 1.0, 0.5),
        ("minimum_origins", 1, 2),
        ("reliability_floor", "A", "C"),
    ],
)
def test_each_rule_that_is_loosened_holds_for_later_texts_and_a_stricter_one_for_all(staff, rule, loose, strict):
    set_policy(staff.desk, by=staff.desk_chief, **{rule: strict})
    before = file_text(HOMES, desk=staff.desk, by=staff.editor)
    set_policy(staff.desk, by=staff.desk_chief, **{rule: loose})
    after = file_text(HORSES, desk=staff.desk, by=staff.editor)
    assert Policy.for_document(before).as_dict()[rule] == strict
    assert Policy.for_document(after).as_dict()[rule] == loose
    set_policy(staff.desk, by=staff.desk_chief, **{rule: strict})
    assert Policy.for_document(after).as_dict()[rule] == strict
    assert clearance(after).stricter_than_desk == ()


def test_a_rule_loosened_twice_is_traced_back_to_the_day_the_text_was_filed(staff):
    set_policy(staff.desk, by=staff.desk_chief, minimum_origins=3)
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    set_policy(staff.desk, by=staff.desk_chief, minimum_origins=2)
    set_policy(staff.desk, by=staff.desk_chief, minimum_origins=1, threshold=0.9)
    assert Policy.for_document(story).minimum_origins == 3
    assert Policy.for_document(story).threshold == Policy._meta.get_field("threshold").get_default()


def test_a_desk_that_sets_its_first_policy_loosens_the_defaults(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    set_policy(staff.desk, by=staff.desk_chief, eyes="two")
    assert (Policy.for_document(story).eyes, Policy.of(staff.desk).eyes) == ("three", "two")


def test_the_loose_rule_names_itself_in_answer_publication_and_report(staff):
    set_policy(staff.desk, by=staff.desk_chief, eyes="two")
    story = file_and_sign_alone(staff, HOMES)
    published = publish_document(story, by=staff.editor)
    assert (published.clear, published.answer["policy"]["eyes"], published.answer["policy"]["assess"]) == (
        True,
        "two",
        "self",
    )
    set_policy(staff.desk, by=staff.desk_chief, eyes="three")
    printed = str(build_document(story))
    assert "two pairs of eyes, evidence assessed by whoever gave it" in printed


def test_two_eyes_let_one_person_assess_unless_the_desk_says_otherwise(staff):
    set_policy(staff.desk, by=staff.desk_chief, eyes="two")
    assert Policy.of(staff.desk).assessed_by == "self"
    set_policy(staff.desk, by=staff.desk_chief, assess="second")
    assert Policy.of(staff.desk).assessed_by == "second"


def test_an_author_with_a_text_in_check_loosens_neither_eyes_nor_assessing(staff):
    Membership.objects.create(user=staff.editor, desk=staff.desk, role=Role.DESK_CHIEF)
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.editor,))
    for rules in ({"eyes": "two"}, {"assess": "self"}, {"minimum_origins": 1, "eyes": "two"}):
        with pytest.raises(NotAllowed):
            set_policy(staff.desk, by=staff.editor, **rules)
    assert not Event.objects.filter(record="policy").exists()
    assert codes(story) >= {"claim_unchecked"}


def test_a_text_filed_before_a_rule_was_loosened_is_not_dated_after_it_unseen(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    set_policy(staff.desk, by=staff.desk_chief, eyes="two")
    assert not list(verify_history())
    Document.objects.filter(pk=story.pk).update(created_at=timezone.now())  # by whoever has the app's database rights
    assert Policy.for_document(story).eyes == "three"
    story.refresh_from_db()
    assert Policy.for_document(story).eyes == "two"
    assert [(row.record, row.record_id) for row in verify_history()] == [("document", story.pk)]
