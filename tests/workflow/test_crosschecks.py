"""Figures of one story against each other, through the real engine: what is found, stored once, and lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factcheck.actors import Machine
from factcheck.errors import Invalid
from factcheck.jobs.leases import claim_job as take_job
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import CrossCheck, Discrepancy, DiscrepancySide, Document, Event, Measure, Source
from factcheck.tasks import run_job, work
from factcheck.workflow.carriers import carry_figures
from factcheck.workflow.claims import dismiss_figure, reopen_figure
from factcheck.workflow.comparisons import agreements_of
from factcheck.workflow.crosschecks import compare_measure, measures_of, note_reached, open_crosscheck
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.documents import withdraw_document
from factcheck.workflow.findings import store_comparison
from factcheck.workflow.measures import merge_measures, set_general, set_topic, split_measure
from factcheck.workflow.reading import reread_document
from tests.factories import DocumentFactory, FigureFactory, MeasureFactory, SourceFactory, TopicFactory
from tests.stories import TUESDAY, Staff, bring_to, clear_document, do_jobs, file_text, registered, revise_text

pytestmark = pytest.mark.django_db

FORTY = "The council of Torvik said 40 homes were flooded on Monday."
SIXTY = "The fire brigade said 60 homes were flooded on Monday."


class Story:
    """A running story, into which articles are filed."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.topic = staff, TopicFactory()

    def article(self, text: str, *, days: float = 0, **values) -> Document:
        values = {"desk": self.staff.desk, "by": self.staff.editor, "topic": self.topic, **values}
        return file_text(
            text, kind=values.pop("kind", "coverage"), published_at=TUESDAY + timedelta(days=days), **values
        )

    def again(self) -> None:
        enqueue_crosscheck("topic", self.topic, desk=self.staff.desk)
        do_jobs()

    @property
    def found(self) -> list[tuple[str, str]]:
        return list(Discrepancy.objects.order_by("pk").values_list("kind", "state"))


@pytest.fixture
def flood(staff: Staff) -> Story:
    return Story(staff)


PAIRS = [  # two articles, days between them, and what comes of it
    (FORTY, SIXTY, 0, [("conflict", "open")], 0),
    (FORTY, "The fire brigade said 400 homes were flooded on Monday.", 0, [("magnitude_slip", "open")], 0),
    (FORTY, "The fire brigade said about 41 homes were flooded on Monday.", 0, [], 1),
    (FORTY, "The fire brigade said nearly 40 homes were flooded on Monday.", 0, [], 1),
    (FORTY, "The mayor said 40 homes were flooded on Monday.", 0, [], 1),
    (FORTY, "The mayor said 9 bridges were flooded on Monday.", 0, [], 0),
    (
        "The death toll in Velmora stood at 12 on Tuesday, the council of Torvik said.",
        "The death toll in Velmora has risen to 19, the council of Torvik said.",
        2,
        [("superseded", "open")],
        0,
    ),
    (
        "The flood covered 100 square miles on Monday, the council of Torvik said.",
        "The flood covered 259 square kilometres on Monday, the fire brigade said.",
        0,
        [],
        1,
    ),
]


@pytest.mark.parametrize(("one", "other", "days", "expected", "agreements"), PAIRS)
def test_what_two_articles_make_of_each_other(one, other, days, expected, agreements, flood):
    flood.article(one)
    flood.article(other, days=days)
    assert flood.found == expected
    assert sum(Measure.objects.values_list("agreements", flat=True)) == agreements


def test_a_conflict_says_in_one_sentence_who_says_what_and_when(flood):
    flood.article(FORTY)
    flood.article(SIXTY)
    row = Discrepancy.objects.get()
    for words in ("40", "60", "council of Torvik", "fire brigade", "9 March 2026"):
        assert words in row.reason
    assert {(side.side, side.figure.surface) for side in row.sides.all()} in (
        {("a", "40"), ("b", "60")},
        {("a", "60"), ("b", "40")},
    )


def test_running_it_twice_stores_nothing_twice(flood):
    flood.article(FORTY)
    flood.article(SIXTY)
    before = [list(model.objects.order_by("pk").values()) for model in (Discrepancy, DiscrepancySide, Measure)]
    history = Event.objects.count()
    flood.again()
    flood.again()
    assert [list(model.objects.order_by("pk").values()) for model in (Discrepancy, DiscrepancySide, Measure)] == before
    assert Event.objects.count() == history
    assert CrossCheck.objects.filter(scope="topic", finished_at__isnull=False).count() == 2


def test_articles_of_different_stories_are_not_compared(staff):
    Story(staff).article(FORTY)
    Story(staff).article(SIXTY)
    assert not Discrepancy.objects.exists()


def test_articles_of_no_story_are_kept_apart(staff):
    for text in (FORTY, SIXTY):
        file_text(text, desk=staff.desk, by=staff.editor)
    assert not Discrepancy.objects.exists()


# It closes when it no longer holds


def leaving(story: Story, document: Document, way: str) -> None:
    staff = story.staff
    {
        "dismissed": lambda: dismiss_figure(document.figures.get(), by=staff.editor, note="background"),
        "edited away": lambda: revise_text(document, "The fire brigade said little on Monday.", by=staff.editor),
        "put right": lambda: revise_text(document, SIXTY.replace("60", "40"), by=staff.editor),
        "withdrawn": lambda: withdraw_document(document, by=staff.editor, note="a hoax"),
        "another story": lambda: set_topic(document, TopicFactory(), by=staff.editor),
    }[way]()
    do_jobs()


@pytest.mark.parametrize("way", ["dismissed", "edited away", "put right", "withdrawn", "another story"])
def test_a_conflict_is_closed_by_the_machine_when_a_figure_goes(way, flood):
    flood.article(FORTY)
    leaving(flood, flood.article(SIXTY), way)
    assert flood.found == [("conflict", "closed")]
    event = Event.objects.of(Discrepancy.objects.get()).last()
    assert (event.action, event.machine) == ("close", "crosscheck")


def test_it_opens_again_when_the_figure_comes_back(flood):
    flood.article(FORTY)
    other = flood.article(SIXTY)
    leaving(flood, other, "dismissed")
    reopen_figure(other.figures.get(), by=flood.staff.editor)
    do_jobs()
    assert flood.found == [("conflict", "open")]


def test_both_articles_in_another_story_take_their_conflict_along(flood):
    documents = [flood.article(FORTY), flood.article(SIXTY)]
    elsewhere = TopicFactory()
    for document in documents:
        set_topic(document, elsewhere, by=flood.staff.editor)
    do_jobs()
    assert flood.found == [("conflict", "closed"), ("conflict", "open")]
    assert Discrepancy.objects.get(state="open").measure.topic == elsewhere


def test_merging_two_measures_compares_their_figures_and_splitting_parts_them(flood):
    flood.article("The council of Torvik said 40 barns were flooded on Monday.")
    flood.article("The fire brigade said 60 bridges were flooded on Monday.")
    one, two = Measure.objects.filter(figures__isnull=False).order_by("pk")
    assert flood.found == []
    merge_measures(two, one, by=flood.staff.editor)
    do_jobs()
    assert flood.found == [("conflict", "open")]
    split_measure(one, list(one.figures.filter(surface="60")), counted="bridges", by=flood.staff.editor)
    do_jobs()
    assert flood.found == [("conflict", "closed")]


def test_what_an_editor_split_off_stays_apart_when_the_text_is_read_again(flood):
    flood.article(FORTY)
    other = flood.article(SIXTY)
    measure = Measure.objects.get()
    split_measure(measure, list(other.figures.all()), counted="homes and barns", by=flood.staff.editor)
    reread_document(other, by=flood.staff.editor)
    work()
    assert flood.found == [("conflict", "closed")]


# Resolutions


def test_a_resolution_lasts_and_covers_later_copies(flood):
    flood.article(FORTY)
    flood.article(SIXTY, publisher_name="The Sundby Post")
    row = Discrepancy.objects.get()
    resolve_dispute(row, "explained", by=flood.staff.editor, note="the brigade counts barns too")
    flood.article(SIXTY, publisher_name="The Velmora Herald")
    flood.again()
    assert flood.found == [("conflict", "resolved")]
    assert row.figures.count() == 3


def test_a_resolution_does_not_cover_another_number(flood):
    flood.article(FORTY)
    other = flood.article(SIXTY)
    resolve_dispute(Discrepancy.objects.get(), "explained", by=flood.staff.editor, note="two counts")
    revise_text(other, SIXTY.replace("60", "70"), by=flood.staff.editor)
    assert flood.found == [("conflict", "resolved"), ("conflict", "open")]


def test_a_resolution_needs_a_kind_and_a_note(flood):
    flood.article(FORTY)
    flood.article(SIXTY)
    row = Discrepancy.objects.get()
    for resolution, note, code in [("guess", "because", "resolution_unknown"), ("explained", " ", "reason_missing")]:
        with pytest.raises(Invalid) as refusal:
            resolve_dispute(row, resolution, by=flood.staff.editor, note=note)
        assert refusal.value.code == code
    assert flood.found == [("conflict", "open")]


# Stale, not noisy


def signed_story(flood: Story) -> Document:
    registered("council of Torvik")
    story = flood.article(FORTY, kind="story")
    return clear_document(story, flood.staff)


GRADES = [("A", "stale"), ("C", "stale"), ("D", "signed_off"), ("F", "signed_off"), ("", "signed_off")]


@pytest.mark.parametrize(("grade", "state"), GRADES)
def test_a_new_conflict_voids_a_sign_off_only_from_a_source_of_good_repute(grade, state, flood):
    story = signed_story(flood)
    registered("fire brigade", reliability=grade, reliability_reason="years of good counts" if grade else "")
    flood.article(SIXTY)
    claim = story.claims.get()
    assert (claim.state, flood.found) == (state, [("conflict", "open")])
    assert claim.stale_reason.startswith("a new conflict: " if state == "stale" else "")


def test_an_outlet_that_cites_the_same_party_is_no_independent_origin(flood):
    story = signed_story(flood)
    Source.objects.filter(name="council of Torvik").update(reliability="A", reliability_reason="the town clerk")
    flood.article("The council of Torvik said 60 homes were flooded on Monday.")
    assert (story.claims.get().state, flood.found) == ("signed_off", [("conflict", "open")])


def test_a_sister_paper_of_one_owner_is_no_independent_origin(flood):
    house = SourceFactory()
    graded = {"owner": house, "reliability": "A", "reliability_reason": "a careful paper"}
    one, two = registered("The Velmora Herald", **graded), registered("The Sundby Post", **graded)
    story = flood.article("Some 40 homes were flooded in Torvik on Monday.", kind="story", publisher=one)
    clear_document(story, flood.staff)
    flood.article("Some 60 homes were flooded in Torvik on Monday.", publisher=two)
    assert (story.claims.get().state, flood.found) == ("signed_off", [("conflict", "open")])


def test_the_same_conflict_seen_again_voids_nothing_again(flood):
    story = signed_story(flood)
    registered("fire brigade", reliability="A", reliability_reason="years of good counts")
    flood.article(SIXTY)
    bring_to(story.claims.get(), "signed_off", flood.staff)
    flood.again()
    assert story.claims.get().state == "signed_off"


# Who may see it


def test_a_discrepancy_is_shown_only_to_who_may_see_both_sides(staff):
    ours, theirs = Story(staff), Staff()
    ours.article(FORTY)
    ours.article(SIXTY, desk=theirs.desk, by=theirs.editor)
    assert Discrepancy.objects.count() == 1
    for user in (staff.editor, theirs.editor, staff.outsider, staff.superuser):
        assert not Discrepancy.objects.visible_to(user).exists()
    assert Discrepancy.objects.visible_to(staff.chief_editor).exists()
    ours.article(SIXTY, publisher_name="The Sundby Post")
    assert Discrepancy.objects.visible_to(staff.editor).exists()
    assert not Discrepancy.objects.visible_to(theirs.editor).exists()


def test_agreements_are_told_with_the_origins_they_rest_on(flood):
    flood.article(FORTY, publisher_name="The Sundby Post")
    flood.article(FORTY, publisher_name="The Velmora Herald")
    (sentence,) = agreements_of(Measure.objects.get())
    assert sentence == "“40 homes” (council of Torvik) stands in 2 documents and rests on 1 origin."


def test_a_run_that_was_stopped_goes_on_where_it_was(flood):
    flood.article(FORTY)
    flood.article(SIXTY)
    flood.article("The mill of Velmora lost 12 horses on Monday.")
    enqueue_crosscheck("topic", flood.topic, desk=flood.staff.desk)
    lease = take_job("work")
    measures = measures_of(open_crosscheck(lease.job))
    store_comparison(measures[0], compare_measure(measures[0]), by=Machine("crosscheck"))
    note_reached(lease.job.crosscheck, measures[0])
    lease.renew(total=len(measures), done=1)
    lease.job.refresh_from_db()
    run_job(lease)
    lease.job.refresh_from_db()
    assert (lease.job.state, lease.job.done, CrossCheck.objects.filter(job=lease.job).count()) == (
        "done",
        len(measures),
        1,
    )
    assert lease.job.crosscheck.found == {"conflict": 1}


def test_a_text_read_while_others_are_compared_is_not_taken_back_by_their_comparison(flood):
    """Two workers: one compares the measure, the other reads the text that disputes it before the first has written."""
    flood.article(FORTY)
    measure = Measure.objects.get()
    early = compare_measure(measure)
    flood.article(SIXTY)
    (dispute,) = Discrepancy.objects.open()
    store_comparison(measure, early, by=Machine("crosscheck"))
    enqueue_crosscheck("everything", desk=flood.staff.desk)
    do_jobs()
    dispute.refresh_from_db()
    assert dispute.state == "open"


def test_what_disputes_a_measure_is_found_though_the_comparison_before_it_is_written_last(flood):
    """As above, but the other worker has put the new figure in its place and not yet compared it."""
    flood.article(FORTY)
    second = flood.article(SIXTY).figures.get()
    dismiss_figure(second, by=flood.staff.editor, note="background")
    do_jobs()
    measure = Measure.objects.get()
    early = compare_measure(measure)
    reopen_figure(second, by=flood.staff.editor)
    carry_figures(second.document)
    store_comparison(measure, early, by=Machine("crosscheck"))
    assert Discrepancy.objects.open().count() == 1


def test_a_comparison_that_does_not_know_of_a_measure_compared_with_it_by_now_is_made_again(staff):
    ours = file_text(FORTY, desk=staff.desk, by=staff.editor, topic=TopicFactory(), kind="story")
    measure = ours.figures.get().measure
    set_general(measure, True, by=staff.desk_chief)
    do_jobs()
    measure.refresh_from_db()
    early = compare_measure(measure)
    file_text(SIXTY, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    assert Discrepancy.objects.open().count() == 1
    store_comparison(measure, early, by=Machine("crosscheck"))
    assert Discrepancy.objects.open().count() == 1


def test_a_superseded_figure_is_told_with_the_newest_that_replaces_it(staff):
    topic = TopicFactory()
    for day, toll in enumerate((12, 19, 23)):
        text = f"At least {toll} people were killed in the flood of Torvik, the council said."
        file_text(text, desk=staff.desk, by=staff.editor, topic=topic, published_at=TUESDAY + timedelta(days=day))
    do_jobs()
    reasons = list(Discrepancy.objects.open().filter(kind="superseded").values_list("reason", flat=True))
    assert len(reasons) == 2
    assert all("23" in reason for reason in reasons)


def test_a_measure_of_many_states_is_compared_with_few_queries(staff, django_assert_max_num_queries):
    measure = MeasureFactory(running=False)
    document = DocumentFactory(desk=staff.desk)
    FigureFactory.create_batch(1, document=document, measure=measure, value=1)
    for value in range(2, 121):
        FigureFactory(document=document, measure=measure, value=value * 7 + 100)
    with django_assert_max_num_queries(300):
        store_comparison(measure, compare_measure(measure), by=Machine("crosscheck"))
    count = Discrepancy.objects.count()
    assert count > 1000
    with django_assert_max_num_queries(40):
        store_comparison(measure, compare_measure(measure), by=Machine("crosscheck"))
    assert Discrepancy.objects.count() == count


def test_tolls_of_places_that_one_sentence_tells_apart_stay_apart_in_every_text(staff):
    topic = TopicFactory()
    for text in (
        "Floods killed 23 people in Ostermark and 41 in Lenn.",
        "Floods killed 23 people in Velden and 50 in Harr.",
        "Floods killed 44 people in Lenn and 19 in Ostermark.",
    ):
        file_text(text, desk=staff.desk, by=staff.editor, topic=topic, title=text)
    measures = {measure.parts.get("place"): measure for measure in Measure.objects.filter(merged_into=None)}
    assert set(measures) == {"ostermark", "lenn", "velden", "harr"}
    places = {row.measure.parts["place"] for row in Discrepancy.objects.all()}
    assert places <= {"ostermark", "lenn"}


def test_a_stored_name_that_cannot_be_kept_any_more_stops_no_alarm(staff):
    topic, good = TopicFactory(), registered("Brigade", reliability="A", reliability_reason="ten years without a fault")
    ours = file_text(
        "At least 12 people were killed in Velmora on Monday.", desk=staff.desk, by=staff.editor, topic=topic
    )
    claim = bring_to(ours.claims.get(), "signed_off", staff)
    file_text(
        "Some 90 people were killed in Velmora on Monday.",
        desk=staff.desk,
        by=staff.editor,
        topic=topic,
        kind="coverage",
        publisher=good,
        read=False,
    )
    Source.objects.filter(pk=good.pk).update(name="Brig\uffffade")  # kept before such characters were refused
    do_jobs()
    claim.refresh_from_db()
    assert claim.state == "stale"
    assert Discrepancy.objects.open().filter(kind="conflict").exists()
