"""The text engine: what a news text says in figures, who says it, and whether two statements agree.

This is the door; callers use nothing behind it. The engine needs the standard library only, keeps no
state, and never raises on a text, however odd.
"""

from factcheck.text.anchors import reanchor, reanchor_all
from factcheck.text.changes import bare_words
from factcheck.text.compare import compare, compare_all
from factcheck.text.intervals import interval
from factcheck.text.lexicon import Lexicon, load
from factcheck.text.measure_key import MeasureKey, differences, key_of
from factcheck.text.reading import ENGINE_VERSION, direction_of, read, state_of
from factcheck.text.same_party import one_party, same_party
from factcheck.text.sentences import split as split_sentences
from factcheck.text.units import convert
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
    Measure,
    Modality,
    Period,
    Quantity,
    Reading,
    Relation,
    Span,
    State,
)

__all__ = [
    "ENGINE_VERSION",
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
    "Measure",
    "MeasureKey",
    "Modality",
    "Period",
    "Quantity",
    "Reading",
    "Relation",
    "Span",
    "State",
    "bare_words",
    "compare",
    "compare_all",
    "convert",
    "differences",
    "direction_of",
    "interval",
    "key_of",
    "load",
    "one_party",
    "read",
    "reanchor",
    "reanchor_all",
    "same_party",
    "split_sentences",
    "state_of",
]
