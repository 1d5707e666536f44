"""Secrets of the host from files, as container platforms hand them over: each variable of the environment has one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT

ASK = "import json, newsroom.settings as s; print(json.dumps([s.SECRET_KEY, s.DATABASES['default']['NAME'], s.FACTCHECK]))"


def settings_with(**variables: str) -> subprocess.CompletedProcess[str]:
    names = ("SECRET_KEY", "DATABASE_URL", "FACTCHECK")
    env = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env={**env, **variables}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def secret(tmp_path):
    def written(name: str, words: str) -> str:
        path: Path = tmp_path / name
        path.write_text(words)
        return str(path)

    return written


def test_key_database_and_settings_are_read_from_files(secret, tmp_path):
    answer = settings_with(
        NEWSROOM_DATA=str(tmp_path),
        SECRET_KEY_FILE=secret("key", "a-secret-key-of-fifty-letters-that-stands-in-a-file"),
        DATABASE_URL_FILE=secret("database", f"sqlite:///{tmp_path}/elsewhere.sqlite3\n"),
        FACTCHECK_FILE=secret("settings", '{"MINIMUM_ORIGINS": 3}\n'),
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == (
        f'["a-secret-key-of-fifty-letters-that-stands-in-a-file", "{tmp_path}/elsewhere.sqlite3", '
        '{"MINIMUM_ORIGINS": 3}]'
    )


def test_a_file_that_is_not_there_stops_the_site_and_is_named(tmp_path):
    missing = str(tmp_path / "no-key")
    answer = settings_with(NEWSROOM_DATA=str(tmp_path), SECRET_KEY_FILE=missing)
    assert answer.returncode != 0
    assert missing in answer.stderr
