"""A desk is arranged by its chief: who works there, in which role, and by which policy it checks."""

from __future__ import annotations

import math

import pytest

from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.models import Desk, Event, Membership, Policy, Role, Webhook
from factcheck.workflow.claims import accept_claim, dismiss_claim
from factcheck.workflow.desks import add_member, record_desk, remove_member, set_policy
from factcheck.workflow.documents import revise_document
from factcheck.workflow.publications import publish_document
from factcheck.workflow.sources import grade_source
from factcheck.workflow.topics import record_topic
from factcheck.workflow.verification import assign_claim
from tests.factories import SourceFactory, UserFactory, WebhookFactory
from tests.stories import Staff, bring_to, clear_document, do_jobs, file_text, person

pytestmark = pytest.mark.django_db


def code_of(error, action, *args, **kwargs):
    with pytest.raises(error) as refusal:
        action(*args, **kwargs)
    return refusal.value.code


def test_a_chief_gives_a_person_a_role_and_the_history_says_so(staff):
    newcomer = UserFactory()
    membership = add_member(staff.desk, newcomer, Role.CHECKER, by=staff.desk_chief)
    assert Desk.objects.visible_to(newcomer).get() == staff.desk
    event = Event.objects.of(membership).get()
    assert (event.action, event.actor, event.facts) == (
        "add",
        staff.desk_chief,
        {"user": newcomer.pk, "role": "checker"},
    )
    assert event.desk_id == staff.desk.pk


def test_a_chief_editor_arranges_every_desk(staff):
    assert add_member(staff.desk, UserFactory(), Role.EDITOR, by=staff.chief_editor)
    assert set_policy(staff.desk, by=staff.chief_editor, threshold=0.5).threshold == 0.5


@pytest.mark.parametrize("role", ["editor", "checker", "reviewer", "auditor", "service", "outsider", "superuser"])
def test_nobody_else_arranges_a_desk(staff, role):
    user, member = getattr(staff, role), Membership.objects.get(user=staff.auditor)
    for action in (
        lambda: add_member(staff.desk, user, Role.DESK_CHIEF, by=user),
        lambda: remove_member(member, by=user),
        lambda: set_policy(staff.desk, by=user, eyes="two"),
    ):
        assert code_of(NotAllowed, action) == "role_missing"
    assert not Policy.objects.exists()


def test_the_chief_of_another_desk_arranges_nothing_here(staff):
    other = Staff().desk_chief
    assert code_of(NotAllowed, add_member, staff.desk, other, Role.DESK_CHIEF, by=other) == "role_missing"
    mine = Membership.objects.get(user=staff.desk_chief)
    assert code_of(NotAllowed, remove_member, mine, by=other) == "role_missing"


def test_a_role_that_cannot_be_given_is_refused(staff):
    by, away = staff.desk_chief, UserFactory(is_active=False)
    assert code_of(Invalid, add_member, staff.desk, staff.editor, Role.EDITOR, by=by) == "member_known"
    assert code_of(Invalid, add_member, staff.desk, staff.editor, "pope", by=by) == "role_unknown"
    assert code_of(Invalid, add_member, staff.desk, away, Role.EDITOR, by=by) == "user_inactive"
    for chief in (by, staff.chief_editor):
        assert code_of(Invalid, add_member, staff.desk, chief, Role.CHIEF_EDITOR, by=chief) == "role_of_all_desks"


def test_the_last_chief_of_a_desk_stays(staff):
    last = Membership.objects.get(user=staff.desk_chief)
    assert code_of(WrongState, remove_member, last, by=staff.chief_editor) == "last_chief"
    away = person(Role.DESK_CHIEF, staff.desk, is_active=False)
    assert code_of(WrongState, remove_member, last, by=staff.desk_chief) == "last_chief", away
    second = person(Role.DESK_CHIEF, staff.desk)
    remove_member(last, by=staff.desk_chief)
    assert not Desk.objects.visible_to(staff.desk_chief).exists()
    assert code_of(WrongState, remove_member, Membership.objects.get(user=second), by=second) == "last_chief"


def test_who_is_removed_leaves_their_open_work_on_record(staff):
    claim = bring_to(
        file_text("40 homes burned in Torvik.", desk=staff.desk, by=staff.editor).claims.get(), "open", staff
    )
    task = assign_claim(claim, staff.checker, by=staff.editor)
    membership = Membership.objects.get(user=staff.checker)
    pk = membership.pk
    remove_member(membership, by=staff.desk_chief)
    event = Event.objects.get(record="membership", record_id=pk)
    assert (event.action, event.facts) == (
        "remove",
        {"user": staff.checker.pk, "role": "checker", "open_work": [task.pk]},
    )
    assert not Membership.objects.filter(user=staff.checker).exists()


def test_a_role_is_taken_away_once(staff):
    membership = Membership.objects.get(user=staff.checker)
    again = Membership.objects.get(pk=membership.pk)
    remove_member(membership, by=staff.desk_chief)
    with pytest.raises(WrongState):
        remove_member(again, by=staff.desk_chief)
    assert Event.objects.filter(record="membership", action="remove").count() == 1


def test_chief_editors_are_not_removed_here(staff):
    chief = Membership.objects.get(user=staff.chief_editor)
    assert code_of(NotAllowed, remove_member, chief, by=staff.desk_chief) == "role_missing"
    assert code_of(Invalid, remove_member, chief, by=staff.chief_editor) == "role_of_all_desks"


def test_a_policy_is_made_of_the_defaults_and_what_is_said(staff):
    before = Policy.of(staff.desk)
    policy = set_policy(staff.desk, by=staff.desk_chief, version=before.version, eyes="two", minimum_origins=3)
    assert (policy.eyes, policy.minimum_origins, policy.threshold) == ("two", 3, before.threshold)
    assert Policy.of(staff.desk).version == before.version + 1
    facts = Event.objects.of(policy).get().facts
    assert facts["eyes"] == {"from": "three", "to": "two"}


def test_a_policy_that_changed_since_it_was_seen_is_not_overwritten(staff):
    seen = Policy.of(staff.desk).version
    set_policy(staff.desk, by=staff.desk_chief, version=seen, eyes="two")
    with pytest.raises(StaleRevision):
        set_policy(staff.desk, by=staff.chief_editor, version=seen, eyes="three")
    assert Policy.of(staff.desk).eyes == "two"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "nothing_to_change"),
        ({"eyes": "one"}, "eyes_unknown"),
        ({"threshold": 1.01}, "threshold_range"),
        ({"threshold": -0.1}, "threshold_range"),
        ({"threshold": math.nan}, "threshold_range"),
        ({"threshold": "0.5"}, "threshold_range"),
        ({"threshold": True}, "threshold_range"),
        ({"minimum_origins": 0}, "origins_range"),
        ({"minimum_origins": 11}, "origins_range"),
        ({"minimum_origins": 1.5}, "origins_range"),
        ({"reliability_floor": "G"}, "reliability_unknown"),
        ({"reliability_floor": "AB"}, "reliability_unknown"),
    ],
)
def test_a_policy_outside_its_ranges_is_refused(staff, values, code):
    assert code_of(Invalid, set_policy, staff.desk, by=staff.desk_chief, **values) == code
    assert not Policy.objects.exists()


def test_only_a_chief_editor_founds_a_desk(staff):
    for who in (staff.desk_chief, staff.outsider, staff.superuser):
        assert code_of(NotAllowed, record_desk, "sports", "Sports", by=who) == "role_missing"
    desk = record_desk("sports", " Sports ", by=staff.chief_editor)
    assert (desk.name, Event.objects.of(desk).get().actor) == ("Sports", staff.chief_editor)
    assert code_of(Invalid, record_desk, "sports", "Sports again", by=staff.chief_editor) == "desk_known"
    for slug, name in (("", "No slug"), ("Not Plain", "Sports"), ("sports-2", " ")):
        assert code_of(Invalid, record_desk, slug, name, by=staff.chief_editor) == "name_missing"


def test_nobody_gives_a_role_to_themselves(staff):
    """A chief editor would be a desk's chief next, and open the names entrusted to it."""
    for chief in (staff.desk_chief, staff.chief_editor):
        assert code_of(NotAllowed, add_member, staff.desk, chief, Role.REVIEWER, by=chief) == "own_role"
    assert add_member(staff.desk, staff.chief_editor, Role.REVIEWER, by=staff.desk_chief)


# A service account is nothing else


def test_a_service_account_gets_no_other_role_and_no_person_gets_its_role(staff):
    other = Staff()
    for desk, chief in ((staff.desk, staff.desk_chief), (other.desk, other.desk_chief)):
        assert code_of(Invalid, add_member, desk, staff.service, Role.EDITOR, by=chief) == "service_alone"
        assert code_of(Invalid, add_member, desk, staff.editor, Role.SERVICE, by=chief) == "service_alone"
    assert add_member(other.desk, staff.service, Role.SERVICE, by=other.desk_chief), "of two desks"


def test_who_is_a_service_account_as_well_has_the_rights_of_one_and_no_other(staff):
    """As it may stand in an older database, or come about by two actions at the same moment."""
    story = file_text("40 homes burned in Torvik.", desk=staff.desk, by=staff.editor)
    elsewhere = Staff().desk
    WebhookFactory(desk=staff.desk)
    for user in (staff.desk_chief, staff.chief_editor):
        Membership.objects.create(user=user, desk=elsewhere, role=Role.SERVICE)
        for action in (dismiss_claim, accept_claim):
            note = {"note": "idle"} if action is dismiss_claim else {}
            assert code_of(NotAllowed, action, story.claims.get(), by=user, **note) == "role_missing"
        assert code_of(NotAllowed, set_policy, staff.desk, by=user, eyes="two") == "role_missing"
        assert code_of(NotAllowed, record_topic, "Floods", desk=staff.desk, by=user) == "role_missing"
        assert code_of(NotAllowed, grade_source, SourceFactory(), "A", by=user, reason="trusted") == "role_missing"
        assert code_of(NotAllowed, revise_document, story, b"Rain.", by=user, editor=staff.editor) == "role_missing"
        assert not Webhook.objects.visible_to(user).exists()
    assert not Desk.objects.visible_to(staff.chief_editor).exclude(pk=elsewhere.pk).exists()
    own = file_text("It rained.", desk=staff.desk, by=staff.service)
    revise_document(own, b"Rain.", by=staff.service, editor=staff.editor)


# The rules by which one's own text is checked

LOOSER = {"threshold": 0.9, "minimum_origins": 1, "eyes": "two", "reliability_floor": "A"}
STRICTER = {"threshold": 0.1, "minimum_origins": 5, "eyes": "three", "reliability_floor": "F"}


@pytest.mark.parametrize("rule", LOOSER)
def test_an_author_does_not_loosen_the_rules_by_which_the_own_text_is_checked(rule, staff):
    file_text("40 homes burned in Torvik.", desk=staff.desk, by=staff.editor, authors=(staff.desk_chief,))
    policy = Policy.of(staff.desk)
    if rule in ("minimum_origins", "reliability_floor"):
        policy = set_policy(staff.desk, by=staff.chief_editor, minimum_origins=3, reliability_floor="C")
    before = getattr(policy, rule)
    assert (
        code_of(NotAllowed, set_policy, staff.desk, by=staff.desk_chief, **{rule: LOOSER[rule]}) == "four_eyes_author"
    )
    assert getattr(Policy.of(staff.desk), rule) == before
    set_policy(staff.desk, by=staff.desk_chief, **{rule: STRICTER[rule]})
    set_policy(staff.desk, by=staff.chief_editor, **{rule: LOOSER[rule]})
    assert getattr(Policy.of(staff.desk), rule) == LOOSER[rule]


def test_a_chief_who_wrote_nothing_that_is_being_checked_loosens_the_rules(staff):
    own = file_text("40 homes burned in Torvik.", desk=staff.desk, by=staff.editor, authors=(staff.desk_chief,))
    clear_document(own, staff)
    publish_document(own, by=staff.editor)
    assert set_policy(staff.desk, by=staff.desk_chief, threshold=0.8).threshold == 0.8
    revise_document(own, b"50 homes burned in Torvik.", by=staff.editor)
    do_jobs()
    assert code_of(NotAllowed, set_policy, staff.desk, by=staff.desk_chief, threshold=0.9) == "four_eyes_author"
    other = Staff()
    assert set_policy(other.desk, by=other.desk_chief, threshold=1.0), "another desk's texts are another's"
