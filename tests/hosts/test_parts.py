"""A site without the heavy parts: the gate works, and whoever asks for a part is told which one is missing."""

import os
import subprocess
import sys

import pytest

from tests.intake import made
from tests.live import ROOT

HEAVY = {
    "pdf": ["pypdf", "typst"],
    "spreadsheets": ["openpyxl"],
    "pages": ["trafilatura"],
    "api-page": ["drf_spectacular_sidecar"],
}
READING = """
from pathlib import Path
from factcheck.intake.readers import Unreadable, read_bytes
try:
    read_bytes(Path({path!r}).read_bytes(), filename={name!r})
except Unreadable as refusal:
    print(refusal.code, refusal.message)
"""
LINE = "Forty houses were flooded."
SENT = {
    "story.pdf": (made.pdf_file(LINE), "pdf"),
    "story.xlsx": (made.xlsx_file(LINE), "spreadsheets"),
    "story.html": (made.article(LINE).encode(), "pages"),
    "story.eml": (f"From: a@b.example\nSubject: Flood\nMIME-Version: 1.0\n\n{LINE}".encode(), "pages"),
}
SITE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import factcheck
assert "drf_spectacular_sidecar" not in factcheck.missing([])
import django
django.setup()
from django.core.management import call_command
call_command("check")
from django.urls import get_resolver
get_resolver().url_patterns
from factcheck.gate import clearance
from factcheck.reports.render import formats_of, renderer_of
from factcheck.errors import Invalid
print(list(map(str, formats_of("document"))))
for name in ("pdf", "xlsx"):
    try:
        renderer_of(name)
    except Invalid as refusal:
        print(refusal.code, refusal)
"""


def without(tmp_path, libraries, code):
    """What some code prints where libraries are not installed."""
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules.update(dict.fromkeys({libraries!r}))\n")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{tmp_path}:{ROOT}", "LANG": "C.UTF-8"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_gate_and_the_api_start_without_any_part_and_offer_what_is_there(tmp_path):
    said = without(tmp_path, sorted({name for names in HEAVY.values() for name in names}), SITE)
    assert "['html', 'text', 'csv', 'json', 'claimreview']" in said
    assert "installing factcheck[pdf]" in said
    assert "installing factcheck[spreadsheets]" in said


def test_word_documents_are_read_by_every_site(tmp_path):
    (tmp_path / "a.docx").write_bytes(made.docx_file(LINE))
    code = READING.format(path=str(tmp_path / "a.docx"), name="a.docx")
    assert not without(tmp_path, sorted({name for names in HEAVY.values() for name in names}), code)


@pytest.mark.parametrize("name", SENT)
def test_a_file_whose_reader_is_not_installed_is_refused_with_the_name_of_the_part(tmp_path, name):
    data, extra = SENT[name]
    path = tmp_path / name
    path.write_bytes(data)
    said = without(tmp_path, HEAVY[extra], READING.format(path=str(path), name=name))
    assert said.startswith("part_missing ")
    assert f"installing factcheck[{extra}]" in said
