"""Webhooks: who may keep one, what is delivered of which happening, signed, through the guarded client."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.forms import model_to_dict
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.intake.fetching import FetchFailed, FetchRefused
from factcheck.jobs.leases import claim_job as take_job
from factcheck.management.commands.webhook_sample import sample
from factcheck.models import Delivery, Document, Event, Job, Webhook
from factcheck.tasks import run_job, work
from factcheck.workflow.clearance import note_clearance
from factcheck.workflow.publications import correct_document, publish_document
from factcheck.workflow.verification import challenge_claim
from factcheck.workflow.webhook_events import WEBHOOK_EVENTS
from factcheck.workflow.webhooks import change_webhook, ping_webhook, record_webhook, signed_message
from tests.stories import Staff, bring_to, clear_document, file_text

pytestmark = pytest.mark.django_db
STORY = "The council of Torvik said 40 homes were flooded on Monday."
URL = "https://cms.example/hooks/factcheck"
ALL = ("claim_stale", "document_cleared", "document_uncleared", "document_published", "correction_published")


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(STORY, desk=staff.desk, by=staff.editor, title="Flood")


@pytest.fixture
def hook(staff):
    return record_webhook(staff.desk, URL, ALL, by=staff.desk_chief)[0]


def test_a_chief_enters_a_webhook_and_its_secret_is_kept_sealed(staff):
    webhook, secret = record_webhook(staff.desk, URL, ["document_published"], by=staff.desk_chief)
    assert len(secret) > 40
    assert secret not in webhook.secret
    assert (webhook.events, webhook.active) == (["document_published"], True)
    assert [row.action for row in Event.objects.of(webhook)] == ["record"]


@pytest.mark.parametrize("role", ["editor", "checker", "reviewer", "auditor", "service", "outsider", "superuser"])
def test_nobody_else_keeps_webhooks(role, staff, hook):
    with pytest.raises(NotAllowed):
        record_webhook(staff.desk, URL, ALL, by=getattr(staff, role))
    with pytest.raises(NotAllowed):
        change_webhook(hook, by=getattr(staff, role), active=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "https://[::1]/",
        "https://10.1.2.3/x",
        "ftp://cms.example/",
        "https://user:pass@cms.example/",
        "https://localhost/",
        "https://cms.example:8443/",
        "",
        "https://cms.example/\0",
    ],
)
def test_an_address_inside_is_refused_at_once(url, staff):
    with pytest.raises(Invalid):
        record_webhook(staff.desk, url, ALL, by=staff.desk_chief)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("events", [[], ["gossip"], ["document_published", "x"]])
def test_an_unknown_event_is_refused(events, staff):
    with pytest.raises(Invalid):
        record_webhook(staff.desk, URL, events, by=staff.desk_chief)


def test_a_webhook_is_changed_by_version_and_a_new_secret_is_shown_once(hook, staff):
    assert change_webhook(hook, by=staff.desk_chief, active=False, version=1) == ""
    with pytest.raises(StaleRevision):
        change_webhook(hook, by=staff.desk_chief, active=True, version=1)
    before = hook.secret
    assert change_webhook(hook, by=staff.desk_chief, renew_secret=True)
    assert hook.secret != before


def test_every_happening_is_told_once_with_ids_and_states_and_no_text(story, hook, staff):
    clear_document(story, staff)
    note_clearance(story.pk, by=Machine("recheck_clearance"))
    publish_document(story, by=staff.editor)
    challenge_claim(story.claims.get(), by=staff.checker, note="the council denies it")
    note_clearance(story.pk, by=Machine("recheck_clearance"))
    correct_document(story, by=staff.editor, correction_class="clarification", wording="It was 45 homes.")
    rows = list(Delivery.objects.order_by("pk"))
    assert [row.event for row in rows] == [
        "document_cleared",
        "document_published",
        "claim_stale",
        "document_uncleared",
        "correction_published",
    ]
    sent = json.dumps([row.payload for row in rows])
    assert not [word for word in ("Torvik", "Flood", "council", "45 homes", staff.editor.username) if word in sent]
    assert rows[2].payload["claim"] == {"id": story.claims.get().pk, "state": "stale"}
    assert [row["code"] for row in rows[3].payload["clearance"]["blockers"]] == ["claim_stale"]
    assert Job.objects.filter(name="deliver_webhook").count() == 5


def test_a_webhook_hears_what_it_chose_while_it_is_active_of_its_own_desk(story, hook, staff):
    change_webhook(hook, by=staff.desk_chief, events=["claim_stale"])
    other = Staff()
    record_webhook(other.desk, URL, ALL, by=other.desk_chief)
    idle, _ = record_webhook(staff.desk, URL, ALL, by=staff.desk_chief)
    change_webhook(idle, by=staff.desk_chief, active=False)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    assert not Delivery.objects.exists()


def test_a_message_is_signed_over_its_time_and_body(story, staff):
    webhook, secret = record_webhook(staff.desk, URL, ALL, by=staff.desk_chief)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    delivery = Delivery.objects.get(webhook=webhook)
    body, headers = signed_message(delivery, timezone.now())
    over = headers["X-Factcheck-Timestamp"].encode() + b"." + body
    digest = hmac.new(secret.encode(), over, hashlib.sha256).hexdigest()
    assert headers["X-Factcheck-Signature"] == f"sha256={digest}"
    assert (headers["X-Factcheck-Event"], headers["X-Factcheck-Delivery"]) == ("document_published", str(delivery.pk))
    assert json.loads(body)["delivery"] == delivery.pk


def test_the_documented_example_takes_a_true_message_and_no_other(story, staff):
    page = (Path(__file__).parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
    example: dict = {}
    exec(page.split('```python title="verify.py"\n')[1].split("```")[0], example)
    _, secret = record_webhook(staff.desk, URL, ALL, by=staff.desk_chief)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    body, headers = signed_message(Delivery.objects.get(), timezone.now())
    assert example["verified"](secret, headers, body)
    assert not example["verified"](secret, headers, body.replace(b"published", b"withdrawn"))
    assert not example["verified"]("another secret", headers, body)
    for written in (str.lower, str.upper, str.title):
        assert example["verified"](secret, {written(name): value for name, value in headers.items()}, body)
    for name in ("X-Factcheck-Timestamp", "X-Factcheck-Signature"):
        assert not example["verified"](secret, {**headers, name: "x"}, body)
        assert not example["verified"](secret, {key: headers[key] for key in headers if key != name}, body)
    old, headers = signed_message(Delivery.objects.get(), timezone.now() - timedelta(hours=1))
    assert not example["verified"](secret, headers, old)


def test_a_webhook_that_leads_inside_is_never_dialled_and_not_tried_again(story, hook, staff):
    Webhook.objects.filter(pk=hook.pk).update(url="http://127.0.0.1/")  # as if its name had moved there
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    work()
    delivery, job = Delivery.objects.get(), Job.objects.get(name="deliver_webhook")
    assert (delivery.delivered_at, delivery.status, job.state) == (None, None, "failed")
    assert "private" in delivery.error


class Elsewhere:
    """The other side of a webhook: answers as it is told, one answer for each message."""

    def __init__(self, monkeypatch, *answers):
        self.answers, self.asked = list(answers), 0
        monkeypatch.setattr("factcheck.tasks.post_json", self)

    def __call__(self, url, body, **_):
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


FAULTS = {
    "slow": FetchRefused("too_slow", "The server cms.example took too long."),
    "no name server": FetchFailed("dns", "There is no host named cms.example."),
    "away": FetchFailed("connect", "The server cms.example cannot be reached."),
    "ill": 503,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_webhook_that_fails_once_gets_the_message_a_minute_later(fault, story, hook, staff, monkeypatch):
    other = Elsewhere(monkeypatch, FAULTS[fault], 204)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    work()
    job = Job.objects.get(name="deliver_webhook")
    assert (job.state, job.failures) == ("due", 1)
    assert timedelta(seconds=50) < job.run_at - timezone.now() < timedelta(seconds=70)
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    assert (Delivery.objects.get().status, other.asked) == (204, 2)


def test_a_webhook_that_stays_away_is_tried_for_hours_and_then_given_up(story, hook, staff, monkeypatch):
    Elsewhere(monkeypatch, *[FAULTS["slow"]] * 5)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    waits = []
    for _ in range(5):
        work()
        job = Job.objects.get(name="deliver_webhook")
        waits.append(round((job.run_at - timezone.now()).total_seconds() / 60))
        Job.objects.filter(state="due").update(run_at=timezone.now() - timedelta(seconds=1))
    assert (waits[:4], job.state) == ([1, 5, 30, 120], "failed")


def test_the_job_names_neither_the_host_of_a_webhook_nor_what_it_answered(story, hook, staff, monkeypatch):
    Elsewhere(monkeypatch, FAULTS["slow"], 418)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    for said in ("cms.example", "418"):
        work()
        job = Job.objects.visible_to(staff.checker).get(name="deliver_webhook")
        assert said in Delivery.objects.get().error
        assert "cms" not in str(model_to_dict(job))
        assert "418" not in job.error
        assert str(Delivery.objects.get().pk) in job.error
        Job.objects.filter(state="due").update(run_at=timezone.now() - timedelta(seconds=1))


def test_a_delivery_to_a_webhook_that_was_switched_off_is_dropped(story, hook, staff):
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    change_webhook(hook, by=staff.desk_chief, active=False)
    while lease := take_job("work"):
        run_job(lease)
    assert Job.objects.get(name="deliver_webhook").result == {"already": False, "active": False}


def test_a_claim_that_goes_stale_in_an_act_that_fails_is_told_to_nobody(story, hook, staff):
    claim = bring_to(story.claims.get(), "signed_off", staff)
    with pytest.raises(Invalid):
        challenge_claim(claim, by=staff.checker, note="")
    assert not Delivery.objects.exists()


def test_a_receiver_in_the_house_is_for_the_settings_to_allow(story, staff, settings):
    with pytest.raises(Invalid):
        record_webhook(staff.desk, "http://hooks.desk.internal:8443/x", ALL, by=staff.desk_chief)
    settings.FACTCHECK = {"WEBHOOK_HOSTS": ["hooks.desk.internal:8443"]}
    record_webhook(staff.desk, "http://hooks.desk.internal:8443/x", ALL, by=staff.desk_chief)
    with pytest.raises(Invalid):
        record_webhook(staff.desk, "http://hooks.desk.internal:9000/x", ALL, by=staff.desk_chief)


# Trying out


def test_a_webhook_is_tried_out_once_a_minute_whatever_it_is_told_of(hook, staff, monkeypatch):
    other = Elsewhere(monkeypatch, 204, 204)
    with time_machine.travel(timezone.now(), tick=False):
        first = ping_webhook(hook, by=staff.desk_chief)
        assert ping_webhook(hook, by=staff.desk_chief).pk == first.pk
        Delivery.objects.update(key="a minute ago")
        second = ping_webhook(hook, by=staff.desk_chief)
    work()
    assert second.pk != first.pk
    first.refresh_from_db()
    assert (first.event, first.status, first.payload["webhook"], other.asked) == ("ping", 204, {"id": hook.pk}, 2)
    assert [row.action for row in Event.objects.of(hook)] == ["record", "ping", "ping"]


@pytest.mark.parametrize("role", ["editor", "checker", "reviewer", "auditor", "service", "outsider", "superuser"])
def test_nobody_else_tries_it_out(role, staff, hook):
    with pytest.raises(NotAllowed):
        ping_webhook(hook, by=getattr(staff, role))


def test_one_that_is_switched_off_is_not_tried_out(staff, hook):
    change_webhook(hook, by=staff.desk_chief, active=False)
    with pytest.raises(WrongState, match="switched off"):
        ping_webhook(hook, by=staff.desk_chief)
    assert not Delivery.objects.exists()


def shape(value):
    """The names in a payload, however deep; the entries of a list are alike."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    return [shape(entry) for entry in value[:1]] if isinstance(value, list) else type(value)


def test_samples_have_the_form_of_what_is_sent(story, staff):
    hook, _ = record_webhook(staff.desk, URL, WEBHOOK_EVENTS, by=staff.desk_chief)
    clear_document(story, staff)
    note_clearance(story.pk, by=Machine("recheck_clearance"))
    publish_document(story, by=staff.editor)
    challenge_claim(story.claims.get(), by=staff.checker, note="the council denies it")
    note_clearance(story.pk, by=Machine("recheck_clearance"))
    correct_document(
        story, by=staff.editor, correction_class="correction", wording="It was 45.", claim=story.claims.get()
    )
    ping_webhook(hook, by=staff.desk_chief)
    sent = {row.event: {"delivery": row.pk, **row.payload} for row in Delivery.objects.all()}
    assert set(sent) == {*WEBHOOK_EVENTS, "ping"} - {"history_checkpoint"}
    assert {event: shape(sample(event)) for event in sent} == {event: shape(sent[event]) for event in sent}
