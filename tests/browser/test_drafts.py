"""What somebody types is kept in the browser until it is sent, for nobody but the one who typed it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveSite, violations

WORDS = "The council counts 40 homes, the mayor says."
FORM = "/admin/factcheck/topic/add/"
BACK = "It was not sent."


def drafts(page: Page) -> int:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('factcheck.draft.')).length")


def title(page: Page):
    return page.get_by_label("Title")


def typed(page: Page) -> None:
    page.goto(FORM)
    title(page).fill(WORDS)
    assert drafts(page) == 1


def test_what_was_typed_is_back_when_the_page_is_and_can_be_taken_away(live_site: LiveSite):
    page = live_site.log_in("editor", bypass_csp=True)
    typed(page)
    page.reload()
    expect(page.get_by_text(BACK)).to_be_visible()
    assert title(page).input_value() == WORDS
    assert violations(page) == []
    page.get_by_role("button", name="Take it away").click()
    assert title(page).input_value() == ""
    assert drafts(page) == 0


def test_what_was_sent_is_no_draft_and_what_was_refused_still_stands_there(live_site: LiveSite):
    page = live_site.log_in("editor")
    typed(page)
    title(page).fill(" ")
    page.get_by_role("button", name="New topic").click()
    expect(page.locator(".errornote")).to_be_visible()
    title(page).fill(WORDS)
    page.get_by_role("button", name="New topic").click()
    page.wait_for_url(lambda url: not url.endswith(FORM))
    assert drafts(page) == 0
    page.goto(FORM)
    assert title(page).input_value() == ""


def test_a_session_that_ended_loses_no_word(live_site: LiveSite):
    page = live_site.log_in("editor")
    typed(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="New topic").click()
    page.wait_for_load_state("load")
    page.goto(FORM)
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("the-same-for-all-in-tests")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text(BACK)).to_be_visible()
    assert title(page).input_value() == WORDS


def test_another_person_at_the_same_desk_sees_nothing_of_it_and_a_log_out_takes_it_away(live_site: LiveSite):
    page = live_site.log_in("editor")
    typed(page)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_load_state("load")
    assert drafts(page) == 0


def test_a_name_given_in_confidence_is_kept_nowhere(live_site: LiveSite):
    page = live_site.log_in("desk_chief")
    page.goto("/admin/factcheck/source/add/")
    page.get_by_label("Name", exact=True).fill("Someone Who Asked")
    assert drafts(page) == 0
