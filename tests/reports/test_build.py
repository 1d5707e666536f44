"""A report says what was known when it was built, and can be made again from what was frozen."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factcheck.errors import NotAllowed
from factcheck.models import Discrepancy, Document, Eyes, Measure, Policy, Report
from factcheck.reports.builders import build_document
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.render import as_html, as_json, as_text
from factcheck.reports.render.pdf import as_pdf
from factcheck.reports.render.tables import documents_table as documents_table
from factcheck.workflow.claims import dismiss_figure
from factcheck.workflow.clearance import clearance
from factcheck.workflow.desks import set_policy
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.observations import observations_of
from factcheck.workflow.publications import correct_document, publish_document, waive_document
from factcheck.workflow.verification import waive_claim
from tests.factories import TopicFactory, many_discrepancies
from tests.stories import Staff, bring_to, clear_document, file_text, give_evidence, in_hours, registered, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture
def story(staff: Staff):
    return file_text(HOMES, desk=staff.desk, by=staff.editor, title="The flood <b>of</b> “Torvik”")


def test_every_format_is_made_again_from_the_frozen_data_alone(story, staff):
    report = build_document_report(clear_document(story, staff), by=staff.auditor)
    then = as_html(report.data), as_text(report.data), as_json(report.data)
    revise_text(story, HOMES.replace("40", "45"), by=staff.editor)
    again = Report.objects.get(pk=report.pk)
    assert (as_html(again.data), as_text(again.data), as_json(again.data)) == then
    assert again.sha256 == hashlib.sha256(then[2].encode()).hexdigest()
    assert json.loads(then[2]) == again.data
    assert build_document_report(story, by=staff.auditor).sha256 != report.sha256


def test_a_report_tells_verdict_signer_origins_and_whose_eyes(story, staff):
    Policy.objects.create(desk=staff.desk, eyes=Eyes.TWO)
    claim = bring_to(story.claims.get(), "in_verification", staff)
    give_evidence(claim, by=staff.checker, source=registered("The Velmora Herald"), use="primary")
    bring_to(claim, "signed_off", staff)
    (part,) = build_document(story).documents
    (line,) = part.claims
    assert (line.verdict, line.verdict_by, line.signed_by) == ("supported", str(staff.checker), str(staff.reviewer))
    assert (line.eyes, line.origins) == ("two", 2)
    assert "two eyes policy" in as_html(build_document(story).as_dict())
    assert "The Velmora Herald" in {row.source for row in line.evidence}


def test_a_report_and_a_publication_tell_by_which_policy_the_gate_answered(story, staff):
    Document.objects.update(created_at=timezone.now() + timedelta(minutes=1))  # as if filed after it was loosened
    story.refresh_from_db()
    set_policy(
        staff.desk,
        by=staff.desk_chief,
        threshold=1.0,
        minimum_origins=1,
        eyes="two",
        reliability_floor="A",
        conflict_score=0.9,
    )
    for figure in story.figures.all():
        dismiss_figure(figure, by=staff.editor, note="idle")
    rules = {"eyes": "two", "assess": "self", "threshold": 1.0, "minimum_origins": 1, "reliability_floor": "A"}
    rules |= {"conflict_score": 0.9, "differs_score": None}
    published = publish_document(story, by=staff.editor)
    assert (published.clear, published.answer["policy"]) == (True, rules)
    set_policy(
        staff.desk,
        by=staff.desk_chief,
        threshold=0.5,
        minimum_origins=2,
        eyes="three",
        reliability_floor="C",
        conflict_score=None,
    )
    report = build_document_report(story, by=staff.auditor)
    (part,) = report.data["documents"]
    loose = (
        "two pairs of eyes, evidence assessed by whoever gave it, check-worthiness from 1, one independent origin or a primary source, reliability floor A, "
        "conflicts from score 0.9"
    )
    strict = "three pairs of eyes, evidence assessed by a second person, check-worthiness from 0.5, 2 origins or a primary source, reliability floor C"
    assert part["policy"] == strict
    assert f"under the policy of {loose}: cleared" in part["publications"][0]
    for page in (as_html(report.data), as_text(report.data)):
        assert f"Policy of the desk: {strict}" in page
        assert loose in page
    assert strict in documents_table(report.data).rows[0]


def test_a_report_from_before_policies_were_kept_is_still_rendered(story, staff):
    data = build_document(story).as_dict()
    for part in data["documents"]:
        del part["policy"]
    assert "Policy of the desk" not in as_html(data)
    assert as_pdf(data).startswith(b"%PDF")
    assert documents_table(data).rows


def test_the_text_of_a_report_is_the_text_of_the_revision(story):
    (part,) = build_document(story).documents
    assert "".join(passage.text for passage in part.passages) == HOMES
    assert [passage.claim for passage in part.passages] == [1]


def test_a_report_prints_what_was_waived_published_uncleared_and_corrected(story, staff):
    waive_document(story, by=staff.desk_chief, note="breaking")
    waive_claim(story.claims.get(), by=staff.desk_chief, note="the council is closed", expires_at=in_hours(1))
    publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    correct_document(story, by=staff.editor, correction_class="correction", wording="It was 45.")
    page = as_html(build_document(story).as_dict())
    for words in ("breaking", "2 unchecked", "the council is closed", "It was 45."):
        assert words in page


def test_an_uncleared_publication_is_written_large(story, staff):
    publish_document(story, by=staff.editor, uncleared_reason="the rivals have it")
    assert "UNCLEARED" in as_html(build_document(story).as_dict())
    digest = build_desk_report(staff.desk, "desk_digest", by=staff.auditor)
    assert digest.data["counts"]["published uncleared"] == 1


def test_markup_in_a_title_is_shown_and_not_obeyed(story, staff):
    page = as_html(build_document(story).as_dict())
    assert "<b>of</b>" not in page
    assert "&lt;b&gt;of&lt;/b&gt;" in page


def test_a_report_is_built_for_the_people_of_the_desk_only(story, staff):
    for user in (staff.outsider, staff.superuser, Staff().editor):
        with pytest.raises(NotAllowed):
            build_document_report(story, by=user)
        with pytest.raises(NotAllowed):
            build_desk_report(staff.desk, "desk_digest", by=user)
    assert not Report.objects.exists()


@pytest.mark.parametrize("both", [True, False], ids=["both sides", "one side"])
def test_the_note_of_a_resolution_is_for_a_desk_that_holds_both_sides(both, staff):
    topic, there = TopicFactory(), staff if both else Staff()
    story = file_text(sentences(1), desk=staff.desk, by=staff.editor, topic=topic)
    other = sentences(1).replace("council", "mayor").replace("40", "60")
    file_text(other, desk=there.desk, by=there.editor, topic=topic)
    resolve_dispute(Discrepancy.objects.get(), "explained", by=staff.chief_editor, note="SECRET of the other text")
    line = build_document(story).discrepancies[0]
    assert (line.state, line.resolution, "SECRET" in line.note) == ("resolved", "explained", both)


# The same number of questions to the database, however much there is to tell


def questions(ask) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def sentences(count: int) -> str:
    return "\n\n".join(
        f"The council of Torvik said {number} homes were flooded on Monday." for number in range(40, 40 + count)
    )


@pytest.mark.parametrize("checked", [False, True], ids=["proposed", "signed off"])
@pytest.mark.parametrize("ask", [clearance, build_document], ids=lambda ask: ask.__name__)
def test_many_claims_ask_no_more_of_the_database_than_few(ask, checked, staff):
    counts = []
    for count in (2, 4):  # and one discrepancy, or six
        story = file_text(sentences(count), desk=staff.desk, by=staff.editor, topic=TopicFactory())
        assert story.claims.count() == count
        if checked:
            clear_document(story, staff)
        story = type(story).objects.get(pk=story.pk)
        counts.append(questions(lambda story=story: ask(story)))
    assert counts[0] == counts[1]


def test_three_figures_of_a_measure_ask_no_more_of_the_database_than_one(staff):
    counts = []
    for count in (1, 3):
        topic = TopicFactory()
        for number in range(count):
            text = f"The mayor of Torvik said {40 + number} homes were flooded on Monday."
            publisher = registered(f"Paper {count} {number}")
            file_text(text, desk=staff.desk, by=staff.editor, topic=topic, publisher=publisher)
        measure = Measure.objects.get(topic=topic)
        assert len(observations_of(measure)) == count
        counts.append(questions(lambda measure=measure: observations_of(measure)))
    assert counts[0] == counts[1] == 2, "the figures, and what the registry knows of those who give them"


def test_figures_that_differ_from_more_than_a_thousand_others_are_told_in_every_report(story, staff):
    many_discrepancies(story.figures.get(), 1100, apart=True)
    assert len(build_document(story).discrepancies) == 1100
    assert build_desk_report(staff.desk, "conflicts", by=staff.editor).data["counts"]["conflict"] == 1100
