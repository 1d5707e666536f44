"""Measures in the admin: who says what as of when; merged, split, compared everywhere or again."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factcheck.models import Figure, Job, Measure
from factcheck.workflow.comparisons import MOST_AGREEING
from factcheck.workflow.crosschecks import compare_measure
from tests.admin.pages import page
from tests.factories import DeskFactory, DocumentFactory, FigureFactory, MeasureFactory, TopicFactory
from tests.stories import file_text, person

MINISTRY = "The ministry of Sarvenna said on Tuesday that about 1,200 homes were flooded in Larkmoor."
MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."


@pytest.fixture
def topic(db):
    return TopicFactory(title="The Larkmoor flood")


@pytest.fixture
def measure(people, topic):
    for title, text in (("The ministry counts", MINISTRY), ("The mayor counts", MAYOR)):
        file_text(text, desk=people.desk, by=people.desk_chief, title=title, topic=topic)
    return Measure.objects.get(counted__contains="homes", topic=topic)


def do(client, record, action, **data):
    return client.post(page(record, action), {"version": record.version, **data})


def labels(client, record):
    return [button.label for button in client.get(page(record)).context["buttons"]]


def test_the_table_says_who_says_what_as_of_when(client, measure):
    table = client.get(page(measure)).context["matrix"]
    assert len(table["days"]) == 1
    assert sorted(row.first.surface for _, cells in table["rows"] for row in cells[0]) == ["1,200", "700"]
    page_html = client.get(page(measure)).content.decode()
    assert "conflict" in page_html
    assert "The ministry counts" in page_html


def test_what_is_disputed_is_marked_in_its_cell_and_ringed_in_the_picture(client, measure):
    context = client.get(page(measure)).context
    marks = [row.mark for _, cells in context["matrix"]["rows"] for cell in cells for row in cell]
    assert marks == ["≠", "≠"]
    assert context["chart"].count("fc-chart-bad") == 2
    assert "1,200 ≠ in dispute" in context["chart"]


def test_a_number_that_a_later_one_replaced_is_marked_otherwise(client, people, topic):
    for day, homes in (("Monday", 300), ("Tuesday", 340)):
        text = f"The council of Larkmoor said on {day} that the toll stood at {homes} people dead."
        file_text(text, desk=people.desk, by=people.desk_chief, title=day, topic=topic)
    toll = Measure.objects.get(topic=topic)
    context = client.get(page(toll)).context
    assert {row.mark for _, cells in context["matrix"]["rows"] for cell in cells for row in cell} == {"↻"}
    assert "fc-chart-bad" not in context["chart"]


def test_figures_of_another_desk_are_in_no_table(client, people, measure):
    theirs = person("editor", DeskFactory(), is_staff=True)
    own = FigureFactory(document__desk=theirs.factcheck_memberships.get().desk, measure=measure, surface="55")
    compare_measure(measure)
    client.force_login(theirs)
    table = client.get(page(measure)).context["matrix"]
    assert [row.first for _, cells in table["rows"] for cell in cells for row in cell] == [own]
    response = client.get(page(measure))
    assert "1,200" not in response.content.decode()
    assert response.context["chart"] == "", "one statement needs no picture"


def test_the_list_counts_states_and_what_is_open(client, measure):
    row = next(
        row
        for row in client.get(reverse("admin:factcheck_measure_changelist")).context["cl"].result_list
        if row == measure
    )
    assert (row.state_count, row.open_discrepancies) == (2, 1)


def test_an_editor_says_that_two_measures_are_one(client, people, measure, topic):
    other = FigureFactory(
        document__desk=people.desk, measure=MeasureFactory(topic=topic, counted="houses", dimension="count")
    ).measure
    response = do(client, other, "merge", into=measure.pk)
    assert response["Location"] == page(measure), "the other is seen no more"
    other.refresh_from_db()
    assert other.merged_into == measure


def test_measures_of_another_dimension_are_not_offered(client, people, measure, topic):
    area = FigureFactory(document__desk=people.desk, measure=MeasureFactory(topic=topic, dimension="area")).measure
    assert do(client, area, "merge", into=measure.pk).status_code == 422
    area.refresh_from_db()
    assert area.merged_into is None


def test_an_editor_says_that_a_figure_counts_another_thing(client, measure):
    figure = Figure.objects.get(surface="700", measure=measure)
    response = do(client, measure, "split", figures=[figure.pk], counted="homes of the old town")
    made = Measure.objects.get(counted="homes of the old town")
    assert response["Location"] == page(made)
    figure.refresh_from_db()
    assert figure.measure == made
    assert do(client, measure, "split", counted="nothing chosen").status_code == 422


def test_a_measure_is_compared_in_every_topic_and_back(client, measure):
    assert "Compare in every topic" in labels(client, measure)
    assert do(client, measure, "general").status_code == 302
    measure.refresh_from_db()
    assert measure.general
    assert "Compare in its topic only" in labels(client, measure)
    assert do(client, measure, "in_topic").status_code == 302
    measure.refresh_from_db()
    assert not measure.general


def test_who_saw_an_older_version_is_told_so(client, measure):
    response = client.post(page(measure, "general"), {"version": measure.version + 1})
    assert response.status_code == 409
    assert "This has changed since you opened it." in response.content.decode()


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor"])
@pytest.mark.parametrize("action", ["merge", "split", "general"])
def test_nobody_but_an_editor_arranges_measures(client, people, measure, topic, role, action):
    other = FigureFactory(document__desk=people.desk, measure=MeasureFactory(topic=topic)).measure
    figure = Figure.objects.get(surface="700", measure=measure)
    client.force_login(getattr(people, role))
    data = {"merge": {"into": other.pk}, "split": {"figures": [figure.pk], "counted": "x"}, "general": {}}[action]
    assert do(client, measure, action, **data).status_code == 403
    assert not {"Merge into another", "Split", "Compare in every topic"} & set(labels(client, measure))


def test_an_author_does_not_say_what_the_own_figure_is_compared_with(client, people, measure):
    Figure.objects.get(surface="700").document.authors.add(people.editor)
    assert "Split" not in labels(client, measure)
    assert do(client, measure, "general").status_code == 403


@pytest.mark.parametrize(("role", "can"), [("checker", True), ("editor", True), ("auditor", False)])
def test_who_checks_has_it_compared_again(client, people, measure, role, can):
    client.force_login(getattr(people, role))
    assert ("Compare again" in labels(client, measure)) is can
    response = do(client, measure, "crosscheck")
    wanted = Job.objects.filter(name="crosscheck", args__measure=measure.pk, created_by=getattr(people, role)).first()
    assert (response.status_code, wanted is not None) == ((302, True) if can else (403, False))
    assert not can or response["Location"] == page(wanted)


def carried_twice(measure, desk, values):
    """A state for each value, which two documents carry."""
    for value in values:
        for _ in range(2):
            FigureFactory(document__desk=desk, measure=measure, value=Decimal(value), surface=str(value))


def test_the_page_asks_as_much_of_thirty_states_that_are_copied_as_of_one(client, people):
    measure, counts, done = MeasureFactory(topic=TopicFactory()), [], 0
    for count in (1, 3, 30):
        carried_twice(measure, people.desk, range(done + 100, count + 100))
        done = count
        compare_measure(measure)
        with CaptureQueriesContext(connection) as asked:
            context = client.get(page(measure)).context
        assert len(context["states"]) == count
        assert len([line for line in context["agreements"] if "stands in 2 documents" in line]) == count
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


def test_the_page_of_a_measure_with_very_many_states_says_which_of_them_it_compared(client, people):
    measure = MeasureFactory(topic=TopicFactory())
    documents = DocumentFactory.create_batch(2, desk=people.desk)
    for value in range(MOST_AGREEING + 5):
        FigureFactory(document=documents[value % 2], measure=measure, value=Decimal(1000 + value))
    compare_measure(measure)
    context = client.get(page(measure)).context
    assert len(context["states"]) == MOST_AGREEING + 5
    assert (
        context["agreements"][0] == f"Only the newest {MOST_AGREEING} of {MOST_AGREEING + 5} states are compared here."
    )
