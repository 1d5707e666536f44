"""Every kind of page: nothing that axe-core objects to in either mode, nothing that the strict policy refuses.

They are looked at where nothing may be skipped: every list, the first record of each, and the form of every action.
"""

import pytest
from django.apps import apps
from django.contrib import admin
from playwright.sync_api import Page

from tests.browser.conftest import LiveSite, violations
from tests.marks import thorough

KINDS = [
    model._meta.model_name for model in apps.get_app_config("factcheck").get_models() if model in admin.site._registry
]
ELSEWHERE = ["/admin/", "/admin/factcheck/", "/admin/factcheck/document/desk/", "/", "/login/", "/stories/new/"]


def addresses(page: Page) -> list[str]:
    """The desk, the lists, the first record of each and the forms for new ones."""
    found = list(ELSEWHERE)
    for name in sorted(KINDS):
        listed = f"/admin/factcheck/{name}/"
        page.goto(listed)
        found.append(listed)
        if page.locator("#content .addlink").count():
            found.append(f"{listed}add/")
        first = page.locator("#result_list tbody th a, #result_list tbody td a").first
        if first.count():
            found.append(first.get_attribute("href") or "")
    return found


def actions_of(page: Page) -> list[str]:
    return [link.get_attribute("href") or "" for link in page.locator("a[href*='/action/']").all()]


@thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(live_site: LiveSite, scheme: str):
    page = live_site.log_in("desk_chief", scheme=scheme, bypass_csp=True)
    shut: dict[str, list[str]] = {}
    for address in addresses(page):
        page.goto(address)
        actions = actions_of(page) if scheme == "light" else []
        shut[address] = violations(page, only_colours=scheme == "dark")
        for action in actions:
            page.goto(action)
            shut[action] = violations(page)
    assert {address: rows for address, rows in shut.items() if rows} == {}


@thorough
def test_no_page_breaks_the_strict_policy(live_site: LiveSite):
    page = live_site.log_in("desk_chief")
    for address in [*addresses(page), "/factcheck/api/v1/docs/"]:
        page.goto(address, wait_until="load")  # the policy reports to the console, which fails the test
    assert "unsafe" not in page.request.get("/admin/").headers["content-security-policy"]


def test_a_page_fits_a_telephone(live_site: LiveSite):
    page = live_site.log_in("editor", width=400)
    for address in ["/admin/factcheck/document/desk/", "/admin/factcheck/document/", "/admin/factcheck/document/add/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), address
