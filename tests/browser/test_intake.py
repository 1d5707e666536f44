"""A text comes in: pasted, uploaded and compared with the original, and never acted on by what stands in it."""

import re
from pathlib import Path

from docx import Document as WordFile
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveSite, press

TEXT = (
    "The harbour office of Ostermarle said on Monday that 310 boats were moored in the old basin.\n\n"
    "About 45 of them had to be towed, the harbour master said."
)


def settle(page: Page) -> None:
    """Until the worker has done what the page says is under way; the page looks by itself and is not loaded again."""
    page.wait_for_url("**/change/**")
    expect(page.locator("#fc-text, #fc-notes [role=alert]").first).to_be_visible(timeout=60_000)
    expect(page.locator("#fc-panel .fc-at-work")).to_have_count(0, timeout=60_000)


def file(page: Page, title: str, text: str = "", path: Path | None = None) -> None:
    page.goto("/admin/factcheck/document/add/")
    if path:
        page.get_by_label("or choose a file").set_input_files(path)
    else:
        page.get_by_label("Paste the text").fill(text)
    page.get_by_label("Title").fill(title)
    page.get_by_role("textbox", name="Byline").fill("Ada Brell")
    page.get_by_label("somebody outside").check()
    page.get_by_role("button", name="New document").click()
    settle(page)


def test_a_pasted_text_comes_back_marked(live_site: LiveSite):
    page = live_site.log_in("editor")
    file(page, "Boats in the basin", TEXT)
    expect(page.locator("#fc-text .fc-fig", has_text="310")).to_have_count(1)
    expect(page.locator("#fc-head").get_by_text("Not clear")).to_be_visible()


def test_words_are_marked_by_selecting_them(live_site: LiveSite):
    page = live_site.log_in("editor")
    file(page, "Boats, with a selection", "Ørsund 🏠 harbour. The master is called Ivo Brandt. He was there.")
    page.evaluate(
        """() => {
            const words = "The master is called Ivo Brandt";
            const walker = document.createTreeWalker(document.getElementById("fc-text"), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.textContent.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
        }"""
    )
    press(page, "n")
    expect(page.get_by_text("The claim is marked.")).to_be_visible()
    expect(page.locator("#fc-text .fc-claim.fc-accepted")).to_have_text(re.compile("The master is called Ivo Brandt"))


def test_an_uploaded_file_is_compared_with_its_original_and_confirmed(live_site: LiveSite, tmp_path: Path):
    written = WordFile()
    written.add_heading("Boats from a file", 1)
    for paragraph in TEXT.split("\n\n"):
        written.add_paragraph(paragraph)
    written.save(tmp_path / "boats.docx")
    page = live_site.log_in("editor")
    file(page, "", path=tmp_path / "boats.docx")
    expect(page.get_by_text("Please compare.")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="the original, as a file").click()
    assert kept.value.path().read_bytes() == (tmp_path / "boats.docx").read_bytes()
    page.get_by_role("link", name="Confirm the text…").click()
    page.get_by_role("button", name="Confirm the text").click()
    expect(page.get_by_text("The text is confirmed.")).to_be_visible()
    expect(page.get_by_role("heading", name="Boats from a file")).to_be_visible()
    expect(page.get_by_text("Please compare.")).to_have_count(0)


def test_a_page_is_shown_beside_its_text_and_can_do_nothing(live_site: LiveSite, tmp_path: Path):
    page_file = tmp_path / "page.html"
    page_file.write_text(
        f"<html><head><title>Boats</title></head><body><article><h1>Boats on a page</h1><p>{TEXT}</p>"
        "<p>The basin was built in 1904 and has been full since the spring, the office added in a long statement.</p>"
        "<script>parent.document.title = 'taken'; fetch('/admin/')</script></article></body></html>"
    )
    page = live_site.log_in("editor")
    file(page, "A page from outside", path=page_file)
    expect(page.frame_locator("iframe").get_by_text("310 boats")).to_be_visible()
    assert "taken" not in page.title()


def test_a_file_that_cannot_be_read_says_why(live_site: LiveSite, tmp_path: Path):
    broken = tmp_path / "scan.pdf"
    broken.write_bytes(b"%PDF-1.4\nthis is no PDF at all\n%%EOF")
    page = live_site.log_in("editor")
    file(page, "A broken file", path=broken)
    expect(page.get_by_text("It could not be read.")).to_be_visible()
