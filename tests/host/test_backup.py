"""What operations.md says of backup and restore, done by its own commands, while texts are being filed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import BEGINNING, LANES, ROOT, Site, wait_until

FILL = """
from django.contrib.auth import get_user_model
from factcheck.models import Desk
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.sources import record_source
desk, editor = Desk.objects.get(slug="news-desk"), get_user_model().objects.get(username="editor")
record_source("Jane Whistle", "eyewitness", desk=desk, by=editor, confidential=True, people_with_access=[editor])
ingest_document(b"A tumbrel stood there.", Arrival(title="Before", pasted=True), desk=desk, by=editor)
"""
GO_ON = """
import itertools
from pathlib import Path
from django.contrib.auth import get_user_model
from factcheck.models import Desk
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
desk, editor = Desk.objects.get(slug="news-desk"), get_user_model().objects.get(username="editor")
for number in itertools.count():
    text = f"Text {number} has a bumbershoot.".encode()
    ingest_document(text, Arrival(title=f"Text {number}", pasted=True), desk=desk, by=editor)
    Path(FOLDER, "filed.new").write_text(str(number + 1))
    Path(FOLDER, "filed.new").replace(Path(FOLDER, "filed"))  # whoever reads it finds a number
"""
LOOK = """
from django.contrib.auth import get_user_model
from factcheck.models import Document, Event, Source
from factcheck.workflow.sources import open_name
print("found", Document.objects.search("before").count())
rows = Document.objects.filter(title__startswith="Text")
print("written", rows.count(), "found", Document.objects.search("text").filter(title__startswith="Text").count())
print("with a history", Event.objects.filter(record="document", record_id__in=rows.values("pk")).values("record_id").distinct().count())
source = Source.objects.get(confidential=True)
print("name", open_name(source, by=get_user_model().objects.get(username="editor")))
"""


def documented_commands(word: str) -> list[str]:
    """The commands of the page in whose block a word stands."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (block,) = [block for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if word in block]
    return block.strip().splitlines()


def run(command: str, folder: Path, **env: str) -> None:
    paths = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["sh", "-c", command], cwd=folder, env={**os.environ, **env, "PATH": paths}, check=True, timeout=120)


class Restored(Site):
    """A second site, with the keys of the first and a database of its own."""

    def __init__(self, first: Site, folder: Path) -> None:
        folder.mkdir()
        super().__init__(first.lane, folder)
        self.env["SECRET_KEY"] = first.env["SECRET_KEY"]
        self.make_database()

    def bring_back(self, kept: Path) -> None:
        if self.lane == "embedded":
            shutil.copy(kept / "kept.sqlite3", self.folder / "newsroom.sqlite3")
        else:
            run(documented_commands("pg_dump")[1], kept, RESTORED_URL=self.env["DATABASE_URL"])


@pytest.fixture(params=LANES)
def site(request, tmp_path):
    if request.param == "production" and not shutil.which("pg_dump"):
        pytest.skip("needs pg_dump")
    (tmp_path / "var").mkdir()
    first = Site(request.param, tmp_path / "var")
    first.make_database()
    try:
        first.manage("migrate", "-v0")
        first.manage("shell", "-v0", "-c", BEGINNING)
        first.manage("shell", "-v0", "-c", FILL)
        yield first
    finally:
        first.__exit__()


def filed(site: Site) -> int:
    path = site.folder / "filed"
    return int(path.read_text()) if path.exists() else 0


def back_up(site: Site, folder: Path) -> tuple[int, int]:
    """Back up while a process files texts; how many it had filed before, and after."""
    site.start("writer", "manage.py", "shell", "-v0", "-c", GO_ON.replace("FOLDER", repr(str(site.folder))))
    wait_until(lambda: filed(site) > 3, 60, "nothing was filed")
    before = filed(site)
    command = documented_commands("sqlite3.connect" if site.lane == "embedded" else "pg_dump")[0]
    run(command, folder, DATABASE_URL=site.env.get("DATABASE_URL", ""))
    after = filed(site) + 1
    wait_until(lambda: filed(site) > after, 60, "writing stopped for the backup")
    site.kill("writer")
    return before, after


def test_what_was_filed_when_a_backup_began_is_there_again_whole_and_its_names_open_with_the_keys(site, tmp_path):
    before, after = back_up(site, tmp_path)
    second = Restored(site, tmp_path / "second")
    try:
        second.bring_back(tmp_path)
        told = second.manage("shell", "-v0", "-c", LOOK)
        assert "found 1\n" in told
        written, found = map(int, re.search(r"written (\d+) found (\d+)", told).groups())
        assert before <= written <= after
        assert found == written
        assert f"with a history {written}\n" in told, "no text without its event"
        assert "name Jane Whistle" in told
        second.manage("verify_history")
        assert "WRONG" not in second.manage("doctor", "migrations", "guards", "search", "keys")

        second.env["SECRET_KEY"] = secrets.token_hex(30)
        doctor = subprocess.run(
            [sys.executable, "manage.py", "doctor", "keys"], cwd=ROOT, env=second.env, capture_output=True, text=True
        )
        assert doctor.returncode == 1
        assert "open with none of the site's keys: put the key back" in doctor.stdout
        looked = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", LOOK],
            cwd=ROOT,
            env=second.env,
            capture_output=True,
            text=True,
        )
        assert "An administrator puts it back into ENCRYPTION_KEYS" in looked.stderr
        assert "Jane" not in looked.stdout
    finally:
        second.__exit__()
