"""Nothing is silent: each action is one event with actor and reason, in a chain that shows tampering."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, JSONField, TextField
from django.utils import timezone

from factcheck.errors import NotAllowed
from factcheck.models import Discrepancy, Event, EventNote, Figure, Measure, Publication, Report, Waiver
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.render import formats_of, render
from factcheck.workflow import claims, disputes, documents, evidence, measures, publications, verification
from factcheck.workflow.history import erase_document
from factcheck.workflow.history_checks import verify_history
from tests.factories import TopicFactory
from tests.stories import Staff, bring_to, do_jobs, file_text, give_evidence, in_hours

pytestmark = pytest.mark.django_db

TEXT = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture
def story(staff: Staff):
    return file_text(TEXT, desk=staff.desk, by=staff.editor, topic=TopicFactory(), title="The flood of Torvik")


def in_state(story, state: str, staff: Staff):
    return bring_to(story.claims.get(), state, staff)


def working(story, staff: Staff, *, taken_up: bool = True):
    task = verification.assign_claim(in_state(story, "open", staff), staff.checker, by=staff.editor)
    if taken_up:
        verification.take_up(task, by=staff.checker)
    return task


def with_an_open_claim(story, staff: Staff) -> Figure:
    in_state(story, "open", staff)
    return dismissed(story.figures.get(), staff)


def dismissed(figure: Figure, staff: Staff) -> Figure:
    claims.dismiss_figure(figure, by=staff.editor, note="idle")
    return figure


def rival(story, staff: Staff) -> Discrepancy:
    text = "The fire brigade said 60 homes were flooded on Monday."
    file_text(text, desk=staff.desk, by=staff.editor, topic=story.topic, kind="coverage")
    return Discrepancy.objects.get()


def other_measure(story) -> Measure:
    return Measure.objects.create(topic=story.topic, key="barns", counted="barns", dimension="count")


# the event it writes → (who acts, what is there before, the action)
ACTS = {
    "document withdraw": (
        "editor",
        lambda s, p: s,
        lambda r, p: documents.withdraw_document(r, by=p.editor, note="why"),
    ),
    "document publish": (
        "editor",
        lambda s, p: s,
        lambda r, p: publications.publish_document(r, by=p.editor, uncleared_reason="why"),
    ),
    "document waive": (
        "desk_chief",
        lambda s, p: s,
        lambda r, p: publications.waive_document(r, by=p.desk_chief, note="why"),
    ),
    "document set_topic": ("editor", lambda s, p: s, lambda r, p: measures.set_topic(r, None, by=p.editor)),
    "document revise": ("editor", lambda s, p: s, lambda r, p: documents.revise_document(r, b"Rain.", by=p.editor)),
    "claim start": (
        "checker",
        lambda s, p: in_state(s, "open", p),
        lambda r, p: verification.start_claim(r, by=p.checker),
    ),
    "claim submit": (
        "checker",
        lambda s, p: in_state(s, "in_verification", p),
        lambda r, p: verification.submit_verdict(r, "outdated", by=p.checker),
    ),
    "claim sign_off": (
        "reviewer",
        lambda s, p: in_state(s, "in_review", p),
        lambda r, p: verification.sign_off(r, by=p.reviewer),
    ),
    "claim return": (
        "reviewer",
        lambda s, p: in_state(s, "in_review", p),
        lambda r, p: verification.return_claim(r, by=p.reviewer, note="why"),
    ),
    "claim recall": (
        "checker",
        lambda s, p: in_state(s, "in_review", p),
        lambda r, p: verification.recall_verdict(r, by=p.checker),
    ),
    "claim challenge": (
        "checker",
        lambda s, p: in_state(s, "signed_off", p),
        lambda r, p: verification.challenge_claim(r, by=p.checker, note="why"),
    ),
    "claim waive": (
        "desk_chief",
        lambda s, p: in_state(s, "open", p),
        lambda r, p: verification.waive_claim(r, by=p.desk_chief, note="why", expires_at=in_hours(1)),
    ),
    "figure dismiss": (
        "editor",
        lambda s, p: s.figures.get(),
        lambda r, p: claims.dismiss_figure(r, by=p.editor, note="why"),
    ),
    "figure link": (
        "checker",
        with_an_open_claim,
        lambda r, p: claims.link_figure(r, r.document.claims.get(), by=p.checker),
    ),
    "figure pin": (
        "editor",
        lambda s, p: s.figures.get(),
        lambda r, p: measures.pin_figure(r, other_measure(r.document), by=p.editor),
    ),
    "measure merge": (
        "editor",
        lambda s, p: s.figures.get().measure,
        lambda r, p: measures.merge_measures(r, other_measure(Figure.objects.get().document), by=p.editor),
    ),
    "verification_task block": (
        "checker",
        working,
        lambda r, p: verification.block_task(r, "source", by=p.checker, note="why"),
    ),
    "verification_task hand_in": ("checker", working, lambda r, p: verification.hand_in(r, by=p.checker)),
    "verification_task reassign": (
        "editor",
        working,
        lambda r, p: verification.reassign_task(r, p.reviewer, by=p.editor),
    ),
    "verification_task reschedule": (
        "editor",
        working,
        lambda r, p: verification.reschedule_task(r, in_hours(3), by=p.editor),
    ),
    "verification_task cancel": (
        "editor",
        working,
        lambda r, p: verification.cancel_task(r, by=p.editor, note="why"),
    ),
    "evidence assess": (
        "reviewer",
        lambda s, p: give_evidence(s.claims.get(), by=p.checker),
        lambda r, p: evidence.assess_evidence(r, accepted=False, by=p.reviewer, note="why"),
    ),
    "discrepancy resolve": (
        "editor",
        rival,
        lambda r, p: disputes.resolve_dispute(r, "explained", by=p.editor, note="why"),
    ),
}


WITH_REASON = {
    "document withdraw",
    "document publish",
    "document waive",
    "claim return",
    "claim challenge",
    "claim waive",
    "figure dismiss",
    "verification_task block",
    "verification_task cancel",
    "evidence assess",
    "discrepancy resolve",
}


@pytest.mark.parametrize("name", ACTS)
def test_each_act_writes_one_event_with_who_and_why(name, story, staff):
    role, before, action = ACTS[name]
    record = before(story, staff)
    seen = list(Event.objects.of(record).values_list("pk", flat=True))
    action(record, staff)
    event = Event.objects.of(record).exclude(pk__in=seen).get()
    assert (f"{event.record} {event.action}", event.actor, event.machine) == (name, getattr(staff, role), "")
    assert EventNote.objects.filter(event=event, text="why").exists() == (name in WITH_REASON)
    assert list(verify_history()) == []


def test_the_parts_of_an_act_are_events_of_their_own(story, staff):
    claims.accept_claim(story.claims.get(), by=staff.editor)
    assert [str(row).split(": ")[1] for row in Event.objects.order_by("pk")][-2:] == ["accept", "link"]


def test_a_job_signs_with_its_name(story):
    marked = Event.objects.of(story).get(action="mark")
    assert (marked.actor, marked.machine) == (None, "read_document")


def test_an_event_tells_from_and_to_and_what_else_matters(story, staff):
    claim = in_state(story, "in_review", staff)
    event = Event.objects.of(claim).get(action="submit")
    assert (event.from_state, event.to_state, event.facts, event.desk_id) == (
        "in_verification",
        "in_review",
        {"label": "supported"},
        staff.desk.pk,
    )


def test_the_history_holds_no_text_of_the_copy(story, staff):
    in_state(story, "signed_off", staff)
    assert not any("Torvik" in str(row) for row in Event.objects.values())


def test_a_whole_life_verifies(story, staff):
    in_state(story, "signed_off", staff)
    rival(story, staff)
    publications.publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    assert Event.objects.count() > 10
    assert list(verify_history()) == []


def tamper(sql: str, values: list, guard: str, table: str) -> None:
    """What somebody could do who owns the database: take the guard away, and write."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"DROP TRIGGER factcheck_{guard}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
        )
        cursor.execute(sql, values)


def test_a_rewritten_reason_is_seen(story, staff):
    claims.dismiss_claim(story.claims.get(), by=staff.editor, note="idle")
    note = EventNote.objects.filter(text="idle").first()
    sql = "UPDATE factcheck_eventnote SET text = %s WHERE id = %s"
    tamper(sql, ["a favour to the mayor", note.pk], "eventnote_no_rewrite", "factcheck_eventnote")
    assert [str(row) for row in verify_history()] == [
        f"The reason of event {note.event_id} is not the one that was given."
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "accept"), ("to_state", "open"), ("facts", "{}"), ("actor_id", None), ("at", "2020-01-01")],
)
def test_a_rewritten_event_is_seen(column, value, story, staff):
    claim = in_state(story, "in_review", staff)
    event = Event.objects.of(claim).get(action="submit")
    value = staff.outsider.pk if column == "actor_id" else value
    tamper(
        f"UPDATE factcheck_event SET {column} = %s WHERE id = %s",
        [value, event.pk],
        "event_no_update",
        "factcheck_event",
    )
    assert ("claim", claim.pk) in {(row.record, row.record_id) for row in verify_history()}


def test_an_event_taken_from_the_middle_is_seen(story, staff):
    claim = in_state(story, "signed_off", staff)
    gone = Event.objects.of(claim).get(action="submit")
    tamper("DELETE FROM factcheck_event WHERE id = %s", [gone.pk], "event_no_delete", "factcheck_event")
    found = {(row.record, row.record_id) for row in verify_history()}
    assert found == {("claim", claim.pk), ("verdict", claim.verdicts.get().pk)}


# Erasing


def test_only_the_chief_erases_and_says_why(story, staff):
    for user in (staff.editor, staff.superuser):
        with pytest.raises(NotAllowed):
            erase_document(story, by=user, note="a court said so")
    assert story.current_revision.text == TEXT


def test_an_erased_document_keeps_its_decisions_and_the_history_verifies(story, staff):
    claim = in_state(story, "signed_off", staff)
    events = Event.objects.count()
    erase_document(story, by=staff.desk_chief, note="a court said so")
    claim.refresh_from_db()
    assert (claim.state, claim.verdicts.get().label, claim.verdicts.get().sign_off.by) == (
        "signed_off",
        "supported",
        staff.reviewer,
    )
    assert Event.objects.count() == events + 1
    assert EventNote.objects.get(event=Event.objects.of(story).last()).text == "a court said so"
    assert list(verify_history()) == []


def lived_through(story, staff) -> None:
    """Everything happens to the story: it is waived, published, signed off, corrected, disputed and reported."""
    claims.dismiss_figure(story.figures.get(), by=staff.editor, note="the Torvik figure is idle")
    publications.waive_document(story, by=staff.desk_chief, note="Torvik is drowning")
    publications.publish_document(story, by=staff.editor)
    claim = in_state(story, "in_verification", staff)
    evidence.link_evidence(
        evidence.record_evidence(claim, "call", by=staff.checker, note="Torvik rang back"),
        stance="supports",
        by=staff.checker,
    )
    give_evidence(claim, by=staff.checker, use="primary")
    verification.submit_verdict(claim, "supported", by=staff.checker, note="Torvik confirmed it")
    verification.sign_off(claim, by=staff.reviewer)
    claims.reopen_figure(story.figures.get(), by=staff.editor)
    disputes.resolve_dispute(rival(story, staff), "explained", by=staff.editor, note="Torvik counts sheds")
    verification.challenge_claim(claim, by=staff.checker, note="Torvik says otherwise")
    publications.correct_document(story, by=staff.editor, correction_class="update", wording="In Torvik it was 45.")
    documents.revise_document(story, TEXT.replace("40", "45").encode(), by=staff.editor)
    do_jobs()
    for kind in ("desk_digest", "conflicts", "overdue", "corrections"):
        build_desk_report(staff.desk, kind, by=staff.desk_chief)
    build_document_report(story, by=staff.desk_chief)


def test_no_word_of_an_erased_document_is_left(story, staff):
    lived_through(story, staff)
    told_everywhere = {"Publication.answer", "Waiver.covers", "Waiver.reason", "Verdict.note", "Correction.wording"}
    told_everywhere |= {"Report.title", "Report.data", "Discrepancy.resolution_note", "Evidence.note", "Revision.text"}
    assert told_everywhere <= set(tables_with("Torvik"))
    erase_document(story, by=staff.desk_chief, note="a court said so")
    do_jobs()
    assert tables_with("Torvik") == ["Measure.place"]  # what is counted where belongs to the topic, not to one document
    assert tables_with("council") == []
    assert list(verify_history()) == []


def test_what_is_known_of_an_erased_document_is_who_decided_what_and_when(story, staff):
    lived_through(story, staff)
    kept = {row.pk: (row.sha256, row.built_at, row.created_by) for row in Report.objects.all()}
    out = list(story.publications.values_list("revision", "clear", "by", "at"))
    erase_document(story, by=staff.desk_chief, note="a court said so")
    assert {row.pk: (row.sha256, row.built_at, row.created_by) for row in Report.objects.all()} == kept
    assert list(story.publications.values_list("revision", "clear", "by", "at")) == out
    assert Waiver.objects.get().by == staff.desk_chief
    report = Report.objects.get(document=story)
    for name in formats_of(report.kind):
        assert render(report, name).body
    assert "The text was erased." in render(report, "text").body.decode()
    assert build_desk_report(staff.desk, "corrections", by=staff.desk_chief).data["publications"][0]["blockers"] == ()


def test_reports_and_decisions_on_other_texts_are_left_as_they_are(story, staff):
    other = file_text(
        "The mill of Velmora lost 12 horses on Monday.", desk=staff.desk, by=staff.editor, title="The mill"
    )
    publications.waive_document(other, by=staff.desk_chief, note="breaking")
    publications.publish_document(other, by=staff.editor)
    build_document_report(other, by=staff.desk_chief)
    build_desk_report(other.desk, "overdue", by=staff.desk_chief)
    kept = list(Report.objects.order_by("pk").values_list("title", "data"))
    erase_document(story, by=staff.desk_chief, note="a court said so")
    assert list(Report.objects.order_by("pk").values_list("title", "data")) == kept
    assert (Publication.objects.get().answer["clear"], Waiver.objects.get().reason) == (True, "breaking")


def test_the_own_measures_of_an_erased_text_in_no_topic_are_blanked(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    assert story.figures.get().measure.counted
    erase_document(story, by=staff.desk_chief, note="a court said so")
    assert not {name for name in tables_with("flooded") + tables_with("Torvik") if name.startswith("Measure")}


def tables_with(word: str) -> list[str]:
    """The columns of our tables in which a word is still to be found."""
    found = []
    for model in apps.get_app_config("factcheck").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, (CharField, TextField, JSONField)) and any(
                word in str(value) for value in model.objects.values_list(field.name, flat=True)
            ):
                found.append(f"{model.__name__}.{field.name}")
    return found


def test_erased_bytes_are_gone(story, staff):
    snapshot = story.current_revision.snapshot
    erase_document(story, by=staff.desk_chief, note="a court said so")
    snapshot.refresh_from_db()
    assert (bytes(snapshot.warc), snapshot.sha256 != "", snapshot.taken_at < timezone.now()) == (b"", True, True)
