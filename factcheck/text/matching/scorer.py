"""How likely two figures measure the same thing: a weighted sum of their evidence, and what spoke for it and against.

The weights are numbers in a file beside this module, fitted by ``bench/matching.py`` on labelled news; no text is in
them. Standard library only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from factcheck.text.matching.features import VALUES, TopicStats, features
from factcheck.text.matching.profile import Profile

SHOWN = 2


class WeightsUnusable(ValueError):
    """The file of the weights is missing a part or holds no numbers; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted scorer: for each feature its weight, and the mean and scale it is measured from; and three borders.

    ``join``: two groups become one where the mean score of their pairs is at least this. ``conflict`` and ``differs``:
    from which score on two numbers that are apart are called so.
    """

    version: str
    intercept: float
    terms: Mapping[str, tuple[float, float, float]]
    join: float
    differs: float
    conflict: float


@dataclass(frozen=True, slots=True)
class Score:
    """From 0 to 1, at three places; ``for_it`` and ``against`` are the strongest reasons, in words."""

    value: float
    for_it: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@cache
def shipped() -> Weights:
    """The weights that come with the engine."""
    return read_weights(files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))


def read_weights(text: str) -> Weights:
    """Weights from their JSON.

    Raises:
        WeightsUnusable: it is no JSON, or a part of it is missing or no number.
    """
    try:
        told = json.loads(text)
        terms = {str(name): (float(w), float(mean), float(scale)) for name, (w, mean, scale) in told["terms"].items()}
        borders = {name: float(told[name]) for name in ("intercept", "join", "differs", "conflict")}
        found = Weights(version=str(told["version"]), terms=terms, **borders)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsUnusable(f"the weights cannot be read: {type(error).__name__}: {error}") from None
    numbers = [number for term in terms.values() for number in term] + list(borders.values())
    if not all(map(math.isfinite, numbers)) or not terms or any(not term[2] for term in terms.values()):
        raise WeightsUnusable("the weights cannot be read: a number of them is none")
    return found


def same(a: Profile, b: Profile, topic: TopicStats, weights: Weights | None = None) -> Score:
    """How likely two figures of a topic measure the same thing, and why."""
    parts = _parts(a, b, topic, weights or shipped())
    ranked = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))
    speaks = [name for name, part in ranked if part > 0][:SHOWN]
    denies = [name for name, part in ranked if part < 0][:SHOWN]
    return Score(_value(parts, weights or shipped()), tuple(speaks), tuple(denies))


def likelihood(a: Profile, b: Profile, topic: TopicStats, weights: Weights) -> float:
    """The value of ``same`` alone, for the many pairs of a grouping.

    Of two numbers a power of ten apart it is that of their words alone, where it is higher: one of them may be a slip.
    """
    parts = _parts(a, b, topic, weights)
    value = _value(parts, weights)
    if is_slip(a, b):
        value = max(value, _value([part for part in parts if part[0] not in VALUES], weights))
    return value


def is_slip(a: Profile, b: Profile) -> bool:
    """Whether two numbers are a power of ten apart, ten times at least, within 2 percent."""
    small, large = sorted((abs(a.value), abs(b.value)))
    return bool(small) and any(abs(large / small / 10**power - 1) <= 0.02 for power in (1, 2, 3, 6))


def _parts(a: Profile, b: Profile, topic: TopicStats, weights: Weights) -> list[tuple[str, float]]:
    found = features(a, b, topic)
    return [
        (name, weight * (found.get(name, mean) - mean) / scale) for name, (weight, mean, scale) in weights.terms.items()
    ]


def _value(parts: list[tuple[str, float]], weights: Weights) -> float:
    z = weights.intercept + sum(part for _, part in parts)
    return round(1 / (1 + math.exp(-max(-50.0, min(50.0, z)))), 3)
