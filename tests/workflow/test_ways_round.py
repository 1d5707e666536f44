"""No way round a judgement, and no way to see what is under embargo: each of these was one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from factcheck.errors import Invalid, NotAllowed
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import CrossCheck, Discrepancy, Figure, Judgement, Measure, Scope
from factcheck.text import Basis
from factcheck.workflow.claims import dismiss_figure, reopen_figure
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import disputes, resolve_dispute
from factcheck.workflow.figures import date_figure
from factcheck.workflow.grouping import regroup_after_embargoes
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.measures import merge_measures, pin_figure, set_topic, split_measure
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.reading import reread_document
from tests.factories import TopicFactory
from tests.stories import Staff, do_jobs, file_text, revise_text
from tests.workflow.test_judgements import EARLY, HORSES, LATE, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(staff: Staff) -> Story:
    return Story(staff)


@pytest.fixture
def other() -> Staff:
    return Staff()


def fresh(*rows) -> None:
    for row in rows:
        row.refresh_from_db()


def secret(story: Story, text: str = LATE, **values) -> Figure:
    """The figure of a text under embargo."""
    return story.figure(text, title="under embargo", embargo_until=timezone.now() + timedelta(hours=3), **values)


def blocked(figure: Figure) -> bool:
    return "discrepancy_open" in {row.code for row in clearance(figure.document).blockers}


# Judgements


def test_an_author_does_not_judge_copies_in_a_text_of_no_topic(story):
    own = story.figure(EARLY, authors=(story.staff.editor,), by=story.staff.desk_chief)
    theirs = story.figure(LATE)
    trick = file_text(f"{EARLY}\n{LATE}", desk=story.staff.desk, by=story.staff.editor, title="notes")
    judge_figures(*trick.figures.anchored().order_by("pk"), False, by=story.staff.editor)
    do_jobs()
    story.regroup()
    assert story.are_one(own, theirs)
    assert Discrepancy.objects.get(measure__topic=story.topic).state == "open"


def test_a_judgement_of_another_topic_binds_nothing_here(story, other):
    ours = story.figure(EARLY), story.figure(LATE)
    story.judge(*ours, False)
    theirs = Story(other)
    copies = [theirs.figure(text) for text in (EARLY, LATE)]
    theirs.judge(*copies, True)
    story.regroup()
    assert not story.are_one(*ours)


def test_a_judgement_goes_with_both_texts_to_another_topic(story):
    pair = story.figure(EARLY), story.figure(LATE)
    story.judge(*pair, False)
    there = TopicFactory()
    for figure in pair:
        set_topic(figure.document, there, by=story.staff.desk_chief)
    do_jobs()
    assert not story.are_one(*pair)


@pytest.mark.parametrize(
    "wording", [EARLY.replace("the Velmora flood", "the great Velmora flood"), f"Rain fell all night. {EARLY}"]
)
def test_a_judgement_goes_with_a_figure_whose_neighbours_were_edited(wording, story):
    toll, horses = story.figure(EARLY), story.figure(HORSES)
    story.judge(toll, horses, True)
    revise_text(toll.document, wording, by=story.staff.editor)
    story.regroup()
    assert story.are_one(toll, horses)


def test_what_was_judged_is_not_split_or_pinned_otherwise(story):
    toll, late, horses = story.figure(EARLY), story.figure(LATE), story.figure(HORSES)
    story.judge(toll, late, True)
    story.judge(late, horses, False)
    fresh(toll, late, horses)
    with pytest.raises(Invalid, match="are the same thing"):
        split_measure(toll.measure, [late], counted="missing", by=story.staff.desk_chief)
    with pytest.raises(Invalid, match="are not the same thing"):
        pin_figure(horses, toll.measure, by=story.staff.desk_chief)


def test_a_refusal_names_no_figure_of_another_desk(story, other):
    hidden = story.figure(HORSES, desk=other.desk, by=other.editor)
    toll, late = story.figure(EARLY), story.figure(LATE)
    story.judge(toll, hidden, True, by=story.staff.chief_editor)
    story.judge(hidden, late, False, by=story.staff.chief_editor)
    with pytest.raises(Invalid) as refusal:
        judge_figures(toll, late, True, by=story.staff.editor)
    assert "horses" not in refusal.value.message


def test_a_pin_judges_no_figure_of_another_desk(story, other):
    theirs, ours = story.figure(EARLY, desk=other.desk, by=other.editor), story.figure(HORSES)
    fresh(theirs, ours)
    pin_figure(ours, theirs.measure, by=story.staff.desk_chief)
    assert not Judgement.objects.exists()


def test_many_measures_merged_into_one_stay_one(story):
    toll = story.figure(EARLY)
    others = [
        story.figure(text)
        for text in (
            HORSES,
            "The school of Bergen has 420 pupils this year.",
            "Farmers in Holm sold 640 sheep at auction.",
            "The library of Lund lent 88 books in May.",
        )
    ]
    for figure in others:
        fresh(figure, toll)
        merge_measures(figure.measure, toll.measure, by=story.staff.desk_chief)
        do_jobs()
    story.regroup()
    assert story.are_one(toll, *others)


def test_a_newer_arrangement_takes_the_place_of_an_older_one(story):
    toll, horses = story.figure(EARLY), story.figure(HORSES)
    merge_measures(toll.measure, horses.measure, by=story.staff.desk_chief)
    do_jobs()
    fresh(toll, horses)
    split_measure(horses.measure, [toll], counted="people", by=story.staff.desk_chief)
    do_jobs()
    story.regroup()
    assert not story.are_one(toll, horses)


def test_a_measure_is_split_where_the_topic_has_two_of_its_kind(story):
    toll, late = story.figure(EARLY), story.figure(LATE)
    story.judge(toll, late, False)
    fresh(toll, late)
    made = split_measure(toll.measure, [toll], counted="missing", by=story.staff.desk_chief)
    assert Measure.objects.filter(topic=story.topic, key=made.key).count() == 1


def test_what_people_settled_does_not_open_again_where_two_measures_become_one(story):
    toll, late = story.figure(EARLY), story.figure(LATE)
    sheep = story.figure("The storm in Sundby killed 300 sheep on Tuesday, the vet said.")
    story.figure("The storm in Sundby killed 450 sheep on Tuesday, the farmers said.")
    for row in Discrepancy.objects.open():
        resolve_dispute(row, "explained", by=story.staff.desk_chief, note="two counts")
    story.judge(toll, sheep, True, by=story.staff.desk_chief)
    reported = [row.reason for row in Discrepancy.objects.open()]
    assert not [reason for reason in reported if "12" in reason and "19" in reason]
    assert not [reason for reason in reported if "300" in reason and "450" in reason]
    assert late.measure_id


def test_a_figure_taken_back_is_grouped_again(story):
    toll = story.figure(EARLY)
    dismiss_figure(toll, by=story.staff.editor, note="idle")
    late = story.figure(LATE)
    fresh(toll)
    reopen_figure(toll, by=story.staff.editor)
    do_jobs()
    assert story.are_one(toll, late)
    assert Discrepancy.objects.get().state == "open"


def test_a_figure_that_a_person_dated_is_matched_by_that_day(story):
    toll = story.figure(EARLY)
    before = toll.profile.prepared["day"]
    date_figure(toll, date(2026, 3, 2), Basis.STATED, "state_as_of", by=story.staff.reviewer, version=None)
    toll.profile.refresh_from_db()
    assert toll.profile.prepared["day"] == date(2026, 3, 2).toordinal() != before
    reread_document(toll.document, by=story.staff.editor)
    do_jobs()
    toll.profile.refresh_from_db()
    assert toll.profile.prepared["day"] == date(2026, 3, 2).toordinal()


# Embargo


def test_a_copy_on_their_desk_shows_nothing_of_our_text_under_embargo(story, other):
    for text in (EARLY, LATE):
        story.figure(text, desk=other.desk, by=other.editor)
    secret(story, EARLY)
    assert Discrepancy.objects.visible_to(other.editor).count() == 1
    assert Discrepancy.objects.visible_to(story.staff.editor).count() == 0


def test_a_crosscheck_of_theirs_counts_nothing_of_ours_under_embargo(story, other):
    toll = story.figure(EARLY, desk=other.desk, by=other.editor)
    secret(story)
    enqueue_crosscheck(Scope.DOCUMENT, toll.document, desk=other.desk)
    do_jobs()
    assert CrossCheck.objects.visible_to(other.editor).first().found == {}


def test_an_author_of_what_is_under_embargo_arranges_nothing_it_is_held_against(story):
    toll, horses = story.figure(EARLY), story.figure(HORSES)
    own = secret(story, authors=(story.staff.editor,), by=story.staff.desk_chief)
    assert blocked(own)
    fresh(toll, horses)
    assert judge_figures(toll, horses, True, by=story.staff.editor).state == "proposed"
    for action in (
        lambda: split_measure(toll.measure, [toll], counted="missing", by=story.staff.editor),
        lambda: dismiss_figure(toll, by=story.staff.editor, note="idle"),
        lambda: set_topic(toll.document, None, by=story.staff.editor),
    ):
        with pytest.raises(NotAllowed):
            action()
    assert blocked(own)


def test_what_is_under_embargo_is_arranged_when_that_has_ended(story):
    toll, own = story.figure(EARLY), secret(story)
    fresh(toll, own)
    for action in (
        lambda: pin_figure(own, toll.measure, by=story.staff.desk_chief),
        lambda: split_measure(own.measure, [own], counted="missing", by=story.staff.desk_chief),
        lambda: merge_measures(own.measure, toll.measure, by=story.staff.desk_chief),
    ):
        with pytest.raises(Invalid):
            action()


def test_a_pinned_figure_whose_text_comes_under_embargo_goes_back_when_that_ends(story, other):
    toll = story.figure(EARLY, desk=other.desk, by=other.editor)
    own = story.figure(LATE)
    fresh(toll, own)
    pin_figure(own, toll.measure, by=story.staff.desk_chief)
    do_jobs()
    update_metadata(own.document, by=story.staff.chief_editor, embargo_until=timezone.now() + timedelta(hours=2))
    do_jobs()
    assert disputes(Discrepancy.objects.open().of_desk(other.desk), desks=[other.desk.pk]) == []
    update_metadata(own.document, by=story.staff.chief_editor, embargo_until=None)
    do_jobs()
    assert story.are_one(toll, own)
    assert len(disputes(Discrepancy.objects.open().of_desk(other.desk), desks=[other.desk.pk])) == 1
    assert regroup_after_embargoes(timezone.now()) == 0


def test_it_is_held_against_a_measure_that_was_merged_all_the_same(story, other):
    toll, horses = (story.figure(text, desk=other.desk, by=other.editor) for text in (EARLY, HORSES))
    own = secret(story)
    assert blocked(own)
    fresh(toll, horses)
    merge_measures(toll.measure, horses.measure, by=other.desk_chief)
    do_jobs()
    story.regroup()
    assert blocked(own)
