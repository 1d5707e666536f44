"""The likelihood that two figures are of one measure: a weighted sum of their evidence, with reasons for and against.

The weights are numbers in a file beside this module, fitted by ``bench/matching.py`` on labelled news; no text is in
them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pkgutil import get_data
from typing import Any

from factcheck.text.matching.features import VALUES, TopicStats, features, of_two_kinds
from factcheck.text.matching.profile import Profile
from factcheck.text.quantities import factor

SHOWN = 2
SLIP_BY_CHANCE = {1: -3.0, 2: -2.0, 3: 0.0}
"""What counts against a slip, by how many digits both numbers share: one or two are shared by chance now and then."""


class WeightsUnusable(ValueError):
    """The file of the weights is missing a part or holds no numbers; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted scorer: for each feature its weight, and the mean and scale it is measured from; and four borders.

    ``join``: two groups become one where the mean score of their pairs is at least this. ``conflict``, ``replaced`` and
    ``differs``: from which score on two numbers that are apart are called so.
    """

    version: str
    intercept: float
    terms: Mapping[str, tuple[float, float, float]]
    join: float
    differs: float
    conflict: float
    replaced: float


@dataclass(frozen=True, slots=True)
class Score:
    """From 0 to 1, at three places; ``for_it`` and ``against`` are the strongest reasons, in words."""

    value: float
    for_it: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorer:
    """How likely two figures of a topic are of one measure: by these weights, or by a function of the same form as
    ``same``, which a site may name in their place; the borders are those of the weights either way."""

    weights: Weights
    function: Callable[[Profile, Profile, TopicStats], Score] | None = None

    @property
    def join(self) -> float:
        return self.weights.join

    def likelihood(self, a: Profile, b: Profile, topic: TopicStats) -> float:
        """From 0 to 1, at three places."""
        if self.function is not None:
            return round(self.function(a, b, topic).value, 3)
        return likelihood(a, b, topic, self.weights)

    def same(self, a: Profile, b: Profile, topic: TopicStats) -> Score:
        """The same with the strongest reasons on either side."""
        return self.function(a, b, topic) if self.function is not None else same(a, b, topic, self.weights)


@cache
def shipped() -> Weights:
    """The weights that come with the engine."""
    return read_weights((get_data(__package__, "weights.json") or b"").decode())


def read_weights(text: str) -> Weights:
    """Weights from their JSON; older ones know one border for what is in conflict and what is replaced.

    Raises:
        WeightsUnusable: it is no JSON, or a part of it is missing or no number.
    """
    try:
        stored = json.loads(text)
        terms = {str(name): (float(w), float(mean), float(scale)) for name, (w, mean, scale) in stored["terms"].items()}
        borders = {name: float(stored[name]) for name in ("intercept", "join", "differs", "conflict")}
        borders["replaced"] = float(stored.get("replaced", borders["conflict"]))
        found = Weights(version=str(stored["version"]), terms=terms, **borders)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsUnusable(f"the weights cannot be read: {type(error).__name__}: {error}") from None
    numbers = [number for term in terms.values() for number in term] + list(borders.values())
    if not all(map(math.isfinite, numbers)) or not terms or any(not term[2] for term in terms.values()):
        raise WeightsUnusable("the weights cannot be read: a number of them is none")
    return found


def weights_as_dict(weights: Weights) -> dict[str, Any]:
    """Weights as plain JSON, as ``read_weights`` takes them."""
    borders = {
        name: getattr(weights, name) for name in ("version", "intercept", "join", "differs", "conflict", "replaced")
    }
    return {**borders, "terms": {name: list(term) for name, term in weights.terms.items()}}


def same(a: Profile, b: Profile, topic: TopicStats, weights: Weights | None = None) -> Score:
    """How likely two figures of a topic measure the same thing, and why."""
    if of_two_kinds(a, b):
        return Score(0.0, (), ("other kind",))
    parts = contributions(a, b, topic, weights or shipped())
    ranked = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))
    for_it = [name for name, part in ranked if part > 0][:SHOWN]
    against = [name for name, part in ranked if part < 0][:SHOWN]
    return Score(_logistic(parts, weights or shipped()), tuple(for_it), tuple(against))


def likelihood(a: Profile, b: Profile, topic: TopicStats, weights: Weights) -> float:
    """The value of ``same`` alone, for the many pairs of a grouping.

    Of two numbers a power of ten apart it is that of their words alone, where it is higher: one of them may be a slip.
    """
    if of_two_kinds(a, b):
        return 0.0
    parts = contributions(a, b, topic, weights)
    value = _logistic(parts, weights)
    if is_slip(a, b):
        value = max(value, _as_slip(a, b, topic, weights, parts))
    return value


def _as_slip(a: Profile, b: Profile, topic: TopicStats, weights: Weights, parts: list[tuple[str, float]]) -> float:
    """How likely two figures are one number of which one copy has a slip, such as a lost zero.

    The higher of two likelihoods: by their words without the numbers; and as if both numbers were equal, less what
    chance explains, for round numbers are often ten times one another.
    """
    fixed = replace(b, value=a.value, least=a.least, most=a.most)
    chance = ("by chance", SLIP_BY_CHANCE[max(1, min(len(_digits(a)), len(_digits(b)), 3))])
    words = [part for part in parts if part[0] not in VALUES]
    return max(_logistic(words, weights), _logistic([*contributions(a, fixed, topic, weights), chance], weights))


def _digits(one: Profile) -> str:
    """The significant digits of a number as it is written in its unit, without zeros at either end."""
    written = abs(one.value) / float(factor(one.unit))
    return f"{written:.7g}".partition("e")[0].replace(".", "").strip("0")


def is_slip(a: Profile, b: Profile) -> bool:
    """Whether two numbers are a power of ten apart, ten times at least, within 2 percent."""
    small, large = sorted((abs(a.value), abs(b.value)))
    return bool(small) and any(abs(large / small / 10**power - 1) <= 0.02 for power in (1, 2, 3, 6))


def has_slipped(a: Profile, b: Profile, least: int = 2) -> bool:
    """Whether two numbers a power of ten apart have the same digits, at least so many; two are hardly so by chance."""
    return is_slip(a, b) and _digits(a) == _digits(b) and len(_digits(a)) >= least


def contributions(a: Profile, b: Profile, topic: TopicStats, weights: Weights) -> list[tuple[str, float]]:
    """What each piece of evidence adds to the sum, by its name."""
    found = features(a, b, topic)
    return [
        (name, weight * (found.get(name, mean) - mean) / scale) for name, (weight, mean, scale) in weights.terms.items()
    ]


def _logistic(parts: list[tuple[str, float]], weights: Weights) -> float:
    z = weights.intercept + sum(part for _, part in parts)
    return round(1 / (1 + math.exp(-max(-50.0, min(50.0, z)))), 3)
