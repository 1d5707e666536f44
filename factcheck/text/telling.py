"""Which words of a sentence tell something, and an amount in the base of its dimension: what two figures share."""

from __future__ import annotations

from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.units import factor
from factcheck.text.values import Quantity

_LEX = load()
EMPTY_WORDS = (
    _LEX.function_words
    | _LEX.strong_verbs
    | _LEX.adverbs
    | frozenset(_LEX.months)
    | frozenset(_LEX.weekdays)
    | frozenset(_LEX.small)
    | frozenset(_LEX.scales)
    | _LEX.pronoun_nouns
    | frozenset(w for phrase in _LEX.hedges_before for w in phrase.split())
)


def amount(quantity: Quantity) -> tuple[str, Decimal, Decimal] | None:
    """A quantity in the base of its dimension, a price per share beside a price; None where it is too long to read."""
    low = quantity.low if quantity.value is None else quantity.value
    high = quantity.high if quantity.value is None else quantity.value
    if low is None or high is None:
        return None
    scale = factor(quantity.unit)
    return quantity.dimension.partition("/")[0], (low * scale).normalize(), (high * scale).normalize()
