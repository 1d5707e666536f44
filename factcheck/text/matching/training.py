"""Fits weights to pairs that people judged: logistic regression with a ridge towards the weights it begins from.

Holds the fit and its evaluation on topics left out; where the pairs come from, and what is done with the weights, is
the caller's. The weights that ship with the engine are fitted by ``bench/matching.py``, on labelled news.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from factcheck.text.matching.scorer import Weights

RIDGE = 25.0
"""How strongly a weight is held to the one it begins from; about as many pairs outweigh it."""
STEPS = 400
_BORDER = 0.5


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two figures as their evidence, whether people hold them for one, and the topic it was said in."""

    topic: str
    evidence: Mapping[str, float]
    same: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Of some pairs: how many are positive, predicted positive, and both; and the mean log loss."""

    pairs: int
    wanted: int
    predicted: int
    right: int
    loss: float

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.predicted + self.wanted) if self.predicted + self.wanted else 0.0


def fit(pairs: Sequence[LabelledPair], begin: Weights, *, version: str, steps: int = STEPS) -> Weights:
    """Weights for these pairs, near those they begin from: the same evidence, means, scales, signs and borders.

    A weight never changes its sign, so that a reason that speaks for a pair goes on speaking for it. Accelerated
    projected gradient (Beck and Teboulle, 2009).

    Raises:
        ValueError: there is no pair.
    """
    if not pairs:
        raise ValueError("no pair was judged, so there is nothing to learn from")
    names = list(begin.terms)
    rows = [[*_standard(pair.evidence, begin, names), 1.0] for pair in pairs]
    right = [float(pair.same) for pair in pairs]
    start = [begin.terms[name][0] for name in names] + [begin.intercept]
    ridge = [RIDGE] * len(names) + [RIDGE / 10]
    step = 1.0 / (0.25 * max(sum(value * value for value in row) for row in rows) * len(rows) + RIDGE)
    now, ahead, pace = list(start), list(start), 1.0
    for _ in range(steps):
        slope = [weight * (one - home) for weight, one, home in zip(ridge, ahead, start, strict=True)]
        for row, wanted in zip(rows, right, strict=True):
            off = _probability(sum(w * x for w, x in zip(ahead, row, strict=True))) - wanted
            for at, x in enumerate(row):
                slope[at] += off * x
        new = [_keep_sign(w - step * s, home) for w, s, home in zip(ahead, slope, start, strict=True)]
        new[-1] = ahead[-1] - step * slope[-1]
        quicker = (1 + math.sqrt(1 + 4 * pace**2)) / 2
        ahead = [n + (pace - 1) / quicker * (n - o) for n, o in zip(new, now, strict=True)]
        now, pace = new, quicker
    terms = {name: (round(w, 4), *begin.terms[name][1:]) for name, w in zip(names, now[:-1], strict=True)}
    return replace(begin, version=version, intercept=round(now[-1], 4), terms=terms)


def leave_one_out(pairs: Sequence[LabelledPair], begin: Weights) -> dict[str, Evaluation]:
    """Each topic measured by weights fitted on the others alone."""
    by_topic: dict[str, list[LabelledPair]] = defaultdict(list)
    for pair in pairs:
        by_topic[pair.topic].append(pair)
    if len(by_topic) < 2:
        return {}
    found = {}
    for topic, own in sorted(by_topic.items()):
        others = [pair for pair in pairs if pair.topic != topic]
        found[topic] = evaluate(own, fit(others, begin, version="left out"))
    return found


def evaluate(pairs: Sequence[LabelledPair], weights: Weights) -> Evaluation:
    """How well weights classify some pairs."""
    wanted = predicted = right = 0
    loss = 0.0
    for pair in pairs:
        z = weights.intercept + sum(
            w * x
            for (w, _, _), x in zip(
                weights.terms.values(), _standard(pair.evidence, weights, list(weights.terms)), strict=True
            )
        )
        sure = _probability(z)
        wanted += pair.same
        predicted += sure >= _BORDER
        right += pair.same and sure >= _BORDER
        loss -= math.log(max(1e-9, sure if pair.same else 1 - sure))
    return Evaluation(len(pairs), wanted, predicted, right, loss / max(1, len(pairs)))


def pool(rows: Sequence[Evaluation]) -> Evaluation:
    """Some measurements as one."""
    pairs = sum(row.pairs for row in rows)
    loss = sum(row.loss * row.pairs for row in rows) / max(1, pairs)
    return Evaluation(
        pairs, sum(r.wanted for r in rows), sum(r.predicted for r in rows), sum(r.right for r in rows), loss
    )


def confidence_interval(rows: Sequence[Evaluation], draws: int = 2000) -> tuple[float, float]:
    """The middle nine tenths of F1 over topics drawn with replacement."""
    random = Random(1)  # noqa: S311 - a bootstrap
    found = sorted(pool([random.choice(rows) for _ in rows]).f1 for _ in range(draws))
    return found[draws // 20], found[-draws // 20]


def _standard(evidence: Mapping[str, float], weights: Weights, names: Sequence[str]) -> list[float]:
    return [
        (evidence.get(name, mean) - mean) / scale for name, (_, mean, scale) in ((n, weights.terms[n]) for n in names)
    ]


def _keep_sign(weight: float, home: float) -> float:
    return max(0.0, weight) if home > 0 else min(0.0, weight)


def _probability(z: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, z))))
