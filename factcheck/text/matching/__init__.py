"""Matching: which figures are of one measure, and what two of them say of each other.

``profiles`` prepares the figures of a text, ``same`` scores two of them with reasons, ``group`` groups those of a
topic, ``compare`` says whether two of one measure agree. A cue is evidence with a weight, never a proof. How a figure
is written is in ``quantities``, what it counts in ``counted``.

What a figure measures, and what two figures of one measure say:

- ``measures``: the measure of a figure; ``measure_key``: how two keys differ
- ``observations``: a figure without its text, ready to be compared
- ``compare``: agree, superseded, conflict, slip; ``comparison_sentences``: the sentence that says why
- ``arithmetic``: sums, shares and conversions inside one text
- ``same_party``: whether two names mean one party

Which figures are of one measure:

- ``profile``: what is known of a figure; ``features``: the evidence of a pair; ``scorer``: its weight
- ``match_explanations``: the score in words; ``pairs``: the score of two numbers of a group
- ``grouping``: groups the figures of a topic; ``incremental``: places the figures of one new text
- ``stories``: which texts are about one story; ``training``: fits the weights
"""

from factcheck.text.matching.arithmetic import check_arithmetic
from factcheck.text.matching.compare import compare, compare_all
from factcheck.text.matching.features import TopicStats, features, stats_of
from factcheck.text.matching.grouping import candidates, group, may_join
from factcheck.text.matching.incremental import REGROUP_LIMIT, ExistingGroup, Placement, names_kept, place
from factcheck.text.matching.match_explanations import explain
from factcheck.text.matching.measure_key import key_differences, measure_key_from
from factcheck.text.matching.measures import measure_of, measure_of_noun, with_modality, with_place
from factcheck.text.matching.observations import direction_of, observation_of
from factcheck.text.matching.pairs import NumberPairs
from factcheck.text.matching.profile import Profile, fingerprint, profile_of, profiles, with_quantity, with_words
from factcheck.text.matching.same_party import one_party, same_party
from factcheck.text.matching.scorer import (
    Score,
    Scorer,
    Weights,
    WeightsUnusable,
    likelihood,
    read_weights,
    same,
    shipped,
    weights_as_dict,
)
from factcheck.text.matching.stories import TextSummary, names_inside_sentences, split_into_stories
from factcheck.text.matching.training import (
    Evaluation,
    LabelledPair,
    confidence_interval,
    evaluate,
    fit,
    leave_one_out,
    pool,
)

__all__ = [
    "REGROUP_LIMIT",
    "Evaluation",
    "ExistingGroup",
    "LabelledPair",
    "NumberPairs",
    "Placement",
    "Profile",
    "Score",
    "Scorer",
    "TextSummary",
    "TopicStats",
    "Weights",
    "WeightsUnusable",
    "candidates",
    "check_arithmetic",
    "compare",
    "compare_all",
    "confidence_interval",
    "direction_of",
    "evaluate",
    "explain",
    "features",
    "fingerprint",
    "fit",
    "group",
    "key_differences",
    "leave_one_out",
    "likelihood",
    "may_join",
    "measure_key_from",
    "measure_of",
    "measure_of_noun",
    "names_inside_sentences",
    "names_kept",
    "observation_of",
    "one_party",
    "place",
    "pool",
    "profile_of",
    "profiles",
    "read_weights",
    "same",
    "same_party",
    "shipped",
    "split_into_stories",
    "stats_of",
    "weights_as_dict",
    "with_modality",
    "with_place",
    "with_quantity",
    "with_words",
]
