"""The words of a language as one immutable value, loaded once.

Holds ``Lexicon`` and its loader. The words are in one data module per language, the rules that use them in the other
packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from factcheck.text.lexicon import en


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of one language: number words, hedges, units, verbs, families, places."""

    language: str
    small: Mapping[str, int]
    tens: Mapping[str, int]
    scales: Mapping[str, Decimal]
    scale_marks: Mapping[str, Decimal]
    money_marks: frozenset[str]
    parts: Mapping[str, int]
    glyphs: Mapping[str, Decimal]
    vague_sizes: Mapping[str, Decimal]
    hedges_before: Mapping[str, str]
    hedges_after: Mapping[str, str]
    hedge_fillers: frozenset[str]
    currency_signs: Mapping[str, str]
    currency_codes: frozenset[str]
    code_aliases: Mapping[str, str]
    currency_words: Mapping[str, str]
    money_words: frozenset[str]
    unit_words: Mapping[str, str]
    unit_symbols: Mapping[str, str]
    per_words: Mapping[str, str]
    unit_factors: Mapping[str, tuple[str, str]]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    abbreviations: frozenset[str]
    reporting_verbs: frozenset[str]
    strong_verbs: frozenset[str]
    party_heads: frozenset[str]
    adverbs: frozenset[str]
    pronouns: frozenset[str]
    function_words: frozenset[str]
    clause_verbs: frozenset[str]
    event_families: Mapping[str, str]
    running_families: frozenset[str]
    definitions: Mapping[str, str]
    noun_families: Mapping[str, str]
    animals: frozenset[str]
    pronoun_nouns: frozenset[str]
    quantity_nouns: Mapping[str, str]
    statement_nouns: frozenset[str]
    kind_words: Mapping[str, str]
    vague_kinds: frozenset[str]
    speakers_for: frozenset[str]
    change_up: frozenset[str]
    change_down: frozenset[str]
    modality_cues: Mapping[str, str]
    designation_words: frozenset[str]
    street_words: frozenset[str]
    index_names: frozenset[str]
    opinion_words: frozenset[str]
    boilerplate: tuple[str, ...]
    checkworthy_verbs: frozenset[str]
    countries: Mapping[str, str]
    capitals: Mapping[str, str]
    regions: Mapping[str, str]
    body_words: frozenset[str]
    place_heads: frozenset[str]


@cache
def load(language: str = "en") -> Lexicon:
    """The words of a language; English stands in for a language that has no words here yet.

    >>> load().small["seven"]
    7
    >>> load("en") is load("en")
    True
    """
    values: dict[str, Any] = {}
    for name in Lexicon.__slots__:
        value = "en" if name == "language" else getattr(en, name.upper())
        values[name] = MappingProxyType(value) if isinstance(value, dict) else value
    return Lexicon(**values)
