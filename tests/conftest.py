"""What every test may use: a person with a role, a desk, a document that has been read.

In the lane of PostgreSQL and Redis nothing may be skipped: ``FACTCHECK_SKIP_NOTHING=1`` makes a skip a failure.
There, too, the tests in a browser look at every page of the admin, and not only at those of the main job.
"""

import os
import sqlite3
from contextlib import closing
from functools import partial

import pytest
from django.db import connections, transaction

from factcheck.intake.fetching import fetch
from factcheck.intake.readers import read_bytes
from tests.mailroom import Mailroom
from tests.template import copy_migrated

IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"
"""What Django calls the database of tests on SQLite."""


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("FACTCHECK_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"


def pytest_make_parametrize_id(val, argname):
    """Bytes are named by their length, long words by their beginning: a made-up archive holds the time of its making,
    and the processes of one run must call a test by one name."""
    if isinstance(val, bytes) and len(val) > 40:
        return f"{argname}-of-{len(val)}-bytes"
    return f"{val[:60]}…" if isinstance(val, str) and len(val) > 100 else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix):
    """On SQLite the database in memory begins as a copy of one that was migrated once; so nothing is left to migrate."""
    if connections["default"].vendor != "sqlite":
        yield
        return
    migrated = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    copy_migrated(migrated)
    with closing(sqlite3.connect(IN_MEMORY, uri=True)) as memory:  # it lasts as long as somebody holds it
        with closing(sqlite3.connect(migrated)) as kept:
            kept.backup(memory)
        yield


@pytest.fixture(autouse=True)
def read_in_this_process(request, monkeypatch):
    """No child process is started for each text, but in tests/intake, where it is held to its limits."""
    if "intake" in request.path.parts:
        return

    def read_here(data, *, seconds, memory_mib, readers, **known):
        return read_bytes(data, **known)

    monkeypatch.setattr("factcheck.tasks.read_in_child", read_here)


@pytest.fixture(scope="module")
def db_of_module(django_db_setup, django_db_blocker):
    """The database for rows that a module's tests share: written once, taken back after the last of its tests.

    Each test takes back what it writes itself. No test of such a module may use transactions of its own.
    """
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic._from_testcase = True  # else Django takes it for code that would hold a durable block inside it
        with atomic:
            yield
            transaction.set_rollback(True)


@pytest.fixture
def staff(db):
    """The people of one desk, one for each role."""
    from tests.stories import Staff

    return Staff()


@pytest.fixture
def mailroom(settings):
    """A mail server that keeps what it takes, and that the site sends its mails to."""
    server = Mailroom()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield server
    server.stop()


@pytest.fixture
def news_web(monkeypatch):
    """A web server that workers believe to be the public web: the real client, with its seams led to loopback."""
    from tests.intake.hostile import Web

    served = Web()
    monkeypatch.setattr("factcheck.tasks.fetch", partial(fetch, resolve=served.resolve, dial=served.dial))
    yield served
    served.close()
