"""Groups the figures of a topic by measure: average linkage over scored pairs, with cannot-link pairs.

Holds the grouping and its few hard barriers; the likelihood of a pair is computed in ``scorer``. The same figures in
any order give the same groups.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from factcheck.text.matching.features import TopicStats, disputed
from factcheck.text.matching.profile import Profile, log_ratio
from factcheck.text.matching.scorer import Scorer, has_slipped, is_slip, shipped
from factcheck.text.quantities import factor

LEAST_SCORE = 0.02
_LARGE = 300
_NEIGHBOURS = 40
_POSITION, _COMPASS = frozenset(["latitude", "longitude"]), frozenset(["north", "south", "east", "west"])
_MOST_APART = 4.0
"""Numbers further apart than e to this power are of one measure only where one is a slip."""


def may_join(a: Profile, b: Profile) -> bool:
    """The hard barriers: another dimension, two figures of one sentence, change against level, rate against count,
    degrees of latitude and longitude, which say where and measure nothing, and two figures of one text for one day
    that cannot both hold, unless it reports a dispute.

    Two figures of one sentence are one only as a conversion: 16 feet, or five metres.
    """
    if a.dimension != b.dimension or a.key.change != b.key.change or a.key.rate != b.key.rate:
        return False
    if any(one.head in _COMPASS and one.beside & _POSITION for one in (a, b)):
        return False
    if a.text != b.text:
        return True
    meets = max(a.least, b.least) <= min(a.most, b.most)
    if a.sentence == b.sentence:
        return a.unit != b.unit and factor(a.unit) != factor(b.unit) and log_ratio(a.value, b.value) < 0.1
    return meets or a.day != b.day or disputed(a, b) or has_slipped(a, b)


def candidates(figures: Sequence[Profile], *, since: int = 0) -> Iterator[tuple[int, int]]:
    """The pairs worth a score: of one dimension, with an equal amount, or with an event, a noun or a quantity in common
    and numbers not too far apart; of money, shares and measured things any not too far apart.

    ``since``: only pairs with a figure from this place on, which is new beside those before it.
    """
    blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for one in figures[since:]:  # what holds no new figure makes no pair
        blocks |= {block: [] for block in _blocks(one)}
    for at, one in enumerate(figures):
        for block in _blocks(one):
            if block in blocks:
                blocks[block].append(at)
    found = {pair for members in blocks.values() for pair in _block_pairs(figures, members, since)}
    for i, j in sorted(found):
        a, b = figures[i], figures[j]
        if may_join(a, b) and (a.value == b.value or log_ratio(a.value, b.value) <= _MOST_APART or is_slip(a, b)):
            yield i, j


def _block_pairs(figures: Sequence[Profile], members: list[int], since: int) -> Iterator[tuple[int, int]]:
    """The pairs of a block; in a large one each figure with those of the nearest numbers only."""
    if members[-1] < since:
        return
    if len(members) <= _LARGE:
        for place, two in enumerate(members):
            if two >= since:
                yield from ((one, two) for one in members[:place])
        return
    ranked = sorted(members, key=lambda at: (figures[at].value, at))
    for place, one in enumerate(ranked):
        if one >= since:
            before = ranked[max(0, place - _NEIGHBOURS) : place] if since else []
            for other in before + ranked[place + 1 : place + 1 + _NEIGHBOURS]:
                yield (one, other) if one < other else (other, one)


def _blocks(one: Profile) -> Iterator[tuple[object, ...]]:
    dimension = one.dimension
    yield dimension, "amount", one.value
    if dimension != "count":
        yield (dimension,)
        return
    for word in (one.head, one.key.concept, *one.families, *one.quantities):
        if word:
            yield dimension, word


def group(
    figures: Sequence[Profile],
    topic: TopicStats,
    scorer: Scorer | None = None,
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> list[int]:
    """For each figure the place of the first figure of its group; copies in the same words are one from the start.

    The order in which the figures are given plays no part: what ties is decided by text and sentence.

    ``together`` and ``apart`` are pairs of places that people decided: they hold whatever the score says.
    """
    known = scorer or Scorer(shipped())
    order = sorted(range(len(figures)), key=lambda at: (figures[at].text, figures[at].sentence, figures[at].value, at))
    rank = {at: place for place, at in enumerate(order)}
    distinct = Deduplicated([figures[at] for at in order])
    kept = [figures[order[at]] for at in distinct.kept]
    scores = {(i, j): known.likelihood(kept[i], kept[j], topic) for i, j in candidates(kept)}
    good = {pair: score for pair, score in scores.items() if score >= LEAST_SCORE}
    must_link = distinct.pairs((rank[i], rank[j]) for i, j in together)
    barred = cannot_link_within(kept, [*good, *must_link]) | set(distinct.pairs((rank[i], rank[j]) for i, j in apart))
    labels = average_linkage(len(kept), good, barred, known.join, together=must_link)
    labels = join_slips(labels, kept, good, barred, known)
    found = [labels[distinct.place[rank[at]]] for at in range(len(figures))]
    first: dict[int, int] = {}
    return [first.setdefault(label, at) for at, label in enumerate(found)]


class Deduplicated:
    """Figures without their copies in the same words: ``kept`` are the places of the first of each, ``place`` says for
    every figure which of these it is."""

    def __init__(self, figures: Sequence[Profile]) -> None:
        first: dict[tuple[object, ...], int] = {}
        stands_for = [first.setdefault(one.wording, at) for at, one in enumerate(figures)]
        self.kept = sorted(set(stands_for))
        number = {at: n for n, at in enumerate(self.kept)}
        self.place = [number[at] for at in stands_for]

    def pairs(self, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Pairs of figures as pairs of what is kept; two copies are no pair."""
        found = {(self.place[i], self.place[j]) for i, j in pairs}
        return sorted((min(pair), max(pair)) for pair in found if pair[0] != pair[1])


def cannot_link_within(figures: Sequence[Profile], pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The pairs of one text that never join, among figures that chains of these pairs could bring together.

    Other figures never meet, so that a text of thousands is not looked at pair by pair.
    """
    home = list(range(len(figures)))

    def root(at: int) -> int:
        while home[at] != at:
            home[at] = home[home[at]]
            at = home[at]
        return at

    for i, j in pairs:
        one, two = sorted((root(i), root(j)))
        home[two] = one
    near: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at, one_figure in enumerate(figures):
        near[root(at), one_figure.text].append(at)
    found = (pair for members in near.values() for pair in combinations(members, 2))
    return {(i, j) for i, j in found if not may_join(figures[i], figures[j])}


def average_linkage(
    count: int,
    scores: Mapping[tuple[int, int], float],
    apart: Iterable[tuple[int, int]],
    join: float,
    *,
    together: Iterable[tuple[int, int]] = (),
    sizes: Sequence[int] = (),
) -> list[int]:
    """Average linkage: the two groups whose pairs score best on average become one, while that is at least ``join``.

    Pairs without a score count as 0; two groups that hold a pair of ``apart`` never join, and those of a pair of
    ``together`` are one before anything is scored. ``sizes``: for how many figures each stands. Ties go to the groups
    of the earlier figures.

    >>> average_linkage(4, {(0, 1): .9, (1, 2): .8, (0, 2): .1, (2, 3): .9}, [(0, 3)], .3)
    [0, 0, 2, 2]
    >>> average_linkage(4, {(0, 1): .9, (2, 3): .1}, [(0, 1)], .3, together=[(2, 3)])
    [0, 1, 2, 2]
    """
    clusters = _Clusters(sizes or [1] * count, scores, apart)
    for i, j in together:
        clusters.renew(i, j)
    heap = [(-mean, i, j, 0, 0) for i in clusters.members for j, mean in clusters.means(i) if i < j and mean >= join]
    heap = [(mean, i, j, clusters.changed[i], clusters.changed[j]) for mean, i, j, _, _ in heap]
    heapq.heapify(heap)
    while heap:
        _, i, j, seen_i, seen_j = heapq.heappop(heap)
        if clusters.stands(i, seen_i) and clusters.stands(j, seen_j):
            clusters.merge(i, j)
            for other, mean in clusters.means(i):
                if mean >= join:
                    one, two = sorted((i, other))
                    heapq.heappush(heap, (-mean, one, two, clusters.changed[one], clusters.changed[two]))
    return clusters.labels()


def join_slips(
    labels: Sequence[int],
    figures: Sequence[Profile],
    scores: Mapping[tuple[int, int], float],
    apart: Iterable[tuple[int, int]],
    scorer: Scorer,
) -> list[int]:
    """The groups, where one that tells a single number has joined the group in which that number has slipped.

    Linkage asks how alike two groups are on average, and a number with a slip in it is like none but the one that it
    should be: it joins by the mean score of those pairs alone, from the border of a conflict on.
    """
    slips = {(i, j): score for (i, j), score in scores.items() if has_slipped(figures[i], figures[j], 1)}
    return _with_slips(labels, [one.value for one in figures], slips, apart, scorer.weights.conflict)


def _with_slips(
    labels: Sequence[int],
    values: Sequence[float],
    slips: Mapping[tuple[int, int], float],
    apart: Iterable[tuple[int, int]],
    least: float,
) -> list[int]:
    """As ``join_slips``, of pairs that are slips and a border.

    >>> _with_slips([0, 0, 0, 3], [16, 5, 16, 160], {(0, 3): .6, (2, 3): .3}, [], .3)
    [0, 0, 0, 0]
    >>> _with_slips([0, 0, 0, 3], [16, 5, 16, 160], {(0, 3): .6, (2, 3): .3}, [(1, 3)], .3)
    [0, 0, 0, 3]
    """
    members: dict[int, list[int]] = defaultdict(list)
    for at, label in enumerate(labels):
        members[label].append(at)
    lone = {label for label, places in members.items() if len({values[at] for at in places}) == 1}
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for (i, j), score in slips.items():
        for one, other in ((labels[i], labels[j]), (labels[j], labels[i])):
            if one != other and one in lone:
                found[one, other].append(score)
    barred = {frozenset((labels[i], labels[j])) for i, j in apart}
    ranked = sorted((-sum(scores) / len(scores), pair) for pair, scores in found.items())
    home = {label: label for label in members}
    taken: set[int] = set()
    for mean, (one, other) in ranked:
        if -mean >= least and frozenset((one, other)) not in barred and not {one, other} & taken:
            home[one] = other
            taken |= {one, other}
    first: dict[int, int] = {}
    return [first.setdefault(home[label], at) for at, label in enumerate(labels)]


class _Clusters:
    """Groups while they are made: members, the sums of scores between them, and whom they never join."""

    def __init__(
        self, sizes: Sequence[int], scores: Mapping[tuple[int, int], float], apart: Iterable[tuple[int, int]]
    ) -> None:
        self.members = {i: [i] for i in range(len(sizes))}
        self.size = list(sizes)
        self.changed = dict.fromkeys(self.members, 0)
        self.home = list(range(len(sizes)))
        self.sums: dict[int, dict[int, float]] = defaultdict(dict)
        self.apart: dict[int, set[int]] = defaultdict(set)
        for (i, j), score in scores.items():
            self.sums[i][j] = self.sums[j][i] = score * sizes[i] * sizes[j]
        for i, j in apart:
            self.apart[i].add(j)
            self.apart[j].add(i)

    def stands(self, i: int, seen: int) -> bool:
        return i in self.members and self.changed[i] == seen

    def renew(self, i: int, j: int) -> None:
        """The groups of two figures become one, whatever was between them."""
        one, two = sorted((self.home[i], self.home[j]))
        if one != two:
            self.apart[one].discard(two)
            self.apart[two].discard(one)
            self.merge(one, two)

    def merge(self, i: int, j: int) -> None:
        """Group j goes into group i."""
        for member in self.members[j]:
            self.home[member] = i
        self.members[i] += self.members.pop(j)
        self.size[i] += self.size[j]
        self.changed[i] += 1
        for other, score in self.sums.pop(j, {}).items():
            self.sums[other].pop(j, None)
            if other != i:
                self.sums[i][other] = self.sums[other][i] = self.sums[i].get(other, 0.0) + score
        for other in self.apart.pop(j, set()):
            self.apart[other].discard(j)
            self.apart[other].add(i)
            self.apart[i].add(other)

    def means(self, i: int) -> Iterator[tuple[int, float]]:
        """The groups that may join this one, with the mean score of their pairs."""
        for other, total in sorted(self.sums[i].items()):
            if other not in self.apart[i]:
                yield other, round(total / (self.size[i] * self.size[other]), 3)

    def labels(self) -> list[int]:
        found = {member: min(members) for members in self.members.values() for member in members}
        return [found[i] for i in range(len(found))]
