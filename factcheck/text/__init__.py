"""The text engine: the figures, claims and attributions of a news text, and whether two figures agree.

Callers import from here or from a package named here: ``quantities`` (numbers and units), ``counted`` (what a figure
counts), ``dates``, ``attributions`` (who says it), ``claims``, ``matching`` (which figures are of one measure),
``anchoring`` (where a stretch went in a new version) and ``lexicon`` (word lists). The engine needs the standard
library only, keeps no state between calls, and never raises on a text.
"""

from factcheck.text.anchoring import bare_words, reanchor, reanchor_all
from factcheck.text.consistency import check_text
from factcheck.text.languages import READ_LANGUAGES
from factcheck.text.lexicon import Lexicon, load
from factcheck.text.matching import (
    compare,
    compare_all,
    direction_of,
    key_differences,
    measure_key_from,
    observation_of,
    one_party,
    same_party,
)
from factcheck.text.quantities import convert, dimension_of, interval, known_units, middle_of
from factcheck.text.reading import ENGINE_VERSION, read
from factcheck.text.sentences import split_sentences
from factcheck.text.values import (
    Anchoring,
    AnchorState,
    AttributionMention,
    Basis,
    ClaimMention,
    ClaimType,
    Comparison,
    FigureMention,
    Finding,
    FindingKind,
    Hedge,
    MeasureIdentity,
    MeasureKey,
    Modality,
    Observation,
    Period,
    Quantity,
    Reading,
    Relation,
    Span,
)

__all__ = [
    "ENGINE_VERSION",
    "READ_LANGUAGES",
    "AnchorState",
    "Anchoring",
    "AttributionMention",
    "Basis",
    "ClaimMention",
    "ClaimType",
    "Comparison",
    "FigureMention",
    "Finding",
    "FindingKind",
    "Hedge",
    "Lexicon",
    "MeasureIdentity",
    "MeasureKey",
    "Modality",
    "Observation",
    "Period",
    "Quantity",
    "Reading",
    "Relation",
    "Span",
    "bare_words",
    "check_text",
    "compare",
    "compare_all",
    "convert",
    "dimension_of",
    "direction_of",
    "interval",
    "key_differences",
    "known_units",
    "load",
    "measure_key_from",
    "middle_of",
    "observation_of",
    "one_party",
    "read",
    "reanchor",
    "reanchor_all",
    "same_party",
    "split_sentences",
]
