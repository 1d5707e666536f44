"""Roles follow the groups that single sign-on fills: only those the settings name, one on a desk, each an event."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from factcheck.conf import ROLES_BY_GROUP
from factcheck.management.health_checks import warn_of_unknown_desks
from factcheck.models import Desk, Event, Membership, Role
from factcheck.tasks import tick, work
from factcheck.workflow.desks import add_member, remove_member
from factcheck.workflow.history_checks import verify_history
from tests.factories import DeskFactory, UserFactory
from tests.stories import Staff, person

pytestmark = pytest.mark.django_db

MAPPING = {
    "GROUP_ROLES": {
        "Desk chiefs": ["news-desk", "desk_chief"],
        "Editors": ["news-desk", "editor"],
        "Checkers": ["news-desk", "checker"],
        "Night editors": ["night", "editor"],
    },
    "CHIEF_EDITOR_GROUPS": ["Chiefs"],
}
GROUPS = ("Desk chiefs", "Editors", "Checkers", "Night editors", "Chiefs", "Canteen")


@pytest.fixture
def ann(settings):
    """Somebody without a role, on a site whose groups give roles."""
    settings.FACTCHECK = MAPPING
    for name in GROUPS:
        Group.objects.create(name=name)
    return UserFactory(username="ann")


@pytest.fixture
def desk(ann):
    DeskFactory(slug="night")
    return DeskFactory(slug="news-desk")


def groups(*names: str) -> list[Group]:
    return [Group.objects.get(name=name) for name in names]


def roles(user) -> set[tuple[str, str]]:
    rows = Membership.objects.filter(user=user).values_list("desk__slug", "role")
    return {(slug or "all", role) for slug, role in rows}


def run(*args: str) -> str:
    out = StringIO()
    call_command("sync_group_roles", *args, stdout=out)
    return out.getvalue()


IN_GROUPS = [
    ((), set()),
    (("Canteen",), set()),
    (("Editors",), {("news-desk", "editor")}),
    (("Editors", "Night editors"), {("news-desk", "editor"), ("night", "editor")}),
    (("Checkers", "Editors"), {("news-desk", "editor")}),
    (("Checkers", "Desk chiefs", "Editors"), {("news-desk", "desk_chief")}),
    (("Chiefs",), {("all", "chief_editor")}),
    (("Chiefs", "Editors"), {("all", "chief_editor"), ("news-desk", "editor")}),
]


@pytest.mark.parametrize(("names", "wanted"), IN_GROUPS)
def test_groups_give_one_role_on_each_desk_the_first_that_the_setting_names(ann, desk, names, wanted):
    ann.groups.set(groups(*names))
    assert roles(ann) == wanted


WAYS_IN = {
    "added": lambda user, group: user.groups.add(group),
    "set": lambda user, group: user.groups.set([group]),
    "added from the side of the group": lambda user, group: group.user_set.add(user),
    "set from the side of the group": lambda user, group: group.user_set.set([user]),
}
WAYS_OUT = {
    "removed": lambda user, group: user.groups.remove(group),
    "set to none": lambda user, group: user.groups.set([]),
    "cleared": lambda user, group: user.groups.clear(),
    "removed from the side of the group": lambda user, group: group.user_set.remove(user),
    "cleared from the side of the group": lambda user, group: group.user_set.clear(),
    "the group deleted": lambda user, group: group.delete(),
    "the group deleted with others": lambda user, group: Group.objects.all().delete(),
    "the group renamed": lambda user, group: (setattr(group, "name", "Others"), group.save()),
}


@pytest.mark.parametrize("way", WAYS_IN)
def test_whoever_comes_into_a_group_gets_its_role(ann, desk, way):
    WAYS_IN[way](ann, groups("Editors")[0])
    assert roles(ann) == {("news-desk", "editor")}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_whoever_leaves_a_group_loses_its_role(ann, desk, way):
    ann.groups.add(*groups("Editors"))
    WAYS_OUT[way](ann, groups("Editors")[0])
    assert roles(ann) == set()


def test_a_group_that_gets_the_name_gives_the_role(ann, desk):
    (canteen,) = groups("Canteen")
    ann.groups.add(canteen)
    Group.objects.get(name="Editors").delete()
    canteen.name = "Editors"
    canteen.save()
    assert roles(ann) == {("news-desk", "editor")}


def test_every_change_is_an_event_of_the_machine_and_the_history_verifies(ann, desk):
    ann.groups.add(*groups("Editors"))
    ann.groups.clear()
    rows = Event.objects.filter(record="membership").order_by("pk").values_list("action", "machine", "facts__role")
    assert list(rows) == [("add", "group_roles", "editor"), ("remove", "group_roles", "editor")]
    assert list(verify_history()) == []


def test_what_a_chief_gave_by_hand_stays_and_groups_add_nothing_beside_it(ann, desk):
    chief = person(Role.DESK_CHIEF, desk)
    add_member(desk, ann, Role.REVIEWER, by=chief)
    ann.groups.set(groups("Editors", "Night editors"))
    assert roles(ann) == {("news-desk", "reviewer"), ("night", "editor")}
    ann.groups.clear()
    assert roles(ann) == {("news-desk", "reviewer")}


def test_what_a_chief_gave_by_hand_stays_also_where_it_is_the_role_of_the_group(ann, desk):
    add_member(desk, ann, Role.EDITOR, by=person(Role.DESK_CHIEF, desk))
    ann.groups.set(groups("Editors"))
    ann.groups.clear()
    assert roles(ann) == {("news-desk", "editor")}


def test_what_a_chief_took_comes_back_while_the_group_says_so(ann, desk):
    ann.groups.set(groups("Editors"))
    remove_member(Membership.objects.get(user=ann), by=person(Role.DESK_CHIEF, desk))
    assert "ann gets editor on" in run()
    assert roles(ann) == {("news-desk", "editor")}


def test_another_group_is_another_role_in_place_of_the_first(ann, desk):
    ann.groups.set(groups("Checkers"))
    ann.groups.set(groups("Editors"))
    assert roles(ann) == {("news-desk", "editor")}


def test_the_last_chief_keeps_the_role_until_another_has_it(ann, desk, caplog):
    bo = UserFactory(username="bo")
    ann.groups.set(groups("Desk chiefs"))
    ann.groups.set(groups("Editors"))
    assert roles(ann) == {("news-desk", "desk_chief")}, "and is not given a second one beside it"
    assert "at least one chief" in caplog.text
    assert "not done: A desk keeps at least one chief" in run()
    bo.groups.set(groups("Desk chiefs"))
    assert "ann loses desk chief" in run()
    assert roles(ann) == {("news-desk", "editor")}


def test_two_chiefs_who_change_places_at_once_are_both_done(ann, desk):
    bo = UserFactory(username="bo")
    ann.groups.set(groups("Desk chiefs"))
    through = get_user_model().groups.through.objects
    through.all().delete()  # behind the back of the signals, as SQL does
    through.create(user=ann, group=groups("Editors")[0])
    through.create(user=bo, group=groups("Desk chiefs")[0])
    said = run()
    assert roles(bo) == {("news-desk", "desk_chief")}
    assert roles(ann) == {("news-desk", "editor")}
    assert "not done" not in said


@pytest.mark.parametrize("values", [{"is_active": False}])
def test_an_account_that_is_switched_off_gets_no_role(ann, desk, values):
    get_user_model().objects.filter(pk=ann.pk).update(**values)
    ann.refresh_from_db()
    ann.groups.set(groups("Editors"))
    assert roles(ann) == set()


def test_a_service_account_is_in_nobodys_groups(ann, desk):
    robot = person(Role.SERVICE, desk)
    robot.groups.set(groups("Editors", "Chiefs"))
    assert roles(robot) == {("news-desk", "service")}


def test_superusers_and_staff_get_no_role_by_that(ann, desk):
    ann.is_superuser = ann.is_staff = True
    ann.save()
    ann.groups.set(groups("Canteen"))
    run()
    assert roles(ann) == set()


def test_the_command_is_tried_first_and_run_twice_changes_nothing(ann, desk):
    get_user_model().groups.through.objects.create(user=ann, group=groups("Editors")[0])
    assert "ann gets editor on" in run("--dry-run")
    assert roles(ann) == set()
    assert "1 changes." in run()
    assert run() == "Nothing is changed.\n"
    assert Event.objects.filter(record="membership").count() == 1


def test_an_emptied_setting_leaves_roles_until_the_command_takes_them(ann, desk, settings):
    ann.groups.set(groups("Editors"))
    settings.FACTCHECK = {}
    ann.groups.clear()
    tick()
    work()
    assert roles(ann) == {("news-desk", "editor")}
    assert "ann loses editor" in run()
    assert roles(ann) == set()


def test_the_hourly_upkeep_follows_what_was_changed_behind_the_signals(ann, desk):
    get_user_model().groups.through.objects.create(user=ann, group=groups("Editors")[0])
    tick()
    work()
    assert roles(ann) == {("news-desk", "editor")}


def test_a_desk_that_is_not_there_is_told_and_the_others_are_done(ann):
    DeskFactory(slug="news-desk")
    ann.groups.set(groups("Editors", "Night editors"))
    assert roles(ann) == {("news-desk", "editor")}
    with pytest.raises(CommandError, match="not there: night"):
        run()
    assert [row.id for row in warn_of_unknown_desks()] == ["factcheck.W031"]
    Desk.objects.create(slug="night", name="Night")
    assert warn_of_unknown_desks() == []


def test_a_site_without_the_setting_gives_no_role_by_a_group(db, settings):
    ann = UserFactory()
    ann.groups.add(Group.objects.create(name="Editors"))
    assert roles(ann) == set()


def test_what_groups_may_give_are_the_roles_of_people_on_one_desk():
    assert set(ROLES_BY_GROUP) == set(Role.values) - {Role.CHIEF_EDITOR, Role.SERVICE}


def test_nobody_without_groups_is_touched(ann, desk):
    staff = Staff(desk)
    before = set(Membership.objects.values_list("pk", flat=True))
    ann.groups.set(groups("Editors"))
    run()
    assert before <= set(Membership.objects.values_list("pk", flat=True))
    assert roles(staff.outsider) == set()
