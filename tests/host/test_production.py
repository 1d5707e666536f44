"""The site as it runs: gunicorn, hashed static files, a worker and beat, on PostgreSQL and Redis; and the checks of Django."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
import redis

from newsroom.caching import Redis
from newsroom.static import Hashed
from tests.live import LANES, ROOT, Site, wait_until


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


def test_a_short_key_or_no_https_is_found(tmp_path):
    done = check(tmp_path, SECRET_KEY="short")
    assert done.returncode == 1
    assert "security.W009" in done.stderr
    assert "security.W008" in done.stderr


def test_before_it_is_collected_a_static_file_keeps_its_plain_name(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    assert Hashed().url("factcheck/favicon.svg") == "/static/factcheck/favicon.svg"
    assert Hashed().url("not/there.css") == "/static/not/there.css"


def test_a_cache_that_is_away_is_a_miss_and_no_failure():
    away = Redis("redis://127.0.0.1:1/0", {"KEY_PREFIX": "x"})
    away.set("a", 1)
    assert away.get("a", "nothing") == "nothing"
    with pytest.raises(redis.exceptions.RedisError):
        super(Redis, away).get("a")
