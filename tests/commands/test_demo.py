"""The demo keeps what the README promises, starts apart from everybody's settings, and stops without noise."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from factcheck.management import demo_steps
from factcheck.management.commands.demo import IGNORED, OWN, Command, not_apart
from factcheck.management.supervisor import MOST_RESTARTS, Processes, exclusive_lock
from newsroom import settings

ROOT = Path(settings.BASE_DIR)
KEPT = {
    "conflict": [
        "74 settlements (Ukraine) and about 41 settlements (Institute for the Study of War) conflict.",
        "damage of $430 million (Insurers) and damage of $340 million (Ministry) conflict.",
    ],
    "magnitude_slip": ["32,000 homes without power and 3,200 homes without power differ by a factor of 10."],
    "superseded": ["nearly 100 towns (Zelensky) replaces the earlier 74 settlements (Ukraine)."],
    "agreement": ["1,000 square km (Ukraine) and about 386 square miles (Kyiv) agree."],
}


def test_the_check_is_content_with_what_was_promised():
    assert demo_steps.missing_findings(KEPT) == []


@pytest.mark.parametrize("kind", KEPT)
def test_the_check_names_what_is_missing_whatever_else_was_found(kind):
    with pytest.raises(CommandError, match=kind.replace("_", " ")):
        Command().check_findings({**KEPT, kind: ["12 boats and 13 boats."]})


def test_every_promise_is_one_of_the_readme_or_of_its_headings():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for number in ("74 settlements", "41", "Institute for the Study of War", "100 towns"):
        assert number in readme


def test_make_demo_hides_the_variables_that_the_demo_ignores():
    output = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hidden = set(re.findall(r"-u (\w+)", output))
    assert set(IGNORED) <= hidden


def test_an_interrupt_during_the_start_of_the_demo_is_no_error(monkeypatch, capsys):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.delenv("FACTCHECK_DEMO_FOLDER", raising=False)
    monkeypatch.setattr(Command, "start_apart", interrupt)
    Command().handle(check=True, port=8000, remove=False)
    assert "has ended" in capsys.readouterr().out


def test_the_demo_writes_nothing_into_the_database_of_a_site(tmp_path, monkeypatch, db):
    monkeypatch.setenv(OWN, str(tmp_path))
    with pytest.raises(CommandError, match="a database and a broker of its own"):
        Command().handle(check=True, port=8000, remove=False)
    assert not get_user_model().objects.exists()


PLACES = {
    "both in its folder": ("demo/db.sqlite3", "demo/broker", True),
    "the database beside it": ("db.sqlite3", "demo/broker", False),
    "the database behind a step back": ("demo/../db.sqlite3", "demo/broker", False),
    "the broker beside it": ("demo/db.sqlite3", "broker", False),
    "no folder as broker": ("demo/db.sqlite3", "", False),
}


@pytest.mark.parametrize("case", PLACES)
def test_the_demo_needs_a_database_and_a_broker_in_its_folder(case, tmp_path, monkeypatch):
    database, broker, runs = PLACES[case]
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / database))
    options = {"data_folder_in": str(tmp_path / broker)} if broker else {}
    monkeypatch.setattr(current_app.conf, "broker_transport_options", options)
    assert (not_apart(tmp_path / "demo") == "") == runs


def test_the_demo_makes_people_whose_log_in_is_a_mail_address(monkeypatch, db):
    monkeypatch.setattr(get_user_model(), "USERNAME_FIELD", "email")
    monkeypatch.setattr(get_user_model(), "REQUIRED_FIELDS", ["username", "first_name"])
    assert demo_steps.missing_for_people() == ""
    people = demo_steps.create_people()
    assert people["desk_chief@newsroom.example"][0] == "desk chief"
    assert demo_steps.demo_account_of("editor").first_name == "editor"


def test_a_user_model_that_asks_for_more_than_names_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(get_user_model(), "REQUIRED_FIELDS", ["email", "date_joined"])
    assert "the user model asks for date_joined" in demo_steps.missing_for_people()


@pytest.fixture
def folder(tmp_path, settings):
    """The folder of a demo that has been run in a checkout."""
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "var" / "demo"
    (folder / "broker").mkdir(parents=True)
    for name in ("db.sqlite3", "worker.log", "lock", "broker/message"):
        (folder / name).touch()
    (tmp_path / "var" / "db.sqlite3").touch()
    return folder


def test_removing_the_demo_takes_its_folder_and_nothing_beside_it(folder, capsys):
    call_command("demo", "--remove")
    assert "is removed" in capsys.readouterr().out
    assert [row.name for row in folder.parent.iterdir()] == ["db.sqlite3"]
    call_command("demo", "--remove")
    assert "There is no demo here." in capsys.readouterr().out


def test_a_demo_that_runs_is_not_removed(folder):
    with exclusive_lock(folder / "lock"), pytest.raises(CommandError, match="stop it first"):
        call_command("demo", "--remove")
    assert (folder / "db.sqlite3").exists()


def test_a_demo_behind_a_link_is_somebody_elses(folder, tmp_path):
    folder.rename(tmp_path / "theirs")
    folder.symlink_to(tmp_path / "theirs")
    with pytest.raises(CommandError, match="is a link"):
        call_command("demo", "--remove")
    assert (tmp_path / "theirs" / "db.sqlite3").exists()


def started(*args, **env):
    """A command of the site, as typed."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env={**os.environ, **env},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores it
    )


def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path):
    code = "import time; print('ready', flush=True); time.sleep(30)"
    child = started("shell", "-v", "0", "-c", code, NEWSROOM_DATA=str(tmp_path))
    assert child.stdout.readline() == "ready\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (130, "", "")


def test_ctrl_c_while_django_is_still_being_imported_is_as_quiet(tmp_path):
    package = tmp_path / "django" / "core" / "management"
    package.mkdir(parents=True)
    for folder in (package.parent.parent, package.parent):
        (folder / "__init__.py").touch()
    (package / "__init__.py").write_text("raise KeyboardInterrupt")
    child = started("check", PYTHONPATH=str(tmp_path))
    out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (130, "", "")


def gone(pid):
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_process_of_the_demo_that_ends_is_started_again(tmp_path):
    with Processes(tmp_path) as processes:
        processes.start("worker", "-c", "import time; time.sleep(60)")
        first = processes.children[0].process
        first.kill()
        first.wait(5)
        processes.check()
        second = processes.children[0].process
        assert second.pid != first.pid
        assert second.poll() is None
        assert "ended with -9 and is started again" in (tmp_path / "worker.log").read_text()
    assert gone(second.pid)


def test_a_process_of_the_demo_that_ends_again_and_again_ends_the_demo_with_its_reason(tmp_path):
    with Processes(tmp_path) as processes:
        processes.start("worker", "-c", "raise SystemExit(3)")
        with pytest.raises(RuntimeError, match="ended with 3 again and again"):
            for _ in range(MOST_RESTARTS + 1):
                processes.children[0].process.wait(20)
                processes.check()
        assert len(processes.children[0].restarts) == MOST_RESTARTS
