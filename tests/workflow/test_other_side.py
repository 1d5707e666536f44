"""Whoever wrote a text does not decide what the other side of a comparison says: by no action, through no entry point."""

from __future__ import annotations

from datetime import timedelta

import pytest

from factcheck.errors import NotAllowed
from factcheck.models import Document, DocumentKind, Membership, Role
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import dismiss_claim, dismiss_figure, dismiss_figures, dismiss_idle_figures
from factcheck.workflow.clearance import clearance
from factcheck.workflow.documents import ingest_document, revise_document, withdraw_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import merge_measures, pin_figure, set_general, set_topic, split_measure
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.sources import change_source, grade_source, record_source
from tests.factories import MeasureFactory, SourceFactory, TopicFactory
from tests.stories import TUESDAY, Staff, do_jobs, file_text, person, registered

pytestmark = pytest.mark.django_db

OURS = "The council of Torvik said 40 homes were flooded on Monday."
THEIRS = "The fire brigade said 60 homes were flooded on Monday."
ALIKE = "The fire brigade said 40 homes were flooded on Monday."


def later(document: Document) -> object:
    return TUESDAY + timedelta(days=30)


ACTS = {
    "dismiss the figure": lambda it, by: dismiss_figure(it.figures.get(), by=by, note="background"),
    "dismiss figures in bulk": lambda it, by: dismiss_figures(list(it.figures.all()), by=by, note="background"),
    "dismiss the idle figures": lambda it, by: dismiss_idle_figures(it, by=by, note="background"),
    "dismiss the claim": lambda it, by: dismiss_claim(it.claims.get(), by=by, note="idle"),
    "withdraw the document": lambda it, by: withdraw_document(it, by=by, note="wrong"),
    "erase the text": lambda it, by: erase_document(it, by=by, note="a court said so"),
    "date it otherwise": lambda it, by: update_metadata(it, by=by, published_at=later(it)),
    "call it another language": lambda it, by: update_metadata(it, by=by, language="de"),
    "give it another zone": lambda it, by: update_metadata(it, by=by, zone="Asia/Tokyo"),
    "give it another publisher": lambda it, by: update_metadata(it, by=by, publisher=SourceFactory()),
    "pin the figure elsewhere": lambda it, by: pin_figure(it.figures.get(), MeasureFactory(dimension="count"), by=by),
    "move it to another topic": lambda it, by: set_topic(it, TopicFactory(), by=by),
    "make the measure general": lambda it, by: set_general(it.figures.get().measure, True, by=by),
}
WORDS = {
    "file a new text": lambda it, by: revise_document(it, ALIKE.encode(), by=by),
    "name oneself its author": lambda it, by: update_metadata(it, by=by, authors=(by,)),
}


@pytest.fixture
def author(staff: Staff):
    """An editor and chief of the desk who wrote our story."""
    writer = person(Role.EDITOR, staff.desk)
    Membership.objects.create(user=writer, desk=staff.desk, role=Role.DESK_CHIEF)
    return writer


@pytest.fixture
def sides(staff: Staff, author):
    """Our story and the coverage that differs from it, with a claim set aside so that its figure counts as idle."""
    topic = TopicFactory()
    ours = file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    theirs = file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic, publisher_name="Mail")
    assert "discrepancy_open" in codes(ours)
    return ours, theirs


def codes(document: Document) -> set[str]:
    document.refresh_from_db()
    return {blocker.code for blocker in clearance(document).blockers}


def refused(action, *args) -> str:
    with pytest.raises(NotAllowed) as refusal:
        action(*args)
    return refusal.value.code


def make_idle(document: Document) -> None:
    """Its claim is worth no checking, so that its figures may be dismissed in one go."""
    document.claims.update(checkworthiness=0)


@pytest.mark.parametrize("action", {**ACTS, **WORDS})
def test_an_author_does_not_make_the_conflict_against_their_own_story_vanish(action, sides, author):
    ours, theirs = sides
    make_idle(theirs)
    before = theirs.current_revision.text_sha256
    assert refused({**ACTS, **WORDS}[action], theirs, author) in ("four_eyes_other_side", "four_eyes_author")
    do_jobs()
    theirs.refresh_from_db()
    assert theirs.current_revision.text_sha256 == before
    assert "discrepancy_open" in codes(ours)


@pytest.mark.parametrize("action", {**ACTS, **WORDS})
def test_a_colleague_who_wrote_neither_may(action, sides, staff):
    _, theirs = sides
    make_idle(theirs)
    chief = staff.desk_chief
    {**ACTS, **WORDS}[action](theirs, chief)


@pytest.mark.parametrize("action", ACTS)
def test_nor_what_agrees_with_it_now_and_may_differ_tomorrow(action, staff, author):
    topic = TopicFactory()
    file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    theirs = file_text(ALIKE, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic, publisher_name="Mail")
    make_idle(theirs)
    assert refused(ACTS[action], theirs, author) in ("four_eyes_other_side", "four_eyes_author")


@pytest.mark.parametrize(
    "action", ["dismiss the figure", "dismiss the claim", "withdraw the document", "file a new text"]
)
def test_what_is_compared_with_nothing_of_theirs_is_theirs_to_edit(action, staff, author):
    file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=TopicFactory())
    elsewhere = file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=TopicFactory())
    {**ACTS, **WORDS}[action](elsewhere, author)


def test_across_topics_a_general_measure_makes_it_the_other_side_too(staff, author):
    ours = file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=TopicFactory())
    theirs = file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=TopicFactory())
    dismiss = ACTS["dismiss the figure"]
    set_general(ours.figures.get().measure, True, by=staff.desk_chief)
    do_jobs()
    assert refused(dismiss, theirs, author) == "four_eyes_other_side"
    set_general(ours.figures.get().measure, False, by=staff.desk_chief)
    dismiss(theirs, author)


def test_two_stories_of_one_writer_are_theirs_to_correct(staff, author):
    topic = TopicFactory()
    for text in (OURS, THEIRS):
        file_text(text, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic, title=text)
    second = Document.objects.get(title=THEIRS)
    assert "discrepancy_open" in codes(second)
    revise_document(second, ALIKE.encode(), by=author)
    do_jobs()
    assert "discrepancy_open" not in codes(second)


def test_naming_oneself_the_author_of_a_colleague_s_story_opens_nothing(staff, author):
    topic = TopicFactory()
    file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    colleague = file_text(THEIRS, desk=staff.desk, by=staff.editor, authors=(staff.checker,), topic=topic)
    assert colleague.kind == DocumentKind.STORY
    for attempt in (
        lambda: update_metadata(colleague, by=author, authors=(author,)),
        lambda: ingest_document(
            THEIRS.encode(),
            Arrival(pasted=True, title="Untitled", published_at=TUESDAY, authors=(author,)),
            desk=staff.desk,
            by=author,
        ),
        lambda: revise_document(colleague, ALIKE.encode(), by=author),
    ):
        assert refused(attempt) == "four_eyes_other_side"


def test_the_host_does_not_file_the_new_words_for_them_either(sides, staff, author):
    Document.objects.filter(pk=sides[1].pk).update(created_by=staff.service)
    sides[1].refresh_from_db()
    assert refused(lambda: revise_document(sides[1], ALIKE.encode(), by=staff.service, editor=author)) == (
        "four_eyes_other_side"
    )
    revise_document(sides[1], ALIKE.encode(), by=staff.service, editor=staff.editor)


@pytest.mark.parametrize("action", {**ACTS, **WORDS})
def test_taking_their_own_text_out_for_a_moment_opens_nothing(action, sides, author):
    ours, theirs = sides
    make_idle(theirs)
    revise_document(ours, b"Nothing was flooded.", by=author)
    do_jobs()
    assert refused({**ACTS, **WORDS}[action], theirs, author) in ("four_eyes_other_side", "four_eyes_author")
    revise_document(ours, OURS.encode(), by=author)
    do_jobs()
    assert "discrepancy_open" in codes(ours)


def test_agreeing_for_a_moment_opens_nothing_either(sides, author):
    ours, theirs = sides
    revise_document(ours, THEIRS.encode(), by=author)
    do_jobs()
    assert "discrepancy_open" not in codes(ours)
    assert refused(WORDS["file a new text"], theirs, author) == "four_eyes_other_side"


@pytest.mark.parametrize("general", ["ours", "theirs"])
@pytest.mark.parametrize("action", ["pin the figure elsewhere", "split the measure", "merge the measure"])
def test_a_general_measure_of_either_side_is_neither_pinned_nor_split_nor_merged_away(action, general, staff, author):
    ours = file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=TopicFactory())
    theirs = file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=TopicFactory())
    set_general((ours if general == "ours" else theirs).figures.get().measure, True, by=staff.desk_chief)
    do_jobs()
    assert "discrepancy_open" in codes(ours)
    figure = theirs.figures.get()
    other = MeasureFactory(dimension="count", topic=figure.measure.topic)
    actions = {
        "pin the figure elsewhere": lambda: pin_figure(figure, other, by=author),
        "split the measure": lambda: split_measure(figure.measure, [figure], counted="barns", by=author),
        "merge the measure": lambda: merge_measures(figure.measure, other, by=author),
    }
    assert refused(actions[action]) == "four_eyes_author"


def test_the_name_of_the_other_side_s_source_is_not_theirs_to_change_or_grade(staff, author):
    mail, topic = registered("Mail"), TopicFactory()
    ours = file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic, publisher=mail)
    for action in (
        lambda: change_source(mail, by=author, name="Torvik Post"),
        lambda: change_source(mail, by=author, aliases=["council of Torvik"]),
        lambda: change_source(mail, by=author, owner=SourceFactory()),
        lambda: grade_source(mail, "F", by=author, reason="I say so"),
    ):
        assert refused(action) == "four_eyes_other_side"
    change_source(mail, by=author, name="Mail", kind="media", country="NO", domains=["mail.example"], party_to=[topic])
    change_source(mail, by=staff.editor, name="Morning Mail")
    grade_source(mail, "B", by=staff.editor, reason="two corrections in a year")
    assert "discrepancy_open" in codes(ours)


def test_quoting_the_source_in_their_own_text_as_well_does_not_make_it_theirs_to_rename(staff, author):
    brigade, topic = registered("fire brigade"), TopicFactory()
    both = f"{OURS} The fire brigade said 12 roads were closed."
    file_text(both, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic)
    assert refused(lambda: change_source(brigade, by=author, aliases=["council of Torvik"])) == "four_eyes_other_side"


def test_no_source_is_given_the_names_of_both_sides_by_an_author(sides, staff, author):
    ours, _ = sides
    both = ["council of Torvik", "fire brigade"]
    other, council = registered("Torvik Museum"), {"desk": staff.desk, "kind": "official"}
    for action in (
        lambda by: change_source(other, by=by, aliases=both),
        lambda by: record_source("Torvik", by=by, aliases=both, **council),
        lambda by: record_source("The fire brigade", by=by, aliases=both[:1], **council),
    ):
        assert refused(action, author) == "four_eyes_other_side"
    assert "discrepancy_open" in codes(ours)
    record_source("Fire brigade", by=author, aliases=["brigade of Torvik"], **council)
    registry = record_source("Torvik", by=staff.editor, aliases=both[:1], **council)
    assert refused(lambda: change_source(registry, by=author, aliases=both)) == "four_eyes_other_side"


def test_a_text_that_only_agrees_with_theirs_takes_new_words_from_them(staff, author):
    topic = TopicFactory()
    file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    theirs = file_text(ALIKE, desk=staff.desk, by=staff.editor, kind="coverage", topic=topic, publisher_name="Mail")
    revise_document(theirs, (ALIKE + " Roads were closed.").encode(), by=author)
    update_metadata(theirs, by=author, authors=(author,))


def test_a_source_of_which_nothing_is_compared_with_theirs_is_theirs_to_change(staff, author):
    mail = registered("Mail")
    file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=TopicFactory())
    file_text(THEIRS, desk=staff.desk, by=staff.editor, kind="coverage", topic=TopicFactory(), publisher=mail)
    change_source(mail, by=author, name="Morning Mail")


def test_a_service_account_does_not_name_them_its_author(staff, author):
    topic = TopicFactory()
    file_text(OURS, desk=staff.desk, by=staff.editor, authors=(author,), topic=topic)
    colleague = file_text(THEIRS, desk=staff.desk, by=staff.service, authors=(staff.checker,), topic=topic)
    named = Arrival(pasted=True, filename="revision.txt", media_type="text/plain", authors=(author,))
    code = refused(lambda: revise_document(colleague, THEIRS.encode(), by=staff.service, arrival=named))
    assert code == "four_eyes_other_side"
