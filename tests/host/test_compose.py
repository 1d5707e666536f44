"""The containers: held against the schema of compose files, the settings they feed and the commands they name.

Nothing here starts a container. ``compose-spec.json`` is the schema of the Compose Specification, unchanged.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from celery.bin.beat import beat
from celery.bin.worker import worker
from django.core.management import get_commands

from tests.live import ROOT

HERE = Path(__file__).parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
GIVEN = {"SECRET_KEY": "k9Zr7w_" * 9, "ALLOWED_HOSTS": "desk.example", "POSTGRES_PASSWORD": "letters9"}
MENTIONED = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def filled(value, given):
    """A value as compose fills it in; a required one that is missing raises."""

    def fill(found):
        name, kind, rest = found.groups()
        if given.get(name):
            return given[name]
        if kind == "?":
            raise KeyError(f"{name}: {rest}")
        return rest or ""

    return MENTIONED.sub(fill, str(value))


def environment(service, given=GIVEN):
    return {name: filled(value, given) for name, value in SERVICES[service]["environment"].items()}


def read_by_settings():
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "newsroom" / "settings.py").read_text()))


def wrong_by_the_schema(compose):
    schema = json.loads((HERE / "compose-spec.json").read_text())
    return [row.message for row in jsonschema.Draft202012Validator(schema).iter_errors(compose)]


def test_the_file_is_valid_by_the_schema_of_compose_files():
    assert not wrong_by_the_schema(COMPOSE)


def test_a_mistyped_key_would_be_seen():
    assert wrong_by_the_schema({"services": {"web": {**SERVICES["web"], "helthcheck": {}}}})


def test_web_worker_beat_database_and_broker_are_there_and_migrations_run_once():
    assert set(SERVICES) == {*OURS, "postgres", "redis"}
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_tells_of_its_health(name):
    assert set(SERVICES[name]["healthcheck"]) >= {"test", "interval", "timeout", "retries"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_runs_as_root_or_writes_outside_its_volumes(name):
    service = SERVICES[name]
    assert service["user"] not in ("root", "0", 0)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_is_named_is_there():
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {row.split(":")[0] for row in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    used = {row.split(":")[0] for service in SERVICES.values() for row in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_a_service_waits_for_another_only_in_a_way_that_can_come_true():
    for service in SERVICES.values():
        for other, wanted in service.get("depends_on", {}).items():
            stays = SERVICES[other]["restart"] != "no"
            assert wanted["condition"] == ("service_healthy" if stays else "service_completed_successfully")


def test_database_and_broker_are_reached_from_inside_alone():
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_images_are_named_without_the_address_of_a_registry():
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", SERVICES["web"]["build"]["dockerfile_inline"], re.MULTILINE)
    assert "python:3.11-slim" in images
    assert not [image for image in images if "/" in image]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_is_one_that_the_settings_read(name):
    given = set(SERVICES[name]["environment"])
    assert given <= read_by_settings()
    assert given >= {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "HTTPS"}


@pytest.mark.parametrize("missing", GIVEN)
def test_without_a_secret_or_a_name_nothing_starts(missing):
    with pytest.raises(KeyError, match=missing):
        environment("web", {name: value for name, value in GIVEN.items() if name != missing})


def test_every_variable_one_may_set_is_documented():
    page = (ROOT / "docs" / "operations.md").read_text()
    assert not {name for name, *_ in MENTIONED.findall(TEXT) if f"`{name}" not in page}


def test_no_secret_stands_in_the_file():
    for name in GIVEN:
        assert not re.search(rf"^\s+{name}: (?!\$\{{{name}:\?)", TEXT, re.MULTILINE)


def test_the_settings_take_what_compose_gives_them_and_are_fit_for_the_open_net(tmp_path):
    env = {"PATH": os.environ["PATH"], "NEWSROOM_DATA": str(tmp_path), **environment("web")}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_every_command_named_exists():
    for service in OURS:
        first, *rest = SERVICES[service]["command"]
        if first == "python":
            assert rest[0] == "manage.py"
            assert rest[1] in get_commands()
        else:
            assert Path(sys.executable).with_name(first).exists()
    assert SERVICES["beat"]["healthcheck"]["test"][1:] == ["python", "manage.py", "doctor", "beat"]


@pytest.mark.parametrize(("name", "command"), [("worker", worker), ("beat", beat)])
def test_celery_knows_the_options_it_is_given(name, command):
    known = {option for row in command.params for option in row.opts} | {"-A", "--quiet"}
    assert {row.split("=")[0] for row in SERVICES[name]["command"] if row.startswith("-")} <= known


def test_gunicorn_takes_the_options_it_is_given(tmp_path):
    command = [str(Path(sys.executable).with_name("gunicorn")), "--check-config", *SERVICES["web"]["command"][1:]]
    env = {"PATH": os.environ["PATH"], "NEWSROOM_DATA": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def pins(name):
    return dict(re.findall(r"^([\w.-]+(?:\[[\w,-]+\])?)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_image_is_built_from_files_that_are_there_and_reach_the_builder():
    recipe = SERVICES["web"]["build"]["dockerfile_inline"]
    admitted = (ROOT / ".dockerignore").read_text().splitlines()
    for source in re.findall(r"^COPY (\S+) ", recipe, re.MULTILINE):
        assert (ROOT / source).exists()
        assert f"!{source}" in admitted
    assert "--require-hashes" in recipe
    assert recipe.rstrip().endswith("USER 10001")


def test_the_image_holds_the_versions_that_were_tested_and_no_tool_of_the_tests():
    whole, host = pins("requirements.txt"), pins("requirements-host.txt")
    plain = {re.sub(r"\[.*", "", name): version for name, version in whole.items()}
    assert {re.sub(r"\[.*", "", name): version for name, version in host.items()}.items() <= plain.items()
    assert {"gunicorn", "django", "psycopg"} <= {re.sub(r"\[.*", "", name) for name in host}
    assert not {"pytest", "playwright", "ruff"} & set(host)
    text = (ROOT / "requirements-host.txt").read_text()
    assert not re.search(r"https?://|--index-url|--find-links", text)
    assert text.count("--hash=sha256:") >= len(host)


def test_whoever_looks_for_drop_folders_sees_the_same_and_changes_nothing():
    seen = {name: [row for row in SERVICES[name].get("volumes", []) if row.startswith("feeds:")] for name in OURS}
    assert seen["web"] == seen["worker"] == ["feeds:/feeds:ro"]
