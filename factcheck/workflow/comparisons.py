"""What the observations of a measure make of each other, two by two. Read only; ``findings`` writes it down.

How two observations compare is the engine's; which pairs of them are told is decided here.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Count, Max, Sum

from factcheck.conf import settings
from factcheck.models import (
    Carrier,
    DiscrepancyKind,
    Judgement,
    MatchingWeights,
    Measure,
    Policy,
    Source,
    SourceName,
    TopicMatching,
)
from factcheck.text import ENGINE_VERSION, Comparison, Relation, compare, compare_all, middle_of

from .observations import CarriedObservation, compared_under, observations_by_measure, observations_of
from .pair_scores import ObservationPair, PairScorer, PairScores

KIND_OF = {
    Relation.CONFLICT: DiscrepancyKind.CONFLICT,
    Relation.SUPERSEDED: DiscrepancyKind.SUPERSEDED,
    Relation.MAGNITUDE_SLIP: DiscrepancyKind.MAGNITUDE_SLIP,
    Relation.NOT_COMPARABLE: DiscrepancyKind.NOT_COMPARABLE,
}
ALL_PAIRS = 300
"""Up to so many states of a measure every two are compared."""
NEWEST = 60
NEAREST = 30
"""Of more states each is compared with so many of the newest, and of its own day with so many on either side of it by
number; with the next in time in any case."""
MOST_AGREEING = 60
AGREE = (Relation.AGREE, Relation.AGREE_WITHIN_HEDGE)
AT_ONCE = 500


@dataclass
class MeasureComparison:
    """What the comparison of one measure found, and a digest of what it rested on.

    ``versions``: of the observations compared, by measure; of other versions the comparison says nothing.
    """

    pairs: dict[frozenset[str], ObservationPair] = field(default_factory=dict)
    agreements: int = 0
    rested_on: str = ""
    versions: dict[int, int] = field(default_factory=dict)

    def add(self, pair: ObservationPair) -> None:
        self.pairs[pair.keys] = pair


class ComparisonInputs:
    """What comparisons rest on besides the observations: engine, weights, policies, judgements, registry, topics.

    A measure that was compared under the same, and whose observations have not changed since, need not be compared
    again.
    """

    def __init__(self) -> None:
        judged = (
            Judgement.objects.values("state", "same").order_by("state", "same").annotate(n=Count("pk"), last=Max("pk"))
        )
        rests: list[Any] = [ENGINE_VERSION, settings().MATCHING_SCORER]
        rests += [MatchingWeights.objects.aggregate(last=Max("pk")), list(judged)]
        rests += [list(Policy.objects.order_by("pk").values_list("desk", "conflict_score", "differs_score"))]
        rests += [Source.objects.aggregate(n=Count("pk"), versions=Sum("version"))]
        rests += [SourceName.objects.aggregate(n=Count("pk"), last=Max("pk"))]
        self.everywhere = short_digest(rests)
        self.topics: dict[int | None, str] = {}

    def digest(self, topic: int | None) -> str:
        """The digest for measures of a topic: of what holds everywhere, and of what is usual in the topic."""
        if topic not in self.topics:
            stats = TopicMatching.objects.filter(topic=topic).values_list("stats", flat=True).first() if topic else None
            self.topics[topic] = f"{self.everywhere}:{short_digest(stats)}"
        return self.topics[topic]

    def hold(self, measure: Measure, *, usual: bool) -> bool:
        """Whether a measure need not be compared again; with ``usual`` what is usual in its topic must stand too.

        One that others are compared with has to be.
        """
        alone = not measure.general and measure.held_against_id is None
        if not alone or not measure.compared:
            return False
        if usual:
            return measure.compared == self.digest(measure.topic_id)
        return measure.compared.partition(":")[0] == self.everywhere


def short_digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:24]


def compare_measures(measures: Sequence[Measure]) -> list[MeasureComparison]:
    """Compare the observations of each measure two by two. Writes nothing, so that it may take its time."""
    versions = versions_of(measures)  # first what the comparison rests on, then what is compared: what changes
    inputs = ComparisonInputs()  # meanwhile is then compared again
    digests = {row.topic_id: inputs.digest(row.topic_id) for row in measures}
    states = observations_by_measure(measures)
    verdicts = {
        row.pk: [
            found
            for found in compared_pairs(states[row.pk])
            if found[2].relation in KIND_OF or found[2].relation in AGREE
        ]
        for row in measures
    }
    scored = {
        pk: states[pk] for pk, found in verdicts.items() if any(needs_score(comparison) for _, _, comparison in found)
    }
    scores = PairScores(scored) if scored else None
    results = []
    for row in measures:
        scorer = scores.of(row, states[row.pk]) if scores and row.pk in scored else None
        found = pairs_told(row, states[row.pk], verdicts[row.pk], scorer)
        found.rested_on, found.versions = digests[row.topic_id], versions[row.pk]
        results.append(found)
    return results


def versions_of(measures: Sequence[Measure]) -> dict[int, dict[int, int]]:
    """For each measure the versions of the observations that are compared under it, by measure."""
    under = compared_under(measures)
    known = stored_versions({pk for keys in under.values() for pk in keys})
    return {row.pk: {pk: known[pk] for pk in under[row.pk] if pk in known} for row in measures}


def stored_versions(measures: Iterable[int]) -> dict[int, int]:
    keys, found = sorted(measures), dict[int, int]()
    for start in range(0, len(keys), AT_ONCE):
        rows = Measure.objects.filter(pk__in=keys[start : start + AT_ONCE])
        found |= dict(rows.values_list("pk", "observations_version"))
    return found


def needs_score(comparison: Comparison) -> bool:
    return KIND_OF.get(comparison.relation, DiscrepancyKind.NOT_COMPARABLE) != DiscrepancyKind.NOT_COMPARABLE


def pairs_told(
    measure: Measure,
    states: Sequence[CarriedObservation],
    verdicts: Iterable[tuple[int, int, Comparison]],
    scorer: PairScorer | None,
) -> MeasureComparison:
    """The pairs of a measure that are told of.

    A superseded observation is paired with the newest one that replaces it, one that is not comparable with the next
    in time only, so that an editor sees what holds now and not every step to it.
    """
    found = MeasureComparison()
    replaced: dict[str, list[ObservationPair]] = defaultdict(list)
    nearest: dict[str, ObservationPair] = {}
    for first, second, comparison in verdicts:
        a, b = states[first], states[second]
        kind = KIND_OF.get(comparison.relation)
        if measure.embargoed_id and not is_carried_by(measure, a, b):
            continue
        if kind is None:
            found.agreements += 1
            continue
        pair = ObservationPair(kind, comparison, a, b)
        if kind == DiscrepancyKind.NOT_COMPARABLE:
            nearest.setdefault(a.key, pair)
        elif kind == DiscrepancyKind.SUPERSEDED:
            replaced[a.key].append(pair)
        elif listed := scorer.scored(pair) if scorer else pair:
            found.add(listed)
    for some in replaced.values():  # the newest that scores high enough, and no other is scored
        scored = (scorer.scored(pair) if scorer else pair for pair in reversed(some))
        if listed := next(filter(None, scored), None):
            found.add(listed)
    for pair in nearest.values():
        found.add(pair)
    if scorer:
        found.pairs = {keys: scorer.explained(pair) for keys, pair in found.pairs.items()}
    return found


def compared_pairs(states: Sequence[CarriedObservation]) -> Iterator[tuple[int, int, Comparison]]:
    """The pairs of states that are compared, with how they relate: all of them, of very many those that may meet."""
    observations = [state.observation for state in states]
    return compare_all(observations, None if len(states) <= ALL_PAIRS else pairs_that_meet(states))


def pairs_that_meet(states: Sequence[CarriedObservation]) -> list[tuple[int, int]]:
    """Of very many states in the order of time: each with the newest, the next, and those of its day nearest to it."""
    last = len(states) - 1
    found = {
        (at, other) for at in range(last) for other in (at + 1, *range(max(at + 1, len(states) - NEWEST), len(states)))
    }
    days: dict[Any, list[int]] = defaultdict(list)
    for at, state in enumerate(states):
        days[state.observation.as_of.start.date() if state.observation.as_of else None].append(at)
    for places in days.values():
        by_number = sorted(places, key=lambda at: middle_of(states[at].observation))
        for rank, at in enumerate(by_number):
            found |= {(min(at, other), max(at, other)) for other in by_number[rank + 1 : rank + 1 + NEAREST]}
    return sorted(found)


def is_carried_by(measure: Measure, *sides: CarriedObservation) -> bool:
    """Whether a figure of the measure itself carries one of these, not only one of what it is held against."""
    return any(row.measure_id == measure.pk for side in sides for row in side.rows)


def agreements_of(measure: Measure, observations: list[CarriedObservation] | None = None) -> list[str]:
    """What agrees under a measure, in sentences: states that meet, and copies that rest on one origin.

    It is asked while somebody waits for a page, so only the newest observations are compared; where there are more, the
    first sentence says so. ``observations`` are those of the measure, where the caller has them already.
    """
    observations = observations_of(measure) if observations is None else observations
    pairs = (compare(a.observation, b.observation) for a, b in combinations(observations[-MOST_AGREEING:], 2))
    found = [row.reason for row in pairs if row.relation in AGREE]
    if len(observations) > MOST_AGREEING:
        found.insert(0, f"Only the newest {MOST_AGREEING} of {len(observations)} states are compared here.")
    several = [state for state in observations if state.count > 1][-MOST_AGREEING:]
    origins = origins_by_observation(pk for state in several for pk in state.ids)
    return found + [
        sentence
        for state in several
        if (sentence := copies_sentence(state, [o for pk in state.ids for o in origins[pk]]))
    ]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one carrier of an observation has its number from.

    ``key`` is one for all copies of a party's number and for outlets of one owner.
    """

    key: str
    document: int
    cited: bool
    reliability: str
    surface: str


def origins_by_observation(keys: Iterable[int]) -> Mapping[int, list[Origin]]:
    """The origins of all that carry some observations, in the order of the figures, in a query."""
    columns = (
        "observation",
        "figure__document",
        "figure__attribution",
        "figure__attribution__source",
        "figure__attribution__source__reliability",
        "figure__attribution__party",
        "figure__document__same_text_as",
        "figure__document__publisher",
        "figure__document__publisher_name",
        "figure__document__publisher__reliability",
        "figure__document__same_text_as__publisher",
        "figure__document__same_text_as__publisher_name",
        "figure__surface",
        "figure__counted",
    )
    found: dict[int, list[Origin]] = defaultdict(list)
    wanted = list(keys)
    if not wanted:
        return found
    owners = Source.objects.ultimate_owners()
    for start in range(0, len(wanted), AT_ONCE):
        rows = Carrier.objects.filter(observation__in=wanted[start : start + AT_ONCE], current=True).order_by("figure")
        for row in rows.values_list(*columns):
            found[row[0]].append(origin_in(row, owners))
    return found


def origin_in(row: tuple[Any, ...], owners: dict[int, int]) -> Origin:
    _, document, attribution, source, graded, party, same, publisher, name, grade, first, first_name, *words = row
    if attribution is not None:
        key = f"source:{owners[source]}" if source else f"party:{party.casefold()}"
    else:
        publisher, name = (first, first_name) if same else (publisher, name)
        key = f"source:{owners[publisher]}" if publisher else f"party:{name.casefold()}" if name else ""
        key = key or f"document:{same or document}"
    reliability = graded if attribution is not None else grade
    return Origin(key, document, attribution is not None, reliability or "", " ".join(words))


def copies_sentence(state: CarriedObservation, carriers: Sequence[Origin]) -> str:
    """In how many texts a state stands, and on how many origins they rest; empty where it stands in one."""
    documents = len({row.document for row in carriers})
    if documents < 2:
        return ""
    named = sorted(row.key for row in carriers if row.cited)
    bare = {row.key for row in carriers if not row.cited}
    origins = len({*named[:1], *bare})  # all names of the party that says it are one origin
    says = f" ({state.observation.says})" if state.observation.says else ""
    return (
        f"“{carriers[0].surface}”{says} stands in {documents} documents and rests on "
        f"{origins} origin{'s' if origins > 1 else ''}."
    )
