"""Who may decide what of whose work: four eyes, desks, and what grants no rights (superuser, groups)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from factcheck.actors import Machine
from factcheck.errors import FactcheckError, Invalid, NotAllowed
from factcheck.models import Desk, Document, Eyes, Measure, Membership, Policy, Role
from factcheck.permissions import PERMISSIONS, refusal
from factcheck.reports.deliver import build_desk_report
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import (
    accept_claim,
    add_claim,
    dismiss_claim,
    dismiss_figure,
    dismiss_idle_figures,
    place_claim,
    split_claim,
)
from factcheck.workflow.crosschecks import request_crosscheck
from factcheck.workflow.desks import add_member, record_desk, remove_member, set_policy
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.documents import confirm_document, ingest_document, revise_document, withdraw_document
from factcheck.workflow.evidence import record_evidence
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import merge_measures, pin_figure, set_general, set_topic, split_measure
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.publications import publish_document, waive_document
from factcheck.workflow.reading import reread_document
from factcheck.workflow.sources import change_source, grade_source, grant_access, record_source
from factcheck.workflow.topics import change_topic
from factcheck.workflow.verification import (
    assign_claim,
    recall_verdict,
    sign_off,
    start_claim,
    submit_verdict,
    take_up,
    waive_claim,
)
from tests.factories import DeskFactory, DiscrepancyFactory, SourceFactory, TopicFactory, UserFactory, carry
from tests.stories import Staff, bring_to, file_text, give_evidence, in_hours, person, revise_text

pytestmark = pytest.mark.django_db
STORY = "The council of Torvik said 40 homes were flooded on Monday."


def add_role(user, desk, *roles: str) -> None:
    for role in roles:
        Membership.objects.create(user=user, desk=desk, role=role)


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(STORY, desk=staff.desk, by=staff.editor)


def refused(action, *args, **kwargs) -> str:
    """The code with which an action is refused."""
    with pytest.raises(NotAllowed) as refusal:
        action(*args, **kwargs)
    return refusal.value.code


# Four eyes


def test_who_submits_a_verdict_does_not_sign_it_off(story, staff):
    add_role(staff.checker, staff.desk, Role.REVIEWER)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=staff.checker) == "four_eyes_submitter"
    claim.refresh_from_db()
    assert (claim.state, claim.verdicts.filter(sign_offs__isnull=False).count()) == ("in_review", 0)
    sign_off(claim, by=staff.reviewer)


def test_a_chief_who_submits_does_not_sign_off_either(story, staff):
    claim = bring_to(story.claims.get(), "in_verification", staff)
    give_evidence(claim, by=staff.chief_editor, use="primary")
    submit_verdict(claim, "supported", by=staff.chief_editor)
    assert refused(sign_off, claim, by=staff.chief_editor) == "four_eyes_submitter"


def test_the_submitter_of_an_earlier_verdict_may_sign_off_a_later_one_of_another(story, staff):
    add_role(staff.checker, staff.desk, Role.REVIEWER)
    claim = bring_to(story.claims.get(), "in_review", staff)
    recall_verdict(claim, by=staff.checker)
    give_evidence(claim, by=staff.editor, use="primary")
    submit_verdict(claim, "supported", by=staff.editor)
    assert sign_off(claim, by=staff.checker).by == staff.checker


def test_an_author_of_the_document_does_not_sign_off_dismiss_waive_or_resolve(story, staff):
    author = staff.desk_chief
    story.authors.add(author)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=author) == "four_eyes_author"
    assert refused(dismiss_claim, claim, by=author, note="idle") == "four_eyes_author"
    assert refused(waive_claim, claim, by=author, note="breaking", expires_at=in_hours(1)) == "four_eyes_author"
    assert refused(dismiss_figure, story.figures.get(), by=author, note="idle") == "four_eyes_author"
    assert refused(waive_document, story, by=author, note="breaking") == "four_eyes_author"


def test_an_author_on_either_side_does_not_resolve_a_discrepancy(staff):
    topic_of = {"desk": staff.desk, "by": staff.editor}
    story = file_text(STORY, **topic_of)
    other = file_text("The bishop of Torvik said 60 homes were flooded on Monday.", **topic_of)
    row = discrepancy_between(story, other)
    other.authors.add(staff.editor)
    assert refused(resolve_dispute, row, "explained", by=staff.editor, note="two counts") == "four_eyes_author"
    resolve_dispute(row, "explained", by=staff.desk_chief, note="two counts")
    assert row.resolved_by == staff.desk_chief


def discrepancy_between(story: Document, other: Document):
    row = DiscrepancyFactory()
    carry(row, a=story.figures.get(), b=other.figures.get())
    return row


def test_filing_a_text_is_not_writing_it(story, staff):
    add_role(staff.editor, staff.desk, Role.REVIEWER)
    assert story.created_by == staff.editor
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert sign_off(claim, by=staff.editor)


def test_who_last_changed_the_words_of_a_claim_does_not_sign_it_off(story, staff):
    add_role(staff.editor, staff.desk, Role.REVIEWER)
    revise_text(story, STORY.replace("40", "45"), by=staff.editor)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=staff.editor) == "four_eyes_words"
    sign_off(claim, by=staff.reviewer)


def test_the_words_belong_to_the_person_a_service_account_files_for(staff):
    story = file_text(STORY, desk=staff.desk, by=staff.service)
    revise_text(story, STORY.replace("40", "45"), by=staff.service, editor=staff.reviewer)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=staff.reviewer) == "four_eyes_words"


def test_who_only_mends_the_quotes_has_not_changed_the_words(staff):
    text = 'Mayor Ada Brell said: "We lost 40 homes in Torvik on Monday."'
    story = file_text(text, desk=staff.desk, by=staff.editor)
    revise_text(story, text.replace(' "', " “").replace('."', ".”"), by=staff.desk_chief)
    claim = bring_to(story.claims.first(), "in_review", staff)
    assert sign_off(claim, by=staff.desk_chief)


def test_who_writes_a_new_sentence_into_a_text_does_not_sign_it_off(story, staff):
    added = " The mill of Torvik lost 12 horses on Monday."
    revise_text(story, STORY + added, by=staff.desk_chief)
    old, new = story.claims.order_by("pk")
    bring_to(old, "in_review", staff)
    bring_to(new, "in_review", staff)
    assert sign_off(old, by=staff.desk_chief)
    assert refused(sign_off, new, by=staff.desk_chief) == "four_eyes_words"


def test_marking_one_s_own_new_words_by_hand_opens_no_way_round(story, staff):
    added = "Nobody in Torvik slept."
    revise_text(story, f"{STORY} {added}", by=staff.desk_chief)
    at = len(STORY) + 1
    claim = add_claim(story, at, at + len(added), quote=added, by=staff.checker)
    bring_to(claim, "in_review", staff)
    assert refused(sign_off, claim, by=staff.desk_chief) == "four_eyes_words"


def test_splitting_a_claim_does_not_forget_whose_words_it_holds(story, staff):
    longer = "The council of Torvik said 45 homes were flooded on Monday and 12 horses drowned."
    revise_text(story, longer, by=staff.desk_chief)
    parts = split_claim(story.claims.get(), ["45 homes were flooded on Monday", "12 horses drowned"], by=staff.editor)
    claim = bring_to(parts[1], "in_review", staff)
    assert refused(sign_off, claim, by=staff.desk_chief) == "four_eyes_words"


def test_placing_a_lost_claim_does_not_forget_whose_words_it_stands_in(story, staff):
    claim = story.claims.get()
    accept_claim(claim, by=staff.editor)
    new = "All night the bells rang. A flood has taken 45 houses of Torvik, its council reports."
    revise_text(story, new, by=staff.desk_chief)
    claim.refresh_from_db()
    assert claim.anchor_state == "orphaned"
    place_claim(claim, 26, len(new), quote=new[26:], by=staff.editor)
    bring_to(claim, "in_review", staff)
    assert refused(sign_off, claim, by=staff.desk_chief) == "four_eyes_words"


def test_a_small_desk_may_let_one_person_submit_and_sign_and_says_so(story, staff):
    Policy.objects.create(desk=staff.desk, eyes=Eyes.TWO)
    add_role(staff.checker, staff.desk, Role.REVIEWER)
    claim = bring_to(story.claims.get(), "in_review", staff)
    signed = sign_off(claim, by=staff.checker)
    assert (signed.eyes, signed.by, signed.verdict.by) == ("two", staff.checker, staff.checker)


def test_also_on_a_small_desk_no_author_signs_off(story, staff):
    Policy.objects.create(desk=staff.desk, eyes=Eyes.TWO)
    story.authors.add(staff.reviewer)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=staff.reviewer) == "four_eyes_author"


def test_also_on_a_small_desk_no_one_signs_off_words_they_changed(story, staff):
    Policy.objects.create(desk=staff.desk, eyes=Eyes.TWO)
    revise_text(story, STORY.replace("40", "45"), by=staff.desk_chief)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=staff.desk_chief) == "four_eyes_words"


def test_only_the_submitter_recalls_a_verdict(story, staff):
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(recall_verdict, claim, by=staff.desk_chief) == "not_submitter"
    recall_verdict(claim, by=staff.checker)
    assert claim.state == "in_verification"


def test_only_its_assignee_takes_up_a_piece_of_work(story, staff):
    claim = bring_to(story.claims.get(), "open", staff)
    task = assign_claim(claim, staff.checker, by=staff.editor)
    assert refused(take_up, task, by=staff.desk_chief) == "not_assignee"
    take_up(task, by=staff.checker)
    claim.refresh_from_db()
    assert claim.state == "in_verification"


# What grants no rights


def test_a_superuser_and_a_group_open_nothing(story, staff):
    lord = staff.superuser
    group = Group.objects.create(name="desk_chief")
    group.permissions.set(Permission.objects.filter(content_type__app_label="factcheck"))
    lord.groups.add(group)
    claim = bring_to(story.claims.get(), "in_review", staff)
    assert refused(sign_off, claim, by=lord) == "role_missing"
    assert refused(withdraw_document, story, by=lord, note="a hoax") == "role_missing"
    assert refused(ingest_document, b"A text.", Arrival(), desk=staff.desk, by=lord) == "role_missing"
    assert refused(build_desk_report, staff.desk, "desk_digest", by=lord) == "role_missing"
    assert not Document.objects.visible_to(lord).exists()


def test_who_has_left_the_newsroom_has_no_rights(story, staff):
    staff.desk_chief.is_active = False
    staff.desk_chief.save()
    assert refused(withdraw_document, story, by=staff.desk_chief, note="a hoax") == "role_missing"
    assert not Document.objects.visible_to(staff.desk_chief).exists()


def test_the_chief_of_one_desk_is_nobody_on_another(story):
    other = Staff()
    assert refused(withdraw_document, story, by=other.desk_chief, note="a hoax") == "role_missing"
    assert not Document.objects.visible_to(other.desk_chief).exists()
    withdraw_document(story, by=other.chief_editor, note="a hoax")
    assert Document.objects.visible_to(other.chief_editor).get().state == "withdrawn"


def test_a_service_account_files_and_revises_and_decides_nothing(staff):
    story = file_text(STORY, desk=staff.desk, by=staff.service)
    revise_text(story, STORY.replace("40", "41"), by=staff.service)
    assert story.current_revision.number == 2
    claim = story.claims.get()
    for action in (accept_claim, start_claim, sign_off):
        assert refused(action, claim, by=staff.service) == "role_missing"
    assert refused(publish_document, story, by=staff.service) == "not_its_own"
    assert refused(confirm_document, story, by=staff.service) == "role_missing"
    assert refused(add_claim, story, 0, 3, quote="The", by=staff.service) == "role_missing"


ARRANGING = {
    ("desk", "arrange"): {"desk_chief", "chief_editor"},
    ("desk", "record"): {"chief_editor"},
    ("membership", "remove"): {"desk_chief", "chief_editor"},
    ("source", "change"): {"checker", "editor", "desk_chief", "chief_editor"},
    ("source", "grade"): {"editor", "desk_chief", "chief_editor"},
    ("confidential source", "change"): {"editor", "desk_chief", "chief_editor"},
    ("confidential source", "grade"): {"editor", "desk_chief", "chief_editor"},
    ("confidential source", "grant_access"): {"desk_chief"},
    ("confidential source", "open_name"): {"desk_chief"},
    ("topic", "change"): {"editor", "desk_chief", "chief_editor"},
    ("document", "dismiss_idle"): {"editor", "desk_chief", "chief_editor"},
    ("document", "erase"): {"desk_chief", "chief_editor"},
    ("measure", "set_general"): {"editor", "desk_chief", "chief_editor"},
}


@pytest.mark.parametrize(("kind", "action"), ARRANGING)
def test_who_arranges_the_house(kind, action, story, staff):
    secret = record_source("Jon Vale", "eyewitness", desk=staff.desk, by=staff.checker, confidential=True)
    records = {
        "desk": staff.desk,
        "membership": Membership.objects.get(user=staff.auditor),
        "source": SourceFactory(),
        "confidential source": secret,
        "topic": TopicFactory(),
        "document": story,
        "measure": story.figures.get().measure,
    }
    record = Desk() if action == "record" else records[kind]
    everyone, row = [*Role.values, "outsider", "superuser"], kind.removeprefix("confidential ")
    can = {name for name in everyone if refusal(getattr(staff, name), record, row, action) is None}
    assert can == ARRANGING[kind, action]
    assert (refusal(Staff().desk_chief, record, row, action) is None) is (kind in ("topic", "source"))


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor", "outsider", "superuser"])
def test_these_do_not_file_documents(role, staff):
    assert refused(ingest_document, b"A text.", Arrival(), desk=staff.desk, by=getattr(staff, role)) == "role_missing"
    assert not Document.objects.exists()


# The machine


def test_the_machine_files_and_asks_and_decides_nothing(story, staff):
    by, claim, figure = Machine("poll feeds"), story.claims.get(), story.figures.get()
    measures = [Measure.objects.create(key=key, counted=key, dimension="count") for key in ("a", "b")]
    source = SourceFactory()
    decisions = [
        lambda: waive_document(story, by=by, note="breaking"),
        lambda: publish_document(story, by=by, uncleared_reason="breaking"),
        lambda: erase_document(story, by=by, note="a court said so"),
        lambda: reread_document(story, by=by),
        lambda: update_metadata(story, by=by, title="Flood"),
        lambda: set_topic(story, None, by=by),
        lambda: add_claim(story, 0, 3, quote="The", by=by),
        lambda: split_claim(claim, ["40 homes", "Torvik"], by=by),
        lambda: place_claim(claim, 0, 3, quote="The", by=by),
        lambda: assign_claim(claim, staff.checker, by=by),
        lambda: record_evidence(claim, "call", by=by, note="They confirmed it."),
        lambda: record_source("The Torvik Mail", "media", desk=staff.desk, by=by),
        lambda: pin_figure(figure, measures[0], by=by),
        lambda: merge_measures(*measures, by=by),
        lambda: split_measure(measures[0], [figure], counted="barns", by=by),
        lambda: set_general(measures[0], True, by=by),
        lambda: dismiss_idle_figures(story, by=by, note="idle"),
        lambda: record_desk("sports", "Sports", by=by),
        lambda: add_member(staff.desk, staff.outsider, Role.EDITOR, by=by),
        lambda: remove_member(Membership.objects.get(user=staff.auditor), by=by),
        lambda: set_policy(staff.desk, eyes="two", by=by),
        lambda: grade_source(source, "A", reason="trusted", by=by),
        lambda: change_source(source, country="NO", by=by),
        lambda: grant_access(source, [staff.editor], by=by),
        lambda: change_topic(TopicFactory(), title="Flood", by=by),
    ]
    for decision in decisions:
        with pytest.raises(NotAllowed):
            decision()
    document, _ = ingest_document(b"Rain fell.", Arrival(), desk=staff.desk, by=by)
    assert (document.state, document.created_by) == ("arriving", None)
    revise_document(document, b"Rain fell again.", by=by)
    with pytest.raises(Invalid):
        revise_document(story, b"Rain fell again.", by=by)
    assert request_crosscheck("document", document=story, by=by).state == "due"


def test_an_act_that_is_not_listed_is_open_to_nobody(story, staff):
    from factcheck.workflow.transitions import check_permission

    assert ("document", "delete") not in PERMISSIONS
    for user in (staff.desk_chief, staff.chief_editor, staff.superuser):
        assert refused(check_permission, user, story, "delete") == "not_allowed"


def test_wrong_state_and_missing_right_are_different_errors(story, staff):
    claim = story.claims.get()
    with pytest.raises(FactcheckError) as refusal:
        sign_off(claim, by=staff.reviewer)
    assert refusal.value.code == "wrong_state"
    assert refused(sign_off, claim, by=staff.checker) == "role_missing"


def test_a_refused_act_writes_nothing(story, staff):
    from factcheck.models import Event

    before = Event.objects.count()
    assert refused(accept_claim, story.claims.get(), by=staff.checker) == "role_missing"
    assert (Event.objects.count(), story.claims.get().version) == (before, 1)


# Who may see


@pytest.mark.parametrize("role", Role.values)
def test_every_role_sees_its_desk_and_only_the_chief_editor_the_others(role):
    mine, theirs = DeskFactory(), DeskFactory()
    user = person(role, mine)
    here = file_text(STORY, desk=mine, by=person(Role.EDITOR, mine), read=False)
    there = file_text(STORY, desk=theirs, by=person(Role.EDITOR, theirs), read=False)
    expected = {here, there} if role == Role.CHIEF_EDITOR else {here}
    assert set(Document.objects.visible_to(user)) == expected


def test_a_stranger_sees_nothing(story):
    from django.contrib.auth.models import AnonymousUser

    from factcheck import models

    for user in (UserFactory(), AnonymousUser()):
        for name in models.__all__:
            manager = getattr(getattr(models, name), "objects", None)
            if manager is not None and hasattr(manager, "visible_to") and name != "Membership":
                assert not manager.visible_to(user).exists(), name
