"""The gate: each thing that blocks a revision, by its code, and what opens it again."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factcheck.errors import Invalid
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import Claim, Document, Figure, Policy
from factcheck.tasks import work
from factcheck.workflow.claims import accept_claim, add_claim, dismiss_claim, dismiss_figure, place_claim
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.documents import revise_document, withdraw_document
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.publications import waive_document
from factcheck.workflow.verification import challenge_claim, waive_claim
from tests.factories import TopicFactory, many_discrepancies
from tests.stories import TUESDAY, Staff, bring_to, clear_document, do_jobs, file_text, in_hours, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
HORSES = "The mill of Velmora lost 12 horses in the night."


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(HOMES, desk=staff.desk, by=staff.editor)


def codes(document: Document, **asked) -> set[str]:
    document.refresh_from_db()
    answer = clearance(document, **asked)
    assert answer.clear == (not answer.blockers)
    return {blocker.code for blocker in answer.blockers}


def test_a_text_that_was_never_read_is_not_in_check(staff):
    assert codes(file_text(HOMES, desk=staff.desk, by=staff.editor, read=False)) == {"not_in_check", "reading_pending"}


def test_a_withdrawn_document_is_never_clear(story, staff):
    clear_document(story, staff)
    assert codes(story) == set()
    withdraw_document(story, by=staff.editor, note="a hoax")
    assert codes(story) == {"not_in_check"}


def test_nobody_has_looked_at_a_fresh_text(story):
    assert codes(story) == {"claim_unchecked", "figure_unattended"}


def test_a_newer_text_that_is_still_being_read_shuts_the_gate(story, staff):
    clear_document(story, staff)
    revise_document(story, HORSES.encode(), by=staff.editor)
    assert codes(story) == {"reading_pending"}


def test_a_newer_text_that_could_not_be_read_shuts_the_gate_until_a_readable_one_comes(story, staff):
    clear_document(story, staff)
    revise_document(story, b"\x00\x01\x02\xff" * 50, by=staff.editor)
    work()
    assert codes(story) == {"reading_failed"}
    revise_text(story, HOMES, by=staff.editor)
    assert codes(story) == set()


def test_a_running_cross_check_shuts_the_gate(story, staff):
    clear_document(story, staff)
    enqueue_crosscheck("document", story)
    assert codes(story) == {"crosscheck_pending"}
    do_jobs()
    assert codes(story) == set()


def test_the_host_asks_with_the_hash_of_what_it_will_publish(story, staff):
    clear_document(story, staff)
    right = hashlib.sha256(HOMES.encode()).hexdigest()
    assert codes(story, source_sha256=right) == codes(story, source_sha256=right.upper()) == set()
    assert codes(story, source_sha256=hashlib.sha256(b"another text").hexdigest()) == {"not_this_revision"}
    revise_text(story, HOMES + " ", by=staff.editor)
    assert codes(story, source_sha256=right) == {"not_this_revision"}


@pytest.mark.parametrize("state", ["open", "in_verification", "in_review"])
def test_a_claim_in_work_blocks(state, story, staff):
    bring_to(story.claims.get(), state, staff)
    assert codes(story) == {"claim_unchecked"}


def test_a_challenged_claim_blocks_as_stale(story, staff):
    clear_document(story, staff)
    challenge_claim(story.claims.get(), by=staff.checker, note="a reader wrote in")
    assert codes(story) == {"claim_stale"}
    bring_to(story.claims.get(), "signed_off", staff)
    assert codes(story) == set()


def test_a_dismissed_claim_does_not_block(story, staff):
    dismiss_claim(story.claims.get(), by=staff.editor, note="idle")
    assert codes(story) == set()


def test_a_waived_claim_does_not_block_until_the_waiver_runs_out(story, staff):
    accept_claim(story.claims.get(), by=staff.editor)
    waive_claim(story.claims.get(), by=staff.desk_chief, note="breaking", expires_at=in_hours(2))
    assert codes(story) == set()
    assert codes(story, at=in_hours(3)) == {"waiver_expired"}


def test_a_claim_is_waived_for_a_year_at_most(story, staff):
    claim = story.claims.get()
    accept_claim(claim, by=staff.editor)
    with pytest.raises(Invalid) as refused:
        waive_claim(claim, by=staff.desk_chief, note="breaking", expires_at=in_hours(24 * 366 + 1))
    assert refused.value.code == "expiry_too_far"
    assert refused.value.message == "A waiver of a claim lasts at most 366 days."
    claim.refresh_from_db()
    assert claim.state == "open"
    waive_claim(claim, by=staff.desk_chief, note="breaking", expires_at=in_hours(24 * 365))
    assert codes(story) == set()


def test_the_desk_s_threshold_decides_what_must_be_checked(story, staff):
    policy = Policy.objects.create(desk=staff.desk, threshold=0.9)
    assert story.claims.get().checkworthiness < 0.9
    assert codes(story) == set()
    policy.threshold = 0.1
    policy.save()
    assert codes(story) == {"claim_unchecked", "figure_unattended"}


def test_a_claim_below_the_threshold_blocks_once_a_person_has_accepted_it(story, staff):
    Policy.objects.create(desk=staff.desk, threshold=0.9)
    accept_claim(story.claims.get(), by=staff.editor)
    assert codes(story) == {"claim_unchecked"}


VERDICTS = [  # verdict, the copy attributes the claim, the signer confirmed it: clear?
    ("supported", False, False, True),
    ("supported", True, False, True),
    ("not_enough_evidence", True, True, True),
    ("not_enough_evidence", True, False, False),
    ("not_enough_evidence", False, True, False),
    ("conflicting_evidence", True, True, True),
    ("conflicting_evidence", True, False, False),
    ("refuted", True, True, False),
    ("outdated", True, True, False),
]


@pytest.mark.parametrize(("label", "attributed", "confirmed", "clear"), VERDICTS)
def test_which_signed_verdicts_clear(label, attributed, confirmed, clear, staff):
    text = HOMES if attributed else HORSES
    story = file_text(text, desk=staff.desk, by=staff.editor)
    claim = story.claims.get()
    assert (claim.attribution is not None) == attributed
    bring_to(claim, "signed_off", staff, label, attributed_in_copy=confirmed)
    assert codes(story) == (set() if clear else {"verdict_does_not_clear"})


def test_a_figure_that_nobody_linked_or_dismissed_blocks(story, staff):
    Claim.objects.update(state="dismissed")
    assert codes(story) == {"figure_unattended"}
    dismiss_figure(Figure.objects.get(), by=staff.editor, note="background")
    assert codes(story) == set()


def test_a_claim_that_stands_in_two_places_blocks_also_when_it_is_signed_again(staff):
    story = clear_document(file_text(f"{HOMES}\n\n{HORSES}", desk=staff.desk, by=staff.editor), staff)
    claim = story.claims.get(text=HOMES)
    revise_text(story, f"{HORSES}\n\n{HOMES}\n\n{HOMES}", by=staff.editor)
    bring_to(claim, "signed_off", staff)
    for other in story.claims.filter(state="proposed"):
        dismiss_claim(other, by=staff.editor, note="the same")
    assert codes(story) == {"anchor_ambiguous"}
    start = len(HORSES) + 2
    place_claim(claim, start, start + len(HOMES), quote=HOMES, by=staff.editor)
    assert codes(story) == set()


def test_a_sign_off_does_not_hold_for_figures_that_changed_since(story, staff):
    clear_document(story, staff)
    dismiss_figure(story.figures.get(), by=staff.editor, note="idle after all")
    assert codes(story) == {"claim_stale"}
    assert "a figure of it was dismissed: 40 homes" in clearance(story).blockers[0].message


def test_a_running_figure_given_as_current_goes_out_of_date(staff):
    text = "At least 12 people have died in the floods of Velmora."
    story = file_text(text, desk=staff.desk, by=staff.editor, published_at=timezone.now())
    figure = story.figures.get()
    assert (figure.measure.running, figure.as_of_basis) == (True, "publication")
    clear_document(story, staff)
    assert codes(story) == set()
    assert codes(story, at=in_hours(24 * 4)) == {"as_of_expired"}
    Document.objects.update(state="published")
    assert codes(story, at=in_hours(24 * 4)) == set()


# Discrepancies


@pytest.fixture
def pair(staff: Staff):
    """Our story, and what another outlet says of the same homes on the same day."""
    topic = TopicFactory()
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, topic=topic)
    clear_document(story, staff)

    def other(text: str, **values) -> Document:
        values = {"kind": "coverage", "publisher_name": "The Sundby Post", **values}
        file_text(text, desk=staff.desk, by=staff.editor, topic=topic, **values)
        return story

    return other


def test_an_open_conflict_blocks_until_an_editor_resolves_it(pair, staff):
    story = pair("The fire brigade said 60 homes were flooded on Monday.")
    assert codes(story) == {"discrepancy_open"}
    row = story.figures.get().discrepancies.get()
    resolve_dispute(row, "explained", by=staff.editor, note="the brigade counts barns too")
    assert codes(story) == set()


def test_a_slip_of_magnitude_blocks(pair):
    assert codes(pair("The fire brigade said 400 homes were flooded on Monday.")) == {"discrepancy_open"}


def test_a_waiver_of_a_dispute_alone_covers_it_and_none_that_is_found_since(pair, staff):
    story = pair("The fire brigade said 60 homes were flooded on Monday.")
    assert codes(story) == {"discrepancy_open"}
    waive_document(story, by=staff.desk_chief, note="breaking")
    story.refresh_from_db()
    assert clearance(story).clear
    pair("The mayor of Torvik said 90 homes were flooded on Monday.")
    story.refresh_from_db()
    assert not clearance(story).clear


def test_figures_that_agree_within_the_hedge_do_not_block(pair):
    assert codes(pair("The fire brigade said about 41 homes were flooded on Monday.")) == set()


def test_figures_that_cannot_be_compared_do_not_block(pair):
    assert codes(pair("The fire brigade fears 60 homes were flooded on Monday.")) == set()


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        ("The death toll in Velmora has reached 12, the council of Torvik said.", {"discrepancy_open"}),
        ("The death toll in Velmora had reached 12 on Tuesday, the council of Torvik said.", set()),
    ],
    ids=["given as current", "with its own date"],
)
def test_a_superseded_figure_blocks_only_where_it_is_given_as_current(ours, expected, staff):
    topic = TopicFactory()
    recent = timezone.now().replace(hour=12) - timedelta(days=1)
    published = recent if expected else TUESDAY
    where = {"desk": staff.desk, "by": staff.editor, "topic": topic}
    story = file_text(ours, published_at=published, **where)
    clear_document(story, staff)
    later = "The death toll in Velmora has risen to 19, the council of Torvik said."
    file_text(later, kind="coverage", published_at=published + timedelta(days=2), **where)
    assert story.figures.get().discrepancies.get().kind == "superseded"
    assert codes(story) == expected


def test_the_answer_says_what_and_why_in_words_and_for_programs(story):
    answer = clearance(story).as_dict()
    assert answer["clear"] is False
    assert answer["source_sha256"] == hashlib.sha256(HOMES.encode()).hexdigest()
    claim = next(row for row in answer["blockers"] if row["record"] == "claim")
    assert claim == {
        "code": "claim_unchecked",
        "record": "claim",
        "record_id": story.claims.get().pk,
        "message": f"“{HOMES}” has not been looked at.",
    }


def test_asking_writes_nothing(story):
    with CaptureQueriesContext(connection) as asked:
        clearance(story)
    assert [row["sql"] for row in asked if not row["sql"].startswith("SELECT")] == []


def test_a_text_whose_figures_differ_from_more_than_a_thousand_others_still_gets_an_answer(story, staff):
    clear_document(story, staff)
    many_discrepancies(story.figures.get(), 1100, apart=True)
    story.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        answer = clearance(story)
    assert [row.code for row in answer.blockers] == ["discrepancy_open"] * 1100
    assert len(asked) < 30, "the sides are asked for at once"


def loaded(asked) -> int:
    """How many queries fetch whole discrepancies or whole figures of their sides."""
    return sum('"factcheck_discrepancyfigure"."side"' in row["sql"].split(" FROM ")[0] for row in asked)


def test_the_gate_counts_in_the_database_and_loads_only_what_a_page_shows(story, staff):
    clear_document(story, staff)
    many_discrepancies(story.figures.get(), 60, apart=True)
    story.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        answer = clearance(story, most=5)
    assert (answer.clear, len(answer.blockers), answer.more) == (False, 5, 55)
    assert loaded(asked) == 0
    whole = clearance(story)
    assert (len(whole.blockers), whole.more) == (60, 0)
    assert answer.blockers == whole.blockers[:5]


def test_a_page_that_shows_as_many_as_there_are_has_no_more(story, staff):
    clear_document(story, staff)
    many_discrepancies(story.figures.get(), 5, apart=True)
    story.refresh_from_db()
    assert [(len(answer.blockers), answer.more) for answer in (clearance(story, most=5), clearance(story, most=6))] == [
        (5, 0),
        (5, 0),
    ]


def test_a_page_with_room_for_none_still_says_how_many_there_are(story):
    whole = len(clearance(story).blockers)
    short = clearance(story, most=0)
    assert (short.clear, short.blockers, short.more) == (False, (), whole)


def test_with_a_waiver_that_does_not_cover_all_a_page_still_gets_a_few(story, staff):
    waive_document(story, by=staff.desk_chief, note="breaking")
    many_discrepancies(story.figures.get(), 60)
    story.refresh_from_db()
    whole = len(clearance(story).blockers)
    answer = clearance(story, most=1)
    assert whole > 1
    assert (answer.clear, len(answer.blockers), answer.more) == (False, 1, whole - 1)


GERMAN = "Bei dem Brand wurden nach Angaben der Polizei 12 Menschen verletzt, die Schule ist nicht mehr da."


def test_a_text_in_a_language_that_is_not_read_waits_for_people(staff):
    story = file_text(GERMAN, desk=staff.desk, by=staff.editor)
    assert codes(story) == {"not_read_for_figures"}
    assert "German" in clearance(story).blockers[0].message
    claim = add_claim(story, 0, len(GERMAN), quote=GERMAN, by=staff.editor)
    bring_to(claim, "signed_off", staff)
    assert codes(story) == set()


def test_calling_an_english_text_german_does_not_get_it_past_the_reader(staff):
    story = file_text(
        f"{HOMES} The rest of it is to be seen by all who were there with us.", desk=staff.desk, by=staff.editor
    )
    update_metadata(story, by=staff.editor, language="de")
    do_jobs()
    assert codes(story) == {"claim_unchecked", "figure_unattended"}


def test_a_ukrainian_text_is_read(staff):
    story = file_text("Внаслідок обстрілу загинули 23 людини, ще 40 поранено.", desk=staff.desk, by=staff.editor)
    assert story.current_revision.language == "uk"
    assert codes(story) == {"claim_unchecked", "figure_unattended"}


def test_a_waiver_lists_the_pairs_of_its_disputes_and_of_nothing_else(story, staff):
    many_discrepancies(story.figures.get(), 5)
    story.refresh_from_db()
    covered = waive_document(story, by=staff.desk_chief, note="breaking").covers
    assert {row["code"] for row in covered} > {"claim_unchecked", "discrepancy_open"}
    assert {row["code"] for row in covered if "pairs" in row} == {"discrepancy_open"}
