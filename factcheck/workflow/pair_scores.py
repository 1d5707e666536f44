"""Scores for pairs of states: how likely both are of one measure, and which kind of discrepancy follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Min

from factcheck.models import (
    CONFLICT_KINDS,
    Carrier,
    DiscrepancyKind,
    Document,
    Figure,
    Judgement,
    Measure,
)
from factcheck.text import Comparison
from factcheck.text.matching import NumberPairs, Profile, TopicStats, explain

from .matching import ScoreThresholds, profiles_by_figure, scorer_in_use, stats_in, stored_stats
from .observations import CarriedObservation

AT_ONCE = 500
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

    @property
    def observations(self) -> set[int]:
        return {*self.a.ids, *self.b.ids}


class PairScores:
    """What pairs of states are scored by, fetched for the states of many measures at once."""

    def __init__(self, states: Mapping[int, Sequence[CarriedObservation]]) -> None:
        self.scorer = scorer_in_use()
        self.profiles = profiles_by_figure(
            pk for observed in states.values() for state in observed for row in state.rows for pk in row.sample
        )
        self.thresholds = ScoreThresholds(self.scorer.weights)
        ids = [pk for observed in states.values() for state in observed for pk in state.ids]
        self.filed = first_filed(ids) if self.thresholds.held else {}
        self.stats: dict[int | None, TopicStats | None] = {}
        self.judged: dict[tuple[int | None, int | None], JudgedAlike] = {}

    def filed_of(self, pair: ObservationPair) -> dict[int, datetime]:
        """When each desk filed the first text that carries a side of a pair, if any desk has scores of its own."""
        found: dict[int, datetime] = {}
        for pk in pair.observations:
            for desk, at in self.filed.get(pk, {}).items():
                found[desk] = min(at, found.get(desk, at))
        return found

    def of(self, measure: Measure, observed: Sequence[CarriedObservation]) -> PairScorer:
        """What scores the pairs of one measure."""
        topic = measure.held_against.topic_id if measure.held_against else measure.topic_id
        profiles = [self.profiles[pk] for state in observed for pk in state.sample if pk in self.profiles]
        document = first_document(observed) if topic is None else None
        if topic not in self.stats:
            self.stats[topic] = stored_stats(topic)
        stats = self.stats[topic] or stats_in(None, profiles)
        at = topic, document.pk if document else None
        if at not in self.judged:
            self.judged[at] = JudgedAlike(topic, document)
        return PairScorer(self, NumberPairs(profiles, stats, self.scorer), self.judged[at].among(observed))


class PairScorer:
    """Scores pairs of states of one measure and sets their kind by the score.

    Pairs without figure profiles, as older engines left them, keep their kind and get no score. What people judged to
    be the same has score 1.
    """

    def __init__(self, shared: PairScores, pairs: NumberPairs, roots: Mapping[str, set[str]]) -> None:
        self.shared, self.pairs, self.roots = shared, pairs, roots
        self.sentences: dict[tuple[float | None, float | None], str] = {}

    def scored(self, pair: ObservationPair) -> ObservationPair | None:
        """The pair with its score and kind: conflict, superseded or differs; None where it scores too low to list."""
        value_a, value_b = self._value(pair.a), self._value(pair.b)
        if (value_a is None) != (value_b is None):  # the words of one were erased, or are to be read again
            return replace(pair, kind=DiscrepancyKind.DIFFERS if pair.kind in CONFLICT_KINDS else pair.kind)
        if value_a is None or value_b is None:
            return pair
        if self.roots.get(pair.a.key, set()) & self.roots.get(pair.b.key, set()):
            return replace(pair, score=1.0, why_one=BY_A_PERSON)
        surest = self.pairs.surest(value_a, value_b)
        if surest is None:
            return pair
        slip = pair.kind == DiscrepancyKind.MAGNITUDE_SLIP
        score = self.pairs.likelihood(value_a, value_b, slip=slip)
        shared = self.shared
        conflict, differs = shared.thresholds.of(shared.filed_of(pair))
        if score < (conflict if slip else differs):  # round numbers of two things are likelier than an unsure slip
            return None
        kind = DiscrepancyKind.DIFFERS if pair.kind in CONFLICT_KINDS and score < conflict else pair.kind
        return replace(pair, kind=kind, score=score)

    def explained(self, pair: ObservationPair) -> ObservationPair:
        """The pair with the sentence that says why both are held to be of one measure, where a score was given."""
        if pair.score is None or pair.why_one:
            return pair
        values = self._value(pair.a), self._value(pair.b)
        if values not in self.sentences and values[0] is not None and values[1] is not None:
            surest = self.pairs.surest(values[0], values[1])
            topic, scorer = self.pairs.topic, self.shared.scorer
            self.sentences[values] = explain(surest[1], surest[2], topic, scorer) if surest else ""
        return replace(pair, why_one=self.sentences.get(values, ""))

    def _value(self, state: CarriedObservation) -> float | None:
        profiles: dict[int, Profile] = self.shared.profiles
        return next((profiles[pk].value for pk in state.sample if pk in profiles), None)


class JudgedAlike:
    """What people judged to be the same in a topic, or in a text of none, by the observations that carry it."""

    def __init__(self, topic: int | None, document: Document | None) -> None:
        rows = Judgement.objects.active().within(topic, document).filter(same=True).order_by("pk")
        self.pairs = list(rows.values_list("a_fingerprint", "b_fingerprint"))
        self.carried: dict[int, set[str]] = defaultdict(set)
        fingerprints = sorted({fingerprint for pair in self.pairs for fingerprint in pair})
        for start in range(0, len(fingerprints), AT_ONCE):
            some = Carrier.objects.filter(
                current=True, figure__profile__fingerprint__in=fingerprints[start : start + AT_ONCE]
            )
            for observation, fingerprint in some.values_list("observation", "figure__profile__fingerprint"):
                self.carried[observation].add(fingerprint)

    def among(self, observed: Iterable[CarriedObservation]) -> dict[str, set[str]]:
        """A group for each state that somebody judged; states with a common one are the same thing, directly or not."""
        if not self.pairs:
            return {}
        own = {state.key: {mark for pk in state.ids for mark in self.carried.get(pk, ())} for state in observed}
        known = {mark for some in own.values() for mark in some}
        parents: dict[str, str] = {}

        def root(fingerprint: str) -> str:
            while parents.get(fingerprint, fingerprint) != fingerprint:
                fingerprint = parents[fingerprint]
            return fingerprint

        for a, b in self.pairs:
            if a in known and b in known:
                parents[root(a)] = root(b)
        return {key: {root(mark) for mark in some if parents} for key, some in own.items()}


def first_filed(keys: Sequence[int]) -> dict[int, dict[int, datetime]]:
    """For each observation, when each desk that holds a carrier of it filed the first."""
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    for start in range(0, len(keys), AT_ONCE):
        rows = Carrier.objects.filter(observation__in=keys[start : start + AT_ONCE], current=True)
        firsts = rows.values("observation", "figure__document__desk").annotate(at=Min("figure__document__created_at"))
        for observation, desk, at in firsts.values_list("observation", "figure__document__desk", "at"):
            found[observation][desk] = at
    return found


def first_document(observed: Sequence[CarriedObservation]) -> Document | None:
    """The document of the first figure of some states."""
    first = next((row.first_id for state in observed for row in state.rows), None)
    figure = Figure.objects.select_related("document").filter(pk=first).first() if first else None
    return figure.document if figure else None
