"""Which figures are compared with which is for editors to say, and never for who wrote one of the texts."""

from __future__ import annotations

import pytest

from factcheck.errors import NotAllowed
from factcheck.models import Discrepancy, Document, Figure, Measure, Membership
from factcheck.workflow.crosscheck import resolve_discrepancy
from factcheck.workflow.measures import merge_measures, pin_figure, set_topic, split_measure
from tests.factories import MeasureFactory, TopicFactory
from tests.stories import Staff, do_jobs, file_text

pytestmark = pytest.mark.django_db
FORTY = "The council of Torvik said 40 homes were flooded on Monday."
SIXTY = "The fire brigade of Torvik said 60 homes were flooded on Monday."


@pytest.fixture
def story(staff) -> Document:
    """Written by the editor, and in conflict with another text of the desk."""
    topic = TopicFactory()
    file_text(SIXTY, desk=staff.desk, by=staff.desk_chief, topic=topic)
    return file_text(FORTY, desk=staff.desk, by=staff.desk_chief, topic=topic, authors=(staff.editor,))


def another(measure: Measure) -> Measure:
    return MeasureFactory(topic=measure.topic, dimension=measure.dimension, key="another", counted="another")


WAYS = {
    "splitting off the own figure": lambda own, other, by: split_measure(own.measure, [own], counted="x", by=by),
    "splitting off the other's figure": lambda own, other, by: split_measure(other.measure, [other], counted="x", by=by),
    "pinning the own figure elsewhere": lambda own, other, by: pin_figure(own, another(own.measure), by=by),
    "pinning the other's figure elsewhere": lambda own, other, by: pin_figure(other, another(own.measure), by=by),
    "merging the measure away": lambda own, other, by: merge_measures(own.measure, another(own.measure), by=by),
    "taking the own text to another topic": lambda own, other, by: set_topic(own.document, None, by=by),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_an_author_does_not_make_a_conflict_go_away_by(way, story, staff):
    own, other = story.figures.get(), Figure.objects.exclude(document=story).get()
    with pytest.raises(NotAllowed) as refusal:
        WAYS[way](own, other, staff.editor)
    assert refusal.value.code == "four_eyes_author"
    do_jobs()
    assert Discrepancy.objects.get().state == "open"


@pytest.mark.parametrize("way", WAYS)
def test_another_editor_may_do_it_by(way, story, staff):
    own, other = story.figures.get(), Figure.objects.exclude(document=story).get()
    WAYS[way](own, other, staff.desk_chief)
    do_jobs()
    assert Figure.objects.filter(measure=own.measure).count() < 2


def test_nobody_merges_a_measure_into_one_that_holds_a_figure_of_theirs(story, staff):
    elsewhere = file_text(SIXTY.replace("60", "90"), desk=staff.desk, by=staff.desk_chief).figures.get()
    measure = another(story.figures.get().measure)
    Figure.objects.filter(pk=elsewhere.pk).update(measure=measure)
    with pytest.raises(NotAllowed) as refusal:
        merge_measures(measure, story.figures.get().measure, by=staff.editor)
    assert refusal.value.code == "four_eyes_author"


def test_a_conflict_of_two_desks_is_resolved_by_an_editor_of_both(staff):
    other, topic = Staff(), TopicFactory()
    file_text(FORTY, desk=staff.desk, by=staff.editor, topic=topic)
    file_text(SIXTY, desk=other.desk, by=other.editor, topic=topic)
    row = Discrepancy.objects.get()
    Membership.objects.create(user=other.editor, desk=staff.desk, role="auditor")
    for person in (staff.editor, other.editor):
        with pytest.raises(NotAllowed) as refusal:
            resolve_discrepancy(row, "accepted_risk", by=person, note="it is well known")
        assert refusal.value.code == "role_missing"
    Membership.objects.create(user=other.editor, desk=staff.desk, role="editor")
    resolve_discrepancy(row, "accepted_risk", by=other.editor, note="it is well known")
    row.refresh_from_db()
    assert (row.state, row.resolved_by) == ("resolved", other.editor)
