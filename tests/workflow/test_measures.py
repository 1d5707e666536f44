"""Which figures are compared with which is for editors to say, and never for who wrote one of the texts."""

from __future__ import annotations

import pytest

from factcheck.errors import Invalid, NotAllowed, StaleRevision
from factcheck.models import Discrepancy, Document, Figure, Measure, Membership
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.measures import merge_measures, pin_figure, set_general, set_topic, split_measure
from tests.factories import DocumentFactory, FigureFactory, MeasureFactory, TopicFactory
from tests.stories import Staff, do_jobs, file_text, revise_text

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
    "splitting off the other's figure": lambda own, other, by: split_measure(
        other.measure, [other], counted="x", by=by
    ),
    "pinning the own figure elsewhere": lambda own, other, by: pin_figure(own, another(own.measure), by=by),
    "pinning the other's figure elsewhere": lambda own, other, by: pin_figure(other, another(own.measure), by=by),
    "merging the measure away": lambda own, other, by: merge_measures(own.measure, another(own.measure), by=by),
    "taking the own text to another topic": lambda own, other, by: set_topic(own.document, None, by=by),
    "taking the other text to another topic": lambda own, other, by: set_topic(other.document, None, by=by),
}


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
            resolve_dispute(row, "accepted_risk", by=person, note="it is well known")
        assert refusal.value.code == "role_missing"
    Membership.objects.create(user=other.editor, desk=staff.desk, role="editor")
    resolve_dispute(row, "accepted_risk", by=other.editor, note="it is well known")
    row.refresh_from_db()
    assert (row.state, row.resolved_by) == ("resolved", other.editor)


def test_an_author_does_not_move_the_other_document_out_of_or_into_the_comparison(story, staff):
    other = Document.objects.exclude(pk=story.pk).get()
    elsewhere = TopicFactory()
    for topic in (elsewhere, None):
        with pytest.raises(NotAllowed) as refusal:
            set_topic(other, topic, by=staff.editor)
        assert refusal.value.code == "four_eyes_author"
    set_topic(other, elsewhere, by=staff.desk_chief)
    do_jobs()
    assert Discrepancy.objects.get().state == "closed"
    with pytest.raises(NotAllowed):
        set_topic(other, story.topic, by=staff.editor)
    set_topic(other, story.topic, by=staff.desk_chief)
    do_jobs()
    assert Discrepancy.objects.get().state == "open"


def test_a_general_measure_is_compared_whatever_the_topic(staff):
    for text in (FORTY, SIXTY):
        file_text(text, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    do_jobs()
    assert not Discrepancy.objects.exists()
    measure = Measure.objects.earliest("pk")
    set_general(measure, True, by=staff.editor, version=measure.version)
    do_jobs()
    assert (measure.general, Discrepancy.objects.get().kind) == (True, "conflict")
    set_general(measure, False, by=staff.editor)
    do_jobs()
    assert Discrepancy.objects.get().state == "closed"


def test_a_new_text_of_another_topic_meets_the_general_measure(staff):
    file_text(FORTY, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    set_general(Measure.objects.get(), True, by=staff.editor)
    do_jobs()
    file_text(SIXTY, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    do_jobs()
    assert Discrepancy.objects.get().kind == "conflict"


def test_an_author_of_any_topic_does_not_make_its_measure_general(staff):
    for text in (FORTY, SIXTY):
        document = file_text(text, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    document.authors.add(staff.editor)
    with pytest.raises(NotAllowed) as refusal:
        set_general(Measure.objects.earliest("pk"), True, by=staff.editor)
    assert refusal.value.code == "four_eyes_author"
    assert not Measure.objects.filter(general=True).exists()


def test_what_was_arranged_on_an_old_version_is_refused(staff):
    topic = TopicFactory()
    figures = [file_text(text, desk=staff.desk, by=staff.editor, topic=topic).figures.get() for text in (FORTY, SIXTY)]
    figure, measure = figures[0], figures[0].measure
    into = another(measure)
    seen = {"by": staff.desk_chief, "version": 99}
    for action in (
        lambda: merge_measures(measure, into, **seen),
        lambda: split_measure(measure, [figure], counted="barns", **seen),
        lambda: set_general(measure, True, **seen),
        lambda: pin_figure(figure, into, **seen),
        lambda: set_topic(figure.document, None, **seen),
    ):
        with pytest.raises(StaleRevision):
            action()
    assert Figure.objects.filter(measure=measure, pinned_by=None).count() == 2
    assert (Measure.objects.count(), Document.objects.filter(topic=topic).count()) == (2, 2)
    merge_measures(measure, into, by=staff.desk_chief, version=measure.version)
    pin_figure(figure, into, by=staff.desk_chief, version=figure.version)
    assert (measure.version, figure.version) == (2, 2)


def test_two_measures_are_not_merged_into_each_other(staff):
    topic = TopicFactory()
    one, two = MeasureFactory(topic=topic), MeasureFactory(topic=topic)
    for measure in (one, two):
        FigureFactory(measure=measure, document=DocumentFactory(desk=staff.desk))
    seen_before = Measure.objects.get(pk=two.pk), Measure.objects.get(pk=one.pk)
    merge_measures(one, two, by=staff.editor)
    with pytest.raises(Invalid) as refusal:
        merge_measures(*seen_before, by=staff.desk_chief)
    assert refusal.value.code == "merge_circle"
    assert list(Measure.objects.values_list("merged_into", flat=True)) == [two.pk, None]


def test_a_circle_of_measures_from_an_older_time_is_walked_once(staff):
    story = file_text(FORTY, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    one = story.figures.get().measure
    two = another(one)
    Measure.objects.filter(pk=one.pk).update(merged_into=two)
    Measure.objects.filter(pk=two.pk).update(merged_into=one)
    one.refresh_from_db()
    assert one.canonical() in (one, two)
    revised = revise_text(story, FORTY.replace("40", "45"), by=staff.editor)
    assert revised.figures.anchored().count() == 1
    other = file_text(SIXTY, desk=staff.desk, by=staff.editor)
    set_topic(other, story.topic, by=staff.desk_chief)
    assert other.figures.get().measure in (one, two)


# Two desks


def on_two_desks(staff, other: Staff) -> list[Document]:
    """The same count in a text of one desk, and in two texts of another, each in a topic of its own."""
    texts = ((FORTY, staff), (SIXTY, other), (SIXTY.replace("60", "300"), other))
    return [file_text(text, desk=of.desk, by=of.editor, topic=TopicFactory()) for text, of in texts]


def test_an_editor_of_one_desk_raises_and_ends_no_conflict_between_texts_of_another(staff):
    other = Staff()
    mine, *theirs = on_two_desks(staff, other)
    measure = mine.figures.get().measure
    with pytest.raises(NotAllowed) as refusal:
        set_general(measure, True, by=staff.editor)
    assert refusal.value.code == "role_missing"
    do_jobs()
    assert not Discrepancy.objects.exists()
    set_general(measure, True, by=staff.chief_editor)
    do_jobs()
    assert Discrepancy.objects.open().of_document(theirs[0]).of_document(theirs[1]).exists()
    measure.refresh_from_db()
    for way in (
        lambda: set_general(measure, False, by=staff.editor),
        lambda: merge_measures(measure, another(measure), by=staff.editor),
        lambda: split_measure(measure, [mine.figures.get()], counted="x", by=staff.editor),
    ):
        with pytest.raises(NotAllowed):
            way()


def test_a_measure_is_merged_by_an_editor_of_all_that_either_holds(staff):
    other = Staff()
    mine, theirs, _ = on_two_desks(staff, other)
    theirs.topic = mine.topic
    own, into = mine.figures.get().measure, another(mine.figures.get().measure)
    theirs.figures.update(measure=into)
    with pytest.raises(NotAllowed) as refusal:
        merge_measures(own, into, by=staff.editor)
    assert refusal.value.code == "role_missing"
    merge_measures(own, into, by=staff.chief_editor)


def test_a_measure_of_a_text_in_no_topic_is_not_made_general(staff):
    measure = file_text(FORTY, desk=staff.desk, by=staff.editor).figures.get().measure
    with pytest.raises(Invalid, match="in no topic"):
        set_general(measure, True, by=staff.editor)
    assert not Measure.objects.filter(general=True).exists()


def test_a_topic_s_measures_are_merged_by_its_own_editors_whatever_other_topics_call_theirs(staff):
    other = Staff()
    own = file_text(FORTY, desk=staff.desk, by=staff.desk_chief, topic=TopicFactory()).figures.get().measure
    away = file_text(SIXTY, desk=other.desk, by=other.desk_chief, topic=TopicFactory()).figures.get().measure
    assert (own.key, own.general) == (away.key, False)
    with pytest.raises(NotAllowed):
        set_general(own, True, by=staff.editor)
    merge_measures(own, another(own), by=staff.editor)
