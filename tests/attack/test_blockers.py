"""No blocker without an action: from every code of the gate people get to clear by what the desk offers them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from factcheck.jobs.leases import claim_job as take_job
from factcheck.jobs.names import QUEUE
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import Discrepancy, Document, Figure, Job, Revision, SignOff
from factcheck.tasks import work
from factcheck.workflow import clearance as gate
from factcheck.workflow.claims import add_claim, dismiss_claim, place_claim, reopen_claim
from factcheck.workflow.clearance import clearance
from factcheck.workflow.desks import set_policy
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.documents import revise_document, withdraw_document
from factcheck.workflow.figures import confirm_as_of
from factcheck.workflow.jobs import retry_job
from factcheck.workflow.reading import reread_document
from factcheck.workflow.verification import challenge_claim, countersign, sign_off, submit_verdict, waive_claim
from tests.factories import TopicFactory
from tests.stories import Staff, bring_to, clear_document, do_jobs, file_text, give_evidence, in_hours, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
HORSES = "The mill of Velmora lost 12 horses in the night."
GERMAN = "Bei dem Brand wurden nach Angaben der Polizei 12 Menschen verletzt, die Schule ist nicht mehr da."
WALKS: dict[str, Callable[[Staff], Document]] = {}
"""For each code: a walk that meets it and goes on until the text is clear. It returns the text."""


def codes(document: Document, **asked) -> set[str]:
    document.refresh_from_db()
    return {row.code for row in clearance(document, **asked).blockers}


def walk(code: str):
    def keep(function):
        WALKS[code] = function
        return function

    return keep


def filed(staff: Staff, text: str = HOMES, **known) -> Document:
    return file_text(text, desk=staff.desk, by=staff.editor, **known)


def cleared(staff: Staff, text: str = HOMES, **known) -> Document:
    return clear_document(filed(staff, text, **known), staff)


@walk("not_in_check")
def withdrawn_and_filed_again(staff):
    story = cleared(staff)
    withdraw_document(story, by=staff.editor, note="a hoax")
    assert codes(story) == {"not_in_check"}
    return cleared(staff, f"{HOMES} It rained.")


@walk("not_this_revision")
def the_checked_text_is_published(staff):
    story = cleared(staff)
    assert codes(story, source_sha256="0" * 64) == {"not_this_revision"}
    return story


@walk("reading_pending")
def a_newer_text_is_read(staff):
    story = cleared(staff)
    revise_document(story, f"{HOMES} ".encode(), by=staff.editor)
    assert "reading_pending" in codes(story)
    return do_jobs(story)


@walk("not_read")
def a_text_is_read_again(staff):
    story = cleared(staff)
    Revision.objects.update(engine_version="")
    assert codes(story) == {"not_read"}
    reread_document(story, by=staff.editor)
    return do_jobs(story)


@walk("reading_failed")
def a_readable_text_is_filed(staff):
    story = cleared(staff)
    revise_document(story, b"\x00\x01\x02\xff" * 50, by=staff.editor)
    work()
    assert codes(story) == {"reading_failed"}
    return revise_text(story, HOMES, by=staff.editor)


@walk("not_read_for_figures")
def people_add_what_is_to_be_checked(staff):
    story = filed(staff, GERMAN)
    assert codes(story) == {"not_read_for_figures"}
    bring_to(add_claim(story, 0, len(GERMAN), quote=GERMAN, by=staff.editor), "signed_off", staff)
    return story


@walk("crosscheck_pending")
def the_cross_check_ends(staff):
    story = cleared(staff)
    enqueue_crosscheck("document", story, desk=story.desk)
    assert codes(story) == {"crosscheck_pending"}
    return do_jobs(story)


@walk("crosscheck_failed")
def a_cross_check_is_tried_again(staff):
    story = cleared(staff)
    do_jobs()
    enqueue_crosscheck("document", story, desk=story.desk)
    take_job(QUEUE).fail("the database went away", permanent=True)
    assert codes(story) == {"crosscheck_failed"}
    retry_job(Job.objects.get(state="failed"), by=staff.editor)
    return do_jobs(story)


@walk("claim_unchecked")
def a_claim_is_checked(staff):
    story = filed(staff)
    assert "claim_unchecked" in codes(story)
    bring_to(story.claims.get(), "signed_off", staff)
    return story


@walk("claim_stale")
def a_challenged_claim_is_checked_again(staff):
    story = cleared(staff)
    challenge_claim(story.claims.get(), by=staff.checker, note="a reader wrote in")
    assert codes(story) == {"claim_stale"}
    bring_to(story.claims.get(), "signed_off", staff)
    return story


@walk("waiver_expired")
def a_waived_claim_is_opened_and_checked(staff):
    story = filed(staff)
    waive_claim(story.claims.get(), by=staff.desk_chief, note="breaking", expires_at=in_hours(1))
    clear_document(story, staff)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert "waiver_expired" in codes(story)
        claim = story.claims.get()
        reopen_claim(claim, by=staff.editor)
        bring_to(claim, "signed_off", staff)
        return story


@walk("anchor_ambiguous")
def a_claim_in_two_places_is_placed(staff):
    story = cleared(staff, f"{HOMES}\n\n{HORSES}")
    claim = story.claims.get(text=HOMES)
    revise_text(story, f"{HORSES}\n\n{HOMES}\n\n{HOMES}", by=staff.editor)
    bring_to(claim, "signed_off", staff)
    for other in story.claims.filter(state="proposed"):
        dismiss_claim(other, by=staff.editor, note="the same")
    assert codes(story) == {"anchor_ambiguous"}
    start = len(HORSES) + 2
    place_claim(claim, start, start + len(HOMES), quote=HOMES, by=staff.editor)
    return story


@walk("sign_off_void")
def a_sign_off_on_other_words_is_given_anew(staff):
    story = cleared(staff)
    claim = story.claims.get()
    Figure.objects.filter(claim=claim).update(hedge="about")  # read otherwise since, behind the back of the workflow
    assert codes(story) == {"sign_off_void"}
    challenge_claim(claim, by=staff.reviewer, note="the figure is read otherwise now")
    bring_to(claim, "signed_off", staff)
    return story


@walk("second_signer_missing")
def a_second_person_countersigns(staff):
    set_policy(staff.desk, by=staff.desk_chief, eyes="two")
    story = filed(staff)
    claim = bring_to(story.claims.get(), "in_verification", staff)
    give_evidence(claim, by=staff.desk_chief, use="primary")
    submit_verdict(claim, "supported", by=staff.desk_chief)
    sign_off(claim, by=staff.desk_chief)
    set_policy(staff.desk, by=staff.desk_chief, eyes="three")
    assert codes(story) == {"second_signer_missing"}
    countersign(claim, by=staff.reviewer)
    assert SignOff.objects.count() == 2
    return story


@walk("verdict_does_not_clear")
def what_is_refuted_is_taken_out_of_the_text(staff):
    story = filed(staff, f"{HOMES}\n\n{HORSES}")
    bring_to(story.claims.get(text=HOMES), "signed_off", staff, label="refuted")
    clear_document(story, staff)
    assert codes(story) == {"verdict_does_not_clear"}
    return revise_text(story, HORSES, by=staff.editor)


@walk("figure_unattended")
def a_figure_is_linked_with_its_claim(staff):
    story = filed(staff)
    assert "figure_unattended" in codes(story)
    bring_to(story.claims.get(), "signed_off", staff)
    return story


@walk("as_of_expired")
def a_running_figure_is_confirmed_as_of_today(staff):
    text = "At least 12 people have died in the floods of Velmora."
    story = cleared(staff, text, published_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert codes(story) == {"as_of_expired"}
        confirm_as_of(story.figures.get(), by=staff.reviewer)
    Job.objects.filter(state="due").update(run_at=timezone.now() - timedelta(seconds=5))
    do_jobs()
    assert codes(story, at=in_hours(24 * 4)) == set()
    return story


@walk("discrepancy_open")
def a_dispute_is_resolved(staff):
    topic = TopicFactory()
    story = cleared(staff, topic=topic)
    filed(staff, HOMES.replace("40", "60"), kind="coverage", publisher_name="The Sundby Post", topic=topic)
    assert "discrepancy_open" in codes(story)
    resolve_dispute(Discrepancy.objects.open().get(), "explained", by=staff.desk_chief, note="two districts")
    if codes(story) == {"claim_stale"}:
        bring_to(story.claims.get(), "signed_off", staff)
    return story


def codes_of_the_gate() -> set[str]:
    """Every code that the module of the gate can answer, as it is written there."""
    found = set()
    for node in ast.walk(ast.parse(Path(gate.__file__).read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Blocker", "blocked") and node.args:
            found.add(gate.DISPUTE if isinstance(node.args[0], ast.Name) else getattr(node.args[0], "value", ""))
    return found - {""}


def test_every_code_of_the_gate_has_its_walk():
    assert codes_of_the_gate() - {"code"} == WALKS.keys()
    print(f"{len(WALKS)} codes, each walked to clear")


@pytest.mark.parametrize("code", WALKS)
def test_from_the_blocker_to_clear(code, staff):
    story = WALKS[code](staff)
    assert codes(story) == set()
    assert clearance(story).clear
