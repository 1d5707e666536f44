"""People say whether two figures count the same thing: it binds these and their copies, and no machine undoes it."""

from __future__ import annotations

import pytest

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.models import Discrepancy, Event, Figure, Judgement, Measure
from factcheck.workflow.clearance import clearance
from factcheck.workflow.grouping import regroup_topic
from factcheck.workflow.judgements import confirm_judgement, judge_figures, judge_pair, withdraw_judgement
from factcheck.workflow.measures import merge_measures, pin_figure, split_measure
from factcheck.workflow.reading import reread_document
from tests.factories import TopicFactory
from tests.stories import Staff, do_jobs, file_text, revise_text

pytestmark = pytest.mark.django_db

EARLY = "The death toll of the Velmora flood stood at 12 on Tuesday, the council of Torvik said."
LATE = "The death toll of the Velmora flood stood at 19 on Tuesday, the fire brigade said."
HORSES = "The mill of Sundby lost 40 horses in the night of the storm, its owner said."


class Story:
    """A topic of one desk, and the figure of each text filed into it."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.topic = staff, TopicFactory()

    def figure(self, text: str, **values) -> Figure:
        values = {"desk": self.staff.desk, "by": self.staff.editor, "topic": self.topic, "kind": "coverage", **values}
        return file_text(text, **values).figures.anchored().get()

    def judge(self, a: Figure, b: Figure, same: bool, by=None, **values) -> Judgement:
        for figure in (a, b):
            figure.refresh_from_db()
        made = judge_figures(a, b, same, by=by or self.staff.editor, **values)
        do_jobs()
        return made

    def are_one(self, *figures: Figure) -> bool:
        for figure in figures:
            figure.refresh_from_db()
        return len({figure.measure_id for figure in figures}) == 1

    def regroup(self) -> None:
        regroup_topic(self.topic, by=Machine("test"))
        do_jobs()


@pytest.fixture
def story(staff: Staff) -> Story:
    return Story(staff)


@pytest.fixture
def toll(story: Story) -> tuple[Figure, Figure]:
    """Two tolls that the machine holds for one, and in conflict."""
    pair = story.figure(EARLY), story.figure(LATE)
    assert story.are_one(*pair)
    assert Discrepancy.objects.get().state == "open"
    return pair


def test_what_a_person_holds_apart_is_apart_and_its_conflict_closes(story, toll):
    story.judge(*toll, False)
    assert not story.are_one(*toll)
    assert Discrepancy.objects.get().state == "closed"


def test_what_a_person_holds_for_one_is_compared(story):
    toll, horses = story.figure(EARLY), story.figure(HORSES)
    assert not story.are_one(toll, horses)
    story.judge(toll, horses, True)
    assert story.are_one(toll, horses)
    row = Discrepancy.objects.get()
    assert (row.kind, row.state, row.score) == ("conflict", "open", 1.0)
    assert "somebody judged" in row.why_one


WAYS = {
    "grouping the topic anew": lambda story, pair: story.regroup(),
    "reading a text again": lambda story, pair: reread(pair[0].document, story.staff),
    "another text that tells of both": lambda story, pair: story.figure(EARLY.replace("12", "15")),
    "a sentence that comes before it": lambda story, pair: revise_text(
        pair[0].document, f"The rain was heavy that night.\n{EARLY}", by=story.staff.editor
    ),
}


def reread(document, staff) -> None:
    reread_document(document, by=staff.editor)
    do_jobs()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("same", [True, False], ids=["the same", "not the same"])
def test_a_judgement_outlasts(way, same, story):
    pair = (story.figure(EARLY), story.figure(HORSES if same else LATE))
    story.judge(*pair, same)
    assert story.are_one(*pair) == same
    WAYS[way](story, pair)
    do_jobs()
    standing = Figure.objects.anchored().filter(surface__in=[pair[0].surface, pair[1].surface])
    assert (standing.values("measure").distinct().count() == 1) == same


def test_it_binds_the_copies_of_a_text_that_come_later(story, toll):
    story.judge(*toll, False)
    copy = story.figure(EARLY, title="A copy of it", publisher_name="The Sundby Post")
    assert story.are_one(toll[0], copy)
    assert not story.are_one(toll[1], copy)


def test_two_people_do_not_judge_one_pair_in_two_ways(story, toll):
    story.judge(*toll, False)
    with pytest.raises(Invalid) as refusal:
        judge_figures(*toll, True, by=story.staff.desk_chief)
    assert refusal.value.code == "judged_otherwise"
    assert str(story.staff.editor) in refusal.value.message
    assert "Withdraw that judgement first" in refusal.value.message


def test_nor_by_the_way_of_a_third_figure(story):
    a, b, c = story.figure(EARLY), story.figure(LATE), story.figure(HORSES)
    story.judge(a, b, True)
    story.judge(b, c, False)
    with pytest.raises(Invalid) as refusal:
        judge_figures(a, c, True, by=story.staff.editor)
    assert refusal.value.code == "judged_otherwise"


def test_a_judgement_taken_back_with_a_reason_leaves_the_machine_to_decide_again(story, toll):
    made = story.judge(*toll, False)
    made.refresh_from_db()
    withdraw_judgement(made, by=story.staff.desk_chief, note="a slip of the mouse")
    do_jobs()
    assert story.are_one(*toll)
    assert Discrepancy.objects.get().state == "open"
    assert [event.action for event in Event.objects.of(made)] == ["judge", "withdraw"]


SENSELESS = [
    ("the same figure", lambda story, toll: (toll[0], toll[0]), "judged_copies"),
    (
        "a figure of another topic",
        lambda story, toll: (toll[0], Story(story.staff).figure(LATE.replace("19", "22"))),
        "judged_across_topics",
    ),
    (
        "a figure in another unit",
        lambda story, toll: (toll[0], story.figure("The pier of Velmora is 300 metres long.")),
        "judged_unlike",
    ),
]


@pytest.mark.parametrize(("what", "pair", "code"), SENSELESS, ids=[what for what, _, _ in SENSELESS])
def test_what_cannot_be_judged_is_refused_with_a_sentence(what, pair, code, story, toll):
    with pytest.raises(Invalid) as refusal:
        judge_figures(*pair(story, toll), True, by=story.staff.editor)
    assert refusal.value.code == code
    assert not Judgement.objects.exists()


ROLES = [
    ("editor", None),
    ("desk_chief", None),
    ("chief_editor", None),
    ("checker", "role_missing"),
    ("reviewer", "role_missing"),
    ("auditor", "role_missing"),
    ("service", "role_missing"),
    ("outsider", "role_missing"),
    ("superuser", "role_missing"),
]


@pytest.mark.parametrize(("role", "code"), ROLES)
def test_who_may_judge(role, code, story, toll):
    person = getattr(story.staff, role)
    if code is None:
        story.judge(*toll, False, by=person)
        assert not story.are_one(*toll)
        return
    with pytest.raises(NotAllowed) as refusal:
        judge_figures(*toll, False, by=person)
    assert refusal.value.code == code


def test_an_editor_of_one_desk_alone_does_not_judge_a_figure_of_another(story, staff):
    other = Staff()
    ours, theirs = story.figure(EARLY), story.figure(LATE, desk=other.desk, by=other.editor)
    for person in (staff.editor, other.editor):
        with pytest.raises(NotAllowed):
            judge_figures(ours, theirs, False, by=person)
    story.judge(ours, theirs, False, by=staff.chief_editor)
    assert not story.are_one(ours, theirs)


# Whoever wrote one of the texts


@pytest.fixture
def own(story: Story) -> tuple[Figure, Figure]:
    """A conflict with a text that the editor wrote."""
    return story.figure(EARLY, authors=(story.staff.editor,), by=story.staff.desk_chief), story.figure(LATE)


@pytest.mark.parametrize("same", [True, False], ids=["the same", "not the same"])
def test_an_author_only_proposes_and_a_second_person_confirms(same, story, own):
    pair = own if not same else (own[0], story.figure(HORSES))
    made = story.judge(*pair, same)
    assert made.state == "proposed"
    assert story.are_one(*pair) != same
    made.refresh_from_db()
    confirm_judgement(made, by=story.staff.desk_chief)
    do_jobs()
    made.refresh_from_db()
    assert (made.state, made.confirmed_by) == ("active", story.staff.desk_chief)
    assert story.are_one(*pair) == same


def test_an_author_does_not_confirm_what_they_proposed_nor_take_back_what_others_said(story, own):
    made = story.judge(*own, False)
    with pytest.raises(NotAllowed):
        confirm_judgement(made, by=story.staff.editor)
    confirm_judgement(made, by=story.staff.desk_chief)
    do_jobs()
    with pytest.raises(NotAllowed):
        withdraw_judgement(made, by=story.staff.editor, note="I know better")


def test_an_author_does_not_judge_two_other_texts_of_the_measure_alone_either(story, own):
    third = story.figure(LATE.replace("19", "21").replace("fire brigade", "mayor of Velmora"))
    assert story.are_one(own[1], third)
    assert story.judge(own[1], third, False).state == "proposed"


def test_the_gate_stays_shut_on_what_an_author_proposed(story, own):
    def blocked() -> bool:
        return "discrepancy_open" in {row.code for row in clearance(own[0].document).blockers}

    made = story.judge(*own, False)
    assert blocked()
    confirm_judgement(made, by=story.staff.desk_chief)
    assert not clearance(own[0].document).clear  # it is being grouped
    do_jobs()
    assert not blocked()


def test_what_stands_is_not_confirmed_again(story, toll):
    made = story.judge(*toll, False)
    with pytest.raises(WrongState):
        confirm_judgement(made, by=story.staff.desk_chief)


# Through a dispute, and through measures


def test_a_dispute_is_judged_by_its_two_figures(story, toll):
    judge_pair(Discrepancy.objects.get(), False, by=story.staff.editor, note="two floods")
    do_jobs()
    assert not story.are_one(*toll)
    assert Judgement.objects.get().note == "two floods"


def test_measures_that_a_person_merged_stay_one_when_the_topic_is_grouped_anew(story):
    toll, horses = story.figure(EARLY), story.figure(HORSES)
    merge_measures(toll.measure, horses.measure, by=story.staff.desk_chief)
    do_jobs()
    story.regroup()
    assert story.are_one(toll, horses)
    assert Judgement.objects.get().origin == "merged"


def test_what_a_person_split_off_does_not_come_back(story, toll):
    split_measure(toll[0].measure, [toll[1]], counted="people missing", by=story.staff.desk_chief)
    do_jobs()
    story.regroup()
    assert not story.are_one(*toll)
    copy = story.figure(LATE, title="A copy of it")
    assert story.are_one(toll[1], copy)


def test_a_split_taken_back_is_undone(story, toll):
    split_measure(toll[0].measure, [toll[1]], counted="people missing", by=story.staff.desk_chief)
    do_jobs()
    for made in Judgement.objects.all():
        withdraw_judgement(made, by=story.staff.desk_chief, note="it was the same toll after all")
    do_jobs()
    assert story.are_one(*toll)
    assert Figure.objects.get(pk=toll[1].pk).pinned_by is None


def test_so_is_a_pin(story, toll):
    horses = story.figure(HORSES)
    pin_figure(toll[1], horses.measure, by=story.staff.desk_chief)
    do_jobs()
    assert story.are_one(toll[1], horses)
    withdraw_judgement(Judgement.objects.get(), by=story.staff.desk_chief, note="a slip of the mouse")
    do_jobs()
    assert story.are_one(*toll)
    assert not story.are_one(toll[1], horses)


def test_measures_held_apart_by_somebody_are_not_merged(story, toll):
    story.judge(*toll, False)
    for figure in toll:
        figure.refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        merge_measures(toll[0].measure, toll[1].measure, by=story.staff.desk_chief)
    assert refusal.value.code == "judged_otherwise"
    assert not Measure.objects.exclude(merged_into=None).exists()
