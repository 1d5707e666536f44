"""Webhooks in the admin: the secret is shown once, addresses inside the network are refused."""

import re

import pytest
from django.urls import reverse

from factcheck.models import Webhook
from tests.admin.pages import page
from tests.factories import WebhookFactory

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


def test_the_secret_of_a_webhook_is_shown_once(client, people):
    data = {"desk": people.desk.pk, "url": PUBLIC, "events": ["claim_stale"]}
    response = client.post(reverse("admin:factcheck_webhook_add"), data)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    secret = re.search(r'id="fc-secret" value="([^"]{20,})"', response.content.decode())[1]
    hook = Webhook.objects.get()
    assert secret not in client.get(page(hook)).content.decode()
    renewed = do(client, hook, "change", url=PUBLIC, events=["claim_stale"], active="on", renew_secret="on")
    assert 'id="fc-secret"' in renewed.content.decode()
    assert secret not in renewed.content.decode()
    hook.refresh_from_db()
    quiet = do(client, hook, "change", url=PUBLIC, events=["document_published"])
    assert quiet.status_code == 302
    hook.refresh_from_db()
    assert (hook.events, hook.active) == (["document_published"], False)


def test_a_webhook_into_the_house_is_refused(client, people):
    data = {"desk": people.desk.pk, "url": "http://127.0.0.1/hook", "events": ["claim_stale"]}
    assert client.post(reverse("admin:factcheck_webhook_add"), data).status_code == 422
    assert not Webhook.objects.exists()


def test_a_webhook_is_tried_out_from_its_page_and_no_secret_is_shown(client, people):
    hook = WebhookFactory(desk=people.desk, url=PUBLIC)
    response = do(client, hook, "ping")
    assert response.status_code == 302
    assert hook.deliveries.get().event == "ping"
    content = client.get(page(hook)).content.decode()
    assert "A message is on its way" in content
    assert "Try it out" in content
