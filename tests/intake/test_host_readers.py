"""Readers that a host brings: the example of the documentation, run in the child process and through the public API."""

import re
import sys
from pathlib import Path

import pytest

from factcheck.conf import Settings, check_settings
from factcheck.intake.extracts import Unreadable
from factcheck.intake.isolation import read_in_child, suffix_of
from factcheck.tasks import work
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document

SPOKEN = "The council of Torvik said 40 homes were flooded on Monday."
SUBTITLES = f"1\n00:00:01,000 --> 00:00:04,000\n{SPOKEN}\n".encode()
READERS = {".srt": "desk_readers.read_srt"}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "extending.md"


@pytest.fixture
def desk_readers(tmp_path, monkeypatch):
    """The module of the documentation's example, where the host's own code lies."""
    section = DOCS.read_text(encoding="utf-8").split("## A reader of your own")[1].split("\n## ")[0]
    setting, module = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert setting == f'FACTCHECK = {{"READERS": {READERS}}}\n'.replace("'", '"')
    (tmp_path / "desk_readers.py").write_text(module)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])


def test_the_documented_reader_is_asked_by_the_child(desk_readers):
    extract = read_in_child(SUBTITLES, filename="Speech.SRT", readers=READERS)
    assert (extract.text, extract.media_type, extract.plain) == (SPOKEN, "application/x-subrip", False)


def test_without_it_the_same_bytes_are_a_text(desk_readers):
    assert "-->" in read_in_child(SUBTITLES, filename="speech.srt.txt", readers=READERS).text


BROKEN = [
    ("desk_readers.read_srt", "malformed"),  # the bytes are no subtitles
    ("desk_readers.nothing", "no_reader"),
    ("no_such_module.read", "no_reader"),
    ("os.getpid", "malformed"),  # takes no bytes
    ("os.path.basename", "malformed"),  # gives no extract
]


@pytest.mark.parametrize(("path", "code"), BROKEN)
def test_a_reader_that_fails_is_a_clear_refusal(desk_readers, path, code):
    with pytest.raises(Unreadable) as refusal:
        read_in_child(b"Rain.", filename="speech.srt", readers={".srt": path})
    assert refusal.value.code == code


@pytest.mark.django_db
def test_an_upload_is_read_by_the_host_s_reader_and_waits_to_be_confirmed(desk_readers, staff, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "READERS": READERS}
    document, _ = ingest_document(SUBTITLES, Arrival(filename="speech.srt"), desk=staff.desk, by=staff.editor)
    work()
    document.refresh_from_db()
    assert (document.state, document.current_revision.text) == ("to_confirm", SPOKEN)


@pytest.mark.parametrize(
    ("filename", "url", "suffix"),
    [
        ("a.SRT", "", ".srt"),
        ("", "https://news.example/a.odt?x=1.pdf", ".odt"),
        ("a", "https://news.example/b.odt", ""),
        ("", "http://[", ""),
        ("", "", ""),
    ],
)
def test_the_suffix_is_that_of_the_file_or_else_of_the_address(filename, url, suffix):
    assert suffix_of(filename, url) == suffix


def test_a_setting_that_names_no_reader_is_seen_by_the_check(settings):
    assert Settings().READERS == {}
    settings.FACTCHECK = {"READERS": {".srt": "desk.nothing.read_srt"}}
    assert [row.id for row in check_settings()] == ["factcheck.E005"]
