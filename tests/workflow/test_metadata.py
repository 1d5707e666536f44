"""What is known of a document is corrected by an editor, and what hangs on it follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.models import Document, Event, Role
from factcheck.tasks import work
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document, withdraw_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.metadata import update_metadata
from tests.factories import SourceFactory
from tests.stories import TUESDAY, Staff, bring_to, file_text, revise_text

pytestmark = pytest.mark.django_db
TEXT = "The council of Torvik said 40 homes were flooded on Monday."
CHANGES = {
    "title": "Flood",
    "byline": "Ada Brell",
    "language": "en-GB",
    "published_at": TUESDAY - timedelta(days=7),
    "zone": "Europe/Oslo",
    "embargo_until": TUESDAY + timedelta(hours=1),
}


@pytest.fixture
def document(staff) -> Document:
    return file_text(TEXT, desk=staff.desk, by=staff.desk_chief, publisher=SourceFactory())


def day_of(document: Document) -> datetime:
    return document.figures.anchored().get().as_of_start


@pytest.mark.parametrize("name", CHANGES)
def test_an_editor_corrects_what_was_read_wrongly(name, document, staff):
    update_metadata(document, by=staff.editor, version=document.version, **{name: CHANGES[name]})
    document.refresh_from_db()
    event = Event.objects.of(document).get(action="update_metadata")
    assert getattr(document, name) == CHANGES[name]
    assert (event.actor, event.facts["changed"]) == (staff.editor, [name])
    assert "Ada" not in str(event.facts)
    assert "Flood" not in str(event.facts)


def test_a_publisher_is_corrected_or_taken_away(document, staff):
    other = SourceFactory()
    for publisher in (other, None):
        update_metadata(document, by=staff.editor, publisher=publisher)
        document.refresh_from_db()
        assert document.publisher == publisher


@pytest.mark.parametrize("role", [*Role.values, "outsider", "superuser"])
def test_only_editors_and_chiefs_describe_a_document(role, document, staff):
    if role in (Role.EDITOR, Role.DESK_CHIEF, Role.CHIEF_EDITOR):
        update_metadata(document, by=getattr(staff, role), title="Flood")
        return
    with pytest.raises(NotAllowed):
        update_metadata(document, by=getattr(staff, role), title="Flood")
    assert not Event.objects.of(document).filter(action="update_metadata").exists()


def test_neither_the_machine_nor_another_desk_describes_it(document):
    for by in (Machine("read_document"), Staff().desk_chief):
        with pytest.raises(NotAllowed):
            update_metadata(document, by=by, title="Flood")


@pytest.mark.parametrize("name", ["published_at", "zone", "publisher"])
def test_an_author_does_not_change_what_their_figures_are_compared_with(name, document, staff):
    document.authors.add(staff.editor)
    with pytest.raises(NotAllowed) as refusal:
        update_metadata(document, by=staff.editor, **{"publisher": None, **CHANGES} | {"title": "Untitled"})
    assert refusal.value.code == "four_eyes_author"
    with pytest.raises(NotAllowed):
        update_metadata(document, by=staff.editor, **{name: {"publisher": None, **CHANGES}[name]})
    same = {name: getattr(document, name)}
    update_metadata(document, by=staff.editor, byline="Ada Brell", **same)
    assert document.byline == "Ada Brell"


def test_a_new_date_moves_the_day_of_the_figures_also_of_those_in_hand(document, staff):
    bring_to(document.claims.get(), "signed_off", staff)
    before = day_of(document)
    update_metadata(document, by=staff.editor, published_at=TUESDAY - timedelta(days=7))
    work()
    assert before - day_of(document) == timedelta(days=7)
    assert (document.revisions.count(), document.claims.get().state) == (1, "signed_off")


def test_a_text_that_names_another_day_beside_the_same_figure_is_of_that_day(document, staff):
    before = day_of(document)
    revise_text(document, TEXT.replace("Monday", "Sunday"), by=staff.desk_chief)
    assert before - day_of(document) == timedelta(days=1)


def test_authors_are_added_and_none_is_taken_away(document, staff):
    update_metadata(document, by=staff.editor, authors=(staff.reviewer,))
    update_metadata(document, by=staff.editor, authors=(staff.checker,))
    assert set(document.authors.all()) == {staff.reviewer, staff.checker}
    with pytest.raises(Invalid) as refusal:
        update_metadata(document, by=staff.editor, authors=(staff.checker,), title=document.title)
    assert refusal.value.code == "nothing_to_change"


def test_what_a_person_took_away_is_not_filled_in_again(staff):
    known = {"source_app": "cms", "source_id": "1", "filename": "story.md", "media_type": "text/markdown"}
    head = "Title: Flood\nByline: Ada Brell\n\n"
    document, _ = ingest_document((head + TEXT).encode(), Arrival(**known), desk=staff.desk, by=staff.editor)
    for text in (TEXT, TEXT + " Rain fell."):
        ingest_document((head + text).encode(), Arrival(**known), desk=staff.desk, by=staff.editor)
        work()
        document.refresh_from_db()
        if document.byline:
            update_metadata(document, by=staff.editor, byline="")
    assert (document.byline, document.title, document.revisions.count()) == ("", "Flood", 2)


BAD = [
    ({"zone": "Mars/Olympus"}, "zone_unknown"),
    ({"zone": ""}, "zone_unknown"),
    ({"published_at": datetime(2999, 1, 1, tzinfo=UTC)}, "date_in_future"),
    ({"published_at": datetime(1, 1, 1, tzinfo=UTC)}, "date_too_early"),
    ({"embargo_until": datetime(9999, 12, 31, tzinfo=UTC)}, "embargo_too_far"),
    ({"embargo_until": datetime(1, 1, 1, tzinfo=UTC)}, "embargo_too_early"),
    ({"language": "English!"}, "language_unknown"),
    ({"title": "a" * 501}, "title_too_long"),
    ({"byline": "a\0b"}, "text_unusable"),
    ({}, "nothing_to_change"),
]


@pytest.mark.parametrize(("values", "code"), BAD)
def test_what_makes_no_sense_is_refused_and_nothing_written(values, code, document, staff):
    with pytest.raises(Invalid) as refusal:
        update_metadata(document, by=staff.editor, **values)
    assert refusal.value.code == code
    assert not Event.objects.of(document).filter(action="update_metadata").exists()


def test_an_embargo_for_ever_is_refused_when_a_document_is_filed_too(staff):
    late = timezone.now() + timedelta(days=400)
    with pytest.raises(Invalid) as refusal:
        file_text(TEXT, desk=staff.desk, by=staff.editor, embargo_until=late)
    assert refusal.value.code == "embargo_too_far"


@pytest.mark.parametrize("end", ["withdrawn", "erased"])
def test_a_document_that_is_gone_is_not_described(end, document, staff):
    gone = withdraw_document if end == "withdrawn" else erase_document
    gone(document, by=staff.desk_chief, note="a copy")
    with pytest.raises(WrongState):
        update_metadata(document, by=staff.editor, title="Flood")


def test_what_was_described_on_an_old_version_is_refused(document, staff):
    with pytest.raises(StaleRevision):
        update_metadata(document, by=staff.editor, version=99, title="Flood", authors=(staff.checker,))
    document.refresh_from_db()
    assert (document.title, document.authors.exists()) == ("Untitled", False)
