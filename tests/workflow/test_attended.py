"""The gate is not talked round: a figure is linked where it is checked, and compared before it is cleared."""

from __future__ import annotations

import pytest

from factcheck.errors import WrongState
from factcheck.jobs.leases import claim_job as take_job
from factcheck.jobs.names import QUEUE
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import Discrepancy, Document, Figure, Job
from factcheck.workflow.claims import accept_claim, add_claim, dismiss_claim, dismiss_figure, link_figure, reopen_figure
from factcheck.workflow.clearance import clearance
from factcheck.workflow.jobs import retry_job
from factcheck.workflow.measures import pin_figure
from tests.factories import MeasureFactory, TopicFactory
from tests.stories import Staff, bring_to, clear_document, do_jobs, file_text, revise_text

pytestmark = pytest.mark.django_db

RAIN = "Good weather is expected by many people."
HOMES = "The council of Torvik said 40 homes were flooded on Monday."
RIVAL = "The fire brigade said 60 homes were flooded on Monday."


def codes(story: Document) -> set[str]:
    story.refresh_from_db()
    return {blocker.code for blocker in clearance(story).blockers}


def free_figure(story: Document, staff: Staff) -> Figure:
    """The figure of a story whose own claim was put aside."""
    dismiss_claim(story.claims.get(text=HOMES), by=staff.editor, note="split differently")
    figure = story.figures.get()
    reopen_figure(figure, by=staff.editor)
    do_jobs()
    return figure


def other_claim(story: Document, staff: Staff, *, by: str = "editor"):
    return add_claim(story, 0, len(RAIN), quote=RAIN, by=getattr(staff, by))


def test_nobody_links_a_figure_to_a_claim_that_is_not_checked(staff):
    author = staff.checker
    story = file_text(f"{RAIN} {HOMES}", desk=staff.desk, by=staff.editor, authors=(author,))
    figure = free_figure(story, staff)
    dismissed = other_claim(story, staff)
    dismiss_claim(dismissed, by=staff.editor, note="idle")
    proposed = other_claim(story, staff, by="checker")
    for claim in (dismissed, proposed):
        for person in (author, staff.editor):
            with pytest.raises(WrongState):
                link_figure(figure, claim, by=person)
    figure.refresh_from_db()
    assert (figure.state, codes(story)) == ("found", {"figure_unattended", "claim_unchecked"})


def test_nobody_links_a_figure_to_a_claim_that_is_gone_from_the_text(staff):
    story = file_text(f"{RAIN} {HOMES}", desk=staff.desk, by=staff.editor)
    figure = free_figure(story, staff)
    gone = other_claim(story, staff)
    revise_text(story, HOMES, by=staff.editor)
    gone.refresh_from_db()
    with pytest.raises(WrongState, match="no longer stands"):
        link_figure(figure, gone, by=staff.editor)


def test_a_figure_whose_claim_is_put_aside_later_is_unattended(staff):
    story = file_text(f"{RAIN} {HOMES}", desk=staff.desk, by=staff.editor)
    figure = free_figure(story, staff)
    claim = other_claim(story, staff)
    link_figure(figure, claim, by=staff.checker)
    do_jobs()
    assert codes(story) == {"claim_unchecked"}
    dismiss_claim(claim, by=staff.editor, note="idle")
    do_jobs()
    assert codes(story) == {"figure_unattended"}
    figure.refresh_from_db()
    dismiss_figure(figure, by=staff.editor, note="idle")
    do_jobs()
    assert codes(story) == set()


def test_a_figure_whose_claim_is_cut_from_the_text_is_unattended(staff):
    story = file_text(f"{RAIN} {HOMES}", desk=staff.desk, by=staff.editor)
    link_figure(free_figure(story, staff), other_claim(story, staff), by=staff.checker)
    revise_text(story, HOMES, by=staff.editor)
    assert codes(story) == {"figure_unattended"}


def test_a_dismissed_figure_that_is_linked_again_is_compared_again(staff):
    topic = TopicFactory()
    file_text(RIVAL, desk=staff.desk, by=staff.editor, topic=topic)
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, topic=topic)
    claim, figure = story.claims.get(), story.figures.get()
    accept_claim(claim, by=staff.editor)
    figure.refresh_from_db()
    dismiss_figure(figure, by=staff.editor, note="idle")
    do_jobs()
    assert Discrepancy.objects.get().state == "closed"
    link_figure(figure, claim, by=staff.checker)
    assert "crosscheck_pending" in codes(story)
    do_jobs()
    bring_to(claim, "signed_off", staff)
    assert (Discrepancy.objects.get().state, codes(story)) == ("open", {"discrepancy_open"})


# The comparison itself


def test_a_cross_check_that_failed_shuts_the_gate_until_one_is_done(staff):
    story = clear_document(file_text(HOMES, desk=staff.desk, by=staff.editor), staff)
    do_jobs()
    enqueue_crosscheck("document", story, desk=story.desk)
    take_job(QUEUE).fail("the database went away", permanent=True)
    assert codes(story) == {"crosscheck_failed"}
    retry_job(Job.objects.get(state="failed"), by=staff.editor)
    assert codes(story) == {"crosscheck_pending"}
    do_jobs()
    assert codes(story) == set()


def test_a_cross_check_of_its_topic_or_its_measures_shuts_the_gate(staff):
    topic, other = TopicFactory(), TopicFactory()
    story = clear_document(file_text(HOMES, desk=staff.desk, by=staff.editor, topic=topic), staff)
    do_jobs()
    for scope, target in (("topic", topic), ("measure", story.figures.get().measure)):
        enqueue_crosscheck(scope, target)
        assert codes(story) == {"crosscheck_pending"}, scope
        do_jobs()
        assert codes(story) == set()
    for scope, target in (("topic", other), ("measure", MeasureFactory())):
        enqueue_crosscheck(scope, target)
        assert codes(story) == set(), scope


def test_a_figure_moved_to_another_measure_is_compared_there_before_it_is_clear(staff):
    topic = TopicFactory()
    story = clear_document(file_text(HOMES, desk=staff.desk, by=staff.editor, topic=topic), staff)
    do_jobs()
    figure = story.figures.get()
    pin_figure(figure, MeasureFactory(topic=topic, dimension=figure.dimension), by=staff.editor)
    assert codes(story) == {"crosscheck_pending"}
    do_jobs()
    assert codes(story) == set()
