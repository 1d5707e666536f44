"""What a person says where the machine misread a figure: it is compared so, it lasts, and it costs what it should."""

from __future__ import annotations

from decimal import Decimal

import pytest

from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.models import Discrepancy, Document, Event, FigureProfile
from factcheck.workflow.claims import dismiss_figure
from factcheck.workflow.figures import correct_reading
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import set_general
from factcheck.workflow.reading import reread_document
from tests.factories import TopicFactory
from tests.stories import (
    TUESDAY,
    Staff,
    bring_to,
    clear_document,
    do_jobs,
    file_text,
    in_hours,
    registered,
    revise_text,
)

pytestmark = pytest.mark.django_db
OURS = "The council of Torvik said 40 homes were flooded on Monday."
THEIRS = "The fire brigade said 60 homes were flooded on Monday."


@pytest.fixture
def texts(staff: Staff) -> list[Document]:
    """Two texts of one story whose numbers are in dispute."""
    topic = TopicFactory()
    found = [
        file_text(text, desk=staff.desk, by=staff.editor, topic=topic, kind=kind, published_at=TUESDAY)
        for text, kind in ((OURS, "story"), (THEIRS, "coverage"))
    ]
    do_jobs()
    assert Discrepancy.objects.open().count() == 1
    return found


def correct(document: Document, staff: Staff, **said):
    figure = document.figures.get(anchor_state__in=["exact", "moved"])
    correct_reading(figure, by=staff.editor, version=figure.version, **{"note": "as printed", **said})
    do_jobs()
    figure.refresh_from_db()
    return figure


def test_a_number_that_was_misread_is_compared_as_it_is_said_to_be(texts, staff):
    figure = correct(texts[1], staff, value=Decimal(40), note="the scan shows 40")
    assert (figure.value, figure.corrected_by, figure.machine_reading) == (40, staff.editor, {"value": "60"})
    assert not Discrepancy.objects.open().exists()
    assert figure.measure.agreements == 1
    event = Event.objects.of(figure).get(action="correct_reading")
    said = {"parts": ["value"], "from": {"value": "60"}, "to": {"value": "40"}}
    assert (event.actor, event.facts, event.note.text) == (staff.editor, said, "the scan shows 40")


def test_a_number_that_was_misread_opens_the_dispute_that_it_is_in(texts, staff):
    correct(texts[1], staff, value=Decimal(40))
    correct(texts[1], staff, value=Decimal(70))
    (dispute,) = Discrepancy.objects.open()
    assert "70 homes" in dispute.reason


PARTS = [
    ({"low": Decimal(35), "high": Decimal(45)}, ("value", None)),
    ({"hedge": "at_least"}, ("hedge", "at_least")),
    ({"unit": "km"}, ("dimension", "length")),
    ({"counted": "cellars"}, ("counted", "cellars")),
    ({"place": "Lenn"}, ("place", "Lenn")),
    ({"modality": "feared"}, ("modality", "feared")),
]


@pytest.mark.parametrize(("said", "stored"), PARTS)
def test_each_part_can_be_corrected_and_stands_when_the_text_is_read_again(said, stored, texts, staff):
    name, value = stored
    figure = correct(texts[1], staff, **said)
    assert getattr(figure, name) == value
    reread_document(texts[1], by=staff.editor)
    do_jobs()
    revise_text(texts[1], f"{THEIRS} The mayor has spoken.", by=staff.editor)
    assert [row.pk for row in texts[1].figures.anchored()] == [figure.pk], "no second figure stands in its place"
    figure.refresh_from_db()
    assert getattr(figure, name) == value


def test_a_newer_engine_that_reads_it_otherwise_does_not_undo_what_a_person_said(texts, staff):
    figure = correct(texts[1], staff, value=Decimal(40))
    type(figure).objects.filter(pk=figure.pk).update(machine_reading={"value": "61"}, engine_version="0")
    reread_document(texts[1], by=staff.editor)
    do_jobs()
    assert [(row.pk, row.value) for row in texts[1].figures.anchored()] == [(figure.pk, 40)]


def test_another_number_in_the_copy_is_a_new_figure_read_anew(texts, staff):
    figure = correct(texts[1], staff, value=Decimal(40))
    revise_text(texts[1], THEIRS.replace("60", "90"), by=staff.editor)
    (now,) = texts[1].figures.anchored()
    assert (now.pk != figure.pk, now.value, now.corrected_by) == (True, 90, None)


def test_who_says_it_is_corrected_by_name_and_known_to_the_registry(texts, staff):
    ministry = registered("Ministry of Torvik")
    figure = correct(texts[1], staff, says="Ministry of Torvik")
    assert (figure.attribution.party, figure.attribution.source) == ("Ministry of Torvik", ministry)
    assert "Ministry of Torvik" in Discrepancy.objects.open().get().reason
    assert correct(texts[1], staff, says="").attribution is None


def test_a_figure_in_another_unit_leaves_its_measure_and_the_dispute(texts, staff):
    before = texts[1].figures.get().measure
    figure = correct(texts[1], staff, unit="km")
    assert (figure.measure != before, figure.measure.dimension) == (True, "length")
    assert FigureProfile.objects.get(figure=figure).dimension == "length"
    assert not Discrepancy.objects.open().exists()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"value": Decimal(41)}, "stale"),
        ({"hedge": "about"}, "stale"),
        ({"unit": "km"}, "stale"),
        ({"says": "the mayor"}, "stale"),
        ({"modality": "feared"}, "stale"),
        ({"counted": "cellars"}, "signed_off"),
        ({"place": "Lenn"}, "signed_off"),
    ],
)
def test_a_sign_off_is_void_where_what_was_signed_changes(said, state, staff):
    story = file_text(OURS, desk=staff.desk, by=staff.editor, authors=(staff.desk_chief,))
    clear_document(story, staff)
    correct(story, staff, **said)
    assert story.claims.get().state == state


BAD = [
    ({}, "nothing_changes"),
    ({"value": Decimal(60)}, "nothing_changes"),
    ({"value": Decimal(1), "low": Decimal(1), "high": Decimal(2)}, "number_missing"),
    ({"low": Decimal(1)}, "number_missing"),
    ({"value": Decimal(5), "low": Decimal(0)}, "number_missing"),
    ({"unit": "km/<b>"}, "unit_unknown"),
    ({"unit": "count/0"}, "unit_unknown"),
    ({"unit": "USD/" + "x" * 40}, "unit_unknown"),
    ({"low": Decimal(9), "high": Decimal(2)}, "range_reversed"),
    ({"value": Decimal(10) ** 20}, "number_too_long"),
    ({"value": Decimal("NaN")}, "number_too_long"),
    ({"unit": "furlong"}, "unit_unknown"),
    ({"hedge": "perhaps"}, "hedge_unknown"),
    ({"colour": "red"}, "unknown_part"),
    ({"place": "x" * 201}, "too_long"),
]


@pytest.mark.parametrize(("said", "code"), BAD)
def test_what_cannot_be_is_refused_and_nothing_is_written(said, code, texts, staff):
    figure = texts[1].figures.get()
    with pytest.raises(Invalid) as refusal:
        correct_reading(figure, by=staff.editor, note="as printed", **said)
    assert refusal.value.code == code
    assert not Event.objects.of(figure).filter(action="correct_reading").exists()
    figure.refresh_from_db()
    assert (figure.value, figure.machine_reading) == (60, {})


def test_no_author_of_either_side_corrects_a_reading(texts, staff):
    texts[0].authors.add(staff.editor)
    for document in texts:
        with pytest.raises(NotAllowed) as refusal:
            correct_reading(document.figures.get(), by=staff.editor, note="as printed", value=Decimal(1))
        assert refusal.value.code in ("four_eyes_author", "four_eyes_other_side")


def test_a_figure_in_dispute_is_read_otherwise_by_an_editor_alone_and_any_for_a_reason(texts, staff):
    figure = texts[1].figures.get()
    with pytest.raises(NotAllowed) as refusal:
        correct_reading(figure, by=staff.checker, note="as printed", modality="feared")
    assert refusal.value.code == "in_dispute"
    with pytest.raises(Invalid) as reason:
        correct_reading(figure, by=staff.editor, note=" ", modality="feared")
    assert reason.value.code == "reason_missing"
    alone = file_text("The mill of Velmora lost 12 horses.", desk=staff.desk, by=staff.editor)
    correct_reading(alone.figures.get(), by=staff.checker, note="as printed", value=Decimal(13))


def test_the_author_who_rewords_a_corrected_sentence_has_it_read_anew(texts, staff):
    correct(texts[0], staff, modality="feared")
    assert not Discrepancy.objects.open().filter(kind="conflict").exists()
    revise_text(texts[0], "The council of Torvik counted them: 40 homes were flooded on Monday.", by=staff.editor)
    (now,) = texts[0].figures.anchored()
    assert (now.modality, now.machine_reading) == ("reported", {})
    assert Discrepancy.objects.open().filter(kind="conflict").count() == 1


def test_a_correction_leaves_a_figure_in_a_measure_that_is_compared_everywhere(staff):
    ours = file_text(OURS, desk=staff.desk, by=staff.editor, topic=TopicFactory(), kind="story")
    theirs = file_text(THEIRS, desk=staff.desk, by=staff.editor, topic=TopicFactory())
    set_general(ours.figures.get().measure, True, by=staff.desk_chief)
    do_jobs()
    assert Discrepancy.objects.open().count() == 1
    for said in ({"value": Decimal(70)}, {"hedge": "about"}, {"counted": "Homes"}):
        correct(theirs, staff, **said)
        assert Discrepancy.objects.open().filter(kind="conflict").count() == 1, said


def test_what_an_erasing_takes_away_is_in_no_correction_either(staff):
    story = file_text(OURS, desk=staff.desk, by=staff.editor)
    figure = correct(story, staff, says="Informant Quill", counted="wobbly cellars")
    erase_document(story, by=staff.desk_chief, note="asked for")
    figure.refresh_from_db()
    event = Event.objects.of(figure).get(action="correct_reading")
    left = f"{figure.machine_reading} {event.facts} {event.note.text}"
    assert not {"Quill", "wobbly", "council", "homes"} & set(left.replace("“", " ").replace("”", " ").split())


def test_a_verdict_in_review_goes_back_when_its_figure_is_read_otherwise(staff):
    story = file_text(OURS, desk=staff.desk, by=staff.editor)
    bring_to(story.claims.get(), "in_review", staff)
    correct(story, staff, value=Decimal(41))
    assert story.claims.get().state == "in_verification"


def test_a_pinned_figure_is_read_in_another_unit_by_who_may_pin_it(staff):
    story = file_text(OURS, desk=staff.desk, by=staff.editor)
    figure = story.figures.get()
    type(figure).objects.filter(pk=figure.pk).update(pinned_by=staff.desk_chief)
    with pytest.raises(NotAllowed):
        correct_reading(figure, by=staff.checker, note="as printed", unit="km")
    assert correct(story, staff, unit="km").pinned_by is None


def test_a_dismissed_figure_is_not_corrected(texts, staff):
    figure = texts[1].figures.get()
    dismiss_figure(figure, by=staff.editor, note="idle")
    with pytest.raises(WrongState):
        correct_reading(figure, by=staff.editor, note="as printed", value=Decimal(1))


def test_a_correction_holds_in_a_topic_under_embargo_too(staff):
    topic = TopicFactory()
    values = {"desk": staff.desk, "by": staff.editor, "topic": topic, "published_at": TUESDAY}
    file_text(OURS, **values)
    hidden = file_text(THEIRS, embargo_until=in_hours(5), **values)
    assert Discrepancy.objects.open().count() == 1
    assert correct(hidden, staff, value=Decimal(40)).measure.embargoed == hidden
    assert not Discrepancy.objects.open().exists()
