"""A desk in the admin: its chief sets the policy, a chief editor founds it."""

import pytest
from django.urls import reverse

from factcheck.models import Desk, Membership, Policy
from tests.admin.pages import page
from tests.factories import DeskFactory
from tests.stories import person

ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")
POLICY = {"eyes": "two", "threshold": "0.6", "minimum_origins": "3", "reliability_floor": "B", "version": "1"}
PUBLIC = "https://93.184.216.34/hook"


@pytest.fixture
def people(staff, client):
    for role in ROLES:
        getattr(staff, role).is_staff = True
        getattr(staff, role).save()
    client.force_login(staff.desk_chief)
    return staff


def do(client, record, action, **data):
    return client.post(page(record, action), {"version": getattr(record, "version", ""), **data})


@pytest.mark.parametrize("role", ["editor", "checker", "reviewer", "auditor"])
def test_nobody_else_arranges_the_desk(client, people, role):
    client.force_login(getattr(people, role))
    before = Membership.objects.count()
    assert not client.get(page(people.desk)).context["buttons"]
    for user in (people.outsider.username, "nobody-of-this-name"):
        response = do(client, people.desk, "add_member", user=user, role="editor")
        assert response.status_code == 403, "and who logs in here is not told to everybody"
    assert do(client, Membership.objects.get(user=people.checker), "remove").status_code == 403
    assert client.post(page(people.desk, "set_policy"), POLICY).status_code == 403
    assert Membership.objects.count() == before
    assert not Policy.objects.exists()


def test_a_chief_sets_the_policy_and_an_older_version_is_refused(client, people):
    assert "these are the defaults" in client.get(page(people.desk)).content.decode()
    assert client.post(page(people.desk, "set_policy"), POLICY).status_code == 302
    policy = Policy.objects.get(desk=people.desk)
    assert (policy.eyes, policy.threshold, policy.minimum_origins, policy.reliability_floor) == ("two", 0.6, 3, "B")
    response = client.post(page(people.desk, "set_policy"), {**POLICY, "eyes": "three"})
    assert response.status_code == 409
    assert "This has changed since you opened it." in response.content.decode()
    policy.refresh_from_db()
    assert policy.eyes == "two"


@pytest.mark.parametrize("wrong", [{"threshold": "nan"}, {"threshold": "2"}, {"minimum_origins": "0"}, {"eyes": "one"}])
def test_a_policy_outside_its_range_is_refused(client, people, wrong):
    assert client.post(page(people.desk, "set_policy"), {**POLICY, **wrong}).status_code == 422
    assert not Policy.objects.exists()


def test_a_chief_editor_founds_a_desk_and_a_chief_does_not(client, people):
    data = {"name": "Foreign desk", "slug": "foreign"}
    assert client.post(reverse("admin:factcheck_desk_add"), data).status_code == 403
    client.force_login(people.chief_editor)
    assert client.post(reverse("admin:factcheck_desk_add"), data).status_code == 302
    assert Desk.objects.get(slug="foreign").name == "Foreign desk"
    assert "Another desk has this slug." in client.post(reverse("admin:factcheck_desk_add"), data).content.decode()


@pytest.mark.parametrize("role", ["editor", "checker", "auditor"])
@pytest.mark.parametrize("noun", ["feed", "webhook"])
def test_nobody_else_is_led_to_the_forms(client, people, noun, role):
    client.force_login(getattr(people, role))
    assert client.get(reverse(f"admin:factcheck_{noun}_add")).status_code == 403
    assert "New feed" not in client.get(page(people.desk)).content.decode()


@pytest.mark.parametrize("role", ["checker", "chief_editor"])
def test_the_list_counts_everybody_who_works_on_the_desk(client, people, role):
    client.force_login(getattr(people, role))
    Membership.objects.create(user=people.checker, desk=people.desk, role="reviewer")
    rows = client.get(reverse("admin:factcheck_desk_changelist")).context["cl"].result_list
    assert [row.member_count for row in rows] == [6], "each person once"


def test_another_desk_has_its_own_page(client, people):
    other = DeskFactory()
    assert client.get(page(other)).status_code == 404
    client.force_login(person("desk_chief", other, is_staff=True))
    assert client.get(page(people.desk)).status_code == 404
