"""A whole site on this machine for a test: its own database, broker, worker and web server, all ended with it.

Two lanes: embedded (SQLite and a folder) always; production (PostgreSQL and Redis) on databases made for
the test beside the ones ``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name. No server is ever flushed.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from factcheck.management.supervisor import free_port
from tests.marks import THOROUGH
from tests.template import copy_migrated

ROOT = Path(__file__).resolve().parent.parent
MISSING = "needs PostgreSQL and Redis: set TEST_DATABASE_URL and TEST_REDIS_URL"
LANES = [
    pytest.param("embedded", id="embedded"),
    pytest.param(
        "production",
        id="production",
        marks=pytest.mark.skipif(
            not (os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL")), reason=MISSING
        ),
    ),
]
ONCE = LANES[1:] if THOROUGH else LANES
"""For long tests: `.ci/run` has been through the embedded lane by `make test` when it comes to the other."""
BEGINNING = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("setup_roles", verbosity=0)
from django.contrib.auth import get_user_model
from factcheck.models import Desk, Membership
desk = Desk.objects.get(slug="news-desk")
for role in ("editor", "checker", "reviewer", "desk_chief"):
    user = get_user_model().objects.create_user(role, f"{role}@newsroom.example", f"pass-{role}-word", is_staff=True)
    Membership.objects.create(user=user, desk=desk, role=role)
"""


class Site:
    """One lane's site, from an empty database to a web server that answers."""

    def __init__(self, lane: str, folder: Path, **factcheck: Any) -> None:
        self.lane, self.folder = lane, folder
        self.processes = 2
        self.database = ""
        self.children: dict[str, subprocess.Popen] = {}
        self.port = free_port(20000 + secrets.randbelow(20000))
        self.base = f"http://127.0.0.1:{self.port}/factcheck/api/v1"
        self.env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        self.env |= {
            "NEWSROOM_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "SECRET_KEY": secrets.token_hex(30),
            "FACTCHECK": json.dumps({"LEASE_SECONDS": 4, "DISPATCH_SECONDS": 0.2, **factcheck}),
            "LOG_LEVEL": "WARNING",
            "EMAIL_URL": f"filemail:///{folder}/mail",
        }

    def make_database(self) -> None:
        """An empty database of this test's own."""
        if self.lane == "production":
            self.database = f"factcheck_live_{secrets.token_hex(4)}"
            self._sql(f"CREATE DATABASE {self.database}")
            there = urlsplit(os.environ["TEST_DATABASE_URL"])
            self.env["DATABASE_URL"] = urlunsplit(there._replace(path=f"/{self.database}"))
            self.env["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
            self.env["REDIS_PREFIX"] = f"{self.database}:"

    def __enter__(self) -> "Site":
        self.make_database()
        if self.lane == "embedded":
            copy_migrated(self.folder / "newsroom.sqlite3")
        self.manage("shell", "-v0", "-c", BEGINNING)
        self.start(
            "web",
            "-m",
            "gunicorn",
            "newsroom.wsgi",
            "-b",
            f"127.0.0.1:{self.port}",
            "--threads",
            "4",
            "--no-control-socket",
        )
        self.start_worker()
        wait_until(lambda: self._answers(), 60, "the web server did not answer")
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.children):
            self.kill(name, signal.SIGKILL)
        if self.database:
            self._sql(f"DROP DATABASE {self.database} WITH (FORCE)")
            self._forget_keys()

    def _sql(self, statement: str) -> None:
        with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as link:
            link.execute(statement)

    def _forget_keys(self) -> None:
        """Remove the keys of this site's prefix, and no other's."""
        with contextlib.closing(redis.Redis.from_url(os.environ["TEST_REDIS_URL"])) as link:
            for key in link.scan_iter(f"{self.database}:*"):
                link.delete(key)

    def _answers(self) -> bool:
        with contextlib.suppress(urllib.error.URLError, OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz/", timeout=2).status == 200
        return False

    def manage(self, *args: str, data: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *args], cwd=ROOT, env=self.env, input=data, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def start_worker(self, name: str = "worker") -> None:
        pool = "threads" if self.lane == "embedded" else "prefork"
        options = (
            "-P",
            pool,
            "-c",
            str(self.processes),
            "-l",
            "WARNING",
            "-B",
            "-s",
            str(self.folder / f"beat-{name}"),
        )
        self.start(name, "-m", "celery", "-A", "newsroom", "worker", "-n", f"{name}@site", *options)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """The process and all of its children, at once."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        child.wait(20)

    def call(self, method: str, path: str, body: dict | None = None, token: str = "", **headers: str):
        """One call of the API: status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **{key.replace("_", "-"): value for key, value in headers.items()}}
        if token:
            sent["Authorization"] = f"Token {token}"
        asked = urllib.request.Request(f"{self.base}/{path}", data=data, method=method, headers=sent)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")

    def token(self, role: str) -> str:
        status, answer = self.call("POST", "auth/login/", {"username": role, "password": f"pass-{role}-word"})
        assert status == 200, answer
        return answer["token"]

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-3000:]}" for path in self.folder.glob("*.log"))


def wait_until(true, seconds: float, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)
