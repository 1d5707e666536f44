"""Documents filed by their address: fetched by a job, fetched again, and never lost where a page cannot be had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.intake.snapshots import response_of
from factcheck.jobs.names import JobName
from factcheck.models import Document, Event, Job, Snapshot
from factcheck.permissions import refusal as refusal_of
from factcheck.tasks import work
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import confirm_document, ingest_document, revise_document, withdraw_document
from factcheck.workflow.feeds import record_feed
from factcheck.workflow.fetches import fetch_document, refetch_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.originals import newest_snapshot, snapshot_bytes
from tests.factories import DeskFactory
from tests.intake.made import docx_file
from tests.stories import Staff, file_text, registered

pytestmark = pytest.mark.django_db

TEXT = "The council of Torvik said 40 homes were flooded on Monday."
URL = "http://news.example/flood"
FACTS = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Flood in Torvik",
"datePublished": "2026-03-10T08:30:00+03:00", "author": {"name": "Ada Brell"},
"publisher": {"name": "The Sundby Post"}}</script>"""


def page(text: str = TEXT, head: str = FACTS) -> str:
    return f"<html lang='en-GB'><head>{head}</head><body><article><p>{text}</p></article></body></html>"


def fetched(staff: Staff, url: str = URL, **particulars) -> Document:
    document, _ = fetch_document(url, Arrival(kind="coverage", **particulars), desk=staff.desk, by=staff.editor)
    work()
    document.refresh_from_db()
    return document


def test_a_page_is_asked_for_and_nothing_is_fetched_while_the_person_waits(news_web, staff):
    document, job = fetch_document(URL, Arrival(), desk=staff.desk, by=staff.editor)
    assert (document.state, document.url, job.name, job.state) == ("arriving", URL, "fetch_document", "due")
    assert news_web.seen == []


@pytest.mark.parametrize("other", [f"{URL}?utm_source=mail", f"{URL}/#top", "https://www.news.example/flood"])
def test_a_page_asked_for_by_another_way_to_write_its_address_is_one_document(other, news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff)
    again, _ = fetch_document(other, Arrival(kind="coverage"), desk=staff.desk, by=staff.editor)
    assert (again, again.url, Document.objects.count()) == (document, URL, 1)


def test_a_page_brings_its_title_author_language_and_date_with_its_zone(news_web, staff):
    post = registered("The Sundby Post", domains=("news.example",))
    news_web.put("/flood", page())
    document = fetched(staff)
    assert (document.state, document.title, document.byline) == ("to_confirm", "Flood in Torvik", "Ada Brell")
    assert (document.publisher, document.language) == (post, "en-GB")
    assert document.published_at == datetime(2026, 3, 10, 5, 30, tzinfo=UTC)
    assert document.zone == "Etc/GMT-3"  # three hours ahead of universal time
    assert document.current_revision.text.strip() == TEXT
    confirm_document(document, by=staff.editor)


def test_the_answer_is_kept_as_it_came(news_web, staff):
    news_web.put("/flood", page())
    snapshot = fetched(staff).current_revision.snapshot
    assert response_of(bytes(snapshot.warc)) == page().encode()
    assert (snapshot.url, snapshot.media_type) == (URL, "text/html")


def test_a_page_that_calls_itself_an_agency_is_not_one(news_web, staff):
    registered("The Sundby Post", domains=("post.example",))
    news_web.put("/flood", page())
    document = fetched(staff)
    assert (document.publisher, document.publisher_name) == (None, "The Sundby Post")


def test_a_page_is_known_by_where_a_short_address_led(news_web, staff):
    post = registered("The Sundby Post", domains=("post.example",))
    news_web.names |= {"short.example": ["93.184.215.15"], "www.post.example": ["93.184.215.16"]}
    news_web.put("/flood", page())
    document = fetched(staff, "http://short.example/redirect?to=http%3A//www.post.example/flood")
    assert document.publisher == post


def test_what_the_person_said_stands(news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff, title="Our own title", zone="Europe/Berlin")
    assert (document.title, document.zone) == ("Our own title", "Europe/Berlin")


def test_the_same_address_is_the_same_document_and_the_same_bytes_are_nothing(news_web, staff):
    news_web.put("/flood", page())
    first = fetched(staff)
    again = fetched(staff, URL + "#part")
    assert (again, Document.objects.count(), first.revisions.count()) == (first, 1, 1)
    assert Snapshot.objects.count() == 1
    assert Job.objects.filter(name=JobName.FETCH_DOCUMENT).order_by("pk").last().result["changed"] is False


def test_other_bytes_are_a_revision_and_nobody_on_the_desk_wrote_it(news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff)
    confirm_document(document, by=staff.editor)
    news_web.put("/flood", page(TEXT.replace("40", "45")))
    refetch_document(document, by=staff.editor)
    work()
    document.refresh_from_db()
    assert (document.state, document.revisions.count()) == ("in_check", 2)
    assert "45 homes" in document.current_revision.text
    assert document.current_revision.created_by is None
    assert {event.action for event in Event.objects.of(document)} >= {"arrive", "fetch", "fetched", "read", "revised"}


def test_on_another_desk_the_address_is_another_document(news_web, staff):
    other = Staff(DeskFactory())
    one, _ = fetch_document(URL, Arrival(), desk=staff.desk, by=staff.editor)
    two, _ = fetch_document(URL, Arrival(), desk=other.desk, by=other.editor)
    assert one != two


def test_the_host_s_object_that_moved_stays_the_same_document(news_web, staff):
    known = {"source_app": "cms", "source_id": "7"}
    news_web.put("/flood", page())
    news_web.put("/flood-2", page(TEXT.replace("40", "45")))
    document = fetched(staff, **known)
    assert fetched(staff, URL + "-2", **known) == document
    document.refresh_from_db()
    assert (document.url, document.revisions.count()) == (URL + "-2", 2)


FAILURES = [
    ("http://news.example/status?code=404", "answered '404 Not Found'"),
    ("http://inside.example/page", "private or reserved network"),
    ("http://nobody.example/page", "no host named nobody.example"),
    ("http://news.example/redirect?to=http%3A//127.0.0.1/", "private or reserved network"),
    ("http://news.example/endless", "bytes"),
]


@pytest.mark.parametrize(("url", "said"), FAILURES)
def test_a_page_that_cannot_be_had_says_why_and_can_be_fetched_again(news_web, staff, url, said):
    news_web.names["inside.example"] = ["10.0.0.8"]
    document = fetched(staff, url)
    job = Job.objects.get(name=JobName.FETCH_DOCUMENT)
    assert document.state == "unreadable"
    assert said in document.state_reason
    assert (job.state, job.error) == ("failed", document.state_reason)
    assert refetch_document(document, by=staff.editor).state == "due"


def test_a_page_that_is_there_again_is_read(news_web, staff):
    news_web.put("/flood", "gone", status=503)
    document = fetched(staff)
    assert document.state == "unreadable"
    news_web.put("/flood", page())
    refetch_document(document, by=staff.service)
    work()
    document.refresh_from_db()
    assert (document.state, document.state_reason) == ("to_confirm", "")


def test_a_server_that_is_away_for_a_moment_is_asked_again_by_itself(news_web, staff):
    news_web.put("/flood", "busy", status=503)
    document = fetched(staff)
    job = Job.objects.get(name=JobName.FETCH_DOCUMENT)
    assert (document.state, job.state) == ("unreadable", "due"), "the reason is told at once"
    assert "503" in document.state_reason
    assert job.run_at > timezone.now() + timedelta(seconds=50)
    news_web.put("/flood", page())
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    document.refresh_from_db()
    assert document.state == "to_confirm"


def test_a_server_that_stays_away_is_given_up_and_told_of_twice(news_web, staff):
    news_web.put("/flood", "busy", status=503)
    document = fetched(staff)
    for _ in range(3):
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
        work()
    assert Job.objects.get(name=JobName.FETCH_DOCUMENT).state == "failed"
    assert [row.action for row in Event.objects.of(document)].count("read") == 2


def test_who_asks_again_need_not_wait_until_it_would_be_tried_by_itself(news_web, staff):
    news_web.put("/flood", "busy", status=503)
    document = fetched(staff)
    news_web.put("/flood", page())
    assert refetch_document(document, by=staff.editor).run_at <= timezone.now()
    work()
    document.refresh_from_db()
    assert document.state == "to_confirm"


def test_a_page_that_vanishes_later_costs_nothing(news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff)
    news_web.put("/flood", "gone", status=410)
    refetch_document(document, by=staff.editor)
    work()
    document.refresh_from_db()
    assert (document.state, document.revisions.count()) == ("to_confirm", 1)
    assert Event.objects.of(document).last().action == "fetch_failed"


UNUSABLE = [
    ("", "address_url"),
    ("news.example/flood", "address_scheme"),
    ("ftp://news.example/flood", "address_scheme"),
    ("file:///etc/hosts", "address_scheme"),
    ("http://news.example:6379/", "address_port"),
    ("http://desk:pw@news.example/", "address_credentials"),
    ("http://localhost/", "address_host"),
    ("http://news.example/\0", "address_url"),
    ("http://news.example/" + "a" * 2000, "address_url"),
]


@pytest.mark.parametrize(("url", "code"), UNUSABLE)
def test_what_nobody_would_fetch_is_refused_at_once(staff, url, code):
    with pytest.raises(Invalid) as refusal:
        fetch_document(url, Arrival(), desk=staff.desk, by=staff.editor)
    assert refusal.value.code == code
    assert not Document.objects.exists()


def test_only_those_who_file_documents_may_fetch_them(news_web, staff):
    with pytest.raises(NotAllowed):
        fetch_document(URL, Arrival(), desk=staff.desk, by=staff.checker)
    document, _ = fetch_document(URL, Arrival(), desk=staff.desk, by=staff.service)
    with pytest.raises(NotAllowed):
        refetch_document(document, by=staff.auditor)
    with pytest.raises(NotAllowed):
        refetch_document(document, by=Machine("sweep"))


def test_a_page_never_replaces_what_a_person_filed(staff):
    document = file_text(TEXT, desk=staff.desk, by=staff.editor, url=URL)
    with pytest.raises(Invalid, match="not filed by its address"):
        refetch_document(document, by=staff.editor)


def test_a_withdrawn_document_is_not_fetched(news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff)
    withdraw_document(document, by=staff.editor, note="a copy")
    with pytest.raises(WrongState):
        refetch_document(document, by=staff.editor)
    assert fetch_document(URL, Arrival(), desk=staff.desk, by=staff.editor) == (document, None)


def test_a_host_s_object_that_could_not_be_read_is_mended_by_its_next_text(staff):
    known = {"source_app": "cms", "source_id": "7"}
    story, _ = ingest_document(
        b"%PDF-1.4 broken", Arrival(filename="a.pdf", **known), desk=staff.desk, by=staff.service
    )
    work()
    story.refresh_from_db()
    assert story.state == "unreadable"
    ingest_document(TEXT.encode(), Arrival(pasted=True, **known), desk=staff.desk, by=staff.service)
    work()
    story.refresh_from_db()
    assert (story.state, story.current_revision.text) == ("in_check", TEXT)


# Whose words are not replaced by a page


STORY = "The council of Torvik said 400 homes were flooded on Monday."


def test_a_page_never_replaces_a_story_that_the_host_filed_as_text(news_web, staff):
    known = {"source_app": "cms", "source_id": "7"}
    story = file_text(TEXT, desk=staff.desk, by=staff.service, url="http://news.example/story", **known)
    news_web.put("/flood", page(STORY))
    with pytest.raises(Invalid) as refusal:
        fetch_document(URL, Arrival(**known), desk=staff.desk, by=staff.desk_chief)
    work()
    story.refresh_from_db()
    assert refusal.value.code == "no_address"
    assert (story.url, story.revisions.count()) == ("http://news.example/story", 1)


def test_who_has_a_story_fetched_again_answers_for_its_new_words(news_web, staff):
    news_web.put("/flood", page())
    story, _ = fetch_document(URL, Arrival(kind="story"), desk=staff.desk, by=staff.editor)
    work()
    news_web.put("/flood", page(STORY))
    refetch_document(story, by=staff.desk_chief)
    work()
    claim = story.claims.get()
    assert (story.current_revision.created_by, claim.words_changed_by) == (staff.desk_chief, staff.desk_chief)
    assert refusal_of(staff.desk_chief, claim, "claim", "sign_off").code == "four_eyes_words"
    assert refusal_of(staff.reviewer, claim, "claim", "sign_off") is None


def test_a_page_does_not_replace_what_a_person_has_corrected_since(news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff)
    revise_document(document, TEXT.replace("40", "41").encode(), by=staff.editor)
    work()
    news_web.put("/flood", page(TEXT.replace("40", "45")))
    for again in (
        lambda: refetch_document(document, by=staff.desk_chief),
        lambda: fetch_document(URL, Arrival(kind="coverage"), desk=staff.desk, by=staff.desk_chief),
    ):
        with pytest.raises(Invalid) as refusal:
            again()
        assert refusal.value.code == "corrected_by_hand"
    work()
    assert "41 homes" in document.current_revision.text


def test_a_page_that_arrives_while_a_person_corrects_the_text_is_left(news_web, staff):
    news_web.put("/flood", page())
    document = fetched(staff)
    news_web.put("/flood", page(TEXT.replace("40", "45")))
    job = refetch_document(document, by=staff.editor)
    revise_document(document, TEXT.replace("40", "41").encode(), by=staff.desk_chief)
    work()
    job.refresh_from_db()
    assert job.result["changed"] is False
    assert ("41 homes" in document.current_revision.text, document.revisions.count()) == (True, 2)


@pytest.mark.parametrize("address", ["http://[::1]/", "http://10.0.0.8/", "http://169.254.169.254/latest"])
def test_an_address_in_a_private_network_is_refused_at_once(staff, address):
    with pytest.raises(Invalid) as refusal:
        fetch_document(address, Arrival(), desk=staff.desk, by=staff.editor)
    assert refusal.value.code == "address_private_address"
    with pytest.raises(Invalid):
        record_feed(desk=staff.desk, by=staff.desk_chief, url=address)


# The original beside the text


def test_a_file_is_handed_out_and_a_blanked_one_is_not(staff):
    data = docx_file(TEXT)
    document, _ = ingest_document(data, Arrival(filename="a.docx"), desk=staff.desk, by=staff.editor)
    work()
    assert snapshot_bytes(document.current_revision.snapshot) == data
    assert newest_snapshot(document).filename == "a.docx"
    erase_document(document, by=staff.desk_chief, note="a court order")
    document.current_revision.snapshot.refresh_from_db()
    assert snapshot_bytes(document.current_revision.snapshot) == b""


def test_what_was_never_read_is_blanked_too_and_does_not_come_back(news_web, staff):
    news_web.put("/flood", b"%PDF-1.4 secret", "application/pdf")
    document = fetched(staff)
    assert document.state == "unreadable"
    assert newest_snapshot(document).warc
    erase_document(document, by=staff.desk_chief, note="a court order")
    assert (bytes(newest_snapshot(document).warc), document.url) == (b"", "")
    assert fetch_document(URL, Arrival(), desk=staff.desk, by=staff.editor) == (document, None)
