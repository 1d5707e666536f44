"""Scores for pairs of states: how likely both are of one measure, and which kind of discrepancy follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from factcheck.models import CONFLICT_KINDS, DiscrepancyKind, Document, Measure, Policy
from factcheck.text import Comparison
from factcheck.text.matching import NumberPairs, explain

from .matching import judgements_among, load_profiles, score_thresholds_of, scorer_in_use, stats_in
from .observations import CarriedObservation

BY_A_PERSON = "Held to be of one measure because somebody judged so."


@dataclass(frozen=True)
class ObservationPair:
    """Two states that disagree, and how."""

    kind: str
    comparison: Comparison
    a: CarriedObservation
    b: CarriedObservation
    score: float | None = None
    why_one: str = ""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.a.key, self.b.key))


class PairScorer:
    """Scores pairs of states of one measure and sets their kind by the score.

    Pairs without figure profiles, as older engines left them, keep their kind and get no score. What people judged to
    be the same has score 1.
    """

    def __init__(self, measure: Measure, observations: list[CarriedObservation]) -> None:
        rows = [
            (figure.pk, figure.document_id, profile.prepared)
            for observed in observations
            for figure in observed.figures
            if (profile := getattr(figure, "profile", None))
        ]
        self.profiles = load_profiles(rows)
        topic = measure.held_against.topic_id if measure.held_against else measure.topic_id
        self.scorer = scorer_in_use()
        self.pairs = NumberPairs(list(self.profiles.values()), stats_in(topic, self.profiles.values()), self.scorer)
        document = next((figure.document for observed in observations for figure in observed.figures), None)
        self.judged = judged_alike(observations, topic, document)
        desks = {figure.document.desk_id for observed in observations for figure in observed.figures}
        self.policies = {row.desk_id: row for row in Policy.objects.filter(desk__in=desks)}

    def scored(self, pair: ObservationPair) -> ObservationPair | None:
        """The pair with its score and kind: conflict, superseded or differs; None where it scores too low to list."""
        value_a, value_b = self._value(pair.a), self._value(pair.b)
        if (value_a is None) != (value_b is None):  # the words of one were erased, or are to be read again
            return replace(pair, kind=DiscrepancyKind.DIFFERS if pair.kind in CONFLICT_KINDS else pair.kind)
        if value_a is None or value_b is None:
            return pair
        if self.judged(pair.a, pair.b):
            return replace(pair, score=1.0, why_one=BY_A_PERSON)
        surest = self.pairs.surest(value_a, value_b)
        if surest is None:
            return pair
        score, profile_a, profile_b = surest
        desks = {figure.document.desk_id for observed in (pair.a, pair.b) for figure in observed.figures}
        conflict, differs = score_thresholds_of(desks, self.policies, self.scorer.weights)
        if score < differs:
            return None
        kind = DiscrepancyKind.DIFFERS if pair.kind in CONFLICT_KINDS and score < conflict else pair.kind
        return replace(
            pair, kind=kind, score=score, why_one=explain(profile_a, profile_b, self.pairs.topic, self.scorer)
        )

    def _value(self, observation: CarriedObservation) -> float | None:
        return next((self.profiles[f.pk].value for f in observation.figures if f.pk in self.profiles), None)


def judged_alike(
    observations: list[CarriedObservation], topic: int | None, document: Document | None
) -> Callable[[CarriedObservation, CarriedObservation], bool]:
    """Whether people held figures of two states to be the same thing, directly or by way of others."""
    parents: dict[str, str] = {}

    def root(fingerprint: str) -> str:
        while parents.get(fingerprint, fingerprint) != fingerprint:
            fingerprint = parents[fingerprint]
        return fingerprint

    fingerprints = {
        observed.key: [p.fingerprint for f in observed.figures if (p := getattr(f, "profile", None))]
        for observed in observations
    }
    for row in judgements_among(
        {fingerprint for some in fingerprints.values() for fingerprint in some}, topic, document
    ):
        if row.same:
            parents[root(row.a_fingerprint)] = root(row.b_fingerprint)
    roots = {key: {root(fingerprint) for fingerprint in some if parents} for key, some in fingerprints.items()}
    return lambda a, b: bool(roots[a.key] & roots[b.key])
