"""An author has a text of theirs speak with another voice, or of another day, once it is filed."""

from __future__ import annotations

import pytest

from factcheck.errors import NotAllowed
from factcheck.models import Document
from factcheck.tasks import work
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import revise_document
from factcheck.workflow.publications import publish_document
from tests.stories import Staff, clear_document, file_text, registered, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
PAGE = f"""<html><head><meta property="og:site_name" content="Northwire">
<meta property="article:published_time" content="2026-03-01T08:00:00+02:00"></head>
<body><article><p>{HOMES} It rained until the evening, and the mill of Velmora stood in the water.</p></article></body></html>"""


def test_the_address_of_a_publication_makes_no_agency_the_publisher_of_a_story(staff):
    registered("Northwire", domains=("northwire.example",))
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.editor,))
    publish_document(clear_document(story, staff), by=staff.editor, url="https://northwire.example/story")
    revise_text(story, f"{HOMES} It rained.", by=staff.editor)
    assert (story.url, story.publisher) == ("https://northwire.example/story", None)


def revised_with_a_page(staff: Staff, *, by: object) -> Document:
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.editor,), published_at=None)
    page = Arrival(filename="story.html", media_type="text/html")
    revise_document(story, PAGE.encode(), by=by, arrival=page)
    while work():
        pass
    story.refresh_from_db()
    assert story.revisions.count() == 2
    return story


def test_a_page_that_an_author_files_later_gives_their_story_no_publisher_and_no_day(staff):
    registered("Northwire")
    story = revised_with_a_page(staff, by=staff.editor)
    assert (story.publisher, story.publisher_name, story.published_at, story.zone) == (None, "", None, "UTC")


def test_a_page_that_somebody_else_files_later_gives_it_both(staff):
    registered("Northwire")
    story = revised_with_a_page(staff, by=staff.desk_chief)
    assert (story.publisher.name, story.published_at.day) == ("Northwire", 1)


def test_a_service_account_files_no_new_words_for_a_text_that_a_person_filed(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, authors=(staff.editor,))
    with pytest.raises(NotAllowed) as refusal:
        revise_text(story, f"{HOMES} It rained.", by=staff.service, editor=staff.reviewer)
    assert refusal.value.code == "not_its_own"
    assert story.revisions.count() == 1


def test_a_service_account_files_new_words_for_what_it_filed_itself(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.service, source_app="cms", source_id="7")
    revise_text(story, f"{HOMES} It rained.", by=staff.service, editor=staff.editor)
    assert story.revisions.count() == 2
