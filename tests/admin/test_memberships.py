"""Memberships in the admin: a chief gives a role and takes it away."""

import pytest

from factcheck.models import Event, Membership
from tests.admin.pages import page
from tests.factories import UserFactory

ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")


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


def test_a_chief_gives_a_role_and_takes_it_away(client, people):
    newcomer = UserFactory()
    assert do(client, people.desk, "add_member", user=newcomer.username, role="checker").status_code == 302
    membership = Membership.objects.get(user=newcomer, role="checker", desk=people.desk)
    assert newcomer.username in client.get(page(people.desk)).content.decode()
    response = do(client, membership, "remove")
    assert response["Location"] == page(people.desk)
    assert not Membership.objects.filter(user=newcomer).exists()
    assert list(Event.objects.filter(record="membership").values_list("action", flat=True)) == ["add", "remove"]


def test_the_last_chief_stays(client, people):
    own = Membership.objects.get(user=people.desk_chief)
    response = do(client, own, "remove")
    assert response.status_code == 409
    assert "A desk keeps at least one chief" in response.content.decode()


@pytest.mark.parametrize("data", [{"user": "nobody-of-this-name"}, {"role": "chief_editor"}, {"role": "king"}])
def test_a_role_that_cannot_be_given_is_refused_in_words(client, people, data):
    before = Membership.objects.count()
    response = do(client, people.desk, "add_member", **{"user": people.outsider.username, "role": "editor", **data})
    assert response.status_code == 422
    assert "errornote" in response.content.decode()
    assert Membership.objects.count() == before
