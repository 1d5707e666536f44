"""Edits void: a new text finds the old claims again, and only a change of words undoes a sign-off."""

from __future__ import annotations

import pytest

from factcheck.models import Anchor, Claim, Discrepancy, Event, Figure, Measure
from factcheck.workflow.claims import (
    accept_claim,
    dismiss_claim,
    dismiss_figure,
    link_figure,
    place_claim,
    reopen_claim,
    split_claim,
)
from factcheck.workflow.clearance import clearance
from factcheck.workflow.measures import merge_measures, pin_figure
from factcheck.workflow.reading import reread_document
from tests.factories import TopicFactory
from tests.stories import Staff, bring_to, clear_document, do_jobs, file_text, revise_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
HORSES = "The mill of Velmora lost 12 horses in the night."
TEXT = f"{HOMES}\n\n{HORSES}"


@pytest.fixture
def story(staff: Staff):
    return clear_document(file_text(TEXT, desk=staff.desk, by=staff.editor), staff)


def homes(story) -> Claim:
    return story.claims.get(split_from=None, text__contains="council")


def test_the_story_of_these_tests_is_signed_off_and_clear(story):
    assert [claim.state for claim in story.claims.all()] == ["signed_off", "signed_off"]
    assert clearance(story).clear


# new wording of the first sentence: its anchor, and the classes of change that are the reason shown
EDITS = [
    (HOMES.replace("40", "45"), "number"),
    (HOMES.replace("40", "about 40"), "hedge"),
    (HOMES.replace("homes", "barns"), "wording"),
    (HOMES.replace("Torvik", "Sundby"), "name"),
    (HOMES.replace("were", "were not"), "negation"),
    (HOMES.replace("were", "may be"), "modality"),
    (HOMES.replace("said", "claimed"), "attribution"),
]


@pytest.mark.parametrize(("wording", "change"), EDITS, ids=[change for _, change in EDITS])
def test_a_change_of_words_makes_a_signed_claim_stale_and_says_which(wording, change, story, staff):
    revise_text(story, TEXT.replace(HOMES, wording), by=staff.editor)
    claim = homes(story)
    assert (claim.state, claim.anchor_state, claim.text) == ("stale", "edited", wording)
    assert change in claim.stale_reason.removeprefix("the words changed: ").split(", ")
    assert claim.words_changed_by == staff.editor
    assert story.claims.get(text=HORSES).state == "signed_off"
    assert {row.code for row in clearance(story).blockers} >= {"claim_stale"}


TYPOGRAPHY = [
    ("spaces", TEXT.replace(" said ", "  said ")),
    ("markup", TEXT.replace("flooded", "*flooded*")),
    ("quotes", TEXT.replace("flooded", "“flooded”")),
    ("a soft dash", TEXT.replace("council of Torvik", "council — of Torvik")),
    ("a final blank line", TEXT + "\n\n"),
]


@pytest.mark.parametrize("new", [text for _, text in TYPOGRAPHY], ids=[name for name, _ in TYPOGRAPHY])
def test_typography_keeps_the_sign_off_and_the_gate_open(new, story, staff):
    revise_text(story, new, by=staff.editor)
    claim = homes(story)
    assert (claim.state, claim.words_changed_by) == ("signed_off", None)
    assert clearance(story).blockers == ()


def test_the_same_number_written_in_another_way_is_no_change(story, staff):
    revise_text(story, TEXT.replace("40", "forty"), by=staff.editor)
    claim = homes(story)
    assert (claim.state, claim.words_changed_by) == ("signed_off", None)
    assert clearance(story).blockers == ()


def test_a_paragraph_that_moves_keeps_its_sign_offs_and_figures(story, staff):
    figures = list(story.figures.values_list("pk", flat=True))
    revise_text(story, f"{HORSES}\n\n{HOMES}", by=staff.editor)
    assert {claim.state for claim in story.claims.all()} == {"signed_off"}
    assert "moved" in {claim.anchor_state for claim in story.claims.all()}
    assert list(story.figures.values_list("pk", flat=True)) == figures
    assert clearance(story).clear


def test_saving_without_a_change_makes_no_revision(story, staff):
    revise_text(story, TEXT, by=staff.editor)
    assert (story.revisions.count(), clearance(story).clear) == (1, True)


def test_a_sentence_added_elsewhere_voids_nothing_and_is_a_claim_of_its_own(story, staff):
    revise_text(story, f"{TEXT}\n\nA bridge at Sundby fell on Monday, killing 3 people.", by=staff.editor)
    assert sorted(claim.state for claim in story.claims.all()) == ["proposed", "signed_off", "signed_off"]
    assert "claim_unchecked" in {row.code for row in clearance(story).blockers}


def test_a_claim_that_was_cut_does_not_block(story, staff):
    claim = homes(story)
    revise_text(story, HORSES, by=staff.editor)
    claim.refresh_from_db()
    assert claim.anchor_state == "orphaned"
    assert clearance(story).clear


def test_a_claim_that_may_stand_in_two_places_is_put_before_a_person(story, staff):
    claim = homes(story)
    revise_text(story, f"{HORSES}\n\n{HOMES}\n\n{HOMES}", by=staff.editor)
    claim.refresh_from_db()
    anchor = claim.anchors.get(revision=story.current_revision)
    assert (claim.state, claim.anchor_state) == ("stale", "ambiguous")
    assert (anchor.start, anchor.candidates) == (None, [[50, 109], [111, 170]])
    place_claim(claim, 50, 109, quote=HOMES, by=staff.editor)
    claim.refresh_from_db()
    assert (claim.anchor_state, claim.words_changed_by) == ("moved", None)
    new = story.figures.get(surface="40", state="linked", anchor_state="exact")
    assert (new.claim, new.anchors.get().start) == (claim, 77)


def test_a_person_places_a_lost_claim_and_the_old_sign_off_does_not_count_for_other_words(story, staff):
    new = "All night the bells rang. A flood has taken 45 houses of Torvik, its elders report."
    revise_text(story, new, by=staff.desk_chief)
    claim = homes(story)
    assert claim.anchor_state == "orphaned"
    place_claim(claim, 26, len(new), quote=new[26:], by=staff.editor)
    claim.refresh_from_db()
    assert (claim.anchor_state, claim.text) == ("moved", new[26:])
    assert (claim.state, claim.stale_reason) == ("stale", "the words changed: placed on other words")
    assert "claim_stale" in {row.code for row in clearance(story).blockers if row.record_id == claim.pk}


def test_an_edited_number_is_a_new_figure_and_the_old_one_is_kept(story, staff):
    old = story.figures.get(surface="40")
    revise_text(story, TEXT.replace("40", "45"), by=staff.editor)
    old.refresh_from_db()
    new = story.figures.get(surface="45")
    assert (old.value, old.anchor_state, new.value, new.anchor_state) == (40, "orphaned", 45, "exact")
    assert (new.state, new.claim) == ("linked", homes(story))


def test_every_text_has_one_anchor_for_each_claim_that_stood_before(story, staff):
    for number in range(41, 44):
        revise_text(story, TEXT.replace("40", str(number)), by=staff.editor)
    claim = homes(story)
    assert claim.anchors.count() == story.revisions.count() == 4
    for anchor in Anchor.objects.filter(start__isnull=False).select_related("revision"):
        assert anchor.revision.text[anchor.start : anchor.end] == anchor.exact


# Reading again


def marks(story):
    """All that marks a document, with its versions."""
    return (
        list(story.claims.order_by("pk").values()),
        list(story.figures.order_by("pk").values()),
        list(Anchor.objects.filter(revision__document=story).order_by("pk").values()),
        [{**row, "compared": ""} for row in Measure.objects.order_by("pk").values()],  # the note of the last comparison
    )


def read_again(story, staff):
    from factcheck.tasks import work

    reread_document(story, by=staff.editor)
    work()
    story.refresh_from_db()


def test_reading_the_same_text_again_changes_nothing(story, staff):
    before = marks(story)
    read_again(story, staff)
    read_again(story, staff)
    assert marks(story) == before
    assert clearance(story).clear


def test_what_a_person_touched_is_not_changed_by_another_reading(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    dismiss_claim(story.claims.get(text=HORSES), by=staff.editor, note="idle")
    figure = story.figures.get(surface="40")
    own = Measure.objects.create(key="homes of Torvik", counted="homes", dimension="count")
    pin_figure(figure, own, by=staff.editor)
    accept_claim(homes(story), by=staff.editor)
    figure.refresh_from_db()
    dismiss_figure(figure, by=staff.editor, note="idle")
    link_figure(figure, homes(story), by=staff.checker)
    do_jobs()
    before = marks(story)
    read_again(story, staff)
    assert marks(story) == before
    figure.refresh_from_db()
    assert (figure.measure, figure.pinned_by, figure.state) == (own, staff.editor, "linked")


def test_a_page_is_read_again_from_its_stored_text_not_from_its_markup(staff):
    from factcheck.tasks import work
    from factcheck.workflow.arrivals import Arrival
    from factcheck.workflow.documents import ingest_document

    page = (
        f"<html><head><title>Flood</title></head><body><article><p>{HOMES}</p><p>{HORSES}</p></article></body></html>"
    )
    story, _ = ingest_document(page.encode(), Arrival(media_type="text/html"), desk=staff.desk, by=staff.editor)
    work()
    before = marks(story)
    assert story.claims.count() == 2
    read_again(story, staff)
    assert marks(story) == before


# Claims in the hands of editors


def test_accepting_a_claim_links_its_figures_and_dismissing_it_dismisses_them(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    claim, other = homes(story), story.claims.get(text=HORSES)
    accept_claim(claim, by=staff.editor)
    dismiss_claim(other, by=staff.editor, note="idle")
    found = {figure.surface: (figure.state, figure.claim) for figure in story.figures.all()}
    assert found == {"40": ("linked", claim), "12": ("dismissed", None)}


def test_a_claim_that_is_reopened_brings_its_figures_back(staff):
    story = file_text(HORSES, desk=staff.desk, by=staff.editor)
    claim = story.claims.get()
    for _ in range(2):
        dismiss_claim(claim, by=staff.editor, note="idle")
        assert story.figures.get().state == "dismissed"
        reopen_claim(claim, by=staff.editor)
        figure = story.figures.get()
        assert (claim.state, figure.state, figure.claim) == ("open", "linked", claim)


def test_the_parts_of_a_split_claim_share_its_figures_by_their_words(staff):
    text = "The council of Torvik said 40 homes were flooded on Monday and 12 horses drowned."
    for accepted_before in (False, True):
        story = file_text(text, desk=staff.desk, by=staff.editor, url=f"https://torvik.example/{accepted_before}")
        claim = story.claims.get()
        if accepted_before:
            accept_claim(claim, by=staff.editor)
        one, two = split_claim(claim, ["40 homes were flooded on Monday", "12 horses drowned"], by=staff.editor)
        found = {figure.surface: (figure.state, figure.claim) for figure in story.figures.all()}
        assert found == {"40": ("linked", one), "12": ("linked", two)}
        assert (claim.state, one.state, two.state) == ("dismissed", "open", "open")
        dismiss_claim(one, by=staff.editor, note="idle")
        assert {figure.surface: figure.state for figure in story.figures.all()} == {"40": "dismissed", "12": "linked"}


def test_an_edit_touches_every_part_of_a_split_claim(staff):
    text = "The council of Torvik said 40 homes were flooded on Monday and 12 horses drowned."
    story = file_text(text, desk=staff.desk, by=staff.editor)
    parts = split_claim(story.claims.get(), ["40 homes were flooded on Monday", "12 horses drowned"], by=staff.editor)
    for part in parts:
        bring_to(part, "signed_off", staff)
    revise_text(story, text.replace("12", "13"), by=staff.editor)
    assert {Claim.objects.get(pk=part.pk).state for part in parts} == {"stale"}


def test_each_reading_is_written_into_the_history_once(story, staff):
    dismiss_figure(Figure.objects.filter(document=story).first(), by=staff.editor, note="background")
    revise_text(story, TEXT.replace("40", "45"), by=staff.editor)
    actions = list(Event.objects.of(story).values_list("action", flat=True))
    assert actions == ["arrive", "read", "mark", "revise", "revised", "mark"]


BID = "The bidder would pay $340 million for the Orr ferry yard."
BID_AGAIN = "The Orr ferry yard changed hands for $340 million."


def measures_of(*texts: str, staff: Staff, topic) -> list[int]:
    documents = [
        file_text(text, desk=staff.desk, by=staff.editor, topic=topic, title=str(number))
        for number, text in enumerate(texts)
    ]
    return [document.figures.order_by("pk")[0].measure_id for document in documents]


def test_a_statement_told_again_in_other_words_joins_the_measure_of_the_first(staff: Staff):
    one, two = measures_of(BID, BID_AGAIN, staff=staff, topic=TopicFactory())
    assert one == two


def test_it_does_not_reach_into_another_topic(staff: Staff):
    [one] = measures_of(BID, staff=staff, topic=TopicFactory())
    [two] = measures_of(BID_AGAIN, staff=staff, topic=TopicFactory())
    assert one != two


def test_the_same_number_of_another_thing_joins_nothing(staff: Staff):
    one, two = measures_of(
        BID, "The council of Norland spent $340 million on a new opera.", staff=staff, topic=TopicFactory()
    )
    assert one != two


def test_a_text_that_says_something_else_of_that_measure_means_two_things(staff: Staff):
    both = f"{BID_AGAIN} The bidder would pay $360 million for the Orr ferry yard."
    one, two = measures_of(BID, both, staff=staff, topic=TopicFactory())
    assert one != two


def test_a_statement_joins_where_a_person_merged_its_measure_into(staff: Staff):
    topic = TopicFactory()
    [first] = measures_of(BID, staff=staff, topic=topic)
    [other] = measures_of("The council of Norland spent $55 million on a new opera.", staff=staff, topic=topic)
    merge_measures(Measure.objects.get(pk=first), Measure.objects.get(pk=other), by=staff.desk_chief)
    do_jobs()
    [later] = measures_of(BID_AGAIN, staff=staff, topic=topic)
    assert later == other


def test_a_correction_of_what_joined_is_still_compared(staff: Staff):
    topic = TopicFactory()
    measures_of("The bidder paid $340 million for the Orr ferry yard.", staff=staff, topic=topic)
    later = file_text(BID_AGAIN, desk=staff.desk, by=staff.editor, topic=topic, title="later")
    revise_text(later, BID_AGAIN.replace("$340", "$430"), by=staff.editor)
    assert Discrepancy.objects.get(state="open").kind == "conflict"


def test_a_number_that_was_taken_out_of_its_text_leads_nobody(staff: Staff):
    topic = TopicFactory()
    gone = file_text(f"{BID} Rain fell.", desk=staff.desk, by=staff.editor, topic=topic, title="gone")
    first = gone.figures.get().measure_id
    revise_text(gone, "Rain fell.", by=staff.editor)
    [later] = measures_of(BID_AGAIN, staff=staff, topic=topic)
    assert later != first
