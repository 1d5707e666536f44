"""A unit stands in a sentence as an editor would write it, one and many."""

from decimal import Decimal

import pytest

from factcheck.text.lexicon import load
from factcheck.text.matching.comparison_sentences import unit_in_words


@pytest.mark.parametrize(
    ("unit", "one", "many"),
    [
        ("inch", "inch", "inches"),
        ("foot", "foot", "feet"),
        ("century", "century", "centuries"),
        ("mile", "mile", "miles"),
        ("nautical_mile", "nautical mile", "nautical miles"),
        ("sq_mile", "square mile", "square miles"),
        ("sq_foot", "square foot", "square feet"),
        ("sq_km", "square km", "square km"),
        ("cubic_metre", "cubic metre", "cubic metres"),
        ("mph", "mph", "mph"),
        ("rpm", "rpm", "rpm"),
        ("km/h", "km/h", "km/h"),
        ("ppm", "ppm", "ppm"),
        ("horsepower", "horsepower", "horsepower"),
        ("stone", "stone", "stone"),
        ("percentage_point", "percentage point", "percentage points"),
        ("barrel/day", "barrel a day", "barrels a day"),
        ("pound-foot", "pound-foot", "pound-feet"),
        ("celsius", "degree Celsius", "degrees Celsius"),
        ("kelvin", "kelvin", "kelvin"),
        ("m", "metre", "metres"),
        ("percent", "percent", "percent"),
        ("MW", "MW", "MW"),
    ],
)
def test_one_and_many(unit, one, many):
    assert unit_in_words(unit, Decimal(1)) == one
    assert unit_in_words(unit, Decimal(12)) == many


def test_no_unit_of_the_lexicon_gets_an_s_that_english_does_not_give_it():
    many = {unit_in_words(unit, Decimal(12)) for unit in set(load().unit_words.values())}
    assert not {words for words in many if words.endswith(("chs", "mphs", "pms", "psis", "_", "ss"))}
    assert not any("_" in words for words in many)
