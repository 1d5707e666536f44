"""The app on newer versions of Python and Django than those of the lock: a story is checked there over HTTP.

A version of Python that this machine does not have is not asked for, and of those it has the newest alone, but by ``make
versions``; what was tried is in docs/dependencies.md.
"""

import os
import subprocess
import sys
from functools import cache

import pytest

from tests.host.test_wheel import built_wheel
from tests.hosts import kinds
from tests.hosts.journey import check_a_story, erase_the_checker, read_every_list, read_every_page
from tests.hosts.projects import Host
from tests.marks import THOROUGH, thorough

NEWER = {"3.12": "6.0", "3.13": "6.0"}
"""The newest Django that is tried on each Python."""
OWN = {"{}.{}".format(*sys.version_info): "5.2"}
SAYS = "import sys, venv, ensurepip; print(sys.executable)"


@cache
def python_of(version: str) -> str:
    """The path of a Python of this version that can make environments; empty where there is none."""
    if version in OWN:
        return sys.executable
    command = [f"python{version}", "-c", SAYS]
    try:
        done = subprocess.run(command, env={**os.environ, "PYENV_VERSION": version}, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))


def environment(folder, wheel, version: str, django: str) -> str:
    """A new environment with the wheel, all its parts and this Django, chosen by pip within the wheel's own ranges."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    python = str(folder / "venv/bin/python")
    install = [python, "-m", "pip", "install", "--quiet", f"{wheel}[all]", f"Django=={django}.*"]
    for command in ([python_of(version), "-m", "venv", str(folder / "venv")], install, [python, "-m", "pip", "check"]):
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return python


def tried() -> dict[str, str]:
    """The newest version this machine has, or all; without a newer one that of the tests, whose Django is older."""
    found = {version: NEWER[version] for version in NEWER if not THOROUGH or python_of(version)} or OWN
    return found if os.environ.get("FACTCHECK_VERSIONS") else dict(list(found.items())[-1:])


@thorough
@pytest.mark.parametrize(("version", "django"), tried().items())
def test_a_story_is_checked_with_these_versions(version, django, wheel, tmp_path):
    (tmp_path / "desk").mkdir()
    host = Host(tmp_path / "desk", kinds.PLAIN)
    host.python = environment(tmp_path, wheel, version, django)
    del host.env["PYTHONPATH"]
    host.make()
    assert host.run("-c", "import django; print(django.get_version())").startswith(f"{django}.")
    assert "No changes detected" in host.manage("makemigrations", "--check", "--dry-run")
    host.set_up()
    with host:
        check_a_story(host)
        assert read_every_list(host) > 10
        assert read_every_page(host) > 8
        erase_the_checker(host)
        host.manage("verify_history")
