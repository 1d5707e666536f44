"""Checkpoints over the history: what they cover and when, under which key, and where they are shown."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from factcheck.jobs import checkpoints
from factcheck.jobs.checkpoints import SETTLE_SECONDS, last_settled_event, write_checkpoint, write_checkpoints
from factcheck.management.commands.webhook_sample import sample
from factcheck.management.health_checks import run_check
from factcheck.models import Checkpoint, Delivery, Event
from factcheck.reports.deliver import build_desk_report
from factcheck.reports.render import render
from factcheck.tasks import tick
from factcheck.workflow.checkpoints import broken_checkpoints
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.webhooks import record_webhook
from tests.stories import Staff, file_text

pytestmark = pytest.mark.django_db
FIRST, SECOND = "a first key of thirty-two letters", "a second key of thirty-two letters"


@pytest.fixture
def story(staff: Staff):
    return file_text("The council of Torvik said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor)


def last_event() -> int:
    return Event.objects.order_by("pk").values_list("pk", flat=True).last()


def test_a_checkpoint_covers_the_events_since_the_one_before(story, staff):
    half = Event.objects.order_by("pk")[1].pk
    first = write_checkpoint(half)
    second = write_checkpoint(last_event())
    assert (first.number, first.count, first.last_event, first.previous) == (1, 2, half, "")
    assert (second.number, second.previous, second.last_event) == (2, first.digest, last_event())
    assert second.first_event > half
    assert write_checkpoint(last_event()) is None
    assert list(broken_checkpoints()) == []


def test_a_checkpoint_holds_no_word_of_a_text(story):
    assert "Torvik" not in str(write_checkpoint(last_event()).marks)


def test_what_has_just_been_written_waits_until_it_has_settled(story, time_machine):
    assert last_settled_event() == 0
    time_machine.move_to(timezone.now() + timedelta(seconds=SETTLE_SECONDS + 1))
    if connection.vendor == "postgresql":  # the test itself is a transaction that has not ended
        assert last_settled_event() < last_event()
    else:
        assert write_checkpoints() == 1
        assert Checkpoint.objects.get().last_event == last_event()


def test_many_events_take_several_checkpoints(story, monkeypatch):
    monkeypatch.setattr(checkpoints, "MOST_EVENTS", 2)
    monkeypatch.setattr(checkpoints, "last_settled_event", last_event)
    assert write_checkpoints() == (Event.objects.count() + 1) // 2
    assert max(Checkpoint.objects.values_list("count", flat=True)) == 2
    assert list(broken_checkpoints()) == []


def test_of_two_processes_one_writes_the_next_checkpoint(story):
    made = write_checkpoint(last_event())
    made.pk = None
    with pytest.raises(IntegrityError):
        made.save(force_insert=True)


def insert_event(link: psycopg.Connection, sequence: int) -> int:
    """An event that another process writes, an hour ago by its own clock."""
    columns = (
        "at, machine, record, record_id, sequence, action, from_state, to_state, facts, note_digest, previous, digest"
    )
    values = f"now() - interval '1 hour', 'test', 'test', 1, {sequence}, 'test', '', '', '{{}}', '', '', ''"
    return link.execute(f"INSERT INTO factcheck_event ({columns}) VALUES ({values}) RETURNING id").fetchone()[0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time: numbers come in order")
def test_an_event_waits_for_a_smaller_number_that_another_process_has_not_committed():
    name = connection.settings_dict["NAME"]
    address = os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    with psycopg.connect(address) as slow, psycopg.connect(address, autocommit=True) as fast:
        earlier, later = insert_event(slow, 1), insert_event(fast, 2)
        try:
            assert earlier < later
            assert last_settled_event() < earlier
            slow.commit()
            until = time.monotonic() + 60  # transactions of other tests on the same server hold it up too
            while last_settled_event() < later and time.monotonic() < until:
                time.sleep(0.1)
            assert last_settled_event() == later
        finally:
            slow.rollback()
            fast.execute("SET session_replication_role = replica")
            fast.execute("DELETE FROM factcheck_event WHERE record = 'test'")


# Keys


def test_the_first_key_writes_and_older_ones_still_verify(story, settings):
    first, second, *_ = Event.objects.order_by("pk").values_list("pk", flat=True)
    write_checkpoint(first)
    settings.FACTCHECK = {"HISTORY_KEYS": [FIRST]}
    write_checkpoint(second)
    settings.FACTCHECK = {"HISTORY_KEYS": [SECOND, FIRST]}
    write_checkpoint(last_event())
    assert len(set(Checkpoint.objects.values_list("key_name", flat=True))) == 3
    assert list(broken_checkpoints()) == []


def test_a_checkpoint_under_a_key_that_is_gone_is_a_finding(story, settings):
    settings.FACTCHECK = {"HISTORY_KEYS": [FIRST]}
    write_checkpoint(last_event())
    settings.FACTCHECK = {"HISTORY_KEYS": [SECOND]}
    assert [str(row) for row in broken_checkpoints()] == ["The key of checkpoint 1 is not among the settings."]


def test_an_older_secret_key_of_the_site_still_verifies(story, settings):
    write_checkpoint(last_event())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key, also of fifty characters or more"
    assert list(broken_checkpoints()) == []
    settings.SECRET_KEY_FALLBACKS = []
    assert len(list(broken_checkpoints())) == 1


# Where they are shown


def test_every_report_prints_the_last_checkpoint(story, staff):
    last = str(write_checkpoint(last_event()))
    for kind in ("desk_digest", "conflicts", "overdue", "corrections"):
        report = build_desk_report(staff.desk, kind, by=staff.desk_chief)
        assert f"{report.data['checkpoint']['number']}:{report.data['checkpoint']['digest']}" == last
        for format in ("html", "text"):
            assert last in render(report, format).body.decode()
        assert render(report, "pdf").body.startswith(b"%PDF")
    assert list(verify_history()) == []


def test_a_webhook_gets_the_last_checkpoint_once(story, staff):
    hook, _ = record_webhook(staff.desk, "https://cms.example/", ["history_checkpoint"], by=staff.desk_chief)
    tick()
    assert not Delivery.objects.exists()
    last = write_checkpoint(last_event())
    tick()
    tick()
    (delivery,) = Delivery.objects.all()
    wanted = {"number": last.number, "last_event": last.last_event, "digest": last.digest}
    assert (delivery.webhook, delivery.event, delivery.payload["checkpoint"]) == (hook, "history_checkpoint", wanted)
    assert sample("history_checkpoint").keys() == {"delivery", *delivery.payload}
    assert sample("history_checkpoint")["checkpoint"].keys() == wanted.keys()


def test_doctor_says_that_events_wait_for_a_checkpoint(story, time_machine):
    assert run_check("checkpoints") == (True, "checkpoints cover the history up to event 0")
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    good, sentence = run_check("checkpoints")
    assert (good, sentence.partition(" ")[0]) == (False, str(Event.objects.count()))
    write_checkpoint(last_event())
    assert run_check("checkpoints") == (True, f"checkpoints cover the history up to event {last_event()}")
