"""What every test may use: a person with a role, a desk, a document that has been read.

In the lane of PostgreSQL and Redis nothing may be skipped: ``FACTCHECK_SKIP_NOTHING=1`` makes a skip a failure.
There, too, the tests in a browser look at every page of the admin, and not only at those of the main job.
"""

import os
from functools import partial

import pytest

from factcheck.intake.fetching import fetch


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
