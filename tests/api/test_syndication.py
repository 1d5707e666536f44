"""RSS and Atom: what went out cleared, was corrected and was withdrawn, for whoever may see it."""

from __future__ import annotations

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from factcheck.intake.text_cleaning import with_directions_closed
from factcheck.models import Document
from factcheck.workflow.documents import withdraw_document
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.publications import correct_document, publish_document
from tests.stories import Staff, clear_document, file_text, in_hours, revise_text

from .conftest import Caller

pytestmark = pytest.mark.django_db

FORMS = ("rss", "atom")
HOMES = "The council of Torvik said 40 homes were flooded on Monday."
ADDRESS = "https://torvikmail.example/flood"
HOSTILE = "<script>alert('Torvik')</script>]]>&amp;\"‮"


def went_out(staff: Staff, text: str = HOMES, **known) -> Document:
    """A story that was checked and published."""
    known = {"title": "Flood in Torvik", "url": ADDRESS, **known}
    story = clear_document(file_text(text, desk=staff.desk, by=staff.editor, **known), staff)
    publish_document(story, by=staff.editor)
    return story


def feed_of(user, form: str, query: str = ""):
    """The feed as a reader of feeds understands it."""
    response = Caller(user).get(f"publications/{form}/{query}", Accept=f"application/{form}+xml")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == f"application/{form}+xml; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    etree.fromstring(response.content)
    read = feedparser.parse(response.content)
    assert not read.bozo
    return read


def told(user, form: str, query: str = "") -> list[str]:
    return [entry.title for entry in feed_of(user, form, query).entries]


@pytest.mark.parametrize("form", FORMS)
def test_a_publication_a_correction_and_a_withdrawal_are_an_entry_each_newest_first(form, staff):
    story = went_out(staff)
    correct_document(story, by=staff.editor, correction_class="clarification", wording="It was Monday night.")
    withdraw_document(story, by=staff.desk_chief, note="our source asked us to")
    entries = feed_of(staff.auditor, form).entries
    assert [(entry.title, entry.summary, entry.tags[0].term) for entry in entries] == [
        ("Withdrawn: Flood in Torvik", "Withdrawn after publication.", "withdrawn"),
        ("Clarification: Flood in Torvik", "It was Monday night.", "clarification"),
        ("Flood in Torvik", "Checked and published.", "publication"),
    ]
    assert {entry.link for entry in entries} == {ADDRESS}


@pytest.mark.parametrize("form", FORMS)
def test_a_corrected_text_that_went_out_cleared_is_a_publication_of_its_own(form, staff):
    story = went_out(staff)
    clear_document(revise_text(story, HOMES.replace("40", "60"), by=staff.editor), staff)
    correct_document(story, by=staff.editor, correction_class="correction", wording="It was 60.")
    assert sorted(told(staff.auditor, form)) == ["Correction: Flood in Torvik", "Flood in Torvik", "Flood in Torvik"]


@pytest.mark.parametrize("form", FORMS)
def test_what_was_not_cleared_not_published_or_is_no_story_is_in_no_feed(form, staff):
    uncleared = file_text(HOMES, desk=staff.desk, by=staff.editor)
    publish_document(uncleared, by=staff.editor, uncleared_reason="breaking")
    correct_document(uncleared, by=staff.editor, correction_class="update", wording="It was 45.")
    clear_document(file_text(HOMES.replace("40", "41"), desk=staff.desk, by=staff.editor), staff)
    went_out(staff, HOMES.replace("40", "42"), kind="coverage")
    withdraw_document(file_text("It rained.", desk=staff.desk, by=staff.editor), by=staff.editor, note="a hoax")
    assert told(staff.auditor, form) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_embargo_that_was_set_later_takes_all_of_a_story_out_for_everybody(form, staff):
    story = went_out(staff)
    correct_document(story, by=staff.editor, correction_class="update", wording="It was 45.")
    Document.objects.update(embargo_until=in_hours(1))
    assert [told(user, form) for user in (staff.editor, staff.desk_chief, staff.chief_editor)] == [[], [], []]
    Document.objects.update(embargo_until=in_hours(-1))
    assert len(told(staff.editor, form)) == 2


@pytest.mark.parametrize("form", FORMS)
def test_each_sees_the_stories_of_their_own_desks(form, staff):
    other = Staff()
    went_out(staff, title="Ours")
    went_out(other, HOMES.replace("40", "41"), title="Theirs")
    assert [told(user, form) for user in (staff.service, other.auditor)] == [["Ours"], ["Theirs"]]
    assert told(staff.outsider, form) == told(staff.superuser, form) == []
    assert told(staff.chief_editor, form) == ["Theirs", "Ours"]
    assert told(staff.chief_editor, form, f"?desk={staff.desk.slug}") == ["Ours"]
    assert told(staff.auditor, form, f"?desk={other.desk.slug}") == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("query", ["?page_size=3", "?ordering=title", "?state=published", "?desk=%00"])
def test_what_is_no_filter_is_refused_in_json(form, query, staff):
    response = Caller(staff.auditor).get(f"publications/{form}/{query}", Accept="application/atom+xml")
    assert (response.status_code, response["Content-Type"]) == (422, "application/json")
    assert response.json()["type"] == "validation_error"


@pytest.mark.parametrize("form", FORMS)
def test_nobody_reads_it_without_a_log_in(form):
    assert Caller(None).get(f"publications/{form}/").status_code == 401


@pytest.mark.parametrize("form", FORMS)
def test_hostile_words_are_words_in_every_field(form, staff):
    story = went_out(staff, title=HOSTILE, byline=HOSTILE, url="javascript:alert(1)")
    correct_document(story, by=staff.editor, correction_class="update", wording=HOSTILE)
    raw = Caller(staff.auditor).get(f"publications/{form}/").content
    assert b"<script" not in raw
    assert b"javascript:" not in raw
    tree = etree.fromstring(raw)
    closed = with_directions_closed(HOSTILE)
    assert {row.text for row in tree.iter("{*}title")} >= {closed, f"Update: {closed}"}
    shown = {row.text for row in tree.iter("{*}description", "{*}summary") if "Torvik" in (row.text or "")}
    assert shown == {"&lt;script&gt;alert(&#x27;Torvik&#x27;)&lt;/script&gt;]]&gt;&amp;amp;&quot;‮"}


@pytest.mark.parametrize("form", FORMS)
def test_a_sign_stands_for_each_character_that_no_xml_holds(form, staff):
    story = clear_document(file_text(HOMES, desk=staff.desk, by=staff.editor), staff)
    Document.objects.filter(pk=story.pk).update(title="Flood\x0b in\ufffe Torvik")
    story.refresh_from_db()
    publish_document(story, by=staff.editor)
    assert told(staff.auditor, form) == ["Flood\ufffd in\ufffd Torvik"]


def test_the_address_of_the_record_stands_in_where_that_of_the_story_is_not_known(staff):
    story = went_out(staff, url="")
    (entry,) = feed_of(staff.auditor, "atom").entries
    assert entry.link == f"http://testserver/factcheck/api/v1/documents/{story.pk}/"


def test_an_id_stays_whatever_the_form_and_the_address_of_the_site(staff, settings):
    settings.ALLOWED_HOSTS = ["testserver", "moved.example"]
    story = went_out(staff)
    correct_document(story, by=staff.editor, correction_class="update", wording="It was 45.")
    caller, ids = Caller(staff.auditor), []
    for form, host in (("rss", "testserver"), ("atom", "testserver"), ("atom", "moved.example")):
        raw = caller.get(f"publications/{form}/", Host=host).content
        ids.append([entry.id for entry in feedparser.parse(raw).entries])
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == 2
    assert all(row.startswith("urn:uuid:") for row in ids[0])


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_costs_the_same_for_one_story_and_for_three(form, staff):
    caller, prices = Caller(staff.auditor), []
    caller.get("desks/")
    for number in range(3):
        story = went_out(staff, HOMES.replace("40", str(41 + number)))
        correct_document(story, by=staff.editor, correction_class="update", wording="It was 45.")
        withdraw_document(story, by=staff.desk_chief, note="a hoax")
        with CaptureQueriesContext(connection) as seen:
            assert caller.get(f"publications/{form}/").content.count(b"Withdrawn: ") == number + 1
        prices.append(len(seen))
    assert prices[0] == prices[2]


def test_a_feed_ends_after_fifty_entries(staff):
    story = went_out(staff)
    for number in range(52):
        correct_document(story, by=staff.editor, correction_class="update", wording=f"It was {number}.")
    summaries = [entry.summary for entry in feed_of(staff.auditor, "rss").entries]
    assert (len(summaries), summaries[0], summaries[-1]) == (50, "It was 51.", "It was 2.")


@pytest.mark.parametrize("form", FORMS)
def test_an_entry_keeps_the_title_and_byline_it_went_out_with(form, staff):
    story = went_out(staff, byline="A. Berg")
    correct_document(story, by=staff.editor, correction_class="update", wording="It was Monday night.")
    update_metadata(story, by=staff.desk_chief, title="Calm in Torvik", byline="N. Nobody")
    entries = feed_of(staff.auditor, form).entries
    assert [(entry.title, entry.author) for entry in entries] == [
        ("Update: Flood in Torvik", "A. Berg"),
        ("Flood in Torvik", "A. Berg"),
    ]
