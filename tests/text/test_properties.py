"""What holds for every text: spans point into it, reading never fails, comparison has no sides."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factcheck.text import (
    AnchorState,
    Hedge,
    MeasureIdentity,
    MeasureKey,
    Modality,
    Observation,
    Period,
    Quantity,
    Span,
    compare,
    convert,
    interval,
    read,
    reanchor,
)
from factcheck.text.matching import TopicStats, group, profiles

from .adversarial import PIECES, grown

PUBLISHED = datetime(2031, 5, 14, 9, 30, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        "Nearly",
        "about",
        "40",
        "trucks",
        "1,200",
        "people",
        "were",
        "killed",
        "in",
        "Norland",
        "on",
        "Tuesday",
        ",",
        ".",
        "said",
        "the",
        "ministry",
        "“",
        "”",
        "$5m",
        "half",
        "a",
        "dozen",
        "between",
        "3",
        "and",
        "7",
        "percent",
        "of",
        "km2",
        "according",
        "to",
        "Ada",
        "Orr",
        "\n",
        "-",
        "more",
        "than",
        "½",
        "10-20",
        "No.",
        "one",
    ]
)
PROSE = st.lists(WORDS, max_size=60).map(" ".join)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**12, places=2)


@given(st.one_of(ANY_TEXT, PROSE))
@example("\ud800 40 men \udfff")
@example("\x00 3 \x00")
@example("¹\n²")
@example("¹ 12³ men,²\n10⁻⁹⁹⁹ ³10⁻⁹⁹")
@example("\u202e 40 \u202c men")
@example("9" * 500)
@example("on 31 February 9999, 1/0, 5e99")
@settings(max_examples=300, deadline=None)
def test_no_text_fails_and_every_span_lies_in_it(text):
    reading = read(text, published_at=PUBLISHED)
    spans = [f.span for f in reading.figures] + [c.span for c in reading.claims] + [s for s, _ in reading.dates]
    spans += [a.span for a in reading.attributions] + list(reading.sentences)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    for figure in reading.figures:
        assert figure.sentence.contains(figure.span)
        assert figure.span.cut(text).strip() == figure.span.cut(text)


@given(PROSE)
@settings(deadline=None)
def test_reading_twice_gives_the_same(text):
    assert read(text, published_at=PUBLISHED) == read(text, published_at=PUBLISHED)


@given(PROSE)
@settings(deadline=None)
def test_figures_do_not_overlap_and_stand_in_order(text):
    figures = read(text).figures
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(figures))


@given(NUMBERS, st.sampled_from(Hedge))
def test_an_interval_holds_its_value(value, hedge):
    low, high = interval(Quantity(value), hedge)
    assert low <= value <= high


@st.composite
def states(draw):
    value = draw(st.sampled_from([10, 11, 12, 95, 100, 104, 1000, 1200]))
    start = draw(st.sampled_from([None, datetime(2031, 5, 1, tzinfo=UTC), datetime(2031, 5, 2, tzinfo=UTC)]))
    period = Period(start, start.replace(hour=23)) if start else None
    measure = MeasureIdentity(
        MeasureKey("count", noun="home"),
        "homes",
        "count",
        definition=draw(st.sampled_from(["", "seized"])),
        running=draw(st.booleans()),
    )
    return Observation(
        measure,
        Quantity(Decimal(value)),
        draw(st.sampled_from(Hedge)),
        draw(st.sampled_from(Modality)),
        period,
        draw(st.sampled_from(["", "police"])),
        draw(st.sampled_from(["homes", "houses"])),
    )


@given(states(), states())
def test_comparison_has_no_sides(a, b):
    assert compare(a, b).relation is compare(b, a).relation
    assert compare(a, b).reason == compare(b, a).reason


@given(NUMBERS, st.sampled_from([("km", "mile"), ("sq_km", "sq_mile"), ("kg", "pound"), ("hour", "minute")]))
def test_conversion_goes_there_and_back(value, pair):
    there = convert(value, *pair)
    back = convert(there, pair[1], pair[0])
    assert abs(back - value) <= abs(value) * Decimal("1e-20")


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.text(st.characters(codec="utf-8"), max_size=80))
@settings(deadline=None)
def test_any_two_texts_can_be_anchored(old, new):
    anchoring = reanchor(old, Span(0, min(5, len(old))), new)
    if anchoring.span is not None:
        assert 0 <= anchoring.span.start <= anchoring.span.end <= len(new)


@pytest.mark.parametrize("name", PIECES)
def test_a_string_made_to_break_a_reader_is_read(name):
    text = grown(PIECES[name], 1_500)
    reading = read(text, published_at=PUBLISHED, title=text[:300])
    assert all(0 <= f.span.start < f.span.end <= len(text) for f in reading.figures)


@pytest.mark.parametrize("name", PIECES)
def test_such_a_string_inside_a_story_hides_no_other_figure(name):
    story = "Police said 40 boats sank off Ost.\n\n" + grown(PIECES[name], 300) + "\n\nSome 30 homes burned in Ost."
    values = [f.quantity.value for f in read(story, published_at=PUBLISHED).figures]
    assert values[0] == 40
    assert values[-1] == 30


STORY = [
    "The storm killed 12 people in Ost, police said.",
    "About 40 homes were damaged on Tuesday.",
    "The council put the damage at $340 million.",
    "Two thirds of the town is without power.",
    "The bridge is 80 km (50 miles) away.",
    "Ada Orr, the mayor, spoke at noon.",
]
FAR = [
    "Nobody had seen such a night.",
    "The harbour was empty.",
    "A clerk counted 77 crates.",
    "Snow fell on 6 May 2031.",
    '"We wait," said a nurse.',
]


@given(st.integers(0, 3), st.lists(st.sampled_from(FAR), min_size=2, max_size=4), st.lists(st.sampled_from(FAR)))
@settings(deadline=None)
def test_what_a_figure_is_does_not_depend_on_text_more_than_a_sentence_away(at, before, after):
    alone = read(STORY[at], published_at=PUBLISHED).figures[0]
    plain = "Rain fell."
    text = "\n\n".join([*before, plain, STORY[at], plain, *after])
    found = next(f for f in read(text, published_at=PUBLISHED).figures if f.span.start >= text.index(STORY[at]))
    assert (found.quantity, found.hedge, found.counted) == (alone.quantity, alone.hedge, alone.counted)


@given(st.lists(st.sampled_from(STORY), min_size=1, max_size=5), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_groups_of_a_topic_do_not_depend_on_the_order_of_its_texts(texts, chance):
    found = [
        one
        for number, text in enumerate(texts)
        for one in profiles(str(number), text, read(text, published_at=PUBLISHED))
    ]
    topic = TopicStats()
    topic.add(found)
    turned = list(range(len(found)))
    chance.shuffle(turned)
    labels, other = group(found, topic), group([found[at] for at in turned], topic)
    place = {at: number for number, at in enumerate(turned)}
    pairs = [(a, b) for a in place for b in place]
    assert all((labels[a] == labels[b]) == (other[place[a]] == other[place[b]]) for a, b in pairs)


def test_every_prefix_of_a_story_is_read():
    text = (
        " ".join(STORY) + ' "It is over", Ada Orr, 41, said on Friday, 6 May 2031; 3-4 percent (£2.5bn) of 1,200 half'
    )
    whole = [figure.span for figure in read(text, published_at=PUBLISHED).figures]
    assert len(whole) > 5
    for length in range(len(text)):
        reading = read(text[:length], published_at=PUBLISHED)
        assert all(0 <= figure.span.start < figure.span.end <= length for figure in reading.figures), length
        first = whole[0].end + 40  # what stands well before the cut is read as in the whole text
        assert length < first or reading.figures[0].span == whole[0], length


SENTENCES = [f"Ship number {n} of the Arden line carried {n * 13} crates to port {n % 5}." for n in range(12)]


@given(st.integers(0, 11), st.lists(st.integers(0, 11), unique=True, max_size=5), st.data())
@settings(deadline=None)
def test_an_anchor_survives_edits_elsewhere(kept, edited, data):
    old = " ".join(SENTENCES)
    new = []
    for index, sentence in enumerate(SENTENCES):
        if index in edited and index != kept:
            action = data.draw(st.sampled_from(["cut", "change", "add"]))
            if action == "cut":
                continue
            new.append(
                sentence.replace("carried", "lost") if action == "change" else sentence + " A storm came up at night."
            )
        else:
            new.append(sentence)
    start = old.index(SENTENCES[kept])
    span = Span(start, start + len(SENTENCES[kept]))
    anchoring = reanchor(old, span, " ".join(new))
    assert anchoring.state is AnchorState.EXACT
    assert anchoring.span.cut(" ".join(new)) == SENTENCES[kept]
