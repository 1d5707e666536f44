"""The evidence of two figures, piece by piece: a figure beside itself, told in another text with one thing changed."""

import math
from dataclasses import replace
from datetime import datetime

import pytest

from factcheck.text import Modality, read
from factcheck.text.matching import TopicStats, features, profiles

TEXT = "Police in Ost said 40 old homes were damaged on Monday."
DAY = datetime(2031, 5, 14)
SETS = ("noun", "places", "years", "scopes", "names", "clause_names", "families")


def figure(**changed):
    (one,) = profiles("one", TEXT, read(TEXT, published_at=DAY))
    key = {name: changed.pop(name) for name in ("year", "event", "owner", "scope", "dimension") if name in changed}
    known = {name: frozenset(value.split()) if name in SETS else value for name, value in changed.items()}
    if "value" in known:
        known |= {"least": known["value"], "most": known["value"]}
    return replace(one, key=replace(one.key, **key), **known)


MONDAY = figure().day
EVIDENCE = [
    ({}, "same value", 1),
    ({}, "value ratio", 0),
    ({}, "value near", 1),
    ({}, "values meet", 1),
    ({}, "small value", 0),
    ({"value": 40.2}, "same value", 1),
    ({"value": 40.3}, "same value", 0),
    ({"value": 40.3}, "values meet", 0),
    ({"value": 40 * math.e}, "value ratio", 1 / 7),
    ({"value": 40 * math.e}, "value near", math.exp(-4)),
    ({"day": MONDAY + 60}, "long apart", 0),
    ({"day": MONDAY + 61}, "long apart", 1),
    ({"day": MONDAY - 61}, "long apart", 1),
    ({"day": MONDAY + 3}, "days apart", math.log(4) / 8),
    ({"day": None}, "days apart", math.log(6) / 8),
    ({"day": MONDAY + 10**6}, "days apart", 1),
    ({}, "other noun", 0),
    ({"head": "barn"}, "other noun", 1),
    ({"head": "barn"}, "other noun of a count", 1),
    ({"head": "barn"}, "noun on one side", 0),
    ({"whole": frozenset(["house"])}, "noun in the other sentence", 0.5),
    ({"head": ""}, "other noun", 0),
    ({"head": ""}, "noun on one side", 1),
    ({"noun": "old home"}, "noun words", 1),
    ({"noun": "new home"}, "noun words", 1 / 3),
    ({"noun": ""}, "noun words", 0),
    ({"places": "ost"}, "other place", 0),
    ({"places": "torvik"}, "other place", 1),
    ({"places": "torvik"}, "other place of a measured thing", 0),
    ({"places": ""}, "other place", 0),
    ({"years": "1974"}, "other years", 1),
    ({"year": "1974"}, "other event or year", 1),
    ({"event": "flood"}, "other event or year", 1),
    ({}, "other event or year", 0),
    ({}, "same event", 1),
    ({"families": ""}, "shared events of the clause", 0),
    ({"families": ""}, "other events of the clause", 0),
    ({"families": "killed"}, "other events of the clause", 1),
    ({}, "shared events of the clause", 1),
    ({"mood": Modality.FEARED}, "other mood", 1),
    ({"scope": "part"}, "other scope", 1),
    ({"scopes": "total"}, "only one total", 1),
    ({"scopes": "total"}, "only one each", 0),
    ({"lead": False}, "both at the top", 0),
    ({}, "both at the top", 1),
    ({}, "same text", 0),
    ({}, "a count", 1),
    ({}, "a share", 0),
    ({}, "money", 0),
    ({}, "same owner", 0),
    ({"clause_names": "torvik"}, "other rare names", 0),
    ({"clause_names": "torvik"}, "name on one side", 1),
    ({}, "sentence alike", 1),
    ({"whole": frozenset()}, "sentence alike", 0),
    ({"whole": frozenset(["home", "damage"])}, "other quantity", 0),
    ({}, "both the greatest of a kind", 1),
    ({}, "value of one thing", 1),
    ({"head": "barn"}, "value of one thing", 0.5),
]


@pytest.mark.parametrize(("changed", "name", "expected"), EVIDENCE)
def test_a_figure_told_again_with_one_thing_changed(changed, name, expected):
    one, other = figure(), replace(figure(**changed), text="two")
    topic = TopicStats()
    topic.add([one, other])
    assert features(one, other, topic)[name] == pytest.approx(expected)
    assert features(other, one, topic)[name] == pytest.approx(expected)


BOTH = [
    ({"value": 12.0}, "same small value", 1),
    ({"value": 12.0}, "same value", 0),
    ({"value": 13.0}, "same value", 1),
    ({"value": 13.0}, "small value", 0),
    ({"owner": "arden"}, "same owner", 1),
    ({"dimension": "ratio"}, "a share", 1),
    ({"dimension": "money:USD"}, "money", 1),
    ({"head": ""}, "other noun", 0),
    ({"noun": ""}, "noun words", 0),
]


@pytest.mark.parametrize(("told", "name", "expected"), BOTH)
def test_two_figures_told_alike(told, name, expected):
    assert features(figure(**told), replace(figure(**told), text="two"), TopicStats())[name] == expected


def test_a_text_that_tells_both_numbers_speaks_of_two_things_and_each_text_counts_half():
    one, other = figure(), replace(figure(value=60.0), text="two")
    topic = TopicStats()
    topic.add([one, other])
    assert features(one, other, topic)["other number told there"] == 0
    topic.add([replace(figure(value=60.0), text="one", sentence=99)])
    assert features(one, other, topic)["other number told there"] == 0.5
    topic.add([replace(figure(), text="two", sentence=99)])
    assert features(one, other, topic)["other number told there"] == 1
    assert features(one, replace(one, text="two"), topic)["other number told there"] == 0
    assert features(one, replace(other, text="one"), topic)["other number told there"] == 0


def test_of_two_names_each_one_in_common_is_half_the_names():
    one, other = figure(names="ost torvik"), replace(figure(names="ost harrow"), text="two")
    assert features(one, other, TopicStats())["names of the sentence"] == pytest.approx(0.5)
    assert features(one, replace(one, text="two"), TopicStats())["names of the sentence"] == pytest.approx(1)


def test_the_words_around_a_figure_are_those_of_the_sentence_before_and_of_the_one_behind():
    text = "The mayor spoke. Police said 40 homes were damaged. Horses fled. Bridges fell."
    (one,) = profiles("one", text, read(text, published_at=DAY))
    assert one.around >= {"mayor", "horse"}
    assert not one.around & {"bridge", "home"}


def test_a_number_that_nobody_gives_there_is_not_told_there():
    one, other = figure(says=""), replace(figure(value=60.0, says=""), text="two")
    topic = TopicStats()
    topic.add([one, other])
    assert features(one, other, topic)["other number told there"] == 0


def test_a_party_s_number_is_told_by_a_text_only_where_the_same_party_or_nobody_gives_it_there():
    one, other = figure(says="police"), replace(figure(value=60.0, says="police"), text="two")
    for says, told in (("union", 0), ("police", 0.5), ("", 0.5)):
        topic = TopicStats()
        topic.add([one, other, replace(figure(value=60.0, says=says), text="one", sentence=99)])
        assert features(one, other, topic)["other number told there"] == told


@pytest.mark.parametrize(
    "text",
    [
        "In Torvik, the council said, some 40 homes were damaged on Monday.",
        "The council in Torvik said some 40 homes were damaged on Monday.",
        "Across Torvik some 40 homes were damaged on Monday.",
    ],
)
def test_the_place_at_the_front_of_a_sentence_is_that_of_its_figure(text):
    (one,) = profiles("one", text, read(text, published_at=DAY))
    assert one.places == {"torvik"}
