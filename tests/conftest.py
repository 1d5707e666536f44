"""What every test may use: a person with a role, a desk, a document that has been read.

In the lane of PostgreSQL and Redis nothing may be skipped: ``FACTCHECK_SKIP_NOTHING=1`` makes a skip a failure.
"""

import os

import pytest


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
