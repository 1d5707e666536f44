"""What every test may use: a person with a role, a desk, a document that has been read.

In the lane of PostgreSQL and Redis nothing may be skipped: ``FACTCHECK_SKIP_NOTHING=1`` makes a skip a failure.
The tests in a real browser take minutes: ``FACTCHECK_BROWSER=1`` runs them with the others, and naming the folder
``tests/browser`` runs them alone.
"""

import os
from functools import partial

import pytest

from factcheck.intake.fetching import fetch

WITH_BROWSER = os.environ.get("FACTCHECK_BROWSER", "") not in ("", "0")
collect_ignore = [] if WITH_BROWSER else ["browser"]


def pytest_terminal_summary(terminalreporter, config):
    if not WITH_BROWSER and not any("browser" in str(argument) for argument in config.args):
        terminalreporter.write_line("tests/browser was left out: FACTCHECK_BROWSER=1 runs it")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("FACTCHECK_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"


@pytest.fixture
def staff(db):
    """The people of one desk, one for each role."""
    from tests.stories import Staff

    return Staff()


@pytest.fixture
def news_web(monkeypatch):
    """A web server that workers believe to be the public web: the real client, with its seams led to loopback."""
    from tests.intake.hostile import Web

    served = Web()
    monkeypatch.setattr("factcheck.tasks.fetch", partial(fetch, resolve=served.resolve, dial=served.dial))
    yield served
    served.close()
