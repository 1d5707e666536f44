"""The site as it runs: gunicorn, hashed static files, a worker and beat, on PostgreSQL and Redis; and the checks of Django."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
import redis

from newsroom.caching import FailSafeRedisCache, circuit_breakers
from newsroom.static import Hashed
from tests.live import LANES, ROOT, Site, wait_until
from tests.template import copy_migrated


class Collected(Site):
    """A site whose static files are collected before it starts, as in the image."""

    def make_database(self) -> None:
        super().make_database()
        self.env["LOG_FORMAT"] = "json"
        self.manage("collectstatic", "--noinput", "-v0")

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers, refused.read().decode()


@pytest.mark.parametrize("lane", LANES[1:])
def test_a_site_with_its_worker_and_beat_is_ready_and_its_static_files_are_kept_for_ever(lane, tmp_path):
    with Collected(lane, tmp_path) as site:
        _, headers, page = site.get("/login/")
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        for address in re.findall(r'href="(/static/[^"]+)"', page):
            assert re.search(r"\.[0-9a-f]{12}\.(css|svg)$", address)
            status, headers, _ = site.get(address)
            assert status == 200
            assert "immutable" in headers["Cache-Control"]
            assert headers["X-Content-Type-Options"] == "nosniff"
        wait_until(lambda: site.get("/readyz/")[0] == 200, 60, f"not ready: {site.get('/readyz/')[2]}\n{site.logs()}")
        assert set(json.loads(site.get("/readyz/")[2]).values()) == {"OK"}
        site.kill("worker")
        wait_until(lambda: site.get("/readyz/")[0] == 503, 30, "a dead worker was not missed")
        assert site.get("/healthz/")[0] == 200


def check(tmp_path, **env):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    whole = {"PATH": os.environ["PATH"], "NEWSROOM_DATA": str(tmp_path), **env}
    return subprocess.run(command, cwd=ROOT, env=whole, capture_output=True, text=True)


def test_django_finds_nothing_to_say_against_the_settings_behind_https(tmp_path):
    done = check(tmp_path, HTTPS="1", SECRET_KEY="a0B1c2D3" * 8, ALLOWED_HOSTS="desk.example", PROXIES="1")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_behind_https_each_cookie_is_of_this_host_alone_and_no_script_reads_it(tmp_path):
    code = """
from django.contrib.auth import get_user_model
from django.test import Client
get_user_model().objects.create_superuser("ann", password="a long enough password")
client = Client(headers={"host": "desk.example"})
client.get("/login/", secure=True)
client.post("/login/", {"username": "ann", "password": "a long enough password"}, secure=True)
for row in client.cookies.values():
    print(row.key, row["secure"], row["httponly"], row["samesite"], row["path"], repr(row["domain"]))
"""
    whole = {"PATH": os.environ["PATH"], "NEWSROOM_DATA": str(tmp_path), "HTTPS": "1", "ALLOWED_HOSTS": "desk.example"}
    copy_migrated(tmp_path / "newsroom.sqlite3")
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=whole, capture_output=True, text=True)
    assert sorted(done.stdout.splitlines()) == [
        "__Host-csrftoken True True Lax / ''",
        "__Host-sessionid True True Lax / ''",
    ], done.stderr


def test_a_short_key_or_no_https_is_found(tmp_path):
    done = check(tmp_path, SECRET_KEY="short")
    assert done.returncode == 1
    assert "security.W009" in done.stderr
    assert "security.W008" in done.stderr


def test_before_it_is_collected_a_static_file_keeps_its_plain_name(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    assert Hashed().url("factcheck/favicon.svg") == "/static/factcheck/favicon.svg"
    assert Hashed().url("not/there.css") == "/static/not/there.css"


@pytest.fixture
def fresh_rests():
    circuit_breakers.clear()
    yield
    circuit_breakers.clear()


@pytest.fixture
def silent_server(fresh_rests):
    """A server that takes connections and never answers; it gives its address and what has come in."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        server.settimeout(0.05)
        held = []

        def connections() -> int:
            with contextlib.suppress(TimeoutError):
                while True:
                    held.append(server.accept()[0])
            return len(held)

        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", connections
        for link in held:
            link.close()


ASKED = {
    "get": (("a", "nothing"), "nothing"),
    "set": (("a", 1), None),
    "add": (("a", 1), False),
    "touch": (("a",), False),
    "delete": (("a",), False),
    "has_key": (("a",), False),
    "clear": ((), False),
    "get_many": ((["a"],), {}),
    "set_many": (({"a": 1},), ["a"]),
    "delete_many": ((["a"],), None),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_cache_that_is_away_is_a_miss_and_no_failure(name, fresh_rests):
    away = FailSafeRedisCache("redis://127.0.0.1:1/0", {"KEY_PREFIX": "x"})
    given, expected = ASKED[name]
    assert getattr(away, name)(*given) == expected
    with pytest.raises(redis.exceptions.RedisError):
        getattr(super(FailSafeRedisCache, away), name)(*given)


def test_a_cache_that_is_silent_is_asked_once_and_then_not_for_some_seconds(silent_server):
    address, connections = silent_server
    started = time.monotonic()
    for _ in range(50):  # each request has an object of its own, as Django makes them
        assert FailSafeRedisCache(address, {}).get("a", "nothing") == "nothing"
    assert connections() == 1
    assert time.monotonic() - started < 5, "one time-out of a fraction of a second, not fifty"


def test_after_its_rest_one_request_tries_and_the_others_go_on_without(silent_server):
    address, _ = silent_server
    FailSafeRedisCache(address, {}).get("a")
    circuit_breakers[address].until = time.monotonic() - 1
    tried = [circuit_breakers[address].may_ask() for _ in range(3)]
    assert tried == [True, False, False]


def test_a_cache_that_answers_again_is_asked_again(fresh_rests):
    server = "redis://127.0.0.1:1/0"
    away = FailSafeRedisCache(server, {})
    away.get("a")
    assert not circuit_breakers[server].may_ask()
    circuit_breakers[server].answered()
    assert [circuit_breakers[server].may_ask() for _ in range(3)] == [True] * 3


@pytest.mark.parametrize("lane", LANES[1:])
def test_the_cache_of_the_production_lane_keeps_what_it_is_given(lane, fresh_rests):
    here = FailSafeRedisCache(os.environ["TEST_REDIS_URL"], {"KEY_PREFIX": f"factcheck-test-{os.getpid()}"})
    assert here.add("a", 1) is True
    assert (here.get("a"), here.incr("a"), here.get_many(["a", "b"])) == (1, 2, {"a": 2})
    assert here.delete("a") is True
