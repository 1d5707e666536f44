"""The score of two numbers of a group: the mean over the figures that carry them.

Figures of two texts are preferred, because two numbers of one text are mostly of two things. Whether a pair is then
called a conflict or only a difference is decided by the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from factcheck.text.matching.features import TopicStats
from factcheck.text.matching.profile import Profile
from factcheck.text.matching.scorer import Scorer

MOST_CARRIERS = 6
"""Of each number at most so many figures are scored, the first of the group."""


class NumberPairs:
    """The figures of one group, and the scores of two of its numbers, each asked once."""

    def __init__(self, figures: Sequence[Profile], topic: TopicStats, scorer: Scorer) -> None:
        self.topic, self.scorer = topic, scorer
        self.of_number: dict[float, list[Profile]] = defaultdict(list)
        for one in figures:
            self.of_number[one.value].append(one)
        self.known: dict[tuple[float, float], tuple[float, Profile, Profile] | None] = {}

    def surest(self, a: float, b: float) -> tuple[float, Profile, Profile] | None:
        """The mean score of figures with these numbers, and the two most similar; None where there are no two."""
        if (a, b) not in self.known:
            ones, others = self.of_number[a][:MOST_CARRIERS], self.of_number[b][:MOST_CARRIERS]
            pairs = [(one, other) for one in ones for other in others if one is not other]
            pairs = [pair for pair in pairs if pair[0].text != pair[1].text] or pairs
            scored = [(self.scorer.likelihood(one, other, self.topic), one, other) for one, other in pairs]
            best = max(scored, key=lambda row: row[0], default=None)
            mean = round(sum(row[0] for row in scored) / len(scored), 3) if scored else 0.0
            self.known[a, b] = (mean, *best[1:]) if best else None
        return self.known[a, b]

    def likelihood(self, a: float, b: float, *, slip: bool = False) -> float:
        """How likely two numbers are of one measure; of a slip by the two figures that are most alike.

        A slip stands in one text beside many that have it right, each in other words: one that is alike is enough.
        """
        found = self.surest(a, b)
        if slip and found:
            return self.scorer.likelihood(found[1], found[2], self.topic)
        return found[0] if found else 0.0
