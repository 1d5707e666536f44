"""Several people take a story from the pasted text to its publication, in the browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveSite, picture
from tests.browser.test_intake import file

STORY = "The harbour office of Ostermarle said on Monday that 512 seals were counted on the outer banks."


def action(page: Page, name: str) -> None:
    page.get_by_role("group", name="What you may do now").get_by_role("link", name=f"{name}…").click()


def test_a_story_goes_from_the_paste_to_the_press(live_site: LiveSite):
    editor, checker, reviewer = live_site.log_in("editor"), live_site.log_in("checker"), live_site.log_in("reviewer")

    # the editor takes the story in, accepts its claim and gives it to the checker, by keys
    file(editor, "Seals on the banks", STORY)
    workbench = editor.url
    editor.keyboard.press("j")
    editor.keyboard.press("a")
    expect(editor.get_by_text("The claim is accepted.")).to_be_visible()
    editor.keyboard.press("s")
    editor.get_by_role("button", name="checker").click()
    expect(editor.get_by_text("The work is given out.")).to_be_visible()
    expect(editor.locator("#fc-panel").get_by_text("checker checks it")).to_be_visible()
    assert editor.url.split("#")[0] == workbench

    # the checker finds it on the desk, takes it up, rings the source and submits
    expect(checker).to_have_url(re.compile("/document/desk/"))
    checker.goto(checker.url)
    checker.get_by_role("region", name="Check “").get_by_role("link").click()
    checker.get_by_role("button", name="Take up").click()
    checker.get_by_role("link", name="To the claim: verdict and decisions").click()
    claim = checker.url
    expect(checker.get_by_text("in verification").first).to_be_visible()
    checker.get_by_label("What it is").select_option(label="a call")
    checker.get_by_label("Source", exact=True).fill("Reuters")
    checker.get_by_label("What was said or seen").fill("The harbour master confirmed the count of Monday.")
    checker.get_by_label("Used as").select_option(index=1)
    checker.get_by_label("What it makes of the claim").select_option(label="it supports the claim")
    checker.get_by_role("button", name="Add the evidence").click()
    expect(checker.get_by_text("The evidence is recorded.")).to_be_visible()
    checker.goto(claim)
    action(checker, "Submit a verdict")
    checker.get_by_label("supported:").check()
    checker.get_by_role("button", name="Submit a verdict").click()
    expect(checker.get_by_text("The verdict waits for a sign-off.")).to_be_visible()

    # who submitted may not sign; another person does
    expect(checker.get_by_text("You may not sign this off.")).to_be_visible()
    reviewer.goto("/admin/factcheck/document/desk/")
    reviewer.get_by_role("region", name="Waiting for your sign-off").get_by_role("link", name=STORY[:60]).click()
    action(reviewer, "Sign off")
    reviewer.get_by_role("button", name="Sign off").click()
    expect(reviewer.get_by_text("The verdict is signed off.")).to_be_visible()

    # now nothing is in the way, and the open page says so by itself
    expect(editor.get_by_text("Clear for publication.")).to_be_visible(timeout=45_000)
    editor.get_by_role("link", name="Publish…").first.click()
    editor.get_by_role("button", name="Publish").click()
    expect(editor.get_by_text("It is recorded as published.")).to_be_visible()
    expect(editor.get_by_role("region", name="Published").get_by_text("cleared", exact=True)).to_be_visible()


def test_a_discrepancy_is_resolved_with_both_sides_in_sight(live_site: LiveSite):
    page = live_site.log_in("editor")
    page.goto("/admin/factcheck/document/desk/")
    page.get_by_role("link", name="about 41").first.click()
    expect(page.get_by_text("74 settlements").first).to_be_visible()
    expect(page.get_by_text("41 settlements").first).to_be_visible()
    picture(page, "discrepancy")
    action(page, "Resolve")
    page.get_by_label("explained").check()
    page.get_by_role("textbox", name="Why").fill("One counts control, the other presence; the copy now says which.")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("resolved").first).to_be_visible()


def test_the_workbench_shows_what_is_in_the_way(live_site: LiveSite):
    page = live_site.log_in("editor")
    page.goto("/admin/factcheck/document/desk/")
    page.get_by_role("link", name="Larkmoor buries its dead").first.click()
    panel = page.locator("#fc-panel")
    expect(panel.get_by_role("link", name="Resolve $340 million against $430 million", exact=True)).to_be_visible()
    panel.get_by_role("link", name="Resolve $340 million against $430 million", exact=True).click()
    expect(page.get_by_role("complementary", name="Figure: $340 million")).to_be_visible()
    picture(page, "document")
