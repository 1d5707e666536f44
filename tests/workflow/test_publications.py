"""Going out: cleared or not, waived as a whole, under embargo; and what is put right afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.models import Claim, Document, Event, Publication, VerificationTask, Waiver
from factcheck.signals import document_published
from factcheck.workflow.clearance import clearance
from factcheck.workflow.publications import correct_document, follow_up_expired, publish_document, waive_document
from tests.stories import Staff, clear_document, file_text, in_hours, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture
def story(staff: Staff) -> Document:
    return file_text(HOMES, desk=staff.desk, by=staff.editor)


def refused(action, *args, **values) -> str:
    with pytest.raises((Invalid, NotAllowed, WrongState)) as refusal:
        action(*args, **values)
    return refusal.value.code


def test_a_cleared_story_goes_out_and_says_so(story, staff):
    clear_document(story, staff)
    published = publish_document(story, by=staff.editor)
    assert (published.clear, published.revision, story.state) == (True, story.current_revision, "published")
    assert published.answer["blockers"] == []


def test_other_apps_hear_of_a_publication_after_the_commit(story, staff, django_capture_on_commit_callbacks):
    heard = []

    def listen(publication, **_):
        heard.append(publication)

    document_published.connect(listen)
    clear_document(story, staff)
    with django_capture_on_commit_callbacks(execute=True):
        published = publish_document(story, by=staff.editor)
        assert heard == []
    document_published.disconnect(listen)
    assert heard == [published]


def test_an_uncleared_story_goes_out_only_with_a_reason_and_says_so_for_ever(story, staff):
    assert refused(publish_document, story, by=staff.editor) == "not_cleared"
    assert (story.state, Publication.objects.count()) == ("in_check", 0)
    published = publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    assert (published.clear, story.state) == (False, "published")
    assert {row["code"] for row in published.answer["blockers"]} == {"claim_unchecked", "figure_unattended"}
    event = Event.objects.of(story).last()
    assert (event.action, event.facts["clear"], event.note.text) == ("publish", False, "the rivals have it")


def test_another_text_than_the_checked_one_does_not_go_out_also_with_a_reason(story, staff):
    clear_document(story, staff)
    code = refused(publish_document, story, by=staff.editor, source_sha256="0" * 64, uncleared_reason="hurry")
    assert (code, story.state) == ("not_this_revision", "in_check")


def test_an_embargo_holds_also_a_cleared_story(staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, embargo_until=in_hours(1))
    clear_document(story, staff)
    assert refused(publish_document, story, by=staff.editor, uncleared_reason="hurry") == "embargo"
    Document.objects.update(embargo_until=in_hours(-1))
    story.refresh_from_db()
    assert publish_document(story, by=staff.editor).clear


def test_an_expired_figure_after_publication_raises_one_follow_up(staff):
    text = "At least 12 people have died in the floods of Velmora."
    old = timezone.now() - timedelta(days=5)
    story = file_text(text, desk=staff.desk, by=staff.editor, published_at=old)
    clear_document(story, staff)
    publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    assert [follow_up_expired(by=Machine("sweep")) for _ in range(3)] == [1, 0, 0]
    task = VerificationTask.objects.get()
    assert (task.claim, task.state) == (story.claims.get(), "unassigned")


# A whole document waived


def test_a_chief_waives_a_document_for_a_day_at_most(story, staff):
    chief = staff.desk_chief
    assert refused(waive_document, story, by=staff.editor, note="breaking") == "role_missing"
    assert refused(waive_document, story, by=chief, note=" ") == "reason_missing"
    assert refused(waive_document, story, by=chief, note="breaking", expires_at=in_hours(25)) == "waiver_too_long"
    assert refused(waive_document, story, by=chief, note="breaking", expires_at=in_hours(-1)) == "waiver_too_long"
    assert not Waiver.objects.exists()
    waiver = waive_document(story, by=chief, note="breaking")
    assert timedelta(hours=23) < waiver.expires_at - timezone.now() <= timedelta(hours=24)


def test_no_author_waives_their_own_document(story, staff):
    story.authors.add(staff.desk_chief)
    assert refused(waive_document, story, by=staff.desk_chief, note="breaking") == "four_eyes_author"


def test_a_waiver_lists_what_it_covers_and_opens_a_task_for_each_claim(story, staff):
    waiver = waive_document(story, by=staff.desk_chief, note="breaking")
    assert {(row["code"], row["record"]) for row in waiver.covers} == {
        ("claim_unchecked", "claim"),
        ("figure_unattended", "figure"),
    }
    task = VerificationTask.objects.get()
    assert (task.claim, task.due_at, task.state) == (story.claims.get(), waiver.expires_at, "unassigned")
    answer = clearance(story)
    assert (answer.clear, answer.waived_until, len(answer.blockers)) == (True, waiver.expires_at, 2)
    assert clearance(story, at=in_hours(25)).clear is False


def test_a_waiver_covers_nothing_that_came_up_since(story, staff):
    waive_document(story, by=staff.desk_chief, note="breaking")
    Claim.objects.create(document=story, claim_type="event", text="A dam broke.", checkworthiness=1)
    assert clearance(story).clear is False


def test_a_waiver_ends_with_its_revision(story, staff):
    waive_document(story, by=staff.desk_chief, note="breaking")
    revise_text(story, HOMES.replace("40", "45"), by=staff.editor)
    assert clearance(story).clear is False


def test_there_must_be_something_to_waive_and_a_text_in_check(story, staff):
    clear_document(story, staff)
    assert refused(waive_document, story, by=staff.desk_chief, note="breaking") == "nothing_to_waive"
    unread = file_text("Rain fell.", desk=staff.desk, by=staff.editor, read=False)
    assert refused(waive_document, unread, by=staff.desk_chief, note="breaking") == "wrong_state"


def test_a_story_published_under_a_waiver_is_cleared_and_names_it(story, staff):
    waiver = waive_document(story, by=staff.desk_chief, note="breaking")
    published = publish_document(story, by=staff.editor)
    assert (published.clear, published.answer["waived_until"]) == (True, waiver.expires_at.isoformat())
    assert len(published.answer["blockers"]) == 2


# Corrections


def test_a_correction_belongs_to_the_publication_it_puts_right(story, staff):
    assert (
        refused(correct_document, story, by=staff.editor, correction_class="update", wording="45 homes.")
        == "wrong_state"
    )
    published = publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    claim = story.claims.get()
    wording = "An earlier version said 40 homes; it was 45."
    correction = correct_document(story, by=staff.editor, correction_class="correction", wording=wording, claim=claim)
    assert (correction.publication, correction.claim, correction.wording) == (published, claim, wording)
    assert story.state == "published"


def test_a_correction_needs_a_class_words_and_a_claim_of_its_document(story, staff):
    publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    other = file_text(HOMES.replace("40", "70"), desk=staff.desk, by=staff.editor).claims.get()
    for values, code in [
        ({"correction_class": "apology", "wording": "Sorry."}, "correction_class_unknown"),
        ({"correction_class": "update", "wording": "  "}, "reason_missing"),
        ({"correction_class": "update", "wording": "45 homes.", "claim": other}, "other_document"),
    ]:
        assert refused(correct_document, story, by=staff.editor, **values) == code
    assert not story.publications.get().corrections.exists()


def test_a_corrected_text_goes_out_through_the_gate_as_a_publication_of_its_own(story, staff):
    clear_document(story, staff)
    publish_document(story, by=staff.editor)
    revise_text(story, story.current_revision.text.replace("40", "60"), by=staff.editor)
    words = {"correction_class": "correction", "wording": "An earlier version gave a wrong number."}
    with pytest.raises(WrongState) as shut:
        correct_document(story, by=staff.editor, **words)
    assert shut.value.code == "not_cleared"
    story.refresh_from_db()
    corrected = correct_document(story, by=staff.editor, uncleared_reason="the number is being checked", **words)
    assert corrected.publication.revision.number == 1
    assert [(row.revision.number, row.clear) for row in story.publications.all()] == [(1, True), (2, False)]
