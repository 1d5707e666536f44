"""Which figures of a topic measure the same thing: average linkage over scored pairs, with pairs that never join.

Here lives the grouping and its few hard barriers; how likely a pair is, is the scorer's. The same figures in any order
give the same groups.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from factcheck.text.matching.features import TopicStats
from factcheck.text.matching.profile import Profile, log_ratio
from factcheck.text.matching.scorer import Weights, is_slip, likelihood, shipped
from factcheck.text.units import factor

_LEAST = 0.02
_LARGE = 300
_NEIGHBOURS = 40
_MOST_APART = 4.0
"""Numbers more than e to this apart are of one measure only where they are a slip."""


def may_join(a: Profile, b: Profile) -> bool:
    """The hard barriers: another dimension, two figures of one sentence, change against level, rate against count, and
    two statements of one text for one day that cannot both hold.

    Two figures of one sentence are one only as a conversion: 16 feet, or five metres.
    """
    if a.dimension != b.dimension or a.key.change != b.key.change or a.key.rate != b.key.rate:
        return False
    if a.text != b.text:
        return True
    meets = max(a.least, b.least) <= min(a.most, b.most)
    if a.sentence == b.sentence:
        return a.unit != b.unit and factor(a.unit) != factor(b.unit) and log_ratio(a.value, b.value) < 0.1
    return meets or a.day != b.day


def candidates(figures: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """The pairs worth a score: of one dimension, with an equal amount, or with an event, a noun or a quantity in common
    and numbers not too far apart; of money, shares and measured things any not too far apart."""
    blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, one in enumerate(figures):
        for block in _blocks(one):
            blocks[block].append(at)
    found = {pair for members in blocks.values() for pair in _near(figures, members)}
    for i, j in sorted(found):
        a, b = figures[i], figures[j]
        if may_join(a, b) and (a.value == b.value or log_ratio(a.value, b.value) <= _MOST_APART or is_slip(a, b)):
            yield i, j


def _near(figures: Sequence[Profile], members: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs of a block; in a large one each figure with those of the nearest numbers only."""
    if len(members) <= _LARGE:
        yield from combinations(members, 2)
        return
    ranked = sorted(members, key=lambda at: (figures[at].value, at))
    for place, one in enumerate(ranked):
        for other in ranked[place + 1 : place + 1 + _NEIGHBOURS]:
            yield (one, other) if one < other else (other, one)


def _blocks(one: Profile) -> Iterator[tuple[object, ...]]:
    yield one.dimension, "amount", one.value
    if one.dimension != "count":
        yield (one.dimension,)
        return
    for word in (one.head, one.key.concept, *one.families, *one.quantities):
        if word:
            yield one.dimension, word


def group(figures: Sequence[Profile], topic: TopicStats, weights: Weights | None = None) -> list[int]:
    """For each figure the place of the first figure of its group; copies in the same words are one from the start."""
    known = weights or shipped()
    first: dict[tuple[object, ...], int] = {}
    stands_for = [first.setdefault(one.wording, at) for at, one in enumerate(figures)]
    kept = sorted(set(stands_for))
    place = {at: number for number, at in enumerate(kept)}
    distinct = [figures[at] for at in kept]
    scores = {(i, j): likelihood(distinct[i], distinct[j], topic, known) for i, j in candidates(distinct)}
    apart = [(i, j) for i, j in _within_texts(distinct) if not may_join(distinct[i], distinct[j])]
    good = {pair: score for pair, score in scores.items() if score >= _LEAST}
    labels = linked(len(distinct), good, apart, known.join)
    return [kept[labels[place[at]]] for at in stands_for]


def _within_texts(figures: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    by_text: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(figures):
        by_text[one.text].append(at)
    for members in by_text.values():
        yield from combinations(members, 2)


def linked(
    count: int, scores: dict[tuple[int, int], float], apart: Iterable[tuple[int, int]], join: float
) -> list[int]:
    """Average linkage: the two groups whose pairs score best on average become one, while that is at least ``join``.

    Pairs without a score count as nought; two groups that hold a pair of ``apart`` never join. Ties go to the groups
    of the earlier figures.

    >>> linked(4, {(0, 1): .9, (1, 2): .8, (0, 2): .1, (2, 3): .9}, [(0, 3)], .3)
    [0, 0, 2, 2]
    """
    clusters = _Clusters(count, scores, apart)
    heap = [(-score, i, j, 0, 0) for (i, j), score in scores.items() if score >= join and j not in clusters.apart[i]]
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


class _Clusters:
    """Groups while they are made: members, the sums of scores between them, and whom they never join."""

    def __init__(self, count: int, scores: dict[tuple[int, int], float], apart: Iterable[tuple[int, int]]) -> None:
        self.members = {i: [i] for i in range(count)}
        self.changed = dict.fromkeys(range(count), 0)
        self.sums: dict[int, dict[int, float]] = defaultdict(dict)
        self.apart: dict[int, set[int]] = defaultdict(set)
        for (i, j), score in scores.items():
            self.sums[i][j] = self.sums[j][i] = score
        for i, j in apart:
            self.apart[i].add(j)
            self.apart[j].add(i)

    def stands(self, i: int, seen: int) -> bool:
        return i in self.members and self.changed[i] == seen

    def merge(self, i: int, j: int) -> None:
        """Group j goes into group i."""
        self.members[i] += self.members.pop(j)
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
                yield other, round(total / (len(self.members[i]) * len(self.members[other])), 3)

    def labels(self) -> list[int]:
        found = {member: min(members) for members in self.members.values() for member in members}
        return [found[i] for i in range(len(found))]
