"""The demo on other hosts: it writes into nothing that is the host's, or says in a sentence why it does not run."""

import subprocess

import pytest

from tests.hosts import kinds
from tests.hosts.projects import Host
from tests.marks import thorough


def demo(host: Host, *options: str) -> subprocess.CompletedProcess:
    command = [host.python, "manage.py", "demo", *options]
    return subprocess.run(command, cwd=host.folder, env=host.env, capture_output=True, text=True)


def files_of(host: Host) -> set[str]:
    """What lies in the folder of a host and is no cache of Python's."""
    found = {str(path.relative_to(host.folder)) for path in host.folder.rglob("*")}
    return {name for name in found if "__pycache__" not in name}


def host_of(kind, folder) -> Host:
    host = Host(folder, kind)
    host.make()
    if kind.migrate:
        host.manage("makemigrations", *kind.migrate, "-v0")
    return host


@thorough
@pytest.mark.parametrize("kind", [kinds.PLAIN, kinds.MAIL_LOG_IN], ids=["plain", "log-in by e-mail"])
def test_on_a_host_with_one_place_for_its_data_the_demo_refuses_and_writes_nothing(kind, tmp_path):
    host = host_of(kind, tmp_path)
    host.manage("migrate", "-v0")
    before = host.manage("dumpdata")
    done = demo(host, "--check")
    assert done.returncode == 1
    assert "CommandError: The demo writes only into a database and a broker of its own" in done.stderr
    assert "Traceback" not in done.stderr
    assert host.manage("dumpdata") == before


@thorough
def test_with_a_place_of_its_own_the_demo_runs_where_people_log_in_by_e_mail_and_is_taken_away(tmp_path):
    host = host_of(kinds.APART, tmp_path)
    before = files_of(host)
    done = demo(host, "--check")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert "Conflicts (" in done.stdout
    assert "chief_editor@newsroom.example" in done.stdout
    assert demo(host, "--remove").returncode == 0
    assert files_of(host) - before <= {"var"}
