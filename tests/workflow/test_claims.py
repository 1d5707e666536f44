"""What an editor does with claims and figures: idle figures go in one action, and an old page changes nothing."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.models import Claim, Event, EventNote, Figure, VerificationTask, Waiver
from factcheck.workflow.claims import (
    accept_claim,
    dismiss_claim,
    dismiss_figures,
    dismiss_idle_figures,
    place_claim,
    split_claim,
)
from factcheck.workflow.publications import waive_document
from factcheck.workflow.verification import assign_claim
from tests.stories import bring_to, file_text, revise_text

pytestmark = pytest.mark.django_db
HOMES = "The council of Torvik said 40 homes were flooded on Monday."
HORSES = "The mill of Torvik lost 12 horses on Monday."


@pytest.fixture
def story(staff):
    return file_text(f"{HOMES} {HORSES}", desk=staff.desk, by=staff.editor)


def states(story):
    return {row.surface: row.state for row in story.figures.all()}


def test_figures_of_claims_that_wait_or_are_accepted_are_not_idle(story, staff):
    accept_claim(story.claims.get(text=HOMES), by=staff.editor)
    assert dismiss_idle_figures(story, by=staff.editor, note="background") == 0
    assert states(story) == {"40": "linked", "12": "found"}


def test_what_is_left_over_is_dismissed_with_one_reason(story, staff):
    accept_claim(story.claims.get(text=HOMES), by=staff.editor)
    Claim.objects.filter(text=HORSES).update(checkworthiness=0)
    figure = story.figures.get(surface="12")
    assert dismiss_idle_figures(story, by=staff.editor, note="background") == 1
    assert states(story) == {"40": "linked", "12": "dismissed"}
    event = Event.objects.of(figure).last()
    assert (event.action, event.actor, event.note.text) == ("dismiss", staff.editor, "background")
    assert dismiss_idle_figures(story, by=staff.editor, note="background") == 0


def test_a_figure_taken_back_from_a_dismissed_claim_is_idle(story, staff):
    dismiss_claim(story.claims.get(text=HORSES), by=staff.editor, note="idle")
    Figure.objects.filter(surface="12").update(state="found")
    assert dismiss_idle_figures(story, by=staff.editor, note="idle") == 1


def test_many_idle_figures_are_dismissed_in_few_queries_and_the_history_of_each_verifies(staff):
    costs = []
    for count in (3, 60):
        lines = [f"In ward {n} of Torvik {n + 300} homes were flooded, the council said." for n in range(count)]
        story = file_text("\n\n".join(lines), desk=staff.desk, by=staff.editor, title=f"{count} wards")
        story.claims.update(checkworthiness=0)
        idle = story.figures.filter(state="found").count()
        with CaptureQueriesContext(connection) as asked:
            assert dismiss_idle_figures(story, by=staff.editor, note="background") == idle >= count
        costs.append(len(asked))
        figure = story.figures.filter(state="dismissed").last()
        event = Event.objects.of(figure).last()
        assert (event.action, event.from_state, event.to_state) == ("dismiss", "found", "dismissed")
        assert (event.desk_id, event.note.text, figure.version) == (staff.desk.pk, "background", 2)
        assert Event.objects.filter(record="figure", action="dismiss", desk_id=staff.desk.pk).count() >= idle
    assert costs[1] <= costs[0] + 3 < 40, "SQLite takes some dozens of rows at a time"
    call_command("verify_history")


def test_of_figures_that_are_dismissed_together_none_is_where_somebody_else_was_faster(staff):
    lines = [f"In ward {n} of Torvik {n + 300} homes were flooded, the council said." for n in range(3)]
    story = file_text("\n\n".join(lines), desk=staff.desk, by=staff.editor)
    chosen = list(story.figures.filter(state="found"))
    dismiss_figures(chosen[-1:], by=staff.editor, note="idle")
    chosen[-1].state, chosen[-1].version = "found", 1  # as another person saw it a moment ago
    with pytest.raises(WrongState):
        dismiss_figures(chosen, by=staff.desk_chief, note="background")
    assert story.figures.filter(state="dismissed").count() == 1
    assert not EventNote.objects.filter(text="background").exists()


def test_idle_figures_are_dismissed_by_editors_who_did_not_write_the_text(story, staff):
    story.authors.add(staff.desk_chief)
    for who, code in ((staff.checker, "role_missing"), (staff.desk_chief, "four_eyes_author")):
        with pytest.raises(NotAllowed) as refusal:
            dismiss_idle_figures(story, by=who, note="idle")
        assert refusal.value.code == code
    with pytest.raises(Invalid):
        dismiss_idle_figures(story, by=staff.editor, note=" ")


def test_acts_on_an_old_version_change_nothing(story, staff):
    claim = bring_to(story.claims.get(text=HOMES), "open", staff)
    old = {"by": staff.editor, "version": claim.version - 1}
    with pytest.raises(StaleRevision):
        assign_claim(claim, staff.checker, **old)
    with pytest.raises(StaleRevision):
        split_claim(claim, ["40 homes", "The council of Torvik"], **old)
    with pytest.raises(StaleRevision):
        waive_document(story, by=staff.desk_chief, note="breaking", version=story.version + 1)
    assert (VerificationTask.objects.count(), Claim.objects.count(), Waiver.objects.count()) == (0, 2, 0)


def test_giving_work_on_a_claim_is_a_change_of_it(story, staff):
    claim = bring_to(story.claims.get(text=HOMES), "open", staff)
    seen = claim.version
    assign_claim(claim, staff.checker, by=staff.editor, version=seen)
    with pytest.raises(StaleRevision):
        assign_claim(claim, staff.checker, by=staff.editor, version=seen)
    assert VerificationTask.objects.count() == 1


def test_a_claim_is_placed_where_the_person_who_saw_it_lost_says(story, staff):
    claim = bring_to(story.claims.get(text=HOMES), "open", staff)
    new = "All night the bells rang. A flood has taken 45 houses of Torvik, its council reports."
    revise_text(story, new, by=staff.desk_chief)
    claim.refresh_from_db()
    seen = claim.version
    with pytest.raises(StaleRevision):
        place_claim(claim, 26, len(new), quote=new[26:], by=staff.editor, version=seen + 1)
    claim.refresh_from_db()
    assert claim.anchor_state == "orphaned"
    place_claim(claim, 26, len(new), quote=new[26:], by=staff.editor, version=seen)
    assert (claim.text, claim.anchor_state) == (new[26:], "moved")
