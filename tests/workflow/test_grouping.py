"""Which measure a figure is of: grouped with its topic as texts arrive, unmoved by what is under embargo."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.jobs.queue import enqueue
from factcheck.models import (
    Discrepancy,
    Document,
    Figure,
    FigureProfile,
    Job,
    MatchingWeights,
    Measure,
    TopicMatching,
)
from factcheck.reports.builders import build_document
from factcheck.workflow import grouping
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import disputes
from factcheck.workflow.documents import withdraw_document
from factcheck.workflow.grouping import regroup_after_embargoes, regroup_topic, request_nightly_regrouping
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import set_topic
from factcheck.workflow.metadata import update_metadata
from tests.factories import TopicFactory
from tests.stories import Staff, do_jobs, file_text, revise_text

pytestmark = pytest.mark.django_db

TEXTS = {
    "council": "The death toll of the Velmora flood stood at 12 on Tuesday, the council of Torvik said. Some 4,000 homes lost power.",
    "brigade": "The death toll of the Velmora flood stood at 19 on Tuesday, the fire brigade said. Repairs may cost $40 million.",
    "mayor": "The mayor of Velmora said the flood left 4,000 homes without power. The council put repairs at $40 million.",
    "mill": "The mill of Sundby lost 40 horses in the night of the storm, its owner said.",
}


def file_all(staff: Staff, topic, names=tuple(TEXTS), **values) -> None:
    for name in names:
        file_text(TEXTS[name], desk=staff.desk, by=staff.editor, topic=topic, title=name, kind="coverage", **values)


def groups(topic) -> set[frozenset[str]]:
    """The figures that are of one measure, each by its text and its words; those alone are left out."""
    found: dict[int, set[str]] = {}
    for figure in Figure.objects.compared().filter(document__topic=topic).select_related("document"):
        found.setdefault(figure.measure_id or 0, set()).add(f"{figure.document.title} {figure.surface}")
    return {frozenset(members) for members in found.values() if len(members) > 1}


TOLD = {
    frozenset({"council 12", "brigade 19"}),
    frozenset({"council 4,000", "mayor 4,000"}),
    frozenset({"brigade $40 million", "mayor $40 million"}),
}


def test_the_figures_of_a_topic_fall_into_their_measures(staff):
    topic = TopicFactory()
    file_all(staff, topic)
    assert groups(topic) == TOLD


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_texts_arrive_makes_no_other_measures_and_no_other_disputes(seed, staff):
    names = list(TEXTS)
    Random(seed).shuffle(names)
    topic = TopicFactory()
    file_all(staff, topic, names)
    assert groups(topic) == TOLD
    assert [(row.kind, row.state) for row in Discrepancy.objects.all()] == [("conflict", "open")]


def test_a_topic_grouped_anew_at_night_is_as_it_stood(staff):
    topic = TopicFactory()
    file_all(staff, topic)
    before = list(Figure.objects.order_by("pk").values_list("measure", flat=True))
    assert regroup_topic(topic, by=Machine("test")).figures == 0
    assert list(Figure.objects.order_by("pk").values_list("measure", flat=True)) == before


def test_in_a_large_topic_a_text_joins_the_groups_that_stand(staff, monkeypatch):
    topic = TopicFactory()
    file_all(staff, topic, ["council", "mill"])
    monkeypatch.setattr(grouping, "REGROUP_LIMIT", 0)
    file_all(staff, topic, ["brigade", "mayor"])
    assert groups(topic) == TOLD
    regroup_topic(topic, by=Machine("test"))
    assert groups(topic) == TOLD


def test_copies_of_one_text_cost_a_group_nothing(staff, django_assert_max_num_queries):
    topic = TopicFactory()
    for number in range(12):
        file_text(
            TEXTS["council"],
            desk=staff.desk,
            by=staff.editor,
            topic=topic,
            publisher_name=f"Paper {number}",
            title=f"copy {number}",
            kind="coverage",
        )
    assert FigureProfile.objects.values("wording").distinct().count() == 2
    assert Figure.objects.values("measure").distinct().count() == 2
    with django_assert_max_num_queries(40):
        regroup_topic(topic, by=Machine("test"))


def test_a_text_without_a_topic_is_grouped_by_itself(staff):
    text = "The council of Torvik said 40 homes were flooded. In all, 40 homes were flooded, the council said later."
    document = file_text(text, desk=staff.desk, by=staff.editor)
    assert document.figures.values("measure").distinct().count() == 1
    assert not TopicMatching.objects.exists()


def test_a_text_that_moves_to_another_topic_is_grouped_there(staff):
    first, second = TopicFactory(), TopicFactory()
    file_all(staff, first, ["council"])
    file_all(staff, second, ["brigade"])
    set_topic(Document.objects.get(title="council"), second, by=staff.desk_chief)
    do_jobs()
    assert frozenset({"council 12", "brigade 19"}) in groups(second)
    assert Discrepancy.objects.get().state == "open"


def test_an_edited_number_stays_in_the_measure_of_the_old_one(staff):
    document = file_text(TEXTS["mill"], desk=staff.desk, by=staff.editor, topic=TopicFactory())
    measure = document.figures.get().measure_id
    revise_text(document, TEXTS["mill"].replace("40", "45"), by=staff.editor)
    assert document.figures.anchored().get().measure_id == measure


def test_a_measure_has_a_name_in_words_and_never_a_key(staff):
    file_all(staff, TopicFactory())
    for measure in Measure.objects.all():
        assert "|" not in str(measure)
        assert str(measure)
    assert str(Measure(key="ratio|x", dimension="ratio")) == "a share"
    assert str(Measure(key="x")) == "not grouped"


def test_a_conflict_says_how_sure_it_is_and_why_both_are_one_measure(staff):
    file_all(staff, TopicFactory(), ["council", "brigade"])
    row = Discrepancy.objects.get()
    assert 0 < row.score <= 1
    assert row.why_one.startswith("Held to be of one measure because ")
    assert "|" not in row.why_one


# One text alone

ALONE = [
    (
        "Ferry fire kills 12",
        "The ferry fire killed 21 people on Monday, police said.",
        "The headline’s number is not in the text: 21 people killed",
    ),
    ("Ferry fire kills 21", "The ferry fire killed 21 people on Monday, police said.", ""),
    ("Ferry fire", "The ferry fire killed 21 people, the mayor said. Police said the ferry fire killed 12 people.", ""),
    (
        "Ferry fire",
        "The ferry fire killed 21 people in Ost, police said. The ferry fire killed 12 people, police said.",
        "The text says both: ",
    ),
    (
        "Ferry fire",
        "The ferry fire killed 21 people, police said. It killed another 12 people in the port, police said.",
        "",
    ),
    ("The herd", "Six sailors and two cooks died, nine people in all.", "6 "),
]


@pytest.mark.parametrize(("title", "text", "finding"), ALONE, ids=[f"{title}: {text}" for title, text, _ in ALONE])
def test_what_does_not_go_together_in_one_text_is_told_of_the_text(title, text, finding, staff):
    document = file_text(text, desk=staff.desk, by=staff.editor, title=title)
    found = document.findings
    assert (len(found), "".join(found).startswith(finding)) == (int(bool(finding)), True), found
    part = build_document(document).documents[0]
    assert list(part.findings) == found


# Under embargo


@pytest.fixture
def secret(staff: Staff) -> tuple[Staff, Staff, Document]:
    """A text of another desk, and one of ours under embargo that is in conflict with it."""
    other, topic = Staff(), TopicFactory()
    file_all(other, topic, ["council", "mill"])
    until = timezone.now() + timedelta(hours=3)
    ours = file_text(
        TEXTS["brigade"], desk=staff.desk, by=staff.desk_chief, topic=topic, title="brigade", embargo_until=until
    )
    return staff, other, ours


def shown_to(desk) -> list[str]:
    return [row.leading.kind for row in disputes(Discrepancy.objects.open().of_desk(desk), desks=[desk.pk])]


def test_what_is_under_embargo_moves_no_group_and_no_count_of_its_topic(staff):
    topic = TopicFactory()
    file_all(staff, topic, ["council", "mill"])
    stats = TopicMatching.objects.get().stats
    before = {*Measure.objects.values_list("pk", flat=True)}
    until = timezone.now() + timedelta(hours=3)
    file_all(staff, topic, ["brigade"], embargo_until=until)
    regroup_topic(topic, by=Machine("test"))
    assert TopicMatching.objects.get().stats == stats
    held = Measure.objects.exclude(pk__in=before)
    assert {measure.embargoed.title for measure in held} == {"brigade"}
    assert not Figure.objects.filter(measure__in=before, document__title="brigade").exists()


def test_it_is_compared_for_its_own_desk_alone(secret):
    staff, other, ours = secret
    assert shown_to(staff.desk) == ["conflict"]
    assert shown_to(other.desk) == []
    blockers = {row.code for row in clearance(ours).blockers}
    theirs = {row.code for row in clearance(Document.objects.get(title="council")).blockers}
    assert "discrepancy_open" in blockers
    assert "discrepancy_open" not in theirs


def test_when_the_embargo_ends_it_enters_the_topic_and_is_compared_with_all(secret):
    staff, other, ours = secret
    Document.objects.filter(pk=ours.pk).update(embargo_until=timezone.now() - timedelta(minutes=1))
    enqueue("sweep", "now", {})
    do_jobs()
    assert frozenset({"council 12", "brigade 19"}) in groups(ours.topic)
    assert shown_to(staff.desk) == shown_to(other.desk) == ["conflict"]
    assert regroup_after_embargoes(timezone.now()) == 0


def test_so_it_does_when_an_editor_lifts_it(secret):
    _, other, ours = secret
    update_metadata(ours, by=secret[0].chief_editor, embargo_until=None)
    do_jobs()
    assert shown_to(other.desk) == ["conflict"]


def test_a_text_put_under_embargo_later_leaves_the_groups(staff):
    topic = TopicFactory()
    file_all(staff, topic, ["council", "brigade"])
    ours = Document.objects.get(title="brigade")
    update_metadata(ours, by=staff.chief_editor, embargo_until=timezone.now() + timedelta(hours=2))
    do_jobs()
    assert groups(topic) == set()
    assert Measure.objects.filter(embargoed=ours, figures__isnull=False).exists()


def test_a_text_that_arrives_meanwhile_is_compared_with_it_and_knows_nothing_of_it(secret):
    staff, other, ours = secret
    text = TEXTS["council"].replace("12 on Tuesday, the council of Torvik", "27 on Tuesday, the mayor of Velmora")
    file_text(text, desk=other.desk, by=other.editor, topic=ours.topic, title="mayor", kind="coverage")
    reported = [row.reason for row in Discrepancy.objects.open().of_desk(staff.desk)]
    assert any("27" in reason and "19" in reason for reason in reported)
    assert not any("19" in row.reason for row in Discrepancy.objects.open().of_desk(other.desk))


# What goes wrong


def test_weights_that_cannot_be_read_stop_nothing_that_stands(staff):
    topic = TopicFactory()
    file_all(staff, topic, ["council", "brigade"])
    before = list(Figure.objects.order_by("pk").values_list("measure", flat=True))
    MatchingWeights.objects.update(numbers={"version": "1"})
    late = file_text(TEXTS["mayor"], desk=staff.desk, by=staff.editor, topic=topic, title="mayor")
    assert late.figures.count() == 2
    assert list(Figure.objects.order_by("pk").values_list("measure", flat=True))[:4] == before
    assert Discrepancy.objects.get().state == "open"
    assert "discrepancy_open" in {row.code for row in clearance(Document.objects.get(title="council")).blockers}
    reported = Job.objects.filter(name="crosscheck", state="failed").first().error
    assert "the weights cannot be read" in reported
    assert "use_weights" in reported
    MatchingWeights.objects.all().delete()
    regroup_topic(topic, by=Machine("test"))
    assert frozenset({"council 4,000", "mayor 4,000"}) in groups(topic)


def test_a_text_withdrawn_is_in_no_group_and_the_topic_forgets_its_words_at_night(staff):
    topic = TopicFactory()
    file_all(staff, topic, ["council", "mill"])
    withdraw_document(Document.objects.get(title="mill"), by=staff.editor, note="a hoax")
    regroup_topic(topic, by=Machine("test"))
    assert "horse" not in TopicMatching.objects.get().stats["words"]


def test_a_text_withdrawn_while_its_topic_is_grouped_disputes_nothing(staff, monkeypatch):
    topic = TopicFactory()
    file_all(staff, topic)
    brigade = Document.objects.get(title="brigade")

    def group_meanwhile(*given, **more):
        if brigade.state != "withdrawn":
            withdraw_document(brigade, by=staff.desk_chief, note="filed twice")
        return group(*given, **more)

    group = grouping.group
    monkeypatch.setattr(grouping, "group", group_meanwhile)
    regroup_topic(topic, by=Machine("test"))
    do_jobs()
    assert brigade.state == "withdrawn"
    assert not Discrepancy.objects.filter(state="open").exists()
    assert not any("brigade" in name for names in groups(topic) for name in names)


def test_an_erased_text_leaves_no_word_in_what_is_kept_for_matching(staff):
    topic = TopicFactory()
    file_all(staff, topic, ["council", "mill"])
    erase_document(Document.objects.get(title="mill"), by=staff.desk_chief, note="a court says so")
    assert not FigureProfile.objects.filter(figure__document__title="").exists()
    kept = f"{list(FigureProfile.objects.values('prepared'))} {list(TopicMatching.objects.values('stats'))}"
    assert "sundby" not in kept.casefold()
    do_jobs()
    assert "horse" not in TopicMatching.objects.get().stats["words"]


def test_topics_with_new_texts_are_grouped_anew_once_a_night(staff):
    fresh, quiet = TopicFactory(), TopicFactory()
    file_all(staff, fresh, ["council"])
    file_all(staff, quiet, ["mill"])
    regroup_topic(quiet, by=Machine("test"))
    night = timezone.now().replace(hour=grouping.REGROUP_HOUR)
    assert request_nightly_regrouping(night.replace(hour=grouping.REGROUP_HOUR + 1)) == 0
    assert request_nightly_regrouping(night) == 1
    assert Job.objects.get(name="regroup").args == {"topic": fresh.pk}
    do_jobs()
    assert request_nightly_regrouping(night) == 0
