"""The inbox at the API: one's own notices, and how one wants to be told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.models import NoticeKind, Notification
from factcheck.workflow.notices import notify
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(desk, people):
    document = DocumentFactory(desk=desk)

    def send(key, who="checker", kind="stale"):
        notify(kind, [people[who].pk], desk=desk.pk, about=document, key=key, text=f"Notice {key}.")

    return send


def test_one_s_own_notices_are_listed_narrowed_and_read(api, tell):
    tell("1")
    tell("2", kind="overdue")
    tell("3", who="editor")
    rows = api.checker.get("notifications/?unread=true").json()["results"]
    assert [row["text"] for row in rows] == ["Notice 2.", "Notice 1."]
    assert len(api.checker.get("notifications/?kind=overdue").json()["results"]) == 1
    response = api.checker.post(f"notifications/{rows[0]['id']}/read/")
    assert response.status_code == 200
    assert response.json()["read_at"]
    assert len(api.checker.get("notifications/?unread=true").json()["results"]) == 1
    assert api.checker.post("notifications/read/").json() == {"read": 1}
    assert Notification.objects.unread().get().text == "Notice 3."


def test_nobody_reads_another_s_notices(api, tell):
    tell("1")
    pk = Notification.objects.get().pk
    for caller in (api.editor, api.chief_editor, api.superuser, api.stranger):
        assert caller.get("notifications/").json()["results"] == []
        assert caller.post(f"notifications/{pk}/read/").status_code == 404
    assert api.nobody.get("notifications/").status_code == 401


def test_the_list_costs_the_same_for_one_and_for_three(api, tell):
    def price():
        with CaptureQueriesContext(connection) as seen:
            assert api.checker.get("notifications/").status_code == 200
        return len(seen)

    tell("1")
    price()
    first = price()
    tell("2")
    tell("3")
    assert price() == first


def test_choices_are_listed_for_every_kind_and_changed_one_by_one(api):
    rows = api.checker.get("notice-choices/").json()["results"]
    assert [row["kind"] for row in rows] == NoticeKind.values
    assert all(row["mail"] for row in rows)
    response = api.checker.patch("notice-choices/stale/", {"mail": False})
    assert (response.status_code, response.json()["mail"], response.json()["inbox"]) == (200, False, True)
    assert api.checker.get("notice-choices/stale/").json()["mail"] is False
    assert api.editor.get("notice-choices/stale/").json()["mail"] is True
    assert api.checker.get("notice-choices/gossip/").status_code == 404
    assert api.checker.patch("notice-choices/stale/", {"post": True}).status_code == 422
    assert api.checker.patch("notice-choices/stale/", {"mail": "perhaps"}).status_code == 422
