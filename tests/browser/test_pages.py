"""Every kind of page: nothing that axe-core objects to in either mode, nothing that the strict policy refuses.

They are looked at where nothing may be skipped: every list, the first record of each, and the form of every action.
"""

import pytest
from django.apps import apps
from django.contrib import admin
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveSite, press, violations
from tests.marks import thorough

KINDS = [
    model._meta.model_name for model in apps.get_app_config("factcheck").get_models() if model in admin.site._registry
]
ELSEWHERE = ["/admin/", "/admin/factcheck/", "/admin/factcheck/document/desk/", "/", "/login/", "/stories/new/"]
ELSEWHERE += ["/admin/?all", "/admin/factcheck/verificationtask/check/", "/admin/factcheck/claim/review/"]


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


@pytest.mark.parametrize("width", [390, 1440, pytest.param(1024, marks=thorough)])
def test_a_page_fits_its_window_from_a_telephone_on(live_site: LiveSite, width: int):
    page = live_site.log_in("editor", width=width)
    for address in ["/admin/factcheck/document/desk/", "/admin/factcheck/document/", "/admin/factcheck/document/add/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), address
    page.goto("/admin/factcheck/document/desk/")
    page.get_by_role("link", name="Larkmoor buries its dead").first.click()
    top = page.locator("#fc-text").bounding_box()["y"]
    assert top < 300, "the article stands on the first screen"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        pytest.param(1440, "dark", marks=thorough),
        pytest.param(390, "light", marks=thorough),
        pytest.param(390, "dark", marks=thorough),
    ],
)
def test_the_desk_and_the_article_shut_nobody_out(live_site: LiveSite, scheme: str, width: int):
    page = live_site.log_in("desk_chief", scheme=scheme, width=width, bypass_csp=True)
    shut = {"home": violations(page)}
    page.get_by_role("link", name="Larkmoor buries its dead").first.click()
    shut["article"] = violations(page)
    page.locator("#fc-text .fc-fig").first.click()
    expect(page.get_by_role("complementary", name="Figure:")).to_be_visible()
    shut["card"] = violations(page)
    press(page, "Escape")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    shut["keys"] = violations(page)
    assert {name: rows for name, rows in shut.items() if rows} == {}


def test_single_keys_are_switched_off_for_one_person_and_their_buttons_stay(live_site: LiveSite):
    page = live_site.log_in("editor")
    page.get_by_role("link", name="Larkmoor buries its dead").first.click()
    expect(page.locator("#fc-where")).to_be_visible()
    press(page, "j")
    expect(page.locator("[data-fc-pin][aria-current]")).to_have_count(1)
    press(page, "?")
    page.get_by_label("Single keys are on").uncheck()
    press(page, "Escape")
    where = page.locator("#fc-where").text_content()
    press(page, "j")
    press(page, "a")
    expect(page.locator("#fc-where")).to_have_text(where or "")
    page.get_by_role("button", name="Next claim").click()
    expect(page.locator("#fc-where")).not_to_have_text(where or "")
