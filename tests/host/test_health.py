"""Whoever watches the site is told whether it lives, and whether it can do its work, and nothing secret."""

import os
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from factcheck.management import health_checks
from factcheck.models import Job
from newsroom import health
from tests.live import ROOT


@pytest.fixture(autouse=True)
def nothing_seen_yet(monkeypatch):
    health.cached.clear()
    monkeypatch.setattr(health_checks, "PING_SECONDS", 0.2)  # nobody answers here, so nobody is waited for
    monkeypatch.setattr(health_checks, "DEADLINE_SECONDS", 30)  # a machine with much to do is no outage


def ticked(minutes_ago):
    every, _ = IntervalSchedule.objects.get_or_create(every=60, period="seconds")
    at = timezone.now() - timedelta(minutes=minutes_ago)
    row = PeriodicTask.objects.create(name="factcheck tick", task="factcheck.tick", interval=every, last_run_at=at)
    PeriodicTask.objects.filter(pk=row.pk).update(date_changed=at - timedelta(hours=1))


def test_a_living_process_says_so_without_asking_the_database(client, db):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/healthz/")
    assert answer.json() == {"alive": True}
    assert not asked


def test_a_site_without_worker_and_beat_is_not_ready_and_says_what_is_wrong(client, db):
    answer = client.get("/readyz/")
    assert answer.status_code == 503
    told = answer.json()
    assert told["migrations"] == "OK"
    assert told["broker"] == "OK"
    assert "no worker answers" in told["worker"]
    assert "beat has never ticked" in told["beat"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_doctor_is_not_content_with_a_failed_job_though_the_site_can_do_its_work(client, db):
    Job.objects.create(name="sweep", key="x", run_at=timezone.now(), state="failed", error="no disk")
    assert health_checks.run_check("failed") == (False, "1 jobs failed: look at each, and try it again")
    assert client.get("/readyz/").json()["jobs"] == "OK"


def test_a_broker_s_folder_that_cannot_be_written_is_named(db, tmp_path):
    (tmp_path / "broker").write_text("a file in its place")
    before = current_app.conf.broker_transport_options
    current_app.conf.broker_transport_options = {"data_folder_in": str(tmp_path / "broker")}
    try:
        assert health_checks.run_check("broker") == (
            False,
            "the broker's folder broker cannot be written (NotADirectoryError)",
        )
    finally:
        current_app.conf.broker_transport_options = before


def test_a_disk_with_no_room_is_named(db, monkeypatch):
    assert health_checks.run_check("disk")[0]
    monkeypatch.setattr(health_checks, "LEAST_FREE", 1 << 60)
    assert "the disk is full" in health_checks.run_check("disk")[1]


def test_no_check_asks_a_database_that_is_silent_and_all_is_told_by_the_deadline(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(health_checks, "DEADLINE_SECONDS", 0.3)
    asked = []

    def look(name):
        asked.append(name)
        if name == "database":
            ended.wait(30)
        return True, f"{name} answers"

    found = health_checks.run_checks_in_time(["database", "migrations", "disk", "jobs"], look)
    ended.set()
    assert found["database"] == (False, "database did not answer within 0.3 seconds")
    assert found["jobs"] == (False, "jobs could not be checked")
    assert found["disk"] == (True, "disk answers")
    assert sorted(asked) == ["database", "disk"]


def test_jobs_that_nobody_takes_are_seen(client, db):
    Job.objects.create(name="sweep", key="x", run_at=timezone.now() - timedelta(hours=1))
    assert "1 jobs wait" in client.get("/readyz/").json()["jobs"]


@pytest.mark.parametrize(("minutes", "good"), [(0, True), (9, True), (11, False)])
def test_beat_is_missed_after_ten_minutes(db, minutes, good):
    ticked(minutes)
    assert health_checks.run_check("beat")[0] is good


def test_a_beat_that_was_just_started_is_not_missed_before_its_first_tick(db):
    ticked(60)
    assert not health_checks.run_check("beat")[0]
    PeriodicTask.objects.update(date_changed=timezone.now())
    assert health_checks.run_check("beat")[0]


def test_one_check_of_the_doctor_can_be_asked_for_alone(db, capsys):
    ticked(1)
    call_command("doctor", "beat")
    assert "ok    beat ticks" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("doctor", "worker")
    with pytest.raises(CommandError):
        call_command("doctor", "hairdresser")


def test_a_broker_that_is_away_is_told_without_its_password(client, db, settings):
    before = current_app.conf.broker_write_url
    current_app.conf.broker_write_url = "redis://:the-password@127.0.0.1:1/0"
    try:
        answer = client.get("/readyz/")
    finally:
        current_app.conf.broker_write_url = before
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["broker"]
    assert "the-password" not in answer.content.decode()


def test_who_asks_while_somebody_looks_is_told_what_was_seen_last_and_does_not_wait(monkeypatch):
    health.cached["worker"] = (1.0, (True, "a worker answers"))  # seen long ago
    begun, ended, asked = threading.Event(), threading.Event(), []

    def slow(name):
        asked.append(name)
        begun.set()
        assert ended.wait(10)
        return False, "no worker answers"

    monkeypatch.setattr(health, "run_check", slow)
    first = threading.Thread(target=health.cached_check, args=["worker"])
    first.start()
    assert begun.wait(10)
    assert [health.cached_check("worker") for _ in range(3)] == [(True, "a worker answers")] * 3
    ended.set()
    first.join(10)
    assert (health.cached_check("worker"), asked) == ((False, "no worker answers"), ["worker"])


def test_a_worker_behind_a_broker_that_is_away_is_not_waited_for_long():
    before = current_app.conf.broker_write_url
    current_app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    started = time.monotonic()
    try:
        good, sentence = health_checks.run_check("worker")
    finally:
        current_app.conf.broker_write_url = before
    assert (good, "no worker could be asked" in sentence) == (False, True)
    assert time.monotonic() - started < 5


def test_looking_often_asks_the_broker_once(client, db):
    client.get("/readyz/")
    at = health.cached["worker"][0]
    client.get("/readyz/")
    assert health.cached["worker"][0] == at


@pytest.fixture
def silent_port():
    """A port that takes every connection and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def refused_port():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield nobody.getsockname()[1]  # bound, and not listened at


@pytest.mark.parametrize("port", ["silent_port", "refused_port"])
def test_a_mail_server_that_is_silent_or_refuses_is_named(port, settings, request):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", request.getfixturevalue(port)
    good, sentence = health_checks.run_check("mail")
    assert (good, "the mail server does not answer" in sentence) == (False, True)


def test_a_mail_server_that_greets_is_asked_for_nothing_more(mailroom):
    assert health_checks.run_check("mail") == (True, "the mail server answers")
    assert mailroom.mails == []


def test_a_site_that_mails_to_a_folder_has_no_mail_server_to_miss():
    assert health_checks.run_check("mail") == (True, "mails go to no server")


@pytest.mark.parametrize("port", ["silent_port", "refused_port"])
def test_a_redis_that_is_silent_or_refuses_is_named_by_broker_and_worker(port, request):
    before = current_app.conf.broker_write_url
    current_app.conf.broker_write_url = f"redis://127.0.0.1:{request.getfixturevalue(port)}/0"
    try:
        found = health_checks.run_checks_in_time(["broker", "worker"])
    finally:
        current_app.conf.broker_write_url = before
    assert "the broker does not answer" in found["broker"][1]
    assert "no worker could be asked" in found["worker"][1]


@pytest.mark.parametrize("port", ["silent_port", "refused_port"])
def test_the_doctor_ends_and_names_all_that_is_down_at_once(port, request, tmp_path):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no server to be silent")
    at = f"127.0.0.1:{request.getfixturevalue(port)}"
    addresses = {
        "DATABASE_URL": f"postgres://factcheck@{at}/x",
        "REDIS_URL": f"redis://{at}/0",
        "EMAIL_URL": f"smtp://{at}",
    }
    told = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env={**os.environ, **addresses, "NEWSROOM_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "newsroom.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 1
    for sentence in ("database ", "the broker does not answer", "no worker could be asked", "the mail server does not"):
        assert f"WRONG {sentence}" in told.stdout, told
