"""A page that others may change asks a small address, one look at a time, and is never loaded again by itself."""

import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import LiveSite, press
from tests.marks import thorough

HOLD = """
from datetime import timedelta
from django.utils import timezone
from factcheck.models import Desk, Document
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
document = Document.objects.filter(kind="story", state="in_check").first()
job = enqueue(JobName.CROSSCHECK, f"document:{document.pk}", {"scope": "document", "document": document.pk},
    desk=document.desk)
type(job).objects.filter(pk=job.pk).update(run_at=timezone.now() + timedelta(hours=1))
print(document.pk, job.pk)
"""
LET_GO = "from factcheck.models import Job; Job.objects.filter(pk=%s).update(state='done')"
HIDDEN = """Object.defineProperty(document, "hidden", { get: () => !window.fcSeen, configurable: true });"""


class Looks:
    """What a page asks for: looks at the small address, how many at once, and the pages it loads."""

    def __init__(self, page: Page, seconds: float = 0) -> None:
        self.seconds, self.open, self.most, self.taken, self.pages = seconds, 0, 0, [], 0
        page.route("**/parts/", self.look)
        page.on("request", self.asked)
        page.on("requestfinished", self.ended)
        page.on("requestfailed", self.ended)

    def asked(self, request) -> None:
        self.pages += request.is_navigation_request()
        if request.url.endswith("/parts/"):
            self.taken.append(time.monotonic())
            self.open += 1
            self.most = max(self.most, self.open)

    def ended(self, request) -> None:
        self.open -= request.url.endswith("/parts/")

    def look(self, route: Route) -> None:
        time.sleep(self.seconds)
        route.continue_()


@pytest.fixture
def held(live_site: LiveSite):
    """The address of a story with work that does not end, and what ends it."""
    document, job = live_site.site.manage("shell", "-v0", "-c", HOLD).split()
    yield (
        f"/admin/factcheck/document/{document}/change/",
        lambda: live_site.site.manage("shell", "-v0", "-c", LET_GO % job),
    )
    live_site.site.manage("shell", "-v0", "-c", LET_GO % job)


@thorough
def test_the_page_takes_one_look_at_a_time_later_and_later_and_is_not_loaded_again(live_site: LiveSite, held):
    page = live_site.log_in("editor")
    looks = Looks(page, seconds=1)
    page.goto(held[0])
    expect(page.locator(".fc-at-work")).to_have_count(1)
    page.wait_for_timeout(22_000)
    assert (looks.most, looks.pages) == (1, 1)
    gaps = [later - sooner for sooner, later in zip(looks.taken, looks.taken[1:], strict=False)]
    assert len(looks.taken) in (2, 3, 4), looks.taken
    assert gaps == sorted(gaps)
    held[1]()
    expect(page.locator(".fc-at-work")).to_have_count(0, timeout=40_000)
    assert looks.pages == 1


def test_a_tab_nobody_looks_at_asks_for_nothing_until_somebody_does(live_site: LiveSite, held):
    page = live_site.log_in("editor")
    page.add_init_script(HIDDEN)
    looks = Looks(page)
    page.goto(held[0])
    page.wait_for_timeout(5_000)
    assert looks.taken == []
    page.wait_for_timeout(2_000)
    page.evaluate("window.fcSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(1_000)
    assert len(looks.taken) == 1


def test_what_somebody_is_typing_is_not_lost_when_the_work_ends(live_site: LiveSite, held):
    page = live_site.log_in("editor")
    page.goto(held[0])
    page.locator("[data-fc-pin]:not([data-quiet])").first.click()
    press(page, "x")
    page.get_by_label("Parts").fill("half a quo")
    held[1]()
    expect(page.locator(".fc-at-work")).to_have_count(0, timeout=40_000)
    assert page.get_by_label("Parts").input_value() == "half a quo"
    press(page, "j")
    assert page.get_by_label("Parts").input_value() == "half a quoj", "a key typed into a field is a letter"
