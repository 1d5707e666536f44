"""Going out: cleared or not, waived as a whole, under embargo; and what is put right afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.models import Claim, Document, Event, Notification, Publication, Role, VerificationTask, Waiver
from factcheck.signals import document_published
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.clearance import clearance
from factcheck.workflow.fetches import fetch_document
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.publications import correct_document, follow_up_expired, publish_document, waive_document
from tests.stories import Staff, clear_document, file_text, in_hours, person, revise_text

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


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "flood",
        "ftp://paper.example/",
        "https://a.example/" + "b" * 2000,
        "https://user:word@paper.example/flood",
        "https://paper.example/\u202efdp.exe",
        "https://[paper.example/",
    ],
)
def test_what_is_no_address_on_the_web_is_refused_and_nothing_goes_out(url, story, staff):
    clear_document(story, staff)
    assert refused(publish_document, story, by=staff.editor, url=url) == "url_invalid"
    story.refresh_from_db()
    assert (story.state, story.url) == ("in_check", "")


def test_a_story_that_was_fetched_keeps_the_address_it_is_fetched_from(staff):
    page, _ = fetch_document("https://paper.example/flood", Arrival(), desk=staff.desk, by=staff.editor)
    assert refused(publish_document, page, by=staff.editor, url="https://other.example/") == "fetched_from_address"
    assert refused(publish_document, page, by=staff.editor, url=page.url) == "wrong_state"


# Recorded by a service account


CMS = {"source_app": "cms", "source_id": "17"}


@pytest.fixture
def own(staff: Staff) -> Document:
    """A text that the service account of the desk filed for its own system."""
    return file_text(HOMES, desk=staff.desk, by=staff.service, **CMS)


def test_a_service_account_records_what_it_filed_and_is_clear_in_its_own_name(own, staff):
    clear_document(own, staff)
    published = publish_document(own, by=staff.service)
    assert (published.clear, published.by, own.state) == (True, staff.service, "published")
    assert not list(verify_history())


def test_what_is_not_clear_it_records_in_the_name_of_an_editor_and_both_are_in_the_history(own, staff):
    published = publish_document(own, by=staff.service, uncleared_reason="breaking", editor=staff.editor)
    assert (published.clear, published.by) == (False, staff.editor)
    event = Event.objects.of(own).last()
    assert (event.actor, event.facts["editor"], event.note.text) == (staff.service, staff.editor.pk, "breaking")
    assert not list(verify_history())


def test_the_editor_in_whose_name_it_was_recorded_hears_of_it(own, staff):
    publish_document(own, by=staff.service, uncleared_reason="breaking", editor=staff.editor)
    heard = Notification.objects.filter(kind="published_uncleared")
    assert {row.recipient for row in heard} == {staff.editor, staff.desk_chief, staff.chief_editor}
    assert {row.text for row in heard} == {f"“Untitled” went out uncleared, in the name of {staff.editor}."}


@pytest.mark.parametrize(
    ("filed_by", "filed_as", "code"),
    [
        ("service", CMS, None),
        ("service", {}, "not_its_own"),
        ("service", {"source_app": "ninjs", "source_id": "urn:flood"}, "not_its_own"),
        ("editor", CMS, "not_its_own"),
        ("another service account", CMS, "not_its_own"),
    ],
)
def test_a_service_account_records_nothing_but_its_own_texts(filed_by, filed_as, code, staff):
    by = person(Role.SERVICE, staff.desk) if "another" in filed_by else getattr(staff, filed_by)
    story = clear_document(file_text(HOMES, desk=staff.desk, by=by, **filed_as), staff)
    if code is None:
        assert publish_document(story, by=staff.service).clear
    else:
        assert refused(publish_document, story, by=staff.service) == code
        assert refused(publish_document, story, by=staff.service, editor=staff.editor) == code
    assert Publication.objects.count() == (code is None)


@pytest.mark.parametrize(
    ("by", "editor", "reason", "code"),
    [
        ("service", None, "", "not_cleared"),
        ("service", None, "breaking", "editor_missing"),
        ("service", "editor", "", "not_cleared"),
        ("service", "checker", "breaking", "role_missing"),
        ("service", "service", "breaking", "role_missing"),
        ("service", "outsider", "breaking", "role_missing"),
        ("service", "superuser", "breaking", "role_missing"),
        ("editor", "desk_chief", "breaking", "editor_not_yours"),
        ("editor", "editor", "breaking", "editor_not_yours"),
        ("checker", "editor", "breaking", "role_missing"),
    ],
)
def test_nobody_is_named_for_what_they_may_not_do_themselves(by, editor, reason, code, own, staff):
    given = getattr(staff, editor) if editor else None
    assert refused(publish_document, own, by=getattr(staff, by), editor=given, uncleared_reason=reason) == code
    own.refresh_from_db()
    assert (own.state, Publication.objects.count()) == ("in_check", 0)


def test_who_has_left_is_named_for_nothing_any_more(own, staff):
    staff.editor.is_active = False
    staff.editor.save()
    values = {"editor": staff.editor, "uncleared_reason": "breaking"}
    assert refused(publish_document, own, by=staff.service, **values) == "role_missing"


@pytest.mark.parametrize("named", [False, True], ids=["in its own name", "in the name of an editor"])
def test_an_embargo_and_another_text_hold_a_service_account_too(named, staff):
    story = file_text(HOMES, desk=staff.desk, by=staff.service, embargo_until=in_hours(1), **CMS)
    clear_document(story, staff)
    values = {"editor": staff.editor, "uncleared_reason": "hurry"} if named else {}
    assert refused(publish_document, story, by=staff.service, **values) == "embargo"
    Document.objects.update(embargo_until=None)
    story.refresh_from_db()
    assert refused(publish_document, story, by=staff.service, source_sha256="0" * 64, **values) == "not_this_revision"


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
