"""Which figures measure the same thing: each prepared once, pairs scored by weighed evidence, groups linked by score.

This is the door: ``profiles`` prepares the figures of a text, ``same`` scores two of them with reasons, ``group``
groups those of a topic. A cue is evidence with a weight, never a proof.
"""

from factcheck.text.matching.arrivals import EXACT, Placed, Standing, named, place
from factcheck.text.matching.features import TopicStats, features, stats_of
from factcheck.text.matching.grouping import candidates, group, may_join
from factcheck.text.matching.one_text import check_text
from factcheck.text.matching.pairs import Pairs
from factcheck.text.matching.profile import Profile, fingerprint, profile_of, profiles
from factcheck.text.matching.reasons import explained
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

__all__ = [
    "EXACT",
    "Pairs",
    "Placed",
    "Profile",
    "Score",
    "Scorer",
    "Standing",
    "TopicStats",
    "Weights",
    "WeightsUnusable",
    "candidates",
    "check_text",
    "explained",
    "features",
    "fingerprint",
    "group",
    "likelihood",
    "may_join",
    "named",
    "place",
    "profile_of",
    "profiles",
    "read_weights",
    "same",
    "shipped",
    "stats_of",
    "weights_as_dict",
]
