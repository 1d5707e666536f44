"""A real site with the demo's story, and people who log in to it in a real browser.

One site and one browser serve all of these tests, and end with them: while Playwright runs, Django refuses other
tests of the process their queries. Every page is watched: a console error, an uncaught
exception or an answer of 500 fails the test in which it happens. ``FACTCHECK_IMAGES=docs/images`` keeps the
pictures that the README shows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.live import Site, wait_until

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), "")
PASSWORD = "the-same-for-all-in-tests"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CAST = f"""
import sys
from django.contrib.auth import get_user_model
from factcheck.management import demo_steps
demo_steps.create_people()
demo_steps.file_articles(sys.stdout)
for person in get_user_model().objects.all():
    person.set_password({PASSWORD!r})
    person.save()
"""
WAITING = "from factcheck.models import Job; print('waiting', Job.objects.unfinished().count())"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them in one process, for one site; none where there is no browser."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="needs Chromium: apt-get install chromium"))


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's ten articles, read and compared by a worker; on PostgreSQL and Redis where tests have them."""
    lane = "production" if os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL") else "embedded"
    with Site(lane, tmp_path_factory.mktemp("browser")) as made:
        made.manage("shell", "-v0", "-c", CAST)
        wait_until(lambda: made.manage("shell", "-v0", "-c", WAITING).split() == ["waiting", "0"], 120, made.logs())
        yield made


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless=new"])
        yield browser
        browser.close()


class LiveSite:
    """The site as people see it: each logs in once, and every page they open is watched."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site, self.browser = site, browser
        self.base = site.base.removesuffix("/factcheck/api/v1")
        self.errors: list[str] = []
        self.contexts: list[BrowserContext] = []

    def log_in(self, name: str, *, scheme: str = "light", width: int = 1280, bypass_csp: bool = False) -> Page:
        """A page on which this person is logged in. Axe injects itself, for which the policy must be let go."""
        context = self.browser.new_context(
            base_url=self.base, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=bypass_csp
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self.record_console_error)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on(
            "response",
            lambda response: response.status >= 500 and self.errors.append(f"{response.url}: {response.status}"),
        )
        page.goto("/admin/login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda url: "login" not in url)
        return page

    def record_console_error(self, message: ConsoleMessage) -> None:
        refused = "status of 40" in message.text or "status of 42" in message.text
        sandboxed = "Blocked script execution" in message.text and "/original/" in message.text  # as it should be
        if message.type == "error" and not refused and not sandboxed:
            self.errors.append(f"{message.location.get('url', '')}: {message.text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def live_site(site: Site, chromium: Browser) -> Iterator[LiveSite]:
    live_site = LiveSite(site, chromium)
    yield live_site
    live_site.close()
    assert live_site.errors == []


def violations(page: Page, *, only_colours: bool = False) -> list[str]:
    """What axe-core finds on the page, one line each; a second mode differs from the first in its colours only."""
    wanted = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]} if only_colours else RULES
    page.wait_for_load_state("load")  # axe reads a whole page
    found = Axe().run(page, options={"runOnly": wanted}).response["violations"]
    return [f"{row['id']}: {[node['html'][:120] for node in row['nodes'][:3]]}" for row in found]


def press(page: Page, key: str) -> None:
    """Press a key as somebody does who sees the whole page: its script, which hears the keys, runs before it is loaded."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def picture(page: Page, name: str) -> None:
    """Keep a picture for the README, where it is asked for."""
    if folder := os.environ.get("FACTCHECK_IMAGES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)
