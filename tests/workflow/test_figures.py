"""The days of figures in the hands of people who may sign, and what a figure that comes or goes does to a sign-off."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.models import Document, Event, Membership
from factcheck.workflow.claims import dismiss_figure, dismiss_figures, link_figure, reopen_figure
from factcheck.workflow.clearance import clearance
from factcheck.workflow.documents import withdraw_document
from factcheck.workflow.figures import confirm_as_of, state_as_of
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.reading import reread_document
from tests.factories import TopicFactory
from tests.stories import Staff, clear_document, do_jobs, file_text, revise_text

pytestmark = pytest.mark.django_db
TOLL = "At least 12 people have died in the floods of Velmora."
HOMES = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture
def story(staff: Staff) -> Document:
    """A cleared story of five days ago: its running toll is out of date."""
    old = timezone.now() - timedelta(days=5)
    story = file_text(TOLL, desk=staff.desk, by=staff.editor, authors=(staff.checker,), published_at=old)
    clear_document(story, staff)
    assert codes(story) == {"as_of_expired"}
    return story


def codes(document: Document) -> set[str]:
    document.refresh_from_db()
    return {blocker.code for blocker in clearance(document).blockers}


def refused(action, *args, **said) -> str:
    with pytest.raises((NotAllowed, WrongState, Invalid)) as refusal:
        action(*args, **said)
    return refusal.value.code


def test_who_may_sign_confirms_that_a_running_figure_holds_today_and_the_gate_opens(story, staff):
    figure = story.figures.get()
    confirm_as_of(figure, by=staff.reviewer, version=figure.version)
    do_jobs()
    assert codes(story) == set()
    figure.refresh_from_db()
    assert (figure.as_of_start.date(), figure.as_of_basis, figure.dated_by) == (
        timezone.now().date(),
        "publication",
        staff.reviewer,
    )
    event = Event.objects.of(figure).get(action="confirm_as_of")
    assert (event.actor, event.facts) == (staff.reviewer, {"day": timezone.now().date().isoformat()})
    assert story.claims.get().state == "signed_off", "nothing that was decided is void"


def test_or_says_of_which_day_the_copy_has_it(story, staff):
    state_as_of(story.figures.get(), timezone.now().date() - timedelta(days=6), by=staff.desk_chief)
    do_jobs()
    assert codes(story) == set()
    assert story.figures.get().as_of_basis == "stated"
    assert refused(confirm_as_of, story.figures.get(), by=staff.reviewer) == "wrong_state", "not current any more"


WHO = {
    "editor": "role_missing",
    "checker": "role_missing",
    "auditor": "role_missing",
    "service": "role_missing",
    "outsider": "role_missing",
    "superuser": "role_missing",
    "reviewer": "",
    "desk_chief": "",
    "chief_editor": "",
}


@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("action", [confirm_as_of, lambda it, by: state_as_of(it, date(2026, 3, 1), by=by)])
def test_nobody_else_does(role, action, story, staff):
    figure = story.figures.get()
    if WHO[role]:
        assert refused(action, figure, by=getattr(staff, role)) == WHO[role]
        assert codes(story) == {"as_of_expired"}
    else:
        action(figure, by=getattr(staff, role))


def test_neither_an_author_nor_the_submitter_nor_who_wrote_what_it_is_compared_with(staff):
    topic, old = TopicFactory(), timezone.now() - timedelta(days=5)
    values = {"desk": staff.desk, "by": staff.editor, "topic": topic, "published_at": old}
    story = file_text(TOLL, authors=(staff.desk_chief,), **values)
    clear_document(story, staff)
    figure = story.figures.get()
    assert refused(confirm_as_of, figure, by=staff.desk_chief) == "four_eyes_author"
    submitter = story.claims.get().verdicts.last().by
    Membership.objects.create(user=submitter, desk=staff.desk, role="reviewer")
    assert refused(confirm_as_of, figure, by=submitter) == "four_eyes_signer"
    file_text("At least 15 people have died in the floods of Velmora.", authors=(staff.chief_editor,), **values)
    assert refused(confirm_as_of, figure, by=staff.chief_editor) == "four_eyes_other_side"


def test_no_later_reading_undoes_the_day_that_a_person_said(story, staff):
    confirm_as_of(story.figures.get(), by=staff.reviewer)
    do_jobs()
    said = story.figures.get().as_of_start
    reread_document(story, by=staff.editor)
    do_jobs()
    update_metadata(story, by=staff.editor, published_at=timezone.now() - timedelta(days=9))
    do_jobs()
    assert story.figures.get().as_of_start == said


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (timezone.now().date() + timedelta(days=2), "date_in_future"),
        (date(1399, 12, 31), "date_too_early"),
        (date(1, 1, 1), "date_too_early"),
    ],
)
def test_a_day_that_cannot_be_is_refused(day, code, story, staff):
    assert refused(state_as_of, story.figures.get(), day, by=staff.reviewer) == code


def test_a_figure_that_is_dismissed_has_no_day_to_say(story, staff):
    figure = story.figures.get()
    dismiss_figure(figure, by=staff.editor, note="idle")
    assert refused(state_as_of, figure, date(2026, 3, 1), by=staff.reviewer) == "wrong_state"


def test_the_copy_that_gives_a_day_itself_has_the_last_word(story, staff):
    confirm_as_of(story.figures.get(), by=staff.reviewer)
    do_jobs()
    revise_text(story, "As of 3 March 2026, at least 12 people have died in the floods of Velmora.", by=staff.editor)
    figure = story.figures.get(anchor_state="exact") if story.figures.count() > 1 else story.figures.get()
    assert (figure.as_of_basis, figure.as_of_start.date(), figure.dated_by) == ("stated", date(2026, 3, 3), None)


def test_an_edit_elsewhere_leaves_the_day_that_a_person_said(story, staff):
    state_as_of(story.figures.get(), date(2026, 3, 1), by=staff.reviewer)
    do_jobs()
    revise_text(story, f"{TOLL} The mayor has spoken.", by=staff.editor)
    assert (story.figures.get().as_of_start.date(), story.figures.get().dated_by) == (date(2026, 3, 1), staff.reviewer)


def test_a_document_that_is_withdrawn_is_dated_by_nobody(story, staff):
    withdraw_document(story, by=staff.editor, note="a hoax")
    assert refused(confirm_as_of, story.figures.get(), by=staff.reviewer) == "wrong_state"


# Figures that come and go after the sign-off


@pytest.fixture
def cleared(staff: Staff) -> Document:
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    clear_document(story, staff)
    return story


def stale(story: Document) -> str:
    do_jobs()
    claim = story.claims.get()
    assert (claim.state, codes(story) - {"figure_unattended"}) == ("stale", {"claim_stale"})
    return claim.stale_reason


@pytest.mark.parametrize(
    "dismiss",
    [
        lambda it, by: dismiss_figure(it, by=by, note="idle"),
        lambda it, by: dismiss_figures([it], by=by, note="idle"),
    ],
)
def test_dismissing_a_figure_of_a_signed_off_claim_voids_the_sign_off_and_says_so(dismiss, cleared, staff):
    dismiss(cleared.figures.get(), staff.editor)
    assert stale(cleared) == "a figure of it was dismissed: 40 homes"


def test_a_figure_that_comes_back_voids_it_too(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    clear_document(story, staff)
    figure = story.figures.get()
    dismiss_figure(figure, by=staff.editor, note="idle")
    clear_document(story, staff)
    assert story.claims.get().state == "signed_off"
    reopen_figure(figure, by=staff.editor)
    assert stale(story) == "a figure of it was taken back: 40 homes"


def test_a_figure_linked_to_a_signed_off_claim_voids_it_too(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    clear_document(story, staff)
    figure, claim = story.figures.get(), story.claims.get()
    dismiss_figure(figure, by=staff.editor, note="idle")
    clear_document(story, staff)
    link_figure(figure, claim, by=staff.editor)
    assert stale(story) == "a figure was linked anew: 40 homes"
