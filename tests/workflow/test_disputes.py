"""All that is open of one measure is one dispute: told once, led by its most telling pair, resolved once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.errors import NotAllowed, StaleRevision
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import Desk, Discrepancy, Event, Waiver
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import disputes, resolve_dispute
from factcheck.workflow.publications import waive_document
from factcheck.workflow.transitions import OF_ANOTHER_DESK
from tests.factories import (
    DiscrepancyFactory,
    FigureFactory,
    MeasureFactory,
    TopicFactory,
    carry,
    many_discrepancies,
)
from tests.stories import TUESDAY, Staff, clear_document, do_jobs, file_text, in_hours

pytestmark = pytest.mark.django_db

COUNCIL = "The council of Torvik said 40 homes were flooded on Monday."
BRIGADE = "The fire brigade said 60 homes were flooded on Monday."
UNION = "The farmers' union said 90 homes were flooded on Monday."
POLICE = "Police said 71 homes were flooded on Monday."


class Flood:
    """One running story of a desk, and our own text in it."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.topic = staff, TopicFactory()

    def article(self, text: str, **values):
        values = {"desk": self.staff.desk, "by": self.staff.editor, "kind": "coverage", **values}
        return file_text(text, topic=self.topic, published_at=TUESDAY, **values)

    def listed_disputes(self, user=None, **asked):
        user = user or self.staff.editor
        desks = Desk.objects.visible_to(user)
        return disputes(Discrepancy.objects.visible_to(user).open(), desks=desks, **asked)

    def one(self, user=None, **asked):
        (found,) = self.listed_disputes(user, **asked)
        return found


@pytest.fixture
def flood(staff: Staff) -> Flood:
    return Flood(staff)


@pytest.fixture
def four(flood: Flood) -> Flood:
    """Four parties who give four numbers: six pairs, one dispute."""
    for text in (COUNCIL, BRIGADE, UNION, POLICE):
        flood.article(text)
    assert Discrepancy.objects.open().count() == 6
    return flood


# What leads


def test_all_pairs_of_a_measure_are_one_dispute_led_by_the_two_numbers_closest_to_each_other(four):
    dispute = four.one(statements=True)
    assert {side.first.surface for side in dispute.sides} == {"60", "71"}
    assert dispute.more == 2
    assert dispute.message == f"{dispute.leading.reason} (and 2 more statements of it)"


def test_the_others_are_listed_by_who_says_them(four):
    other = four.article(UNION, publisher_name="The Velmora Herald")
    listed = [(says, [row.first.surface for row in rows]) for says, rows in four.one(statements=True).by_party]
    assert listed == [("council of Torvik", ["40"]), ("farmers' union", ["90"])]
    (union,) = [rows[0] for says, rows in four.one(statements=True).by_party if says == "farmers' union"]
    assert other in union.documents
    assert len(union.documents) == 2


def test_two_named_parties_come_before_numbers_that_are_closer_and_have_nobody_behind_them(flood):
    flood.article(COUNCIL)
    flood.article("Some 44 homes were flooded in Torvik on Monday.", publisher_name="The Sundby Post")
    flood.article(BRIGADE)
    assert {side.first.surface for side in flood.one(statements=True).sides} == {"40", "60"}


def test_a_conflict_comes_before_a_slip_and_they_are_one_dispute(flood):
    flood.article(COUNCIL)
    flood.article("The fire brigade said 400 homes were flooded on Monday.")
    flood.article("The farmers' union said 60 homes were flooded on Monday.")
    assert {"conflict", "magnitude_slip"} == set(Discrepancy.objects.values_list("kind", flat=True))
    dispute = flood.one(statements=True)
    assert (dispute.leading.kind, dispute.more) == ("conflict", 1)
    assert {side.first.surface for side in dispute.sides} == {"40", "60"}


def test_numbers_that_are_equally_far_apart_are_told_in_the_order_of_their_ids():
    measure = MeasureFactory()
    rows = [DiscrepancyFactory(measure=measure, distance=0.5) for _ in range(3)]
    assert [row.pk for row in Discrepancy.objects.all().leading()] == [rows[0].pk]


def test_what_is_superseded_is_told_apart_from_what_is_disputed():
    measure = MeasureFactory()
    for kind in ("conflict", "magnitude_slip", "superseded", "superseded", "not_comparable"):
        DiscrepancyFactory(measure=measure, kind=kind)
    listed_disputes = [(row.leading.kind, row.more) for row in disputes(Discrepancy.objects.all())]
    assert listed_disputes == [("conflict", 2), ("superseded", 2), ("not_comparable", 0)]


def test_each_measure_has_its_own_dispute(four):
    four.article("The council of Torvik said 12 bridges were closed on Monday.")
    four.article("The fire brigade said 19 bridges were closed on Monday.")
    assert sorted(dispute.more for dispute in four.listed_disputes()) == [0, 2]


def disputed(desk: Desk, pairs: int) -> list[Discrepancy]:
    """One figure against as many others of its measure and document."""
    figure, rows = FigureFactory(document__desk=desk), []
    for n in range(pairs):
        row = DiscrepancyFactory(measure=figure.measure, a_key="a", b_key=f"b{n}")
        carry(row, a=figure, b=FigureFactory(document=figure.document, measure=figure.measure))
        rows.append(row)
    return rows


def questions(ask) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_three_disputes_are_told_in_as_many_queries_as_one(staff):
    rows, desks, listed_disputes = (
        Discrepancy.objects.visible_to(staff.editor),
        Desk.objects.visible_to(staff.editor),
        [],
    )
    disputed(staff.desk, 1)
    one = questions(lambda: disputes(rows, desks=desks, statements=True))
    for pairs in (2, 5):
        disputed(staff.desk, pairs)
    three = questions(lambda: listed_disputes.extend(disputes(rows, desks=desks, statements=True)))
    assert sorted(dispute.more for dispute in listed_disputes) == [0, 1, 4]
    assert three == one


# What the gate says


@pytest.fixture
def story(flood: Flood):
    return clear_document(flood.article(COUNCIL, kind="story"), flood.staff)


def test_the_gate_names_one_blocker_for_each_disputed_measure(flood, story):
    for text in (BRIGADE, POLICE, "The mayor said 66 homes were flooded on Monday."):
        flood.article(text)
    answer = clearance(story)
    (blocker,) = answer.blockers
    closest = Discrepancy.objects.of_document(story).get(sides__figure__surface="60")
    assert (blocker.code, blocker.record, blocker.record_id) == ("discrepancy_open", "discrepancy", closest.pk)
    assert blocker.message == f"{closest.reason} (and 2 more statements of it)"


def test_what_others_dispute_among_themselves_is_no_statement_against_this_text(flood, story):
    flood.article("The council of Torvik said 12 bridges were closed on Monday.")
    flood.article("The fire brigade said 19 bridges were closed on Monday.")
    assert clearance(story).clear


def test_a_page_that_shows_one_blocker_still_knows_of_the_other_measure(story):
    many_discrepancies(story.figures.get(), 60)
    many_discrepancies(story.figures.get(), 1, apart=True)
    short, whole = clearance(story, most=1), clearance(story)
    assert (len(short.blockers), short.more, len(whole.blockers), whole.more) == (1, 1, 2, 0)
    assert whole.blockers[0].message.endswith("(and 118 more statements of it)")


def test_a_figure_that_two_later_ones_replace_is_told_once(staff):
    topic, where = TopicFactory(), {"desk": staff.desk, "by": staff.editor}
    first = "The death toll in Velmora has reached 12, the council of Torvik said."
    story = file_text(f"{first}\n\nAt least 11 people died in Velmora, the mayor said.", topic=topic, **where)
    later = "The death toll in Velmora has risen to 19, the council of Torvik said."
    file_text(later, kind="coverage", topic=topic, published_at=TUESDAY + timedelta(days=2), **where)
    superseded = Discrepancy.objects.blocking(story).filter(kind="superseded")
    assert superseded.count() == 2
    listed_disputes = [row.message for row in clearance(story).blockers if row.code == "discrepancy_open"]
    assert [message.endswith("(and 1 more statement of it)") for message in listed_disputes] == [True]


# Who is told what


def test_a_desk_that_holds_one_side_only_is_told_that_there_is_another(staff):
    flood, theirs = Flood(staff), Staff()
    story = clear_document(flood.article(COUNCIL, kind="story"), staff)
    for text in (BRIGADE, UNION):
        flood.article(text, desk=theirs.desk, by=theirs.editor)
    assert [row.message for row in clearance(story).blockers] == [OF_ANOTHER_DESK]
    (listed_disputes,) = disputes(Discrepancy.objects.of_document(story), desks=[staff.desk.pk], statements=True)
    assert (
        listed_disputes.both_visible,
        listed_disputes.others,
        {side and side.first.surface for side in listed_disputes.sides},
    ) == (
        False,
        (),
        {"40", None},
    )


def test_a_pair_that_a_desk_sees_leads_and_the_other_desk_is_named_beside_it(staff):
    flood, theirs = Flood(staff), Staff()
    story = clear_document(flood.article(COUNCIL, kind="story"), staff)
    flood.article("The fire brigade said 41 homes were flooded on Monday.", desk=theirs.desk, by=theirs.editor)
    flood.article("The farmers' union said 60 homes were flooded on Monday.")
    (listed_disputes,) = clearance(story).blockers
    assert "60 homes" in listed_disputes.message
    assert "41" not in listed_disputes.message
    assert listed_disputes.message.endswith("A figure of another desk differs as well; ask the chief editor.")
    assert flood.one().message in listed_disputes.message


def test_a_copy_on_another_desk_is_not_listed_beside_ours(staff):
    flood, theirs = Flood(staff), Staff()
    for text in (COUNCIL, BRIGADE, UNION):
        flood.article(text)
        flood.article(text, desk=theirs.desk, by=theirs.editor)
    listed_disputes = flood.one(statements=True)
    assert {document.desk for row in listed_disputes.statements for document in row.documents} == {staff.desk}
    assert len(flood.one(staff.chief_editor, statements=True).statements[0].documents) == 2


def test_whose_figures_are_told_is_never_left_open(four):
    with pytest.raises(TypeError):
        disputes(Discrepancy.objects.open(), statements=True)


# A waiver


def test_a_waiver_covers_the_pairs_it_listed_and_no_statement_that_comes_up_later(flood, story):
    flood.article(BRIGADE)
    flood.article(UNION)
    waive_document(story, by=flood.staff.desk_chief, note="It is breaking.")
    assert clearance(story).clear
    flood.article(POLICE)
    assert not clearance(story).clear


@pytest.mark.parametrize(("all_of_them", "clear"), [(True, True), (False, False)])
def test_a_waiver_that_listed_each_pair_by_itself_covers_their_dispute_if_it_listed_all(
    all_of_them, clear, flood, story
):
    flood.article(BRIGADE)
    flood.article(POLICE)
    pairs = list(Discrepancy.objects.blocking(story).values_list("pk", flat=True))
    assert len(pairs) == 2
    listed_disputes = {"code": "discrepancy_open", "record": "discrepancy", "message": "40 against 60."}
    Waiver.objects.create(
        revision=story.current_revision,
        reason="It is breaking.",
        expires_at=in_hours(2),
        at=in_hours(0),
        by=flood.staff.desk_chief,
        covers=[{**listed_disputes, "record_id": pk} for pk in pairs[: None if all_of_them else 1]],
    )
    assert clearance(story).clear == clear


# Resolved once


def test_resolving_the_leading_pair_resolves_the_dispute_with_one_event_for_each_pair(four):
    row = four.one().leading
    resolve_dispute(row, "explained", by=four.staff.editor, note="they count other districts")
    assert (row.state, row.resolved_by) == ("resolved", four.staff.editor)
    assert set(Discrepancy.objects.values_list("state", "resolution", "resolution_note")) == {
        ("resolved", "explained", "they count other districts")
    }
    for pair in Discrepancy.objects.all():
        (event,) = Event.objects.of(pair).filter(action="resolve")
        assert (event.actor, event.from_state, event.to_state, event.facts) == (
            four.staff.editor,
            "open",
            "resolved",
            {"resolution": "explained"},
        )
    assert four.listed_disputes() == []


def test_a_statement_made_after_the_resolution_opens_the_dispute_again_with_its_own_pairs_alone(four):
    resolve_dispute(four.one().leading, "explained", by=four.staff.editor, note="they count other districts")
    four.article(POLICE, publisher_name="The Velmora Herald")
    assert four.listed_disputes() == [], "a later copy is covered"
    four.article("The mayor said 66 homes were flooded on Monday.")
    assert Discrepancy.objects.open().count() == 4
    assert four.one().more == 3


def test_what_was_found_since_the_person_looked_stays_open(flood):
    for text in (COUNCIL, BRIGADE, UNION):
        flood.article(text)
    seen = flood.one()
    newest = Discrepancy.objects.latest("pk").pk
    flood.article(POLICE)
    resolve_dispute(seen.leading, "explained", by=flood.staff.editor, note="two counts", newest=newest)
    assert Discrepancy.objects.open().count() == 3


def test_what_was_resolved_at_another_time_is_told_with_its_own_note(four):
    resolve_dispute(four.one().leading, "explained", by=four.staff.editor, note="they count other districts")
    four.article("The mayor said 95 homes were flooded on Monday.")
    resolve_dispute(four.one().leading, "corrected", by=four.staff.desk_chief, note="the mayor takes it back")
    listed_disputes = disputes(Discrepancy.objects.all(), order=["pk"])
    assert [(row.leading.resolution, row.more) for row in listed_disputes] == [("explained", 2), ("corrected", 3)]


def test_a_changed_pair_is_not_resolved_by_who_saw_it_before(four):
    row = four.one().leading
    with pytest.raises(StaleRevision):
        resolve_dispute(row, "explained", by=four.staff.editor, note="two counts", version=row.version + 1)
    assert Discrepancy.objects.open().count() == 6


def test_the_author_of_one_text_in_it_resolves_nothing_of_the_dispute(four):
    row = four.one().leading
    author = four.staff.editor
    four.article(UNION.replace("90", "95")).authors.add(author)
    with pytest.raises(NotAllowed) as refusal:
        resolve_dispute(row, "explained", by=author, note="two counts")
    assert refusal.value.code == "four_eyes_author"
    assert not Discrepancy.objects.filter(state="resolved").exists()
    assert not Event.objects.filter(action="resolve").exists()


def test_who_is_no_editor_of_a_desk_in_it_resolves_nothing_of_the_dispute(staff):
    flood, theirs = Flood(staff), Staff()
    for text in (COUNCIL, BRIGADE, UNION):
        flood.article(text)
    flood.article(UNION, desk=theirs.desk, by=theirs.editor)
    row = Discrepancy.objects.exclude(sides__figure__document__desk=theirs.desk).get()
    with pytest.raises(NotAllowed) as refusal:
        resolve_dispute(row, "explained", by=staff.editor, note="two counts")
    assert refusal.value.code == "role_missing"
    assert Discrepancy.objects.open().count() == 3
    resolve_dispute(row, "explained", by=staff.chief_editor, note="two counts")
    assert not Discrepancy.objects.open().exists()


def test_pairs_that_an_editor_does_not_see_stay_open_when_they_resolve_theirs(staff):
    flood, theirs = Flood(staff), Staff()
    for text in (COUNCIL, BRIGADE):
        flood.article(text)
    flood.article(UNION, desk=theirs.desk, by=theirs.editor)
    resolve_dispute(flood.one().leading, "explained", by=staff.editor, note="two counts")
    assert Discrepancy.objects.open().count() == 2


def test_many_pairs_are_resolved_in_few_queries(staff, django_assert_max_num_queries):
    row = disputed(staff.desk, 40)[-1]
    with django_assert_max_num_queries(40):
        resolve_dispute(row, "explained", by=staff.editor, note="two counts")
    assert not Discrepancy.objects.open().exists()


def test_the_numbers_of_a_known_pair_are_weighed_anew_when_it_is_compared_again(flood):
    flood.article(COUNCIL)
    flood.article(BRIGADE)
    Discrepancy.objects.update(two_parties=False, distance=0)
    enqueue_crosscheck("topic", flood.topic, desk=flood.staff.desk)
    do_jobs()
    row = Discrepancy.objects.get()
    assert (row.two_parties, round(row.distance, 2)) == (True, 0.33)
