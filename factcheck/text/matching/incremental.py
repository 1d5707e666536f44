"""Adds a new text to a topic that has groups: where its figures go, and which name each group keeps.

A topic of few figures is grouped anew with each text (``grouping.group``, then ``names_kept``), so that the order of
texts plays no part. In a larger topic ``place`` leaves the groups as they are: one figure for each number of a group
represents it, so that the cost of a new text does not grow with the topic. Both link by the same scores under the
same barriers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from factcheck.text.matching.features import TopicStats
from factcheck.text.matching.grouping import (
    LEAST_SCORE,
    Deduplicated,
    average_linkage,
    candidates,
    cannot_link_within,
    join_slips,
    may_join,
)
from factcheck.text.matching.profile import Profile
from factcheck.text.matching.scorer import Scorer

REGROUP_LIMIT = 200
"""A topic of at most so many figures, without duplicates, is grouped anew with each text."""
MOST_PARTNERS = 20
_FEW = 300
Node = int | str
"""A figure of the new text by its index, or an existing group by its name."""
_Place = tuple[str, int]
_NEW = ""
"""In the place of a group's name, which is never empty: the text that arrives."""


@dataclass(slots=True)
class ExistingGroup:
    """A group of a topic: one figure for each of its numbers, and in how many wordings it occurs."""

    figures: list[Profile] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, figures: Iterable[Profile]) -> ExistingGroup:
        """The group of all these figures: of each number its first figure, in the order given."""
        found: dict[tuple[str, float], Profile] = {}
        wordings: dict[tuple[str, float], set[object]] = defaultdict(set)
        for one in figures:
            found.setdefault((one.unit, one.value), one)
            wordings[one.unit, one.value].add(one.wording)
        return cls(list(found.values()), [len(wordings[number]) for number in found])


@dataclass(slots=True)
class Placement:
    """Where the figures of a text go: an existing group by its name, or the new group of the figure at that index.

    ``joined``: existing groups that the text merges, each with the group it goes into.
    """

    homes: list[Node]
    joined: dict[str, str] = field(default_factory=dict)


def place(
    figures: Sequence[Profile],
    standing: Mapping[str, ExistingGroup],
    topic: TopicStats,
    scorer: Scorer,
    *,
    together: Iterable[tuple[Node, Node]] = (),
    apart: Iterable[tuple[Node, Node]] = (),
    frozen: bool = False,
) -> Placement:
    """Find the group of each figure of a text that arrives in a topic; ``topic`` has counted it already.

    ``together`` and ``apart`` are what people decided. ``frozen``: no two existing groups are merged; in a topic of
    many figures they are not either, until all are grouped anew.
    """
    kept, together, apart = Deduplicated(figures), list(together), list(apart)
    new = [figures[at] for at in kept.kept]
    scores = _scored_with(standing, new, topic, scorer, frozen=frozen)
    decided = {node for pair in (*together, *apart) for node in pair}
    near = {name for pair in scores for name, _ in pair} | decided
    names = [name for name in standing if name in near]  # the others stay as they are, whatever the text says
    old = [one for name in names for one in standing[name].figures]
    homes = [name for name in names for _ in standing[name].figures]
    nodes = [*old, *new]
    sizes = [size for name in names for size in standing[name].sizes] + [1] * len(new)
    first = {name: at for at, name in reversed(list(enumerate(homes)))}

    def at(node: Node) -> int:
        return first[node] if isinstance(node, str) else len(old) + kept.place[node]

    def place_of(node: _Place) -> int:
        return len(old) + node[1] if node[0] == _NEW else first[node[0]] + node[1]

    pairs = {(place_of(a), place_of(b)): score for (a, b), score in scores.items()}
    must_link = [(at(a), at(b)) for a, b in together] + [
        (first[name], i) for i, name in enumerate(homes) if first[name] != i
    ]
    barred = {(at(a), at(b)) for a, b in apart} | cannot_link_within(nodes, [*pairs, *must_link])
    if frozen:
        barred |= {(first[a], first[b]) for n, a in enumerate(names) for b in names[:n]}
    labels = average_linkage(len(nodes), pairs, barred, scorer.join, together=must_link, sizes=sizes)
    labels = join_slips(labels, nodes, pairs, barred, scorer)
    return _placement(labels, kept, first, homes, len(old), len(figures))


def _scored_with(
    standing: Mapping[str, ExistingGroup], new: Sequence[Profile], topic: TopicStats, scorer: Scorer, *, frozen: bool
) -> dict[tuple[_Place, _Place], float]:
    """The scores as ``_scored`` finds them, each figure known by its group, or ``_NEW``, and its place there."""
    places = [(name, at) for name, held in standing.items() for at in range(len(held.figures))]
    nodes = [*(one for held in standing.values() for one in held.figures), *new]
    homes = [name for name, _ in places]
    found = _scored(nodes, len(places), homes, topic, scorer, bridges=not frozen and len(nodes) <= _FEW)
    places += [(_NEW, at) for at in range(len(new))]
    return {(places[i], places[j]): score for (i, j), score in found.items()}


def _scored(
    nodes: Sequence[Profile], since: int, homes: Sequence[str], topic: TopicStats, scorer: Scorer, *, bridges: bool
) -> dict[tuple[int, int], float]:
    """The scores of the new figures with their partners, and of the existing groups that one of them would link."""
    pairs = list(candidates(nodes, since=since))
    kept = _most_similar(nodes, pairs, since)
    found = {(i, j): score for i, j in kept if (score := scorer.likelihood(nodes[i], nodes[j], topic)) >= LEAST_SCORE}
    if len(kept) < len(pairs):
        found |= _estimated_scores(set(pairs) - set(kept), kept, found, [*homes, *range(since, len(nodes))])
    if bridges:
        for i, j in _bridged_pairs(found, since, homes, scorer.join):
            if may_join(nodes[i], nodes[j]) and (score := scorer.likelihood(nodes[i], nodes[j], topic)) >= LEAST_SCORE:
                found[i, j] = score
    return found


def _most_similar(nodes: Sequence[Profile], pairs: list[tuple[int, int]], since: int) -> list[tuple[int, int]]:
    """In a large topic, the candidates most similar to each new figure: equal numbers, then most words in common."""
    if len(nodes) <= _FEW:
        return pairs
    partners: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair in pairs:
        partners[pair[1]].append(pair)

    def similarity(pair: tuple[int, int]) -> tuple[float, ...]:
        a, b = nodes[pair[0]], nodes[pair[1]]
        return a.value == b.value, len(a.clause & b.clause) + 2 * len(a.clause_names & b.clause_names), -pair[0]

    return [pair for some in partners.values() for pair in sorted(some, key=similarity, reverse=True)[:MOST_PARTNERS]]


def _estimated_scores(
    left: Iterable[tuple[int, int]],
    scored: Iterable[tuple[int, int]],
    found: Mapping[tuple[int, int], float],
    homes: Sequence[Node],
) -> dict[tuple[int, int], float]:
    """Estimated scores of pairs that were not scored: the mean of the new figure's scores with the same group."""
    known: dict[tuple[Node, int], list[float]] = defaultdict(list)
    for i, j in scored:
        known[homes[i], j].append(found.get((i, j), 0.0))
    means = {pair: sum(scores) / len(scores) for pair, scores in known.items()}
    return {(i, j): mean for i, j in left if (mean := means.get((homes[i], j), 0.0)) >= LEAST_SCORE}


def _bridged_pairs(
    scores: Mapping[tuple[int, int], float], since: int, homes: Sequence[str], join: float
) -> list[tuple[int, int]]:
    """The pairs of two existing groups that one new figure is likely to be of one measure with."""
    near: dict[int, set[str]] = defaultdict(set)
    for (i, j), score in scores.items():
        if i < since <= j and score >= join:
            near[j].add(homes[i])
    places: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(homes):
        places[name].append(at)
    linked_by = {(a, b) for names in near.values() for a in names for b in names if a < b}
    pairs = {(min(i, j), max(i, j)) for a, b in linked_by for i in places[a] for j in places[b]}
    return sorted(pairs)


def _placement(
    labels: Sequence[int], kept: Deduplicated, first: Mapping[str, int], homes: Sequence[str], since: int, count: int
) -> Placement:
    """The groups by name: one that holds existing groups has the name of the one with most of the figures in it."""
    members: dict[int, Counter[str]] = defaultdict(Counter)
    for at, name in enumerate(homes):
        members[labels[at]][name] += 1
    called = {label: min(names, key=lambda name: (-names[name], first[name])) for label, names in members.items()}
    joined = {name: called[label] for label, names in members.items() for name in names if name != called[label]}
    newest: dict[int, int] = {}
    found: list[Node] = []
    for at in range(count):
        label = labels[since + kept.place[at]]
        found.append(called[label] if label in called else newest.setdefault(label, at))
    return Placement(found, joined)


def names_kept(labels: Sequence[int], names: Sequence[str | None], weights: Sequence[int] = ()) -> list[Node]:
    """The name of each figure's group, after a regrouping: that of the existing group most of it was in.

    ``labels`` are the new groups, ``names`` where each figure stood before, None where it is new; a group that has no
    name left to it is known by the place of its first figure. ``weights``: by how much a figure holds on to its name.

    >>> names_kept([0, 0, 2, 2, 2], ["m1", "m1", "m1", "m2", None])
    ['m1', 'm1', 'm2', 'm2', 'm2']
    >>> names_kept([0, 1, 1], ["m1", "m1", None])
    ['m1', 1, 1]
    """
    votes: Counter[tuple[str, int]] = Counter()
    for at, (label, name) in enumerate(zip(labels, names, strict=True)):
        if name is not None:
            votes[name, label] += weights[at] if weights else 1
    order = {name: at for at, name in reversed(list(enumerate(names))) if name is not None}
    called: dict[int, str] = {}
    taken: set[str] = set()
    for name, label in sorted(votes, key=lambda row: (-votes[row], order[row[0]], row[1])):
        if label not in called and name not in taken:
            called[label] = name
            taken.add(name)
    first: dict[int, int] = {}
    return [called[label] if label in called else first.setdefault(label, at) for at, label in enumerate(labels)]
