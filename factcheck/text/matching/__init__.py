"""Which figures measure the same thing: each prepared once, pairs scored by weighed evidence, groups linked by score.

This is the door: ``profiles`` prepares the figures of a text, ``same`` scores two of them with reasons, ``group``
groups those of a topic. A cue is evidence with a weight, never a proof.
"""

from factcheck.text.matching.features import TopicStats, features
from factcheck.text.matching.grouping import candidates, group, may_join
from factcheck.text.matching.profile import Profile, profiles
from factcheck.text.matching.scorer import Score, Weights, WeightsUnusable, likelihood, read_weights, same, shipped

__all__ = [
    "Profile",
    "Score",
    "TopicStats",
    "Weights",
    "WeightsUnusable",
    "candidates",
    "features",
    "group",
    "likelihood",
    "may_join",
    "profiles",
    "read_weights",
    "same",
    "shipped",
]
