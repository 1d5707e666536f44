"""Webhooks at the API: kept by the chief, their secret shown once, their deliveries listed."""

import pytest

from factcheck.models import Delivery, IdempotencyKey, Webhook

pytestmark = pytest.mark.django_db
BODY = {"desk": "metro", "url": "https://cms.example/hook", "events": ["document_published"]}


def test_a_secret_is_shown_once(api):
    made = api.desk_chief.post("webhooks/", BODY)
    assert made.status_code == 201, made.content
    assert len(made.json()["secret"]) > 40
    shown = api.desk_chief.get(f"webhooks/{made.json()['id']}/")
    assert "secret" not in shown.json()
    assert shown.json()["url"] == BODY["url"]
    assert made.json()["secret"] not in api.desk_chief.get("webhooks/").content.decode()


def test_a_webhook_is_changed_and_its_secret_renewed(api):
    pk = api.desk_chief.post("webhooks/", BODY).json()["id"]
    path = f"/factcheck/api/v1/webhooks/{pk}/"
    assert api.desk_chief.client.patch(path, {"active": False}, format="json").status_code == 428
    response = api.desk_chief.client.patch(path, {"active": False}, format="json", headers={"If-Match": "*"})
    assert (response.status_code, response.json()["active"], "secret" in response.json()) == (200, False, False)
    response = api.desk_chief.client.patch(path, {"renew_secret": True}, format="json", headers={"If-Match": '"2"'})
    assert response.json()["secret"]
    assert response.json()["version"] == 3
    stale = api.desk_chief.client.patch(path, {"active": True}, format="json", headers={"If-Match": '"1"'})
    assert stale.status_code == 412


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("auditor", 403), ("nobody", 401)])
def test_nobody_else_enters_one(who, status, api):
    assert getattr(api, who).post("webhooks/", BODY).status_code == status
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://127.0.0.1/"},
        {"url": "no address"},
        {"url": "https://cms.example/\u0000"},
        {"events": []},
        {"events": ["gossip"]},
        {"events": "document_published"},
        {"desk": "nowhere"},
        {"secret": "mine"},
    ],
)
def test_bad_input_is_refused(change, api):
    response = api.desk_chief.post("webhooks/", {**BODY, **change})
    assert response.status_code == 422, response.content
    assert not Webhook.objects.exists()


def test_an_answer_with_a_secret_is_never_kept(api):
    response = api.desk_chief.post("webhooks/", BODY, **{"Idempotency-Key": "once"})
    assert response.status_code == 422
    assert not IdempotencyKey.objects.exists()


def test_webhooks_and_deliveries_are_seen_by_chiefs_and_auditors_of_the_desk(api):
    hook = Webhook.objects.get(pk=api.desk_chief.post("webhooks/", BODY).json()["id"])
    Delivery.objects.create(webhook=hook, event="document_published", key="1", payload={"event": "x"}, status=500)
    for who, count in (("desk_chief", 1), ("auditor", 1), ("chief_editor", 1), ("editor", 0), ("stranger", 0)):
        caller = getattr(api, who)
        assert len(caller.get("webhooks/").json()["results"]) == count, who
        assert len(caller.get(f"deliveries/?webhook={hook.pk}&delivered=false").json()["results"]) == count, who
    assert api.desk_chief.get("deliveries/?delivered=true").json()["results"] == []
