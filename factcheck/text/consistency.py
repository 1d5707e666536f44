"""Contradictions inside one text: the headline against the body, and two numbers for one thing.

Arithmetic inside a text is in ``matching.arithmetic``; figures of different texts are grouped and compared in
``matching``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from factcheck.text.matching import Profile, Scorer, TopicStats, compare, observation_of, profiles
from factcheck.text.reading import read
from factcheck.text.values import Finding, FindingKind, Reading, Relation

SURE = 0.5
"""From this score on two numbers of one text are reported as a contradiction."""
HEADLINE_SURE = 0.4
"""From this score on a number of the headline is compared with the most similar number of the body."""
_CONTRADICTIONS = (Relation.CONFLICT, Relation.MAGNITUDE_SLIP)
_MOST = 300


def check_text(
    figures: Sequence[Profile],
    reading: Reading,
    scorer: Scorer,
    *,
    title: str = "",
    published_at: datetime | None = None,
    zone: str = "UTC",
) -> tuple[Finding, ...]:
    """The contradictions of one text; ``figures`` are the profiles of the reading, in its order.

    >>> from factcheck.text.matching import shipped
    >>> text = "The ferry fire killed 12 people, police said. The fire killed 21 people, police said in Ost."
    >>> found = read(text)
    >>> [f.kind.value for f in check_text(profiles("a", text, found), found, Scorer(shipped()))]
    ['contradiction']
    """
    topic = TopicStats()
    topic.add(figures)
    found = [*_contradictions(figures, reading, scorer, topic)]
    found += _headline(figures, reading, scorer, topic, read(title, published_at=published_at, zone=zone), title)
    return tuple(found)


def _contradictions(
    figures: Sequence[Profile], reading: Reading, scorer: Scorer, topic: TopicStats
) -> Iterator[Finding]:
    """Two sentences that give one typed measure two numbers for one time, where neither is a part or an addition."""
    of_one_key: dict[object, list[int]] = defaultdict(list)
    for at, one in enumerate(figures[:_MOST]):
        if one.key.thing and not one.scopes & {"further", "part", "each"}:
            of_one_key[one.key].append(at)
    for members in of_one_key.values():
        for i, j in combinations(members, 2):
            if _contradict(figures, reading, i, j) and scorer.likelihood(figures[i], figures[j], topic) >= SURE:
                comparison = compare(observation_of(reading.figures[i]), observation_of(reading.figures[j]))
                yield Finding(FindingKind.CONTRADICTION, False, (i, j), f"The text says both: {comparison.reason}")


def _contradict(figures: Sequence[Profile], reading: Reading, i: int, j: int) -> bool:
    """Whether two figures of different sentences are of one time and cannot both hold."""
    a, b = figures[i], figures[j]
    if a.sentence == b.sentence or a.day != b.day or max(a.least, b.least) <= min(a.most, b.most):
        return False
    if a.says and b.says and a.says != b.says:
        return False  # it reports a dispute
    return compare(observation_of(reading.figures[i]), observation_of(reading.figures[j])).relation in _CONTRADICTIONS


def _headline(
    figures: Sequence[Profile], reading: Reading, scorer: Scorer, topic: TopicStats, head: Reading, title: str
) -> Iterator[Finding]:
    """The numbers of a headline that stand nowhere in the body, where the body has another for the same thing."""
    for mention, one in zip(head.figures, profiles("headline", title, head), strict=True):
        rivals = [at for at, other in enumerate(figures[:_MOST]) if other.dimension == one.dimension]
        if any(max(one.least, figures[at].least) <= min(one.most, figures[at].most) for at in rivals):
            continue
        score, place = max(((scorer.likelihood(one, figures[at], topic), -at) for at in rivals), default=(0.0, 0))
        if score < HEADLINE_SURE:
            continue
        comparison = compare(observation_of(mention), observation_of(reading.figures[-place]))
        if comparison.relation in (*_CONTRADICTIONS, Relation.SUPERSEDED):
            yield Finding(
                FindingKind.HEADLINE, False, (-place,), f"The headline’s number is not in the text: {comparison.reason}"
            )
