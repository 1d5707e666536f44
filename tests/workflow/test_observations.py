"""What is stored of the statements of a measure: each once, with who carries it, as figures come and go."""

from __future__ import annotations

import pytest

from factcheck.jobs.leases import claim_job
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import Carrier, Discrepancy, Document, Figure, Job, Measure, StoredObservation
from factcheck.tasks import run_job
from factcheck.workflow.carriers import carry_figures, misplaced_figures, placement_of
from factcheck.workflow.carriers import figure_rows as rows_of
from factcheck.workflow.claims import dismiss_figure, reopen_figure
from factcheck.workflow.comparisons import ALL_PAIRS, compared_pairs
from factcheck.workflow.crosschecks import compare_measure
from factcheck.workflow.documents import withdraw_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import merge_measures, set_topic, split_measure
from factcheck.workflow.observations import observations_of
from factcheck.workflow.rechecks import MOST_BY_THEMSELVES
from tests.factories import DocumentFactory, FigureFactory, MeasureFactory, TopicFactory
from tests.stories import TUESDAY, Staff, committed, do_jobs, file_text, revise_text

pytestmark = pytest.mark.django_db

FORTY = "The council of Torvik said 40 homes were flooded on Monday."
SIXTY = "The fire brigade said 60 homes were flooded on Monday."


class Story:
    """A running story, into which articles are filed."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.topic = staff, TopicFactory()

    def article(self, text: str, **values) -> Document:
        values = {"desk": self.staff.desk, "by": self.staff.editor, "topic": self.topic, "kind": "coverage", **values}
        return file_text(text, published_at=TUESDAY, **values)


@pytest.fixture
def flood(staff: Staff) -> Story:
    return Story(staff)


def stored() -> list[tuple[str, int]]:
    """The observations that are compared: the number of each, and how many figures carry it."""
    rows = StoredObservation.objects.filter(count__gt=0).order_by("low", "measure")
    return [(f"{row.low:g}", row.count) for row in rows]


def misplaced() -> list[str]:
    """What is stored otherwise than the figures have it."""
    found = [f"figure {pk}" for part in misplaced_figures() for pk in part]
    carried = {
        row.figure_id: row.observation for row in Carrier.objects.filter(current=True).select_related("observation")
    }
    for row in rows_of(Figure.objects.all()):
        place, held = placement_of(row), carried.get(row["pk"])
        if (place and (place.measure, place.key)) != (held and (held.measure_id, held.key)):
            found.append(f"figure {row['pk']} carries another")
    for row in StoredObservation.objects.all():
        carriers = list(row.carriers.filter(current=True).order_by("figure").values_list("figure", flat=True))
        if len(carriers) != row.count or (carriers and (row.first_id, row.sample) != (carriers[0], carriers[:6])):
            found.append(f"observation {row.pk}")
    return found


def test_copies_are_one_observation_with_a_count_and_its_first_carrier(flood):
    first = flood.article(FORTY)
    flood.article(FORTY, publisher_name="The Velmora Herald")
    flood.article(SIXTY)
    assert stored() == [("40", 2), ("60", 1)]
    row = StoredObservation.objects.get(count=2)
    assert (row.first, row.says, row.hedge) == (first.figures.get(), "council of Torvik", "exact")
    assert misplaced() == []


def leave(story: Story, document: Document, way: str) -> None:
    editor = story.staff.editor
    {
        "dismissed": lambda: dismiss_figure(document.figures.get(), by=editor, note="background"),
        "edited away": lambda: revise_text(document, "The fire brigade said little on Monday.", by=editor),
        "put right": lambda: revise_text(document, SIXTY.replace("60", "40"), by=editor),
        "withdrawn": lambda: withdraw_document(document, by=editor, note="a hoax"),
        "another story": lambda: set_topic(document, TopicFactory(), by=editor),
    }[way]()
    do_jobs()


LEFT = [
    ("dismissed", [("40", 1)]),
    ("edited away", [("40", 1)]),
    ("put right", [("40", 1), ("40", 1)]),
    ("withdrawn", [("40", 1)]),
    ("another story", [("40", 1), ("60", 1)]),
]


@pytest.mark.parametrize(("way", "left"), LEFT)
def test_an_observation_goes_with_the_last_figure_that_states_it(way, left, flood):
    flood.article(FORTY)
    leave(flood, flood.article(SIXTY), way)
    assert (stored(), misplaced()) == (left, [])


@pytest.mark.parametrize("way", [way for way, _ in LEFT])
def test_a_closed_discrepancy_still_shows_the_figures_it_was_found_between(way, flood):
    flood.article(FORTY)
    other = flood.article(SIXTY)
    figure = other.figures.get()
    leave(flood, other, way)
    row = Discrepancy.objects.get()
    assert row.state == "closed"
    assert figure in row.figures.all()
    assert row in Discrepancy.objects.visible_to(flood.staff.editor)
    assert row in Discrepancy.objects.of_document(other)


def test_a_figure_that_comes_back_carries_its_observation_again(flood):
    flood.article(FORTY)
    other = flood.article(SIXTY)
    leave(flood, other, "dismissed")
    reopen_figure(other.figures.get(), by=flood.staff.editor)
    do_jobs()
    assert (stored(), misplaced()) == ([("40", 1), ("60", 1)], [])
    assert Discrepancy.objects.get().state == "open"


def test_observations_follow_figures_into_a_merged_measure_and_out_of_it_again(flood):
    flood.article("The council of Torvik said 40 barns were flooded on Monday.")
    flood.article("The fire brigade said 60 bridges were flooded on Monday.")
    one, two = Measure.objects.filter(figures__isnull=False).order_by("pk")
    merge_measures(two, one, by=flood.staff.editor)
    do_jobs()
    assert set(StoredObservation.objects.filter(count=1).values_list("measure", flat=True)) == {one.pk}
    made = split_measure(one, list(one.figures.filter(surface="60")), counted="bridges", by=flood.staff.editor)
    do_jobs()
    assert set(StoredObservation.objects.filter(count=1).values_list("measure", flat=True)) == {one.pk, made.pk}
    assert misplaced() == []


def test_the_first_carrier_of_many_may_go_without_the_others(flood):
    documents = [flood.article(FORTY, publisher_name=f"Paper {number}") for number in range(8)]
    withdraw_document(documents[0], by=flood.staff.editor, note="a hoax")
    do_jobs()
    assert (stored(), misplaced()) == ([("40", 7)], [])


def test_the_words_of_an_erased_text_are_in_no_observation(flood):
    flood.article(SIXTY)
    erased = flood.article(FORTY)
    withdraw_document(erased, by=flood.staff.editor, note="a hoax")
    do_jobs()
    erase_document(erased, by=flood.staff.chief_editor, note="a court said so")
    do_jobs()
    for row in StoredObservation.objects.filter(carriers__figure__document=erased):
        assert (row.says, row.stated["counted"]) == ("", "")


def test_a_copy_more_is_not_compared_again_and_another_number_is(flood):
    for number in range(7):
        flood.article(FORTY, publisher_name=f"Paper {number}")
    measure = Measure.objects.get()
    assert measure.compared
    copy = flood.article(FORTY, publisher_name="The Velmora Herald", read=False)
    work_until_read(copy)
    carry_figures(copy)
    measure.refresh_from_db()
    assert (measure.compared != "", stored()) == (True, [("40", 8)])
    other = flood.article(SIXTY, read=False)
    work_until_read(other)
    carry_figures(other)
    measure.refresh_from_db()
    assert measure.compared == ""


def test_a_run_over_everything_tells_of_all_measures_and_compares_those_that_changed(flood):
    flood.article(FORTY)
    flood.article("The mill of Velmora lost 12 horses on Monday.")
    runs = []
    for _ in range(2):
        job = enqueue_crosscheck("everything")
        do_jobs()
        job.refresh_from_db()
        runs.append((job.state, job.done, job.total))
    assert runs == [("done", 2, 2)] * 2
    flood.article(SIXTY)
    assert Discrepancy.objects.get().state == "open"


def work_until_read(document: Document) -> None:
    """Read a text, and leave its comparison for later."""
    while not document.figures.exists():
        lease = claim_job("work")
        assert lease
        run_job(lease)


def test_of_a_measure_with_very_many_states_none_is_left_out(staff):
    measure, document = MeasureFactory(), DocumentFactory(desk=staff.desk)
    for value in range(1, ALL_PAIRS + 61):
        FigureFactory(document=document, measure=measure, value=value * 7, as_of_start=None)
    compare_measure(measure)
    states = observations_of(measure)
    assert len(states) == ALL_PAIRS + 60
    assert {place for a, b, _ in compared_pairs(states) for place in (a, b)} == set(range(len(states)))


def test_a_conflict_with_what_many_texts_say_asks_the_gate_of_them_by_one_job(flood):
    many = MOST_BY_THEMSELVES + 5
    first = flood.article(FORTY)
    copies = [DocumentFactory(desk=flood.staff.desk, topic=flood.topic) for _ in range(many)]
    figure = first.figures.get()
    for document in copies:
        figure.pk, figure.document, figure.attribution = None, document, None
        figure.save()
    compare_measure(Measure.objects.get())
    with committed():
        flood.article(SIXTY)
    jobs = Job.objects.filter(name="recheck_clearance")
    assert jobs.filter(key=f"measure:{Measure.objects.filter(figures__surface='60').get().pk}").count() == 1
    assert not jobs.filter(key__in=[f"document:{document.pk}" for document in copies]).exists()
