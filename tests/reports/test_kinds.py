"""What each kind of report tells of a desk: conflicts, overdue work, what went out and what was put right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factcheck.errors import Invalid, NotAllowed
from factcheck.models import Publication, ReportKind
from factcheck.reports.builders import OF_A_DESK
from factcheck.reports.builders.overdue import duration_text
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.render import as_html, as_text, render
from factcheck.workflow.publications import correct_document, publish_document
from factcheck.workflow.verification import assign_claim
from tests.factories import TopicFactory
from tests.stories import Staff, bring_to, clear_document, file_text, registered, revise_text

pytestmark = pytest.mark.django_db

FORTY = "The council of Torvik said 40 homes were flooded on Monday."
SIXTY = "The mayor of Torvik said 60 homes were flooded on Monday."


def build_data(staff: Staff, kind: str) -> dict:
    return build_desk_report(staff.desk, kind, by=staff.auditor).data


def two_texts(here: Staff, there: Staff) -> None:
    topic = TopicFactory()
    file_text(FORTY, desk=here.desk, by=here.editor, topic=topic, title="The flood", publisher=registered("The Herald"))
    file_text(
        SIXTY, desk=there.desk, by=there.editor, topic=topic, title="High water", publisher=registered("The Post")
    )


def test_conflicts_stand_side_by_side_with_who_says_each_and_when(staff):
    two_texts(staff, staff)
    (line,) = build_data(staff, "conflicts")["conflicts"]
    first, second = line["sides"]
    sentences = {side["says"]: side["sentences"][0] for side in (first, second)}
    assert {row["text"] for row in sentences.values()} == {FORTY, SIXTY}
    assert {row["document"] for row in sentences.values()} == {"The flood", "High water"}
    assert {row["publisher"] for row in sentences.values()} == {"The Herald", "The Post"}
    assert all(row["published_at"] == "2026-03-10 12:00 UTC" for row in sentences.values())
    assert (first["as_of"], line["kind"]) == ("2026-03-09", "conflict")
    assert "40 homes" in line["reason"]
    assert "60 homes" in line["reason"]
    data = build_data(staff, "conflicts")
    for words in (FORTY, SIXTY, "The flood", "High water"):
        assert words in as_html(data)
        assert words in as_text(data)


def test_a_dispute_stands_once_in_every_report_and_format_with_what_others_say(staff):
    expected = {"desk": staff.desk, "by": staff.editor, "topic": TopicFactory(), "kind": "coverage"}
    for number, who in ((40, "council of Torvik"), (60, "fire brigade"), (61, "farmers' union")):
        file_text(f"The {who} said {number} homes were flooded on Monday.", title=f"The {who} counts", **expected)
    (line,) = build_data(staff, "conflicts")["conflicts"]
    assert line["reason"].endswith("(and 1 more statement of it)")
    (other,) = line["others"]
    assert (other["says"], other["figure"], list(other["documents"])) == (
        "council of Torvik",
        "40 homes",
        ["The council of Torvik counts"],
    )
    (digest,) = build_data(staff, "desk_digest")["discrepancies"]
    assert digest["reason"] == line["reason"]
    assert len(digest["documents"]) == 3
    report = build_desk_report(staff.desk, "conflicts", by=staff.editor)
    for format in ("html", "text", "csv"):
        assert "council of Torvik" in render(report, format).body.decode(), format
    for format in ("pdf", "xlsx", "json"):
        assert render(report, format).body


def test_of_another_desks_side_a_report_of_conflicts_tells_nothing(staff):
    two_texts(staff, Staff())
    data = build_data(staff, "conflicts")
    (line,) = data["conflicts"]
    assert [side["held"] for side in line["sides"]].count(False) == 1
    for secret in ("60 homes", "mayor", "High water", "The Post"):
        assert secret not in str(line), secret
        assert secret not in as_html(data).split("<main>")[1]
    assert "another desk" in as_html(data)


def test_a_sentence_cut_by_a_revision_is_told_as_it_now_stands(staff):
    two_texts(staff, staff)
    document = staff.desk.documents.get(title="The flood")
    now = FORTY.replace("on Monday", "on Monday night, all of them low-lying")
    revise_text(document, f"It rained.\n\n{now}", by=staff.editor)
    texts = {
        row["text"]
        for line in build_data(staff, "conflicts")["conflicts"]
        for side in line["sides"]
        for row in side["sentences"]
    }
    assert now in texts
    assert FORTY not in texts


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0, "less than an hour"), (1, "1 hour"), (24, "1 day"), (25, "1 day 1 hour"), (50, "2 days 2 hours")],
)
def test_how_late_is_said_as_a_person_would(hours, expected):
    assert duration_text(hours) == expected


def test_overdue_work_is_told_by_who_has_it_and_how_long(staff):
    story = file_text(f"{FORTY}\n\n{SIXTY}", desk=staff.desk, by=staff.editor, title="The flood")
    first, second = (bring_to(claim, "open", staff) for claim in story.claims.all())
    late = timezone.now() - timedelta(hours=26, minutes=5)
    assign_claim(first, staff.checker, by=staff.editor, method="ring_the_source", due_at=late)
    assign_claim(
        second, staff.editor, by=staff.editor, method="check_figure", due_at=timezone.now() + timedelta(hours=1)
    )
    data = build_data(staff, "overdue")
    (person,) = data["people"]
    (line,) = person["tasks"]
    assert (person["name"], line["late"], line["hours_late"]) == (str(staff.checker), "1 day 2 hours", 26)
    assert (line["claim"], line["document"], line["method"]) == (FORTY, "The flood", "ring_the_source")
    assert data["counts"] == {"overdue": 1, "nobody has it": 0, "people": 1}


def test_the_week_tells_what_went_out_uncleared_and_why_and_what_was_put_right(staff):
    story = file_text(FORTY, desk=staff.desk, by=staff.editor, title="The flood")
    publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    correct_document(
        story, by=staff.editor, correction_class="correction", wording="It was 45.", claim=story.claims.get()
    )
    revise_text(story, FORTY.replace("40", "45"), by=staff.editor)
    correct_document(
        story, by=staff.editor, correction_class="update", wording="The number rose.", uncleared_reason="the mayor rang"
    )
    data = build_data(staff, "corrections")
    assert [row["clear"] for row in data["publications"]] == [False, False]
    assert [row["reason"] for row in data["publications"]] == ["the rivals have it", "the mayor rang"]
    assert any("has not been looked at" in line for line in data["publications"][0]["blockers"])
    assert [row["wording"] for row in data["corrections"]] == ["It was 45.", "The number rose."]
    assert data["corrections"][0]["claim"] == FORTY.replace("40", "45")
    for words in ("UNCLEARED", "the rivals have it", "It was 45."):
        assert words in as_html(data)
        assert words in as_text(data)


def test_what_is_older_than_a_week_is_not_in_the_weeks_report(staff):
    story = file_text(FORTY, desk=staff.desk, by=staff.editor)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    later = timezone.now() + timedelta(days=7, minutes=1)
    assert OF_A_DESK["corrections"](staff.desk, at=later).publications == ()
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("kind", OF_A_DESK)
def test_each_report_is_for_the_people_of_the_desk_and_says_when_there_is_nothing(kind, staff):
    other = Staff()
    two_texts(other, other)
    data = build_data(staff, kind)
    assert "Torvik" not in str(data)
    assert "Nothing" in as_html(data)
    assert "Nothing" in as_text(data) or kind == "desk_digest"
    for user in (staff.outsider, staff.superuser, other.desk_chief):
        with pytest.raises(NotAllowed):
            build_desk_report(staff.desk, kind, by=user)


def test_a_document_is_no_report_of_a_desk(staff):
    for kind in ("document", "gossip"):
        with pytest.raises(Invalid):
            build_desk_report(staff.desk, kind, by=staff.editor)


@pytest.mark.parametrize("kind", ["conflicts", "overdue", "corrections"])
def test_three_rows_ask_no_more_of_the_database_than_one(kind, staff):
    counts = []
    for number in range(1, 4):
        topic = TopicFactory()
        for text in (FORTY, SIXTY):
            text = text.replace("0", str(number))
            story = file_text(text, desk=staff.desk, by=staff.editor, topic=topic, title=f"Text {number}")
            due = timezone.now() - timedelta(hours=number)
            assign_claim(
                bring_to(story.claims.get(), "open", staff), staff.checker, by=staff.editor, method="expert", due_at=due
            )
            publish_document(story, by=staff.editor, uncleared_reason="now")
            correct_document(story, by=staff.editor, correction_class="update", wording="More.")
        with CaptureQueriesContext(connection) as asked:
            built = OF_A_DESK[kind](staff.desk)
        counts.append(len(asked))
    assert counts[0] == counts[2]
    assert max(len(rows) for rows in built.as_dict().values() if isinstance(rows, tuple)) >= 1


def test_a_host_names_the_verdicts_and_a_frozen_report_keeps_the_name(staff, settings):
    settings.FACTCHECK = {**getattr(settings, "FACTCHECK", {}), "VERDICT_LABELS": {"supported": "Confirmed by two"}}
    story = clear_document(file_text(FORTY, desk=staff.desk, by=staff.editor), staff)
    report = build_document_report(story, by=staff.editor)
    settings.FACTCHECK = {}
    assert "Confirmed by two" in as_html(report.data)
    assert "Confirmed by two" in as_text(report.data)
    assert report.data["documents"][0]["claims"][0]["verdict"] == "supported"
    assert report.kind == ReportKind.DOCUMENT
