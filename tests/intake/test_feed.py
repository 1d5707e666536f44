"""Feeds as bytes: what an entry is known by, what is believed of its date, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.intake.entries import Listing
from factcheck.intake.extracts import Unreadable
from factcheck.intake.isolation import list_in_child
from factcheck.intake.readers import read_bytes
from factcheck.intake.readers.feed import MOST_ENTRIES, read_feed

NOW = datetime(2026, 3, 11, tzinfo=UTC)
URL = "https://news.example/feed"


def rss(body: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Post</title>{body}</channel></rss>".encode()


def only(body: str):
    (entry,) = read_feed(rss(f"<item>{body}</item>"), url=URL, now=NOW).entries
    return entry


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><entry>
<id>tag:news.example,2026:7</id><title>Flood</title><link href="/flood"/><updated>2026-03-10T08:30:00+03:00</updated>
<author><name>Ada Brell</name></author><content type="html">&lt;p&gt;Forty homes.&lt;/p&gt;</content></entry></feed>"""


def test_an_atom_entry_is_read_whole():
    listing = read_feed(ATOM.encode(), url=URL, now=NOW)
    (entry,) = listing.entries
    assert (listing.title, entry.title, entry.link) == ("Post", "Flood", "https://news.example/flood")
    assert (entry.byline, entry.published_at) == ("Ada Brell", datetime(2026, 3, 10, 5, 30, tzinfo=UTC))
    assert "<p>Forty homes.</p>" in entry.page


def test_a_footnote_in_an_entry_is_kept_apart_from_the_number_before_it():
    words = "The council of Torvik counted 1,200&lt;sup&gt;3&lt;/sup&gt; homes under water on Tuesday evening."
    entry = only(f"<title>Flood</title><description>&lt;p&gt;{words}&lt;/p&gt;</description>")
    assert "counted 1,200³ homes" in read_bytes(entry.page.encode()).text


def test_what_the_child_lists_is_what_the_house_lists():
    assert list_in_child(ATOM.encode(), url=URL) == read_feed(ATOM.encode(), url=URL)
    assert Listing.from_json(read_feed(ATOM.encode()).as_json()) == read_feed(ATOM.encode())


LIES = [
    ("Fri, 01 Jan 2100 00:00:00 GMT", "cannot be right"),
    ("Fri, 13 Mar 2026 00:00:00 GMT", "cannot be right"),
    ("Mon, 01 Jan 0001 00:00:00 GMT", "could not be read"),
    ("0001-01-01T00:00:00Z", "cannot be right"),
    ("1970-01-01T00:00:00Z", "cannot be right"),
    ("yesterday, or so", "could not be read"),
    ("2026-03-10T08:30:00", "names no time zone"),
    ("2026-03-10", "names no time zone"),
    ("9" * 10_000, "could not be read"),
]


@pytest.mark.parametrize(("date", "note"), LIES)
def test_a_date_that_cannot_be_true_is_left_out_and_said(date, note):
    entry = only(f"<title>Flood</title><pubDate>{date}</pubDate>")
    assert entry.published_at is None
    assert note in entry.notes[0]


@pytest.mark.parametrize(
    "date", ["Tue, 10 Mar 2026 08:30:00 +0300", "2026-03-10T05:30:00Z", "10 Mar 2026 00:30:00 EST"]
)
def test_a_date_with_its_zone_is_believed(date):
    assert only(f"<title>Flood</title><pubDate>{date}</pubDate>").published_at == datetime(
        2026, 3, 10, 5, 30, tzinfo=UTC
    )


def test_an_entry_is_known_by_its_id_and_else_by_what_it_says():
    one = only("<title>Flood</title><link>https://news.example/1</link><guid isPermaLink='false'>7</guid>")
    moved = only("<title>Flood again</title><link>https://news.example/2</link><guid isPermaLink='false'>7</guid>")
    assert one.guid == moved.guid
    assert only("<title>Flood</title>").guid != only("<title>Fire</title>").guid


def test_one_id_for_all_entries_names_none_of_them():
    same = "".join(f"<item><guid>1</guid><link>https://news.example/{n}</link></item>" for n in range(3))
    assert len({entry.guid for entry in read_feed(rss(same), url=URL).entries}) == 3


def test_an_entry_that_stands_twice_is_one():
    assert len(read_feed(rss("<item><title>Flood</title></item>" * 3)).entries) == 1


def test_a_name_is_not_taken_for_an_address():
    assert only("<guid>post-1</guid><title>Flood</title>").link == ""
    assert only("<guid>https://news.example/1</guid><title>Flood</title>").link == "https://news.example/1"


def test_a_script_in_a_title_is_only_characters():
    entry = only("<title>&lt;/script&gt;&lt;b&gt;Flood</title><description>&lt;p&gt;Rain.&lt;/p&gt;</description>")
    assert "</script>" not in entry.page.split("<title>")[1].split("</title>")[0]


def test_a_feed_without_end_is_read_up_to_a_number_and_says_so():
    many = "".join(f"<item><title>Flood {n}</title></item>" for n in range(MOST_ENTRIES + 5))
    listing = read_feed(rss(many))
    assert len(listing.entries) == MOST_ENTRIES
    assert "more than" in listing.notes[0]


@pytest.mark.parametrize("data", [b"/etc/passwd", b"<html><p>Hi</p></html>", b"{}", b"Just a text.", b"\x00" * 100])
def test_what_is_no_feed_is_refused(data):
    with pytest.raises(Unreadable) as refusal:
        read_feed(data)
    assert refusal.value.code in ("wrong_type", "malformed")


@given(st.binary(max_size=300), st.integers(0, len(ATOM)))
def test_any_damage_is_read_or_refused(junk, at):
    try:
        assert isinstance(read_feed(ATOM[:at].encode() + junk + ATOM[at:].encode(), url=URL), Listing)
    except Unreadable as unreadable:
        assert unreadable.message


@pytest.mark.parametrize("zone", ["BST", "+0100", "GMT+1", "+0100 (BST)"])
def test_a_feed_s_date_with_a_zone_s_name_is_believed(zone):
    entry = only(f"<title>Flood</title><pubDate>Tue, 10 Mar 2026 15:07:41 {zone}</pubDate>")
    assert entry.published_at == datetime(2026, 3, 10, 14, 7, 41, tzinfo=UTC)


def test_a_feed_s_date_whose_zone_means_several_is_left_out_and_said_so():
    entry = only("<title>Flood</title><pubDate>Tue, 10 Mar 2026 15:07:41 IST</pubDate>")
    assert entry.published_at is None
    assert "not certain" in entry.notes[0]
    assert "India, Ireland or Israel" in entry.notes[1]
