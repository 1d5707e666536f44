"""Which figures measure the same thing: weighed evidence, grouped without regard to order, with a few barriers."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.text import Hedge, Quantity, read
from factcheck.text.matching import (
    ExistingGroup,
    Score,
    Scorer,
    TopicStats,
    WeightsUnusable,
    explain,
    features,
    fingerprint,
    group,
    match_explanations,
    may_join,
    place,
    profile_of,
    profiles,
    read_weights,
    same,
    shipped,
    stats_of,
    with_quantity,
    with_words,
)
from factcheck.text.matching.grouping import average_linkage, candidates
from factcheck.text.matching.match_explanations import UNEXPLAINED
from factcheck.text.matching.pairs import NumberPairs
from factcheck.text.matching.profile import log_ratio
from factcheck.text.matching.scorer import contributions, is_slip

FLOOD = {
    "agency": "Floods in Ostermark killed 23 people on Monday, police said. Some 4,000 homes lost power.",
    "ledger": "The death toll of the Ostermark floods has risen to 31, police said. About 4,000 homes had no power.",
    "mail": "In Ostermark the flood left 31 people dead. The 1974 flood killed 620 people. Repairs may cost $40 million.",
    "post": "The council put repairs at $40 million. A bus crash in Velden hurt 9 pupils.",
}


def prepared(texts):
    found = []
    for day, (name, text) in enumerate(texts.items(), 12):
        found += profiles(name, text, read(text, published_at=datetime(2031, 5, day)))
    topic = TopicStats()
    topic.add(found)
    return found, topic


def told(found, labels):
    """The groups of more than one figure, each as what it says."""
    groups = {}
    for one, label in zip(found, labels, strict=True):
        groups.setdefault(label, []).append(f"{one.text} {one.value:g}")
    return sorted(sorted(members) for members in groups.values() if len(members) > 1)


def test_the_toll_the_homes_and_the_damage_are_three_measures_and_the_old_flood_is_none_of_them():
    found, topic = prepared(FLOOD)
    assert told(found, group(found, topic)) == [
        ["agency 23", "ledger 31", "mail 31"],
        ["agency 4000", "ledger 4000"],
        ["mail 4e+07", "post 4e+07"],
    ]


def test_the_order_in_which_texts_come_makes_no_other_groups():
    found, topic = prepared(FLOOD)
    expected = told(found, group(found, topic))
    for seed in range(5):
        turned = list(found)
        Random(seed).shuffle(turned)
        assert told(turned, group(turned, topic)) == expected


def test_a_pair_is_scored_alike_from_either_side_and_says_why():
    found, topic = prepared(FLOOD)
    for a in found:
        for b in (one for one in found if one.dimension == a.dimension):
            assert same(a, b, topic).value == same(b, a, topic).value
            assert features(a, b, topic) == features(b, a, topic)
            assert all(0 <= value <= 1 for value in features(a, b, topic).values())
    toll, later = found[0], found[2]
    score = same(toll, later, topic)
    assert score.value > 0.5
    assert "same event" in score.for_it


APART = [
    ("Floods killed 23 people. Storms killed 900 people.", "two numbers of one text for one day that cannot both hold"),
    ("The flood killed 23 people and 41 sheep.", "two figures of one sentence"),
    ("Exports reached 40 percent. Exports rose 3 percent.", "a change and a level"),
    ("Some 340 people died. Some 340 people died per 100,000.", "a rate and a count"),
    ("The storm was at latitude 25.1 north. By noon it was at latitude 25.4 north.", "where something is"),
    ("The pier is 300 metres long. The pier cost 300 dollars.", "two dimensions"),
]


@pytest.mark.parametrize(("text", "why"), APART)
def test_what_never_joins(text, why):
    found, _ = prepared({"one": text})
    assert len(found) == 2
    assert not may_join(*found), why


def test_a_conversion_in_one_sentence_may_join():
    found, _ = prepared({"one": "The hole is 16 feet (4.9 metres) deep."})
    assert may_join(*found)


def test_a_slip_is_known_whatever_lies_between_the_numbers():
    found, _ = prepared({"one": "The mill sold 3,200 pumps.", "two": "The mill sold 32,000 pumps. It has 7 pumps."})
    small, large, other = found
    assert is_slip(small, large)
    assert not is_slip(small, other)
    assert not is_slip(small, small)


SLIPPED = {
    "agency": "The landslide above Harrow buried 46 cars, police said. Some 1,200 residents of Harrow were moved out.",
    "ledger": "Police said the landslide buried 46 cars. About 1,200 residents were moved out of Harrow.",
    "mail": "The landslide above Harrow buried 460 cars. The 46 cars buried by the landslide are being dug out. "
    "Some 12,000 residents of Harrow were moved out.",
}


def test_a_number_with_a_slip_in_it_is_of_the_measure_of_the_right_one_also_where_its_own_text_has_that():
    found, topic = prepared(SLIPPED)
    expected = [["agency 1200", "ledger 1200", "mail 12000"], ["agency 46", "ledger 46", "mail 46", "mail 460"]]
    assert told(found, group(found, topic)) == expected
    assert arrived(SLIPPED) == expected


@given(
    st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] < p[1]), st.floats(0.02, 1)),
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] < p[1]), max_size=6),
)
def test_groups_never_hold_two_that_are_apart_and_every_figure_has_one(scores, apart):
    labels = average_linkage(8, {pair: round(score, 3) for pair, score in scores.items()}, apart, 0.2)
    assert len(labels) == 8
    assert all(labels[i] != labels[j] for i, j in apart)
    assert all(labels[label] == label <= at for at, label in enumerate(labels))


def test_the_shipped_weights_hold_numbers_and_the_names_of_evidence_only():
    found, topic = prepared(FLOOD)
    known = set(features(found[0], found[1], topic))
    weights = shipped()
    assert set(weights.terms) <= known
    assert 0 < weights.join < weights.differs < weights.conflict < 1


BROKEN = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "no terms": '{"version": "1", "intercept": 0, "join": 0.2, "differs": 0.3, "conflict": 0.5, "terms": {}}',
    "half a term": '{"version": "1", "intercept": 0, "join": 0.2, "differs": 0.3, "conflict": 0.5, "terms": {"a": [1]}}',
    "no scale": (
        '{"version": "1", "intercept": 0, "join": 0.2, "differs": 0.3, "conflict": 0.5, "terms": {"a": [1, 0, 0]}}'
    ),
    "no number": (
        '{"version": "1", "intercept": "x", "join": 0.2, "differs": 0.3, "conflict": 0.5, "terms": {"a": [1, 0, 1]}}'
    ),
    "not finite": (
        '{"version": "1", "intercept": NaN, "join": 0.2, "differs": 0.3, "conflict": 0.5, "terms": {"a": [1, 0, 1]}}'
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_damaged_weights_are_refused_with_a_reason(name):
    with pytest.raises(WeightsUnusable, match="the weights cannot be read"):
        read_weights(BROKEN[name])


def test_weights_are_read_as_they_were_written():
    terms = {"same event": [0.5, 0.1, 0.2]}
    told_as = {"version": "7", "intercept": -1, "join": 0.2, "differs": 0.3, "conflict": 0.5, "terms": terms}
    weights = read_weights(json.dumps(told_as))
    assert (weights.version, weights.terms["same event"]) == ("7", (0.5, 0.1, 0.2))


def test_texts_that_are_one_list_and_five_hundred_copies_of_one_text_are_grouped():
    listed = " ".join(f"Inspectors counted {number} goats in Vellmar." for number in range(100, 140))
    found, topic = prepared({"list": listed})
    assert len(set(group(found, topic))) == len(found), "a list's entries are not one measure"
    copies = {f"copy {number}": "Police said 12 people died." for number in range(27)}
    found = [p for name, text in copies.items() for p in profiles(name, text, read(text))] * 18
    topic = TopicStats()
    topic.add(found)
    assert len(set(group(found[:27], topic))) == 1


FLOODED = "The council of Torvik said 40 homes were flooded on Monday."
BRIEF = [
    (FLOODED, "The fire brigade said 60 homes were flooded on Monday.", True),
    (FLOODED, "The fire brigade said 9 bridges were flooded on Monday.", False),
    (FLOODED, "The fire brigade said 40 bridges were flooded on Monday.", False),
    ("Police said 23 people were killed in Torvik.", "The mayor said 19 people were injured in Torvik.", False),
    ("Police said 23 people were killed in Torvik.", "The mayor said 23 sheep were killed in Torvik.", False),
    ("Police said 23 sheep were killed in Torvik.", "The mayor said 23 goats were killed in Torvik.", False),
    ("Police said 23 people were killed in Torvik.", "The mayor said 19 people were killed in Torvik.", True),
]


@pytest.mark.parametrize(("one", "two", "are_one"), BRIEF)
def test_in_a_topic_of_two_sentences_the_same_words_tell_as_much_as_in_a_large_one(one, two, are_one):
    when = datetime(2031, 5, 12)
    found = [
        p for name, text in (("one", one), ("two", two)) for p in profiles(name, text, read(text, published_at=when))
    ]
    topic = TopicStats()
    topic.add(found)
    score = same(*found, topic).value
    assert score >= shipped().conflict if are_one else group(found, topic) == [0, 1]


def test_a_text_that_reports_a_dispute_holds_two_numbers_of_one_measure():
    told_so = "The government of Norland said 36 people were killed. The rebels said 95 people were killed."
    found, _ = prepared({"one": told_so})
    assert may_join(*found)
    other = "The government said 36 people were killed. The government said 95 people were killed."
    assert not may_join(*prepared({"one": other})[0])


def test_every_piece_of_evidence_that_counts_is_told_in_words_or_left_out_on_purpose():
    told = set(match_explanations._PRESENT)
    assert set(shipped().terms) - told == set(UNEXPLAINED) & set(shipped().terms)
    found, topic = prepared(FLOOD)
    assert told | set(match_explanations._ABSENT) <= set(features(found[0], found[1], topic))


def test_why_two_figures_are_one_is_told_in_a_sentence_with_what_speaks_for_it_and_against():
    found, topic = prepared(FLOOD)
    told = explain(found[0], found[2], topic, Scorer(shipped()))
    assert told == (
        "Held to be of one measure because both tell of one kind of event (killed) and the numbers are close; "
        "against it: the numbers differ."
    )


def test_a_scorer_of_the_site_takes_the_place_of_the_weights():
    found, topic = prepared(FLOOD)
    own = Scorer(shipped(), lambda a, b, topic: Score(float(a.head == b.head), ("one noun",)))
    assert own.likelihood(found[0], found[1], topic) == 0
    assert explain(found[0], found[0], topic, own) == "Held to be of one measure because one noun."


def test_what_is_stored_of_a_figure_and_of_a_topic_is_read_back_and_its_wording_fits_its_column():
    found, topic = prepared(FLOOD)
    for one in found:
        assert profile_of(one.text, json.loads(json.dumps(one.as_dict()))) == one
        assert len(one.wording_digest) == 32, "as long as its column"
    assert stats_of(json.loads(json.dumps(topic.as_dict()))) == topic


def arrived(texts, *, most=None):
    """The groups after these texts arrived one by one in a topic whose groups are left as they stand."""
    topic, members = TopicStats(), {}
    for day, (name, text) in enumerate(texts.items(), 12):
        new = profiles(name, text, read(text, published_at=datetime(2031, 5, day)))
        topic.add(new)
        standing = {label: ExistingGroup.of(figures) for label, figures in members.items()}
        placed = place(new, standing, topic, Scorer(shipped()))
        for label, into in placed.joined.items():
            members[into] += members.pop(label)
        for one, home in zip(new, placed.homes, strict=True):
            members.setdefault(home if isinstance(home, str) else f"{name} {home}", []).append(one)
    told = ([f"{one.text} {one.value:g}" for one in figures] for figures in members.values())
    return sorted(sorted(figures) for figures in told if len(figures) > 1)


def test_texts_that_arrive_one_by_one_fall_into_the_groups_of_all_at_once():
    found, topic = prepared(FLOOD)
    assert arrived(FLOOD) == told(found, group(found, topic))


def test_what_people_decided_holds_whatever_the_score_says():
    found, topic = prepared(FLOOD)
    apart = group(found, topic, apart=[(0, 2)])
    assert apart[0] != apart[2]
    together = group(found, topic, together=[(0, len(found) - 1)])
    assert together[0] == together[-1]


def in_other_texts(one, count):
    """The same figure told so many times, each time in another text and with the next number."""
    return [replace(one, text=f"text {number:03}", value=1000.0 + number) for number in range(count)]


def test_up_to_three_hundred_figures_of_one_kind_are_compared_each_with_each():
    (one,) = prepared({"one": "The storm damaged 40 homes."})[0]
    assert len(list(candidates(in_other_texts(one, 300)))) == 300 * 299 / 2


def test_of_more_each_is_compared_with_the_forty_nearest_numbers_on_either_side():
    (one,) = prepared({"one": "The storm damaged 40 homes."})[0]
    figures = in_other_texts(one, 301)
    found = set(candidates(figures))
    assert found == {(i, j) for j in range(301) for i in range(max(0, j - 40), j)}
    newest = set(candidates(figures, since=300))
    assert newest == {(i, 300) for i in range(260, 300)}


def test_a_number_that_a_person_read_otherwise_has_other_borders_too():
    (one,) = prepared({"one": "The fire took 40 homes."})[0]
    exact = with_quantity(one, Quantity(Decimal(2), unit="km", dimension="length"), Hedge.EXACT)
    assert (exact.least, exact.value, exact.most) == (2000, 2000, 2000)
    between = with_quantity(one, Quantity(None, Decimal(2), Decimal(6), unit="km", dimension="length"), Hedge.EXACT)
    assert (between.least, between.value, between.most) == (2000, 4000, 6000)
    unread = with_quantity(one, Quantity(None, as_written="9" * 60), Hedge.EXACT)
    assert (unread.least, unread.value, unread.most) == (0, 0, 0)
    open_ended = with_quantity(one, Quantity(Decimal(2)), Hedge.MORE_THAN)
    assert open_ended.value == 2


def test_what_a_person_read_otherwise_of_a_figure_is_known_and_the_rest_stays():
    (one,) = prepared({"one": "Police in Ost said 40 homes were lost."})[0]
    assert with_words(one) == one
    counted = with_words(one, counted="burnt barns")
    assert (counted.head, counted.noun, counted.key.noun) == ("barn", frozenset(["burnt", "barn"]), "barn")
    assert (counted.places, counted.says) == (one.places, one.says)
    placed = with_words(one, place="Torvik")
    assert (placed.places, placed.head, placed.says) == (frozenset(["torvik"]), one.head, one.says)
    said = with_words(one, says="the mayor of Torvik")
    assert (said.says, said.places) == ("torvik", one.places)
    assert with_words(one, says="").says == ""


def test_the_more_digits_two_numbers_share_the_less_is_a_factor_of_ten_left_to_chance():
    likely = []
    for number in ("4", "46", "463"):
        texts = {"one": f"Police said {number}0 cars were lost.", "two": f"The mayor said {number}00 cars were lost."}
        found, topic = prepared(texts)
        likely.append(Scorer(shipped()).likelihood(*found, topic))
    assert likely[0] < likely[1] < likely[2]


def test_a_figure_goes_into_a_group_only_where_most_of_what_is_told_there_is_like_it():
    found, topic = prepared(
        {"agency": "Floods in Ostermark killed 23 people, police said. Some 4,000 homes lost power."}
    )
    new = prepared({"ledger": "Some 4,100 homes lost power in Ostermark."})[0]
    topic.add(new)
    scorer = Scorer(shipped())
    assert place(new, {"m1": ExistingGroup(found, [1, 10])}, topic, scorer).homes == ["m1"]
    assert place(new, {"m1": ExistingGroup(found, [10, 1])}, topic, scorer).homes == [0]


def test_a_figure_that_is_like_two_groups_makes_one_of_them_unless_they_are_frozen():
    found, topic = prepared({"agency": FLOOD["agency"], "ledger": FLOOD["ledger"]})
    new = prepared({"mail": "In Ostermark the floods have killed 31 people, police said."})[0]
    topic.add(new)
    standing = {"m1": ExistingGroup(found[:1], [5]), "m2": ExistingGroup(found[2:3], [6])}
    placed = place(new, standing, topic, Scorer(shipped()))
    assert (placed.homes, placed.joined) == (["m1"], {"m2": "m1"})
    placed = place(new, standing, topic, Scorer(shipped()), frozen=True)
    assert (placed.homes, placed.joined) == (["m2"], {})


def counting_scorer():
    """A scorer by which nothing is one measure, and the pairs it was asked for."""
    asked = []
    return Scorer(shipped(), lambda a, b, topic: asked.append((a.value, b.value)) or Score(0.0)), asked


@pytest.mark.parametrize(("standing", "expected"), [(299, 299), (300, 20)])
def test_in_a_topic_of_more_than_three_hundred_a_new_figure_is_scored_with_the_twenty_most_similar(standing, expected):
    (one,) = prepared({"one": "The storm damaged 40 homes."})[0]
    *old, new = in_other_texts(one, standing + 1)
    alike = replace(old[270], value=new.value)
    old[270] = alike
    groups = {f"m{at}": ExistingGroup([figure], [1]) for at, figure in enumerate(old)}
    scorer, asked = counting_scorer()
    assert place([new], groups, TopicStats(), scorer).homes == [0]
    assert len(asked) == expected
    assert (new.value, new.value) in asked


def test_the_score_of_two_numbers_is_the_mean_and_the_two_most_alike_stand_for_it():
    texts = {
        "agency": "Floods in Ostermark killed 23 people, police said.",
        "ledger": "The toll is 23.",
        "mail": "Floods in Ostermark killed 31 people, police said.",
    }
    found, topic = prepared(texts)
    scorer = Scorer(shipped())
    mean, one, other = NumberPairs(found, topic, scorer).surest(23, 31)
    each = [scorer.likelihood(figure, found[2], topic) for figure in found[:2]]
    assert each[0] > each[1]
    assert mean == round(sum(each) / 2, 3)
    assert (one.text, other.text) == ("agency", "mail")
    pairs = NumberPairs(found, topic, scorer)
    assert (pairs.likelihood(23, 31), pairs.likelihood(23, 31, slip=True)) == (mean, each[0])
    assert pairs.likelihood(23, 99) == 0


def test_what_speaks_for_a_pair_adds_to_its_score_and_what_speaks_against_it_takes_away():
    found, topic = prepared(FLOOD)
    for a in found:
        for b in (one for one in found if one is not a):
            score, parts = same(a, b, topic), dict(contributions(a, b, topic, shipped()))
            assert all(parts[name] > 0 for name in score.for_it)
            assert all(parts[name] < 0 for name in score.against if name != "other kind")
            strongest = sorted(parts, key=lambda name: -abs(parts[name]))
            if score.against != ("other kind",):
                assert strongest[0] in score.for_it + score.against


RATIOS = [(0, 0, 0), (0, 5, 3), (5, 0, 3), (5, 5, 0), (1, math.e, 1), (math.e, 1, 1), (-1, math.e**2, 2), (1, 10**9, 7)]


@pytest.mark.parametrize(("a", "b", "powers"), RATIOS)
def test_how_far_two_numbers_are_apart_is_told_in_powers_of_e(a, b, powers):
    assert log_ratio(a, b) == pytest.approx(powers)


def test_a_number_is_known_again_by_its_own_line_alone_and_to_its_end():
    line = "Some 40 homes were lost in the flood at Ost on Monday night"
    known = fingerprint(line, 5)
    assert fingerprint(line + "\n", 5) == known
    assert fingerprint(line + "\nPolice said 12 people died.", 5) == known
    assert fingerprint("Police said 12 people died.\n" + line, 33) == known
    assert fingerprint(line.replace("Monday", "Friday"), 5) == known, "eight words on either side"
    brief = "Some 40 homes were lost near Ost"
    assert fingerprint(brief, 5) == fingerprint(brief + "\nPolice said so.", 5)
    assert fingerprint(line.replace("lost", "hit"), 5) != known
    assert fingerprint("40 homes\nOst", 0) != fingerprint("40 homes\nVelden", 0), "of a short line the next counts too"


def test_in_a_large_topic_a_figure_like_the_twenty_most_similar_of_a_large_group_is_held_to_be_like_all_of_it():
    (home,) = prepared({"one": "The storm damaged 40 homes."})[0]
    (barn,) = prepared({"one": "The council counted 40 goats."})[0]
    *old, new = in_other_texts(home, 201)
    groups = {"homes": ExistingGroup(old, [1] * 200)}
    groups |= {f"m{at}": ExistingGroup([goats], [1]) for at, goats in enumerate(in_other_texts(barn, 101))}
    alike = Scorer(shipped(), lambda a, b, topic: Score(0.9 * (a.head == b.head)))
    assert place([new], groups, TopicStats(), alike).homes == ["homes"]


PLACED = [
    ("Some 40 homes were lost in Ost.", ["ost"]),
    ("A storm from Torvik that passed near Sundby damaged 40 homes.", ["sundby"]),
    ("A storm from Torvik damaged 40 homes in Ost.", ["ost"]),
    ("Floods in Torvik, the council said, took some 40 homes.", ["torvik"]),
    ("Some 40 homes were lost.", []),
]


@pytest.mark.parametrize(("text", "places"), PLACED)
def test_a_figure_belongs_to_the_place_behind_it_else_to_the_one_before_it_else_to_that_of_its_sentence(text, places):
    (one,) = prepared({"one": text})[0]
    assert sorted(one.places) == places


def test_a_shared_word_that_is_rare_in_the_topic_is_told_before_a_frequent_one():
    _, topic = prepared(FLOOD)
    assert topic.rarity("toll") > topic.rarity("ostermark") > topic.rarity("flood")
    assert match_explanations._rarest_words(["flood", "ostermark", "toll"], topic) == "“toll” and “ostermark”"


def test_a_word_of_the_whole_counts_where_it_stands_near_the_number():
    (near,) = prepared({"one": "Some 40 homes in the north of the old valley were damaged in all."})[0]
    assert near.scopes == {"total"}
    (far,) = prepared({"one": "Some 40 homes in the cold and windy north of the old valley were damaged in all."})[0]
    assert far.scopes == frozenset()


def test_people_and_sheep_are_of_two_kinds_and_nothing_makes_them_one():
    killed = "Police said 23 {} were killed in Torvik."
    found, topic = prepared({"one": killed.format("people"), "two": killed.format("sheep")})
    assert same(*found, topic) == Score(0.0, (), ("other kind",))
    assert Scorer(shipped()).likelihood(*found, topic) == 0


def test_of_a_number_that_many_texts_carry_six_figures_are_scored():
    (one,) = prepared({"one": "The storm damaged 40 homes."})[0]
    many = [replace(one, text=f"text {number}") for number in range(9)]
    scorer, asked = counting_scorer()
    assert NumberPairs([*many, replace(one, value=60.0)], TopicStats(), scorer).likelihood(40, 60) == 0
    assert len(asked) == 6
