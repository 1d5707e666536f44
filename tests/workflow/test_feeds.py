"""Feeds: looked at by the clock, each entry taken in once, and no entry, date or folder believed without reason."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.jobs.names import JobName
from factcheck.models import Document, Event, Feed, FeedItem, Job
from factcheck.tasks import tick, work
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_item, revise_document
from factcheck.workflow.feeds import MOST_TAKEN, change_feed, record_feed, request_due_polls, request_poll
from factcheck.workflow.fetches import fetch_document
from factcheck.workflow.jobs import delete_old_housekeeping_jobs
from tests.factories import DeskFactory, SourceFactory
from tests.intake.made import docx_file
from tests.stories import Staff, registered

pytestmark = pytest.mark.django_db

URL = "http://news.example/feed"
TEXT = "The council of Torvik said 40 homes were flooded on Monday."
LAST_WEEK = "Tue, 10 Mar 2026 08:30:00 +0300"


def rss(*items: str, more: str = "") -> str:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>The Post</title>{''.join(items)}{more}</channel></rss>"


def item(number: int = 1, date: str = LAST_WEEK, **more: str) -> str:
    said = {
        "title": f"Flood, part {number}",
        "link": f"http://news.example/flood-{number}",
        "guid": f"post-{number}",
        **more,
    }
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in said.items() if text)}{dated}</item>"


def page(text: str = TEXT, head: str = "<title>Flood</title>") -> str:
    return f"<html><head>{head}</head><body><article><p>{text}</p></article></body></html>"


@pytest.fixture
def feed(staff) -> Feed:
    return record_feed(desk=staff.desk, by=staff.desk_chief, url=URL, publisher=SourceFactory(name="The Post"))


def poll(feed: Feed) -> Job:
    """Look at the feed now, and do all that follows from it; the job that looked."""
    Feed.objects.filter(pk=feed.pk).update(asked_at=None)
    request_due_polls(timezone.now())
    work()
    feed.refresh_from_db()
    return Job.objects.filter(name=JobName.POLL_FEED).first()


# Keeping feeds


def test_only_a_chief_keeps_the_feeds_of_a_desk(staff, feed):
    for person in (staff.editor, staff.service, staff.auditor, staff.superuser):
        with pytest.raises(NotAllowed):
            record_feed(desk=staff.desk, by=person, url=URL + "2")
        with pytest.raises(NotAllowed):
            change_feed(feed, by=person, active=False)
    with pytest.raises(NotAllowed):
        request_poll(feed, by=staff.checker)
    assert request_poll(feed, by=staff.editor).state == "due"


BAD_FEEDS = [
    ({}, "url_or_folder"),
    ({"url": URL, "folder": "drop"}, "url_or_folder"),
    ({"url": "ftp://news.example/feed"}, "address_scheme"),
    ({"url": "http://localhost/feed"}, "address_host"),
    ({"url": "http://news.example/feed", "minutes": 0}, "minutes_unusable"),
    ({"url": "http://news.example/feed", "minutes": 99999}, "minutes_unusable"),
    ({"folder": "../etc"}, "folder_outside"),
    ({"folder": "/etc"}, "folder_outside"),
    ({"folder": "drop/../../etc"}, "folder_outside"),
    ({"folder": "drop\0"}, "text_unusable"),
    ({"folder": "nowhere"}, "no_folder"),
    ({"folder": "way-out"}, "no_folder"),
]


@pytest.mark.parametrize(("values", "code"), BAD_FEEDS)
def test_a_feed_that_leads_nowhere_is_refused(staff, drop, values, code):
    with pytest.raises(Invalid) as refusal:
        record_feed(desk=staff.desk, by=staff.desk_chief, **values)
    assert refusal.value.code == code
    assert not Feed.objects.exists()


def test_a_site_without_a_folder_for_feeds_has_no_drop_folders(staff):
    with pytest.raises(Invalid, match="FEED_FOLDER"):
        record_feed(desk=staff.desk, by=staff.desk_chief, folder="drop")


def test_a_desk_has_a_feed_once_and_another_desk_may_have_it_too(staff, feed):
    with pytest.raises(Invalid) as refusal:
        record_feed(desk=staff.desk, by=staff.desk_chief, url=URL)
    assert refusal.value.code == "feed_exists"
    other = Staff(DeskFactory())
    assert record_feed(desk=other.desk, by=other.desk_chief, url=URL) != feed


def test_a_feed_is_changed_on_the_version_that_was_seen(staff, feed):
    change_feed(feed, by=staff.desk_chief, version=1, minutes=60)
    assert (feed.minutes, feed.version) == (60, 2)
    with pytest.raises(StaleRevision):
        change_feed(feed, by=staff.desk_chief, version=1, active=False)
    assert [event.action for event in Event.objects.of(feed)] == ["record", "change"]


# When a feed is looked at


def test_a_feed_is_asked_for_when_its_time_has_come_and_once(staff, feed):
    now = timezone.now()
    assert [request_due_polls(now), request_due_polls(now)] == [1, 0]
    assert request_due_polls(now + timedelta(minutes=14)) == 0
    assert request_due_polls(now + timedelta(minutes=16)) == 1
    assert Job.objects.filter(name=JobName.POLL_FEED).count() == 1  # the first is still to be done


def test_the_tick_of_the_clock_asks_for_feeds(staff, feed):
    tick()
    assert Job.objects.filter(name=JobName.POLL_FEED, key=f"feed:{feed.pk}").exists()


def test_a_feed_that_is_switched_off_is_left_alone(news_web, staff, feed):
    job = request_poll(feed, by=staff.editor)
    change_feed(feed, by=staff.desk_chief, active=False)
    work()
    job.refresh_from_db()
    assert (job.state, news_web.seen) == ("done", [])
    assert request_due_polls(timezone.now() + timedelta(days=1)) == 0
    with pytest.raises(WrongState):
        request_poll(feed, by=staff.editor)


# What it brings


def test_each_entry_becomes_a_document_once(news_web, staff, feed):
    news_web.put("/feed", rss(item(1), item(2)))
    for number in (1, 2):
        news_web.put(f"/flood-{number}", page(f"{TEXT} Part {number}."))
    assert poll(feed).result["taken"] == 2
    documents = list(Document.objects.order_by("pk"))
    assert {(row.state, row.kind, row.publisher) for row in documents} == {("to_confirm", "coverage", feed.publisher)}
    assert {row.title for row in documents} == {"Flood, part 1", "Flood, part 2"}
    assert {row.document for row in feed.items.all()} == set(documents)
    poll(feed)
    assert (Document.objects.count(), FeedItem.objects.count(), feed.error) == (2, 2, "")
    assert [path for path, _ in news_web.seen].count("/flood-1") == 1


def test_a_new_entry_is_taken_in_beside_the_old_ones(news_web, staff, feed):
    news_web.put("/flood-1", page())
    news_web.put("/flood-2", page(TEXT + " More."))
    news_web.put("/feed", rss(item(1)))
    poll(feed)
    news_web.put("/feed", rss(item(2), item(1)))
    assert poll(feed).result["taken"] == 1
    assert Document.objects.count() == 2


def test_a_feed_that_has_not_changed_is_not_sent_again(news_web, staff, feed):
    news_web.put("/flood-1", page())
    news_web.put("/feed", rss(item(1)), ETag='"one"', Last_Modified="Tue, 10 Mar 2026 08:00:00 GMT")
    poll(feed)
    assert (feed.etag, feed.last_modified) == ('"one"', "Tue, 10 Mar 2026 08:00:00 GMT")
    assert poll(feed).result == {"taken": 0, "refused": 0, "left": 0}
    headers = [headers for path, headers in news_web.seen if path == "/feed"][-1]
    assert headers["If-None-Match"] == '"one"'
    assert headers["If-Modified-Since"].startswith("Tue")
    assert feed.error == ""
    assert feed.version == 1


def test_a_bad_entry_does_not_stop_the_others(news_web, staff, feed):
    news_web.put("/flood-2", page())
    bad = item(1, link="javascript:alert(1)")
    news_web.put("/feed", rss(bad, item(3, link="http://10.0.0.8:22/x"), item(2)))
    result = poll(feed).result
    assert (result["taken"], result["refused"]) == (1, 2)
    assert feed.items.filter(document=None).exclude(error="").count() == 2
    assert Document.objects.get().state == "to_confirm"


def test_an_entry_with_its_text_and_no_address_is_a_document_too(news_web, staff, feed):
    text = f"&lt;p&gt;{TEXT}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    news_web.put("/feed", rss(item(1, link="", description=text, title="&lt;/script&gt; in a title")))
    poll(feed)
    document = Document.objects.get()
    assert (document.state, document.title) == ("to_confirm", "</script> in a title")
    assert document.current_revision.text.strip() == TEXT
    assert document.published_at == datetime(2026, 3, 10, 5, 30, tzinfo=UTC)


def test_many_entries_are_taken_in_over_several_polls(news_web, staff, feed):
    texts = [item(n, link="", description=f"&lt;p&gt;{TEXT} {n}&lt;/p&gt;") for n in range(MOST_TAKEN + 3)]
    news_web.put("/feed", rss(*texts), ETag='"one"')
    request_poll(feed, by=staff.editor)
    taken = only_the_poll().result
    feed.refresh_from_db()
    assert (taken["taken"], taken["left"], feed.etag) == (MOST_TAKEN, 3, "")
    request_poll(feed, by=staff.editor)
    assert only_the_poll().result["taken"] == 3


def only_the_poll() -> Job:
    """Do the poll that is due, and leave the reading of what it brought."""
    from factcheck.jobs.leases import claim_job
    from factcheck.tasks import run_job

    Job.objects.exclude(name=JobName.POLL_FEED).update(run_at=timezone.now() + timedelta(days=1))
    run_job(claim_job("work"))
    return Job.objects.filter(name=JobName.POLL_FEED).first()


# Dates


LIES = [("Fri, 01 Jan 2100 00:00:00 GMT", "cannot be right"), ("2026-03-10T08:30:00", "names no time zone")]


@pytest.mark.parametrize(("date", "said"), LIES)
def test_a_date_that_cannot_be_true_is_left_out_and_said(news_web, staff, feed, date, said):
    news_web.put("/flood-1", page())
    news_web.put("/feed", rss(item(1, date=date)))
    poll(feed)
    document = Document.objects.get()
    assert (document.state, document.published_at) == ("to_confirm", None)
    assert any(said in note for note in document.current_revision.reader_notes)


def test_no_date_at_all_is_no_lie(news_web, staff, feed):
    news_web.put("/flood-1", page())
    news_web.put("/feed", rss(item(1, date="")))
    poll(feed)
    assert Document.objects.get().published_at is None


def test_the_page_knows_its_date_better_than_the_feed(news_web, staff, feed):
    own = "<meta property='article:published_time' content='2026-03-09T06:00:00Z'>"
    news_web.put("/flood-1", page(head=own))
    news_web.put("/flood-2", page(TEXT + " More."))
    news_web.put("/feed", rss(item(1), item(2)))
    poll(feed)
    dates = dict(Document.objects.values_list("url", "published_at"))
    assert dates["http://news.example/flood-1"] == datetime(2026, 3, 9, 6, tzinfo=UTC)
    assert dates["http://news.example/flood-2"] == datetime(2026, 3, 10, 5, 30, tzinfo=UTC)


# Feeds that fail


FAILING = [
    ("/endless", "bytes"),
    ("/status?code=500", "answered '500"),
    ("/page", "no RSS or Atom feed"),
    ("/nowhere", "redirects without saying where"),
]


@pytest.mark.parametrize(("path", "said"), FAILING)
def test_a_feed_that_cannot_be_read_says_why_and_is_asked_again(news_web, staff, feed, path, said):
    Feed.objects.filter(pk=feed.pk).update(url=f"http://news.example{path}")
    job = poll(feed)
    assert job.state == "failed"
    assert said in job.error
    assert feed.error == job.error
    assert request_due_polls(timezone.now() + timedelta(minutes=16)) == 1
    news_web.put("/feed", rss())
    Feed.objects.filter(pk=feed.pk).update(url=URL)
    poll(feed)
    assert feed.error == ""
    assert feed.polled_at is not None


def test_a_feed_that_drips_without_end_is_left_at_the_deadline(news_web, staff, feed, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "FETCH_SECONDS": 1}
    Feed.objects.filter(pk=feed.pk).update(url="http://news.example/drip")
    began = time.monotonic()
    assert "did not arrive within" in poll(feed).error or "too long" in feed.error
    assert time.monotonic() - began < 5


HOSTILE = {
    "entities that multiply": "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
    + rss(item(1, title="&j;")),
    "an entity that reads a file": "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + rss(item(1, title="&a;")),
    "a hundred thousand nested tags": rss(item(1, description="&lt;div&gt;" * 100_000)),
    "a feed that breaks off": rss(item(1))[:-40],
    "the name of a file": "/etc/passwd",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_ends_in_documents_or_a_sentence(news_web, staff, feed, name):
    news_web.put("/flood-1", page())
    news_web.put("/feed", HOSTILE[name])
    job = poll(feed)
    assert job.state in ("done", "failed")
    assert bool(feed.error) == (job.state == "failed")
    assert not FeedItem.objects.filter(title__contains="root:").exists()


# Drop folders


@pytest.fixture
def drop(tmp_path, settings):
    """A folder that is allowed, with one in it to drop files into, and a link that leads out."""
    root = tmp_path / "feeds"
    (root / "drop").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "salaries.txt").write_text("Nobody may see this.")
    (root / "way-out").symlink_to(tmp_path / "secret")
    settings.FACTCHECK = {**settings.FACTCHECK, "FEED_FOLDER": str(root)}
    return root / "drop"


def put(folder, name: str, data: bytes | str, seconds_ago: float = 60) -> None:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    os.utime(path, (time.time() - seconds_ago,) * 2)


@pytest.fixture
def folder(staff, drop) -> Feed:
    return record_feed(desk=staff.desk, by=staff.desk_chief, folder="drop")


def test_files_of_a_drop_folder_are_taken_in_once_and_stay_where_they_are(staff, drop, folder):
    put(drop, "flood.txt", TEXT)
    put(drop, "flood.docx", docx_file(TEXT + " In Word."))
    assert poll(folder).result == {"taken": 2, "refused": 0}
    assert {row.state for row in Document.objects.all()} == {"in_check", "to_confirm"}
    assert poll(folder).result == {"taken": 0, "refused": 0}
    assert sorted(path.name for path in drop.iterdir()) == ["flood.docx", "flood.txt"]
    put(drop, "flood.txt", TEXT.replace("40", "45"))
    assert poll(folder).result["taken"] == 1


def test_a_file_that_is_still_being_written_waits_for_the_next_poll(staff, drop, folder):
    put(drop, "flood.txt", TEXT[:20], seconds_ago=1)
    assert poll(folder).result["taken"] == 0
    put(drop, "flood.txt", TEXT)
    assert poll(folder).result["taken"] == 1
    assert Document.objects.get().current_revision.text == TEXT


def test_no_link_leads_out_of_a_drop_folder(staff, drop, folder, tmp_path):
    (drop / "salaries.txt").symlink_to(tmp_path / "secret" / "salaries.txt")
    (drop / "more").symlink_to(tmp_path / "secret")
    os.mkfifo(drop / "pipe.txt")
    put(drop, ".hidden.txt", "Not yet.")
    assert poll(folder).result == {"taken": 0, "refused": 0}
    assert not Document.objects.exists()


def test_a_folder_that_becomes_a_link_later_is_not_followed(staff, drop, folder, tmp_path):
    drop.rename(tmp_path / "elsewhere")
    drop.symlink_to(tmp_path / "secret")
    assert "cannot be opened" in poll(folder).error
    assert "cannot be opened" in folder.error
    assert not Document.objects.exists()


def test_a_file_that_cannot_be_taken_in_is_noted_and_the_others_are_taken(staff, drop, folder):
    put(drop, "huge.txt", b"a" * 10_000_001)
    put(drop, "empty.txt", b"")
    put(drop, "flood.txt", TEXT)
    assert poll(folder).result == {"taken": 1, "refused": 2}
    said = dict(folder.items.filter(document=None).values_list("title", "error"))
    assert "10,000,000 bytes" in said["huge.txt"]
    assert "empty" in said["empty.txt"]
    assert poll(folder).result == {"taken": 0, "refused": 0}


def test_a_later_version_of_a_news_item_in_a_drop_folder_is_a_revision(staff, drop, folder):
    ninjs_item = {"uri": "urn:agency:7", "headline": "Flood", "body_text": TEXT, "provider": "The Agency"}
    put(drop, "7-1.json", json.dumps(ninjs_item))
    poll(folder)
    put(drop, "7-2.json", json.dumps(ninjs_item | {"body_text": TEXT.replace("40", "45")}))
    poll(folder)
    document = Document.objects.get()
    assert (document.source_app, document.source_id, document.revisions.count()) == ("ninjs", "urn:agency:7", 2)
    assert folder.items.filter(document=document).count() == 2


def test_a_file_with_an_odd_name_is_taken_in(staff, drop, folder):
    with open(os.path.join(os.fsencode(drop), b"fl\xf6\x01od.txt"), "wb") as file:
        file.write(TEXT.encode())
    os.utime(os.path.join(os.fsencode(drop), b"fl\xf6\x01od.txt"), (1, 1))
    assert poll(folder).result["taken"] == 1
    assert Document.objects.get().state == "in_check"


# What is left of looking


def test_a_dead_feed_leaves_one_failed_job_however_often_it_is_looked_at(news_web, staff, feed):
    news_web.put("/feed", "gone", status=503)
    for _ in range(3):
        assert poll(feed).state == "failed"
        assert "503" in feed.error
    assert Job.objects.filter(name=JobName.POLL_FEED).count() == 1


def test_looking_by_the_clock_is_quiet_and_what_a_person_asked_for_is_shown(news_web, staff, feed):
    news_web.put("/feed", rss())
    poll(feed)
    assert not Job.objects.user_visible().filter(name=JobName.POLL_FEED).exists()
    asked = request_poll(feed, by=staff.editor)
    work()
    assert list(Job.objects.user_visible().filter(name=JobName.POLL_FEED)) == [asked]


@pytest.mark.parametrize(("status", "days"), [(200, 1), (503, 7)])
def test_a_look_at_a_feed_is_forgotten_after_a_day_or_a_week_where_it_failed(news_web, staff, feed, status, days):
    news_web.put("/feed", rss(), status=status)
    poll(feed)
    for after, left in ((days - 0.1, 1), (days + 0.1, 0)):
        Job.objects.update(finished_at=timezone.now() - timedelta(days=after))
        delete_old_housekeeping_jobs()
        assert Job.objects.filter(name=JobName.POLL_FEED).count() == left


# What a feed may not touch


def test_a_feed_does_not_fetch_again_what_a_person_filed_or_corrected(news_web, staff, feed):
    news_web.put("/flood-1", page())
    news_web.put("/flood-2", page(TEXT + " More."))
    news_web.put("/feed", rss(item(2)))
    poll(feed)
    theirs, _ = fetch_document("http://news.example/flood-1", Arrival(), desk=staff.desk, by=staff.editor)
    corrected = Document.objects.get(url="http://news.example/flood-2")
    work()
    revise_document(corrected, (TEXT + " More, by hand.").encode(), by=staff.editor)
    work()
    for number in (1, 2):
        news_web.put(f"/flood-{number}", page(TEXT.replace("40", "45")))
    news_web.put("/feed", rss(item(1), item(2, guid="again")))
    assert poll(feed).result["taken"] == 2
    assert not any("45 homes" in document.current_revision.text for document in (theirs, corrected))
    assert {row.document for row in feed.items.all()} == {theirs, corrected}


@pytest.mark.parametrize("waits", [True, False])
def test_an_older_version_of_an_item_does_not_replace_a_newer_one(staff, drop, folder, waits):
    versions = {
        number: {"uri": "urn:agency:7", "version": str(number), "body_text": f"{TEXT} Part {number}."}
        for number in (2, 3, 4)
    }
    put(drop, "a.json", json.dumps(versions[3]))
    poll(folder)
    if waits:
        work()
    put(drop, "b.json", json.dumps(versions[2]))
    assert poll(folder).result == {"taken": 0, "refused": 1}
    assert "version 2" in folder.items.exclude(error="").get().error
    put(drop, "c.json", json.dumps(versions[4]))
    assert poll(folder).result == {"taken": 1, "refused": 0}
    work()
    assert Document.objects.get().current_revision.text.endswith("Part 4.")


def test_an_item_in_a_folder_does_not_revise_what_the_desk_filed_itself(staff, drop, folder):
    ninjs_item = {"uri": "urn:agency:7", "headline": "Flood", "body_text": TEXT}
    story, _ = ingest_item(ninjs_item, Arrival(), desk=staff.desk, by=staff.editor)
    work()
    put(drop, "item.json", json.dumps({**ninjs_item, "body_text": TEXT.replace("40", "400")}))
    assert poll(folder).result == {"taken": 0, "refused": 1}
    assert "itself" in folder.items.get().error
    assert story.revisions.count() == 1


def test_a_later_item_does_not_replace_what_a_person_corrected(staff, drop, folder):
    ninjs_item = {"uri": "urn:agency:7", "headline": "Flood", "body_text": TEXT}
    put(drop, "one.json", json.dumps(ninjs_item))
    poll(folder)
    document = Document.objects.get()
    revise_document(document, TEXT.replace("40", "41").encode(), by=staff.editor)
    work()
    put(drop, "two.json", json.dumps({**ninjs_item, "body_text": TEXT.replace("40", "45")}))
    assert poll(folder).result == {"taken": 0, "refused": 1}
    assert ("41 homes" in document.current_revision.text, document.revisions.count()) == (True, 2)


def test_a_file_in_a_folder_is_not_believed_to_come_from_whom_it_says(staff, drop, folder):
    registered("The Sundby Post", domains=("post.example",))
    head = "Title: Flood\nPublisher: The Sundby Post\nURL: http://post.example/flood\n\n"
    put(drop, "flood.md", head + TEXT)
    poll(folder)
    document = Document.objects.get()
    assert (document.title, document.publisher, document.publisher_name, document.url) == ("Flood", None, "", "")


@pytest.mark.parametrize("taken", ["politics", "politics/late", "politics/late/night"])
def test_a_folder_with_all_above_and_below_it_belongs_to_one_desk(staff, drop, taken):
    (drop / "politics" / "late" / "night").mkdir(parents=True)
    record_feed(desk=staff.desk, by=staff.desk_chief, folder="drop/politics/late")
    other = Staff(DeskFactory())
    with pytest.raises(Invalid) as refusal:
        record_feed(desk=other.desk, by=other.desk_chief, folder=f"drop/{taken}")
    assert refusal.value.code == "folder_of_another_desk"
    (drop / "politics-late").mkdir()
    record_feed(desk=other.desk, by=other.desk_chief, folder="drop/politics-late")
    record_feed(desk=staff.desk, by=staff.desk_chief, folder="drop/politics")


def test_a_folder_with_too_many_files_says_that_the_oldest_are_left(staff, drop, folder, monkeypatch):
    monkeypatch.setattr("factcheck.intake.folders.MOST_FILES", 2)
    for number in range(3):
        put(drop, f"flood-{number}.txt", f"{TEXT} Part {number}.", seconds_ago=60 + number)
    assert poll(folder).result["taken"] == 2
    assert "3 files" in folder.error
    assert "newest 2" in folder.error
    (drop / "flood-0.txt").unlink()
    assert poll(folder).result["taken"] == 1
    assert folder.error == ""


@pytest.mark.parametrize("bad", ["&#xD800;", "&#55357;&#56832;", "&amp;#xDFFF;"])
def test_one_bad_character_costs_no_other_entry(news_web, staff, feed, bad):
    for number in (1, 2):
        news_web.put(f"/flood-{number}", page(f"{TEXT} Part {number}."))
    news_web.put("/feed", rss(item(1, title=f"Flood {bad}", description=f"&lt;p&gt;{bad}&lt;/p&gt;"), item(2)))
    assert poll(feed).result["taken"] == 2
    assert feed.error == ""
