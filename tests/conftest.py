"""What every test may use: a person with a role, a desk, a document that has been read.

In the lane of PostgreSQL and Redis nothing may be skipped: ``FACTCHECK_SKIP_NOTHING=1`` makes a skip a failure.
There, too, the tests in a browser look at every page of the admin, and not only at those of the main job.
"""

import os
import threading
from functools import partial
from pathlib import Path

import pytest
from django.db import connections

from factcheck.intake.fetching import fetch
from tests.mailroom import Mailroom
from tests.template import copy_migrated


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("FACTCHECK_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """On SQLite each process has a copy of a database that was migrated once."""
    test = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        test["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "tests.sqlite3")
        copy_migrated(Path(test["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_keepdb():
    return connections["default"].vendor == "sqlite"


@pytest.fixture
def staff(db):
    """The people of one desk, one for each role."""
    from tests.stories import Staff

    return Staff()


@pytest.fixture
def mailroom(settings):
    """A mail server that keeps what it takes, and that the site sends its mails to."""
    with Mailroom() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server
        server.shutdown()


@pytest.fixture
def news_web(monkeypatch):
    """A web server that workers believe to be the public web: the real client, with its seams led to loopback."""
    from tests.intake.hostile import Web

    served = Web()
    monkeypatch.setattr("factcheck.tasks.fetch", partial(fetch, resolve=served.resolve, dial=served.dial))
    yield served
    served.close()
