"""Several people take a story from the pasted text to its publication, in the browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveSite, picture, press
from tests.browser.test_intake import file, settle

STORY = "The harbour office of Ostermarle said on Monday that 512 seals were counted on the outer banks."


def action(page: Page, name: str) -> None:
    page.get_by_role("group", name="What you may do now").get_by_role("link", name=f"{name}…").click()


def test_the_workbench_shows_what_is_in_the_way(live_site: LiveSite):
    page = live_site.log_in("editor")
    page.goto("/admin/factcheck/document/desk/")
    page.get_by_role("link", name="Larkmoor buries its dead").first.click()
    panel = page.locator("#fc-panel")
    expect(panel.get_by_role("link", name="Resolve $340 million against $430 million", exact=True)).to_be_visible()
    panel.get_by_role("link", name="Resolve $340 million against $430 million", exact=True).click()
    expect(page.get_by_role("complementary", name="Figure: $340 million")).to_be_visible()
    picture(page, "document")


def test_a_story_goes_from_the_paste_to_the_press(live_site: LiveSite):
    editor, checker, reviewer = live_site.log_in("editor"), live_site.log_in("checker"), live_site.log_in("reviewer")

    # the editor takes the story in, accepts its claim and gives it to the checker, by keys
    file(editor, "Seals on the banks", STORY)
    workbench = editor.url
    press(editor, "j")
    press(editor, "a")
    expect(editor.get_by_text("The claim is accepted.")).to_be_visible()
    press(editor, "s")
    editor.get_by_role("button", name="checker").click()
    expect(editor.get_by_text("The work is given out.")).to_be_visible()
    expect(editor.locator("#fc-panel").get_by_text("checker checks it")).to_be_visible()
    assert editor.url.split("#")[0] == workbench

    # the checker finds it on the desk, takes it up, rings the source and submits
    expect(checker).to_have_url(re.compile("/document/desk/"))
    checker.goto(checker.url)
    checker.get_by_role("region", name="Check “").get_by_role("link").click()
    claim = checker.locator("a[href*='#c']").first.get_attribute("href")
    checker.get_by_label("What was said or seen").fill("The harbour master confirmed the count of Monday.")
    checker.get_by_label("Source", exact=True).fill("Reuters")
    checker.get_by_role("button", name="Submit and next").click()
    expect(checker.get_by_text("The verdict waits for a sign-off.")).to_be_visible()

    # who submitted may not sign; another person does
    checker.goto(f"/admin/factcheck/claim/{claim.partition('#c')[2]}/review/")
    expect(checker.get_by_role("button", name="Sign off and next")).to_have_count(0)
    reviewer.goto("/admin/factcheck/document/desk/")
    reviewer.get_by_role("region", name="Waiting for your sign-off").get_by_role("link", name=STORY[:60]).click()
    reviewer.get_by_role("button", name="Sign off and next").click()
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


NEWCOMERS_STORY = """Seals gather on the outer banks

The harbour office of Ostermarle said on Monday that 1,512 seals were counted on the outer banks, up from 1,204 a year ago.

The fishing fleet lost 38 nets to them in October, the Ostermarle Fishers' Union said. The union put the damage at $2.4 million.

Mayor Ilse Branford said the town would pay for 140 new nets by the end of the year.

The research station at Hallow counted 310 pups born in the colony this autumn, its director Tomas Ehrl said.

About 4,500 people visited the banks on Sunday, the port police estimated.

The old lighthouse keeper remembers quieter winters. People come here for the silence, he says. It was cold, he thinks.
"""


RIVAL = """
from django.contrib.auth import get_user_model
from factcheck.models import Desk, Topic
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
topic = Topic.objects.create(slug="seals-of-ostermarle", title="Seals of Ostermarle")
text = "The fishing fleet of Ostermarle lost 38 nets to seals in October. The Coast Council said on Monday that 1,912 seals were counted on the outer banks."
arrival = Arrival(kind="coverage", title="Council counts seals", publisher_name="Coastal Courier", topic=topic, pasted=True)
ingest_document(text.encode(), arrival, desk=Desk.objects.get(slug="demo-desk"), by=get_user_model().objects.get(username="editor"))
"""


class Hands:
    """What a person does on a page, counted: clicks and key presses, and the pages that are loaded."""

    def __init__(self, page: Page) -> None:
        self.page, self.acts, self.loads = page, 0, 0
        page.on("framenavigated", self.navigated)

    def navigated(self, frame) -> None:
        self.loads += frame == self.page.main_frame

    def press(self, key: str) -> None:
        self.acts += 1
        press(self.page, key)

    def click(self, target) -> None:
        self.acts += 1
        target.click()

    def wait_for_message(self, words: str) -> None:
        expect(self.page.locator("#fc-toast, .messagelist").get_by_text(words).first).to_be_visible(timeout=20_000)


def test_a_newcomer_takes_a_story_from_log_in_to_print_with_three_people(live_site: LiveSite):
    """Measured with 264 clicks and 142 page loads before; what is asserted is what is reached."""
    live_site.site.manage("shell", "-v0", "-c", RIVAL)
    pages = [live_site.log_in(name) for name in ("editor", "checker", "reviewer")]
    editor, checker, reviewer = map(Hands, pages)

    # the editor pastes, accepts what is worth it, dismisses the rest in one act, and gives it all out in one
    page = editor.page
    editor.click(page.get_by_role("link", name="New document").first)
    page.get_by_label("Paste the text").fill(NEWCOMERS_STORY)
    page.get_by_role("textbox", name="Byline").fill("Ada Brell")
    editor.click(page.get_by_label("somebody outside"))
    page.get_by_label("Topic").select_option(label="Seals of Ostermarle")
    editor.acts += 1
    editor.click(page.get_by_role("button", name="New document"))
    settle(page)
    expect(page.get_by_role("heading", name="Seals gather on the outer banks")).to_be_visible()
    loud = page.locator("[data-fc-pin]:not([data-quiet])[data-state=proposed]")
    triage, worth = editor.acts, loud.count()
    assert worth >= 6
    editor.press("j")
    for left in range(worth - 1, -1, -1):
        editor.press("a")
        expect(loud).to_have_count(left, timeout=20_000)
    quiet = page.get_by_role("link", name=re.compile("Dismiss all below"))
    if quiet.count():
        editor.click(quiet)
        expect(page.get_by_role("dialog").get_by_role("button", name="Dismiss the quiet proposals")).to_be_visible()
        editor.press("Control+Enter")
        expect(quiet).to_have_count(0, timeout=20_000)
    triage = editor.acts - triage
    editor.click(page.locator("[data-fc-assign]"))
    editor.click(page.get_by_role("dialog").get_by_role("button", name="checker"))
    editor.wait_for_message("claims are given out")

    # and resolves the dispute, with both sides in sight
    story = page.url
    editor.click(page.locator("#fc-panel .fc-steps a.fc-b", has_text="Resolve").first)
    editor.click(page.get_by_role("link", name="Resolve…"))
    editor.click(page.get_by_label("explained"))
    page.get_by_role("textbox", name="Why").fill("The council counted the inner banks, too; the copy says which.")
    editor.click(page.get_by_role("button", name="Resolve"))
    editor.acts += 1  # back to the story
    page.goto(story)

    # the checker rings up for each and hands it in
    page = checker.page
    page.goto("/admin/")
    checker.loads = 0
    checker.click(page.locator(".fc-next a"))
    one = checker.acts
    for number in range(worth):
        expect(page.get_by_text(f"1 of {worth - number}", exact=False).first).to_be_visible()
        page.get_by_label("What was said or seen").fill("The office read us its own list.")
        page.get_by_label("Source", exact=True).fill("Reuters")
        checker.press("Control+Enter")
        checker.wait_for_message("The verdict waits for a sign-off.")
    assert (checker.acts - one) / worth <= 6

    # the reviewer goes through the stack
    page = reviewer.page
    page.goto("/admin/")
    reviewer.loads = 0
    reviewer.click(page.locator(".fc-next a"))
    for number in range(worth):
        expect(page.get_by_text(f"1 of {worth - number} waiting").first).to_be_visible()
        reviewer.press("y")
        reviewer.wait_for_message("The verdict is signed off.")

    # the open page of the editor says by itself that it is clear
    page = editor.page
    expect(page.get_by_text("Clear for publication.")).to_be_visible(timeout=60_000)
    editor.click(page.locator("#fc-panel").get_by_role("link", name="Publish…"))
    editor.click(page.get_by_role("dialog").get_by_role("button", name="Publish"))
    editor.wait_for_message("It is recorded as published.")

    acts = sum(hands.acts for hands in (editor, checker, reviewer))
    loads = sum(hands.loads for hands in (editor, checker, reviewer))
    print(f"\nnewcomer: {worth} claims, {acts} acts, {loads} page loads, triage {triage} acts")
    assert triage <= 12
    assert acts <= 70
    assert loads <= 20


def test_what_the_machine_misread_is_corrected_on_the_card_of_the_figure(live_site: LiveSite):
    page = live_site.log_in("editor")
    page.goto("/admin/factcheck/document/")
    page.get_by_role("link", name="Larkmoor buries its dead").first.click()
    page.wait_for_load_state("load")  # the script shows the card
    page.get_by_role("button", name=re.compile(r"^\$340 million")).first.click()
    card = page.get_by_role("complementary", name="Figure: $340 million")
    card.get_by_role("link", name="Correct the reading…").click()
    number = page.get_by_label("Number")
    expect(number).to_have_value("340000000")
    number.fill("345,000,000")
    page.get_by_role("textbox", name="Why").fill("The council's paper says 345.")
    picture(page, "correct-reading")
    page.get_by_role("button", name="Correct the reading").click()
    expect(page.get_by_text("The figure is read so now, and compared anew.")).to_be_visible()
    page.wait_for_load_state("load")
    page.get_by_role("button", name=re.compile(r"^\$340 million")).first.click()
    expect(page.get_by_role("complementary", name="Figure: $340 million")).to_contain_text("345,000,000")
