"""Topics: entered and changed by editors; the machine suggests where a document belongs, and no more."""

from __future__ import annotations

from datetime import date

import pytest

from factcheck.errors import Invalid, NotAllowed, StaleRevision
from factcheck.models import Event, Topic
from factcheck.workflow.measures import set_topic
from factcheck.workflow.topics import change_topic, record_topic, suggest_topic
from tests.factories import TopicFactory
from tests.stories import file_text

pytestmark = pytest.mark.django_db
FLOOD = "The council of Torvik said 40 homes were flooded on Monday."
RAIN = "It rained in Torvik for a week."


def test_an_editor_changes_a_topic(staff):
    topic = record_topic("Flood", desk=staff.desk, by=staff.editor)
    change_topic(topic, by=staff.editor, version=1, title=" Spring flood ", places=["Torvik ", "Torvik", " "])
    change_topic(topic, by=staff.editor, version=2, starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1))
    assert (topic.slug, topic.title, topic.places, topic.version) == ("flood", "Spring flood", ["Torvik"], 3)
    change_topic(topic, by=staff.editor, ends_on=None)
    assert (topic.starts_on, topic.ends_on) == (date(2026, 3, 1), None)
    assert [row.action for row in Event.objects.of(topic)] == ["record", "change", "change", "change"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"ends_on": date(2026, 2, 1)}, "dates_out_of_order"),
        ({"places": [7]}, "place_unusable"),
        ({"places": ["x" * 201]}, "places_too_many"),
        ({"places": [str(n) for n in range(51)]}, "places_too_many"),
        ({"title": "a\0b"}, "text_unusable"),
        ({"places": ["a\0b"]}, "text_unusable"),
    ],
)
def test_a_change_that_cannot_be_taken_changes_nothing(staff, values, code):
    topic = TopicFactory(title="Flood", starts_on=date(2026, 3, 1))
    with pytest.raises(Invalid) as refusal:
        change_topic(topic, by=staff.editor, **values)
    assert (refusal.value.code, Topic.objects.get().version) == (code, 1)


def test_a_topic_is_not_changed_by_others_nor_on_an_old_version(staff):
    topic = TopicFactory()
    for who in (staff.checker, staff.auditor, staff.service, staff.outsider, staff.superuser):
        with pytest.raises(NotAllowed):
            change_topic(topic, by=who, title="Flood")
    change_topic(topic, by=staff.editor, version=1, title="Flood")
    with pytest.raises(StaleRevision):
        change_topic(topic, by=staff.desk_chief, version=1, title="Fire")
    assert Topic.objects.get().title == "Flood"


def test_a_document_that_measures_the_same_is_suggested_for_the_topic(staff):
    topic = TopicFactory()
    file_text(FLOOD, desk=staff.desk, by=staff.editor, topic=topic)
    document = file_text(FLOOD.replace("40", "45"), desk=staff.desk, by=staff.editor)
    events = Event.objects.count()
    assert suggest_topic(document, staff.editor) == topic
    assert (document.topic, Event.objects.count()) == (None, events)


def test_a_place_within_the_days_of_a_topic_is_enough_and_a_place_alone_is_not(staff):
    document = file_text(RAIN, desk=staff.desk, by=staff.editor)
    topic = TopicFactory(places=["Torvik"])
    assert suggest_topic(document, staff.editor) is None
    change_topic(topic, by=staff.editor, starts_on=date(2026, 3, 1))
    assert suggest_topic(document, staff.editor) == topic
    change_topic(topic, by=staff.editor, starts_on=date(2026, 3, 11))
    assert suggest_topic(document, staff.editor) is None
    change_topic(topic, by=staff.editor, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 9))
    assert suggest_topic(document, staff.editor) is None


def test_the_best_of_two_topics_is_suggested_and_of_two_equals_none(staff):
    document = file_text(f"{RAIN} Velmora stayed dry.", desk=staff.desk, by=staff.editor)
    TopicFactory(places=["Torvik"], starts_on=date(2026, 3, 1))
    both = TopicFactory(places=["Torvik", "velmora", "Oslo"], starts_on=date(2026, 3, 1))
    assert suggest_topic(document, staff.editor) == both
    TopicFactory(places=["Velmora", "Torvik"], starts_on=date(2026, 3, 1))
    assert suggest_topic(document, staff.editor) is None


def test_part_of_a_word_is_no_place(staff):
    document = file_text("Torviksund is dry.", desk=staff.desk, by=staff.editor)
    TopicFactory(places=["Torvik", "Sund"], starts_on=date(2026, 3, 1))
    assert suggest_topic(document, staff.editor) is None


def test_the_figures_of_a_document_do_not_speak_for_the_topic_it_is_in(staff):
    document = file_text(FLOOD, desk=staff.desk, by=staff.editor)
    set_topic(document, TopicFactory(), by=staff.editor)
    assert suggest_topic(document, staff.editor) is None
