"""Every kind of page, in both modes: nothing that axe-core objects to, nothing the strict policy refuses."""

import pytest
from django.apps import apps
from django.contrib import admin
from playwright.sync_api import Page

from tests.browser.conftest import Desk, violations

LISTS = sorted(
    model._meta.model_name for model in apps.get_app_config("factcheck").get_models() if model in admin.site._registry
)


def addresses(page: Page) -> list[str]:
    """The desk, every list, the first record of each, a form for each act of it, and every new form."""
    found = ["/admin/", "/admin/factcheck/", "/admin/factcheck/document/desk/"]
    for name in LISTS:
        listed = f"/admin/factcheck/{name}/"
        page.goto(listed)
        found.append(listed)
        if page.locator("#content .addlink").count():
            found.append(f"{listed}add/")
        first = page.locator("#result_list tbody th a, #result_list tbody td a").first
        if first.count():
            found.append(first.get_attribute("href") or "")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(desk: Desk, scheme: str):
    page = desk.sits("desk_chief", scheme=scheme, bypass_csp=True)
    shut = {}
    for address in addresses(page):
        page.goto(address)
        acts = [link.get_attribute("href") for link in page.locator(".fc-acts a[href*='/act/']").all()]
        shut[address] = violations(page)
        if scheme == "light":
            for act in acts:
                page.goto(act or "")
                shut[act] = violations(page)
    assert {address: rows for address, rows in shut.items() if rows} == {}


def test_no_page_breaks_the_strict_policy(desk: Desk):
    page = desk.sits("desk_chief")
    for address in [*addresses(page), "/factcheck/api/v1/docs/"]:
        page.goto(address, wait_until="load")
        assert "unsafe" not in (page.request.get("/admin/").headers["content-security-policy"])


def test_a_page_fits_a_telephone(desk: Desk):
    page = desk.sits("editor", width=400)
    for address in ["/admin/factcheck/document/desk/", "/admin/factcheck/document/", "/admin/factcheck/document/add/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), address
