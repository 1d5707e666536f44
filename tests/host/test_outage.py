"""A database that is lost, refuses or is full: 503 with the time to wait on every page, and all is well when it is back."""

from __future__ import annotations

import errno
import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from psycopg import errors as postgres
from psycopg_pool import PoolTimeout

from factcheck.database_errors import is_connection_failure, is_lock_conflict
from factcheck.models import Document
from newsroom.database import PatientConnection, patience
from newsroom.settings import database
from tests.link import Link
from tests.live import LANES, ROOT, Site, wait_until


def as_django_says_it(cause, kind=OperationalError):
    try:
        raise kind(str(cause)) from cause
    except kind as error:
        return error


AWAY = {
    "lost in the middle": psycopg.OperationalError("server closed the connection unexpectedly"),
    "refused": psycopg.OperationalError("connection refused"),
    "none to be had": PoolTimeout("couldn't get a connection after 4.00 sec"),
    "shut down": postgres.AdminShutdown("terminating connection due to administrator command"),
    "crashed": postgres.CrashShutdown("terminating connection because of crash of another server process"),
    "starting": postgres.CannotConnectNow("the database system is starting up"),
    "full": postgres.TooManyConnections("sorry, too many clients already"),
    "connection exception": postgres.ConnectionFailure("connection failure"),
}
FAULTS = {
    "disk full": postgres.DiskFull("could not extend file"),
    "no such table": postgres.UndefinedTable("relation does not exist"),
    "out of memory": postgres.OutOfMemory("out of memory"),
}


@pytest.mark.parametrize("name", AWAY)
def test_a_database_that_is_away_is_told_apart_from_a_fault(name):
    error = as_django_says_it(AWAY[name])
    assert (is_connection_failure(error), is_lock_conflict(error)) == (True, False)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_not_called_away(name):
    assert not is_connection_failure(as_django_says_it(FAULTS[name]))


def test_a_closed_connection_is_away_and_a_closed_cursor_is_a_fault():
    assert is_connection_failure(as_django_says_it(psycopg.InterfaceError("the connection is closed"), InterfaceError))
    assert not is_connection_failure(as_django_says_it(psycopg.InterfaceError("the cursor is closed"), InterfaceError))
    assert not is_connection_failure(ValueError("connection"))


PATHS = ["/", "/login/", "/stories/new/", "/admin/factcheck/document/desk/", "/admin/factcheck/document/", "/nowhere/"]


@pytest.mark.parametrize("path", ["/", "/admin/factcheck/document/desk/", "/factcheck/api/v1/documents/"])
@pytest.mark.parametrize("name", AWAY)
def test_each_door_answers_503_and_says_when_to_come_again(name, path, staff, client):
    staff.editor.is_staff = True
    staff.editor.save()
    client.force_login(staff.editor)
    client.raise_request_exception = False
    error = as_django_says_it(AWAY[name])

    def lost(execute, sql, params, many, context):
        raise error

    with connection.execute_wrapper(lost):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    if "/api/" in path:
        assert answer.json()["type"] == "server_error"
        assert [row["code"] for row in answer.json()["errors"]] == ["unavailable"]
    else:
        assert "The database cannot be reached at this moment." in answer.content.decode()
    assert client.get(path).status_code == 200


def test_what_is_sent_while_it_is_away_is_not_said_to_be_kept(staff, client):
    staff.editor.is_staff = True
    staff.editor.save()
    client.force_login(staff.editor)
    client.raise_request_exception = False
    error = as_django_says_it(AWAY["refused"])

    def lost(execute, sql, params, many, context):
        raise error

    with connection.execute_wrapper(lost):
        page = client.post("/admin/factcheck/document/add/", {"text": "Rain."}).content.decode()
    assert "perhaps not kept" in page
    assert "http-equiv" not in page, "what was sent is sent again by the person alone"
    assert not Document.objects.exists()


def test_any_other_error_is_the_ordinary_500(staff, client):
    client.force_login(staff.editor)
    client.raise_request_exception = False

    def broken(execute, sql, params, many, context):
        raise ZeroDivisionError

    with connection.execute_wrapper(broken):
        assert client.get("/").status_code == 500


class Visitor:
    """A browser without a screen: it keeps cookies, follows redirects and tells the status of each page."""

    def __init__(self, site: Site) -> None:
        self.base = f"http://127.0.0.1:{site.port}"
        self.web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str, **headers: str) -> tuple[int, str, str]:
        try:
            with self.web.open(urllib.request.Request(self.base + path, headers=headers), timeout=30) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers.get("Retry-After", ""), refused.read().decode()

    def log_in(self, name: str) -> None:
        mark = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/login/")[2])
        credentials = {"username": name, "password": f"pass-{name}-word", "csrfmiddlewaretoken": mark[1]}
        self.web.open(f"{self.base}/login/", urllib.parse.urlencode(credentials).encode(), timeout=30).close()


class Linked(Site):
    """A site whose way to its database a test can cut."""

    def make_database(self) -> None:
        super().make_database()
        there = urlsplit(self.env["DATABASE_URL"])
        self.link = Link(there.hostname, there.port or 5432)
        who = f"{there.username}:{there.password}" if there.password else there.username
        self.env["DATABASE_URL"] = urlunsplit(there._replace(netloc=f"{who}@127.0.0.1:{self.link.port}"))


@pytest.mark.parametrize("lane", LANES[1:])
def test_a_database_that_goes_and_comes_back_costs_503_and_no_fault_afterwards(lane, tmp_path):
    with Linked(lane, tmp_path) as site:
        visitor, token = Visitor(site), site.token("editor")
        visitor.log_in("editor")
        asked = {"Authorization": f"Token {token}"}
        paths = [(path, {}) for path in PATHS] + [("/factcheck/api/v1/documents/", asked)]

        def answers() -> dict[str, tuple[int, str]]:
            return {path: visitor.get(path, **headers)[:2] for path, headers in paths}

        well = {path: (404 if path == "/nowhere/" else 200, "") for path, _ in paths}
        assert answers() == well
        for _ in range(3):
            site.link.cut()
            assert answers() == well, "a dead connection of the pool greets nobody"
        site.link.refuse()
        away = answers()
        assert {path for path, config in away.items() if config == (503, "5")} >= {
            "/",
            "/stories/new/",
            "/admin/factcheck/document/desk/",
            "/admin/factcheck/document/",
            "/factcheck/api/v1/documents/",
        }, away
        assert 500 not in {status for status, _ in away.values()}
        body = json.loads(visitor.get("/factcheck/api/v1/documents/", **asked)[2])
        assert body["errors"][0]["code"] == "unavailable"
        assert visitor.get("/healthz/")[0] == 200
        site.link.restore()
        wait_until(lambda: answers() == well, 20, f"the site did not find its database again: {answers()}")
        for _ in range(3):
            assert answers() == well


@pytest.mark.parametrize("lane", LANES[1:])
@pytest.mark.parametrize("outage", ["refuse", "silence"])
def test_every_door_says_503_while_the_database_is_silent_or_refuses_and_health_names_it(outage, lane, tmp_path):
    with Linked(lane, tmp_path) as site:
        visitor, token = Visitor(site), site.token("editor")
        visitor.log_in("editor")
        doors = [
            ("/", {}),
            ("/admin/", {}),
            ("/admin/factcheck/document/", {}),
            ("/factcheck/api/v1/documents/", {"Authorization": f"Token {token}"}),
            ("/readyz/", {}),
        ]
        assert {visitor.get(path, **headers)[0] for path, headers in doors[:-1]} == {200}
        getattr(site.link, outage)()
        for path, headers in doors:
            assert visitor.get(path, **headers)[:2] == (503, "5"), path
        name_and_password = {"username": "editor", "password": "pass-editor-word"}
        assert site.call("POST", "auth/login/", name_and_password)[0] == 503
        assert "database" in json.loads(visitor.get("/readyz/")[2])["database"]
        assert visitor.get("/healthz/")[0] == 200
        doctor = subprocess.run(
            [sys.executable, "manage.py", "doctor"], cwd=ROOT, env=site.env, capture_output=True, text=True, timeout=60
        )
        assert doctor.returncode == 1
        assert "WRONG database" in doctor.stdout, doctor
        site.link.restore()
        wait_until(lambda: visitor.get("/admin/")[0] == 200, 20, "the site did not find its database again")


ROOMS = {
    "of PostgreSQL": as_django_says_it(postgres.DiskFull("could not extend file")),
    "of this machine": OSError(errno.ENOSPC, "No space left on device"),
}


@pytest.mark.parametrize("path", ["/", "/admin/factcheck/document/desk/", "/factcheck/api/v1/documents/"])
@pytest.mark.parametrize("disk", ROOMS)
def test_a_full_disk_is_507_on_every_door(disk, path, staff, client):
    staff.editor.is_staff = True
    staff.editor.save()
    client.force_login(staff.editor)
    client.raise_request_exception = False

    def full(execute, sql, params, many, context):
        raise ROOMS[disk]

    with connection.execute_wrapper(full):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (507, "5")
    assert "no room left" in answer.content.decode()


def test_a_request_waits_for_the_database_for_its_patience_and_no_longer_and_other_work_waits_on():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server to be silent")
    with psycopg.connect(os.environ["TEST_DATABASE_URL"]) as patient:
        patient.execute("SELECT pg_sleep(0.3)")
    link = PatientConnection.connect(os.environ["TEST_DATABASE_URL"])
    link.execute("SELECT pg_sleep(0.3)")
    with patience(0.2), pytest.raises(psycopg.OperationalError, match="did not answer in time"):
        link.execute("SELECT pg_sleep(20)")
    assert link.closed


def test_the_pool_looks_at_its_connections_and_waits_for_seconds_only():
    config = database("postgres://a@127.0.0.1/b")
    assert config["CONN_HEALTH_CHECKS"] is True
    assert 0 < config["OPTIONS"]["connect_timeout"] <= 5
    assert 0 < config["OPTIONS"]["pool"]["timeout"] <= 5
