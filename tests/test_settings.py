"""The settings of the app: what each may be, and that nothing starts with a value that it may not be."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import fields

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from factcheck import conf
from factcheck.models import VerdictLabel
from tests.live import ROOT

NUMBERS = {  # setting: (the least, the most)
    "CHECKWORTHINESS_THRESHOLD": (0, 1),
    "MINIMUM_ORIGINS": (1, 10),
    "DOCUMENT_WAIVER_HOURS": (1, 24),
    "FRESH_FOR_HOURS": (1, 8760),
    "LEASE_SECONDS": (2, 86400),
    "MAX_ATTEMPTS": (1, 100),
    "DISPATCH_SECONDS": (0.1, 60),
    "READER_SECONDS": (1, 600),
    "READER_MEMORY_MIB": (128, 65536),
    "FETCH_SECONDS": (1, 600),
    "DUE_SOON_HOURS": (1, 720),
    "NOTICE_MINUTES": (0, 1440),
    "IDEMPOTENCY_HOURS": (1, 720),
}
FRACTIONS = ("CHECKWORTHINESS_THRESHOLD", "DISPATCH_SECONDS")
LABELS = {name: f"is {name}" for name in VerdictLabel.values}
READER, RENDERER = "factcheck.intake.text_cleaning.stored_text", "factcheck.reports.render.with_all_parts"
GOOD = {
    "FEED_FOLDER": ["", "/feeds", "/srv/feeds/"],
    "SITE_URL": [
        "",
        "https://desk.example",
        "https://desk.example/",
        "http://desk:8000",
        "https://[2001:db8::1]:8443/a/b",
    ],
    "VERDICT_LABELS": [{}, {"supported": "Confirmed"}, LABELS],
    "READERS": [{}, {".odt": READER}, {".7z": READER}],
    "RENDERERS": [{}, {"markdown": RENDERER}, {"Word_97-2003": RENDERER}],
    "MATCHING_SCORER": ["", "factcheck.text.matching.scorer.same"],
    "REPORT_FROM": [
        "",
        "desk@news.example",
        "The Desk <desk@news.example>",
        '"Desk, The" <desk@news.example>',
        "root@localhost",
    ],
    "GROUP_ROLES": [
        {},
        {"Desk editors": ["news-desk", "editor"], "Chefs vom Dienst": ("night", "desk_chief")},
        {name: ["news-desk", name] for name in conf.ROLES_BY_GROUP},
    ],
    "CHIEF_EDITOR_GROUPS": [[], ["Chiefs"], ["Chiefs", "g" * 150]],
    "VERDICT_RATINGS": [{}, {"supported": 5, "refuted": 1}, {"not_enough_evidence": 100}],
    "WEBHOOK_HOSTS": [[], ["hooks.desk.internal"], ["hooks.desk.internal:8443", "10.20.0.0/16", "fd00::/8", "web-1"]],
    "HISTORY_KEYS": [[], ["k" * 32], ["an older key of 32 letters or more", "k" * 200]],
    "ENCRYPTION_KEYS": [[], [Fernet.generate_key().decode()], [Fernet.generate_key().decode() for _ in range(2)]],
}
BAD = {
    "FEED_FOLDER": ["feeds", "./feeds", "~/feeds", " /feeds", "/fe\0eds", None, 7, b"/feeds"],
    "SITE_URL": [
        "desk.example",
        "//desk.example",
        "ftp://desk.example",
        "javascript:alert(1)",
        "https://",
        "https:///admin",
        "https://desk.example?a=1",
        "https://desk.example#top",
        "https://desk.example/?",
        "https://ann:pw@desk.example",
        "https://desk.example:port",
        "https://desk.example:99999",
        "https://desk .example",
        " https://desk.example",
        "https://desk.example\n",
        "https://[",
        None,
    ],
    "VERDICT_LABELS": [
        {"suported": "x"},
        {"supported": ""},
        {"supported": "  "},
        {"supported": None},
        {1: "x"},
        [],
        "supported",
    ],
    "READERS": [
        {"odt": READER},
        {".ODT": READER},
        {".": READER},
        {"": READER},
        {".tar.gz": READER},
        {"*.odt": READER},
        {1: READER},
        [".odt"],
    ],
    "RENDERERS": [
        {"../x": RENDERER},
        {"": RENDERER},
        {"a b": RENDERER},
        {"x" * 41: RENDERER},
        {"x\n": RENDERER},
        {1: RENDERER},
        "markdown",
    ],
    "MATCHING_SCORER": ["same", ".scorer.same", "a b.same", "factcheck.text.matching.", None, 7],
    "REPORT_FROM": [
        "desk",
        "desk@",
        "@news.example",
        "a@news.example, b@news.example",
        "Desk <>",
        "a@news.example\nBcc: b@news.example",
        None,
    ],
    "GROUP_ROLES": [
        {"Chiefs": ["news-desk", "chief_editor"]},
        {"Robots": ["news-desk", "service"]},
        {"Desk editors": ["news-desk", "author"]},
        {"Desk editors": ["News desk", "editor"]},
        {"Desk editors": ["", "editor"]},
        {"Desk editors": ["news-desk"]},
        {"Desk editors": "editor"},
        {"Desk editors": [["news-desk"], "editor"]},
        {"Desk editors": None},
        {"": ["news-desk", "editor"]},
        {"g" * 151: ["news-desk", "editor"]},
        {1: ["news-desk", "editor"]},
        ["Desk editors"],
    ],
    "CHIEF_EDITOR_GROUPS": [[""], [" "], [1], ["g" * 151], "Chiefs", {"Chiefs": True}],
    "VERDICT_RATINGS": [
        {"true": 5},
        {"supported": 0},
        {"supported": 101},
        {"supported": True},
        {"supported": "5"},
        [],
        None,
    ],
    "WEBHOOK_HOSTS": [["10.20.0.1/16"], ["https://hooks.desk.internal"], [""], ["a b"], [None], ["x:0"], "web-1", None],
    "HISTORY_KEYS": [["k" * 31], [" " * 40], ["k" * 201], [b"k" * 40], [None], ["k" * 40, "short"], "k" * 40, {}, None],
    "ENCRYPTION_KEYS": [
        ["short"],
        [""],
        [Fernet.generate_key().decode(), "short"],
        [7],
        [Fernet.generate_key()],
        "short",
        {},
    ],
}
NOWHERE = ["", "desk", "desk.nothing.read", ".relative", "..", "os.path", "json.nothing", None, 7]
ODD = [None, True, False, "1", "", [], {}, float("nan"), float("inf"), float("-inf"), 10**400, -1, 1j]


def faults(settings, value):
    settings.FACTCHECK = value
    return [row.id for row in conf.check_settings()]


def allows(settings, name, value):
    """Whether the check has nothing to say of a value, and the app takes it; the two never differ."""
    found = faults(settings, {name: value})
    if not found:
        assert getattr(conf.settings(), name) == value
        return True
    with pytest.raises(ImproperlyConfigured, match=name):
        conf.settings()
    return False


def test_every_setting_has_cases_here():
    assert {row.name for row in fields(conf.Settings)} == {*NUMBERS, *GOOD}
    assert set(GOOD) == set(BAD)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_held_to_its_range(name, settings):
    least, most = NUMBERS[name]
    beside = {"DISPATCH_SECONDS": 0.1} if name == "LEASE_SECONDS" else {}
    beside |= {"LEASE_SECONDS": 86400} if name == "DISPATCH_SECONDS" else {}
    for value in (least, most):
        assert faults(settings, {name: value, **beside}) == []
    step = 0.01 if name in FRACTIONS else 1
    for value in (least - step, most + step):
        assert not allows(settings, name, value)


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number_is_refused_for_a_number(name, settings):
    assert not [value for value in ODD if allows(settings, name, value)]


@pytest.mark.parametrize("name", [name for name in NUMBERS if name not in FRACTIONS])
def test_what_is_counted_is_whole(name, settings):
    assert not allows(settings, name, 5.0)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_a_value_of_the_right_form_is_taken(name, value, settings):
    assert allows(settings, name, value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_value_of_another_form_is_refused(name, value, settings):
    assert not allows(settings, name, value)


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize(("name", "key"), [("READERS", ".odt"), ("RENDERERS", "odt")])
def test_a_path_that_names_no_function_is_refused_at_the_start(name, key, path, settings):
    assert faults(settings, {name: {key: path}}) == ["factcheck.E005"]
    with pytest.raises(ImproperlyConfigured, match=name):
        conf.refuse_bad_settings()


def test_a_module_that_breaks_when_it_is_loaded_is_told_and_not_raised(settings, tmp_path, monkeypatch):
    (tmp_path / "broken_reader.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    assert faults(settings, {"READERS": {".odt": "broken_reader.read"}}) == ["factcheck.E005"]


def test_an_unknown_setting_is_refused_by_its_name(settings):
    assert faults(settings, {"CHECKWORTHYNESS_THRESHOLD": 0.5}) == ["factcheck.E001"]
    with pytest.raises(ImproperlyConfigured, match="CHECKWORTHYNESS_THRESHOLD"):
        conf.settings()


@pytest.mark.parametrize("value", [None, [], "READER_SECONDS=1", 7, [("READER_SECONDS", 1)]])
def test_settings_that_are_no_dict_are_an_error_and_no_crash(value, settings):
    assert faults(settings, value) == ["factcheck.E006"]
    with pytest.raises(ImproperlyConfigured, match="dict"):
        conf.settings()


@pytest.mark.parametrize(
    "given", [{"LEASE_SECONDS": 5, "DISPATCH_SECONDS": 5}, {"DISPATCH_SECONDS": 10.0, "LEASE_SECONDS": 2}]
)
def test_a_lease_that_ends_before_the_relay_looks_again_is_refused(given, settings):
    assert faults(settings, given) == ["factcheck.E007"]
    with pytest.raises(ImproperlyConfigured, match="LEASE_SECONDS"):
        conf.settings()


def test_all_that_is_wrong_is_told_at_once(settings):
    given = {"MAX_ATTEMPTS": 0, "CHECKWORTHINESS_THRESHOLD": 7, "SITE_URL": "desk.example"}
    assert len(faults(settings, given)) == 3
    with pytest.raises(ImproperlyConfigured) as refusal:
        conf.settings()
    assert all(name in str(refusal.value) for name in given)


def test_a_refused_key_for_seals_is_not_told(settings):
    settings.FACTCHECK = {"ENCRYPTION_KEYS": ["a-secret-that-was-cut-off"]}
    assert "a-secret" not in str(conf.check_settings())
    assert "entry 1" in str(conf.check_settings())


def test_the_verdicts_that_may_be_named_are_those_of_the_table():
    assert sorted(conf.VERDICTS) == sorted(VerdictLabel.values)


STARTS = {
    "a web server": ("-m", "gunicorn", "newsroom.wsgi", "-b", "127.0.0.1:0", "--no-control-socket"),
    "a worker": ("-m", "celery", "-A", "newsroom", "worker", "-P", "solo"),
    "beat": ("-m", "celery", "-A", "newsroom", "beat"),
    "a script": ("-c", "import django; django.setup()"),
    "a command": ("manage.py", "check"),
}


def started(folder, factcheck, *command, seconds=60):
    """How a process of the site ends, and what it says; one that is still there after some seconds has started."""
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    env |= {"NEWSROOM_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "newsroom.settings", "SECRET_KEY": "x" * 50}
    env["FACTCHECK"] = json.dumps(factcheck)
    child = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return child.communicate(timeout=seconds)[0], child.returncode
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return child.communicate()[0], None


@pytest.mark.parametrize("what", STARTS)
def test_nothing_starts_with_a_threshold_that_opens_the_gate(what, tmp_path):
    output, status = started(tmp_path, {"CHECKWORTHINESS_THRESHOLD": 7}, *STARTS[what])
    assert status not in (0, None), output
    assert "FACTCHECK['CHECKWORTHINESS_THRESHOLD'] must be a number from 0 to 1." in output


@pytest.mark.parametrize("command", [("check",), ("migrate", "--plan"), ("runserver", "--noreload", "127.0.0.1:0")])
def test_a_command_that_checks_tells_it_without_a_traceback(command, tmp_path):
    output, status = started(tmp_path, {"CHECKWORTHINESS_THRESHOLD": 7, "READERS": 7}, "manage.py", *command)
    assert status not in (0, None)
    assert "factcheck.E003" in output
    assert "factcheck.E002" in output
    assert "Traceback" not in output
