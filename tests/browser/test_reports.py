"""The chief editor's reports: subscribed to in the admin, read as a page, as a PDF and as the mail that brings it."""

import email
import os
import shutil
import subprocess
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import LiveSite
from tests.live import wait_until


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def mails(folder: Path) -> list[EmailMessage]:
    """Every mail that the site has sent into its folder."""
    texts = [part for path in sorted((folder / "mail").glob("*.log")) for part in path.read_bytes().split(b"-" * 79)]
    return [email.message_from_bytes(text.strip(), policy=default) for text in texts if text.strip()]


def test_a_subscription_brings_a_pdf_by_mail(live_site: LiveSite):
    page = live_site.log_in("desk_chief")
    page.goto("/admin/factcheck/reportsubscription/add/")
    page.get_by_label("Report").select_option("conflicts")
    page.get_by_label("How often").select_option("every weekday")
    page.get_by_label("At", exact=True).fill("06:30")
    page.get_by_label("Time zone").select_option("Europe/Kyiv")
    page.get_by_role("group", name="Recipients").get_by_label("chief_editor").check()
    page.get_by_role("button", name="New subscription").click()
    expect(page.get_by_role("listitem").filter(has_text="06:30 (Europe/Kyiv)")).to_have_count(3)
    page.get_by_role("button", name="Send one now").click()
    expect(page.get_by_text("It is being built and mailed.")).to_be_visible()
    wait_until(lambda: mails(live_site.site.folder), 60, "no mail came")
    message = mails(live_site.site.folder)[-1]
    assert message["To"] == "chief_editor@newsroom.example"
    assert "74 settlements" in message.get_body(("html",)).get_content()
    attached = next(iter(message.iter_attachments()))
    assert attached.get_content_type() == "application/pdf"
    found = words_of(attached.get_payload(decode=True))
    assert "74 settlements" in found
    assert "Institute for the Study of War" in found


def test_a_verification_report_is_built_read_and_printed(live_site: LiveSite, tmp_path: Path):
    page = live_site.log_in("editor")
    page.goto("/admin/factcheck/report/add/")
    page.get_by_label("Report").select_option("document")
    document = page.get_by_label("Document")
    document.select_option(label=document.locator("option", has_text="Kyiv counts 74 settlements").inner_text())
    page.get_by_role("button", name="Build a report now").click()
    with page.expect_download() as kept:
        page.get_by_role("link", name="PDF").click()
    kept.value.save_as(tmp_path / "report.pdf")
    assert "Kyiv counts 74 settlements" in words_of((tmp_path / "report.pdf").read_bytes())
    if (folder := os.environ.get("FACTCHECK_IMAGES")) and shutil.which("pdftoppm"):
        command = ["pdftoppm", "-png", "-r", "70", "-f", "1", "-l", "1", "-singlefile", str(tmp_path / "report.pdf")]
        subprocess.run([*command, str(Path(folder) / "report")], check=True)
