"""Quantities: how a figure is written and which values it may mean.

Holds numbers, units, ranges, hedges and prices, and numbers that are no figures. What a figure counts is in
``counted``, when it holds in ``dates``, whether two figures are comparable in ``matching``.

- ``numerals``: numbers in digits
- ``number_words``: numbers in words
- ``numbers``: both together
- ``units``: units, currencies and their factors
- ``hedges``: "about", "more than", "up to"
- ``ranges``: "40 to 50"
- ``exclusions``: numbers that are no figures (ages, addresses, scores)
- ``figures``: a number with its unit, range and hedge
- ``prices``: which sums are prices of one share or unit
- ``intervals``: the values a figure may mean
"""

from factcheck.text.quantities.figures import MOST, FigureCandidate, find_figures
from factcheck.text.quantities.intervals import (
    ABOUT_SHARE,
    base_amount,
    base_interval,
    interval,
    middle_of,
    rounding_step,
)
from factcheck.text.quantities.numbers import find_numbers
from factcheck.text.quantities.numerals import NumberMention, normalised_value
from factcheck.text.quantities.prices import with_prices
from factcheck.text.quantities.units import STATIC_DIMENSIONS, convert, dimension_of, factor, known_units

__all__ = [
    "ABOUT_SHARE",
    "MOST",
    "STATIC_DIMENSIONS",
    "FigureCandidate",
    "NumberMention",
    "base_amount",
    "base_interval",
    "convert",
    "dimension_of",
    "factor",
    "find_figures",
    "find_numbers",
    "interval",
    "known_units",
    "middle_of",
    "normalised_value",
    "rounding_step",
    "with_prices",
]
