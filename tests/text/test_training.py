"""Weights learnt from pairs that people judged, and how well they tell such pairs apart: small sums done by hand."""

import math
from random import Random

import pytest

from factcheck.text.matching import (
    Evaluation,
    LabelledPair,
    Weights,
    confidence_interval,
    evaluate,
    fit,
    leave_one_out,
    pool,
)

FOR, AGAINST = "same noun", "far apart"
BEGIN = Weights("1", 0.2, {FOR: (1.0, 0.5, 0.5), AGAINST: (-1.0, 0.5, 0.25)}, 0.2, 0.3, 0.5, 0.5)


def pairs(topic, same, count, noun, apart):
    return [LabelledPair(topic, {FOR: noun, AGAINST: apart}, same)] * count


JUDGED = [
    *pairs("flood", True, 60, 1.0, 0.25),
    *pairs("flood", False, 20, 1.0, 0.75),
    *pairs("fire", False, 50, 0.0, 0.75),
    *pairs("fire", True, 5, 0.0, 0.5),
]


def cost(weights, judged):
    """The log loss of these pairs, and what it costs to move away from the weights begun from."""
    found = 1.25 * (weights.intercept - BEGIN.intercept) ** 2
    found += sum(12.5 * (weights.terms[name][0] - BEGIN.terms[name][0]) ** 2 for name in weights.terms)
    return found + evaluate(judged, weights).loss * len(judged)


def moved(weights, name, by):
    terms = {**weights.terms, name: (weights.terms[name][0] + by, *weights.terms[name][1:])}
    return Weights("x", weights.intercept, terms, 0.2, 0.3, 0.5, 0.5)


def test_no_other_weights_near_those_that_were_learnt_suit_the_judged_pairs_better():
    made = fit(JUDGED, BEGIN, version="2")
    assert made.version == "2"
    assert (made.join, made.differs, made.conflict) == (0.2, 0.3, 0.5)
    least = cost(made, JUDGED)
    assert least < cost(BEGIN, JUDGED) - 1
    for name in (FOR, AGAINST):
        assert made.terms[name][1:] == BEGIN.terms[name][1:]
        for by in (-0.01, 0.01):
            assert cost(moved(made, name, by), JUDGED) > least
    for by in (-0.02, 0.02):
        other = Weights("x", made.intercept + by, made.terms, 0.2, 0.3, 0.5, 0.5)
        assert cost(other, JUDGED) > least


def test_weights_are_kept_at_four_places():
    made = fit(JUDGED, BEGIN, version="2")
    for number in (made.intercept, *(term[0] for term in made.terms.values())):
        assert number == round(number, 4)
    assert any(term[0] != round(term[0], 3) for term in made.terms.values())


def test_a_hundred_steps_come_as_far_as_five_hundred():
    quick, slow = (fit(JUDGED, BEGIN, version="2", steps=steps) for steps in (100, 500))
    assert quick.terms[FOR][0] == pytest.approx(slow.terms[FOR][0], abs=0.001)
    assert quick.terms[AGAINST][0] == pytest.approx(slow.terms[AGAINST][0], abs=0.001)


def test_a_reason_for_never_becomes_one_against_however_many_pairs_say_so():
    turned = [*pairs("flood", False, 100, 1.0, 0.75), *pairs("flood", True, 100, 0.0, 1.0)]
    made = fit(turned, BEGIN, version="2")
    assert made.terms[FOR][0] == 0
    assert made.terms[AGAINST][0] <= 0
    other = fit([*pairs("flood", True, 100, 0.5, 1.0), *pairs("flood", False, 100, 0.5, 0.0)], BEGIN, version="2")
    assert other.terms[AGAINST][0] == 0


def test_without_a_judged_pair_there_is_nothing_to_learn():
    with pytest.raises(ValueError, match="no pair was judged"):
        fit([], BEGIN, version="2")


def test_right_and_wrong_answers_are_counted_and_a_sure_wrong_one_costs_most():
    judged = [
        *pairs("a", True, 1, 1.0, 0.5),  # 0.2 + 1: taken for one, rightly
        *pairs("a", False, 1, 1.0, 0.5),  # the same, wrongly
        *pairs("a", True, 1, 0.0, 0.5),  # 0.2 - 1: taken for two, wrongly
        *pairs("a", False, 1, 0.0, 0.75),  # 0.2 - 1 - 1: taken for two, rightly
        *pairs("a", False, 1, 0.0, 0.5),
    ]
    found = evaluate(judged, BEGIN)
    assert (found.pairs, found.wanted, found.predicted, found.right) == (5, 2, 2, 1)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    sure, not_sure, least = (1 / (1 + math.exp(-z)) for z in (1.2, -0.8, -1.8))
    by_hand = [sure, 1 - sure, not_sure, 1 - least, 1 - not_sure]
    assert found.loss == pytest.approx(-sum(map(math.log, by_hand)) / 5)


def test_precision_recall_and_their_mean_are_of_what_was_taken_for_one_and_of_what_is():
    found = Evaluation(pairs=20, wanted=8, predicted=4, right=3, loss=0.1)
    assert (found.precision, found.recall, found.f1) == (0.75, 0.375, 0.5)
    nothing = Evaluation(pairs=2, wanted=0, predicted=0, right=0, loss=0.1)
    assert (nothing.precision, nothing.recall, nothing.f1) == (0, 0, 0)


def test_each_topic_is_measured_by_weights_that_have_not_seen_it():
    found = leave_one_out(JUDGED, BEGIN)
    assert list(found) == ["fire", "flood"]
    fire = [pair for pair in JUDGED if pair.topic == "fire"]
    flood = [pair for pair in JUDGED if pair.topic == "flood"]
    assert found["fire"] == evaluate(fire, fit(flood, BEGIN, version="x"))
    assert found["flood"] == evaluate(flood, fit(fire, BEGIN, version="x"))
    three = leave_one_out([*JUDGED, *pairs("aid", True, 3, 1.0, 0.25)], BEGIN)
    assert list(three) == ["aid", "fire", "flood"]
    assert leave_one_out(fire, BEGIN) == {}


ROWS = [Evaluation(10, 5, 5, 5, 0.1), Evaluation(30, 10, 10, 0, 0.3)]


def test_two_measurements_become_one_in_which_each_pair_weighs_the_same():
    both = pool(ROWS)
    assert (both.pairs, both.wanted, both.predicted, both.right) == (40, 15, 15, 5)
    assert both.loss == pytest.approx(0.25)
    assert pool([]).loss == 0


def test_the_middle_nine_tenths_of_draws_lie_between_the_worst_topic_and_the_best():
    assert confidence_interval(ROWS[:1] * 3, draws=50) == (1, 1)
    low, high = confidence_interval(ROWS * 5, draws=400)
    assert 0 < low < 1 / 3 < high < 1
    various = [Evaluation(99, 70 + 3 * right, 50 + right * right, right, 0.1) for right in range(12)]
    drawn = Random(1)
    every = sorted(pool([drawn.choice(various) for _ in various]).f1 for _ in range(100))
    assert every[4] < every[5] < every[6]
    assert confidence_interval(various, draws=100) == (every[5], every[-5])
