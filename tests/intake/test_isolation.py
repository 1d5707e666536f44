"""Reading in a child process: the same result as in this process, and no hostile file takes this process down."""

import os
import subprocess
import sys
import threading
import time

import pytest

from factcheck.intake import isolation
from factcheck.intake.isolation import read_in_child
from factcheck.intake.readers import Unreadable, read_bytes
from factcheck.jobs.outcomes import outcome_of
from tests.intake.made import SENTENCE, article, pdf_file


def refusal(data, **expected_code):
    with pytest.raises(Unreadable) as unreadable:
        read_in_child(data, **expected_code)
    return unreadable.value.code


def test_the_child_reads_what_the_house_reads():
    expected_code = {"filename": "flood.md", "media_type": "text/markdown"}
    data = f"Title: Floods\nPublished: 2025-03-04T07:30\nZone: Europe/Kyiv\n\n{SENTENCE} \U0001f30a".encode()
    assert read_in_child(data, **expected_code) == read_bytes(data, **expected_code)


def test_the_child_refuses_what_the_house_refuses():
    assert refusal(pdf_file("")) == "no_text"
    assert refusal(b"") == "empty"
    assert refusal(b"x" * 10_000_001) == "too_large"
    assert refusal(pdf_file(SENTENCE), filename="a\udc80.docx") == "wrong_type"


def test_a_file_that_takes_too_long_is_left_and_no_process_stays():
    began = time.monotonic()
    assert refusal(b"text", seconds=0.02) == "too_busy"
    assert time.monotonic() - began < 3


def test_a_file_that_takes_too_much_memory_is_refused():
    page = article(*(f"{SENTENCE} {number}" for number in range(40_000))).encode()
    assert refusal(page, memory_mib=110) in ("too_much_memory", "malformed", "crashed")


def played(monkeypatch, code):
    """Puts another program in the child's place."""
    real = subprocess.Popen
    monkeypatch.setattr(isolation.subprocess, "Popen", lambda _, **kw: real([sys.executable, "-c", code], **kw))


@pytest.mark.parametrize(
    ("code", "expected_code"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "stopped"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "too_slow"),
        ("raise SystemExit(3)", "crashed"),
        ("print('hello')", "crashed"),
        ('print(\'{"extract": {"text": 1}}\')', "crashed"),
        ("print('[]')", "crashed"),
    ],
)
def test_a_child_that_dies_or_babbles_is_a_clear_refusal(monkeypatch, code, expected_code):
    played(monkeypatch, code)
    assert refusal(SENTENCE.encode()) == expected_code


def test_what_the_child_started_is_killed_with_it(monkeypatch, tmp_path):
    place = tmp_path / "pid"
    grandchild = "import time; time.sleep(60)"
    played(
        monkeypatch,
        f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', {grandchild!r}]); "
        f"open({str(place)!r}, 'w').write(str(p.pid)); time.sleep(60)",
    )
    assert refusal(SENTENCE.encode(), seconds=0.5) == "too_busy"
    assert gone(int(place.read_text()))


def gone(pid):
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_the_child_gets_no_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://desk:secret@db/news")
    monkeypatch.setenv("SECRET_KEY", "secret")
    environment = isolation._environment()
    assert not any("secret" in value for value in environment.values())
    assert set(environment) <= {
        "PATH",
        "PYTHONPATH",
        "PYTHONUTF8",
        "HOME",
        "LANG",
        "LD_LIBRARY_PATH",
        "TMPDIR",
        "TZDIR",
    }


def test_the_child_and_the_rooms_it_uses_know_no_django():
    code = (
        "import sys, factcheck.intake.__main__, factcheck.intake.isolation, factcheck.intake.snapshots; "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], env=isolation._environment(), check=False).returncode == 0


def test_fetching_and_asking_a_child_do_not_load_the_parsers():
    code = (
        "import sys, factcheck.intake.fetching, factcheck.intake.isolation, factcheck.intake.text_cleaning; "
        "sys.exit(any(name in sys.modules for name in ('trafilatura', 'pypdf', 'docx', 'lxml')))"
    )
    assert subprocess.run([sys.executable, "-c", code], env=isolation._environment(), check=False).returncode == 0


def test_several_threads_may_read_at_once():
    found: list[str] = []
    texts = [f"{SENTENCE} {number}" for number in range(3)]
    threads = [threading.Thread(target=lambda t=text: found.append(read_in_child(t.encode()).text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == texts
    assert os.getpid()


def test_a_busy_machine_is_no_fault_of_the_file_and_it_is_read_again():
    assert outcome_of(Unreadable("too_busy", "Busy.")).retry
    assert not outcome_of(Unreadable("too_slow", "Too much.")).retry
