"""What two figures say to each other: some forty numbers between 0 and 1, each a piece of evidence and none a proof.

Here lives what is compared; how much each counts is in the weights that ``scorer`` reads.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from factcheck.text.matching.profile import SCOPES, Profile, log_ratio

VALUES = frozenset(
    ["value ratio", "same value", "same small value", "value of one thing", "values meet", "small value"]
)
"""The evidence of the numbers themselves; where one of them looks like a slip, the rest must decide."""
_SMALL = 12
_FAR_DAYS = 60


@dataclass(slots=True)
class TopicStats:
    """What is usual in a topic: in how many sentences a word or name stands, and of how many things an amount is told.

    It grows as texts arrive, and knows nothing of any text but these counts.
    """

    sentences: int = 0
    words: Counter[str] = field(default_factory=Counter)
    things: defaultdict[tuple[str, float], set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: set[tuple[str, int]] = field(default_factory=set)

    def add(self, figures: Iterable[Profile]) -> None:
        for one in figures:
            self.things[one.dimension, one.value].add(one.head or one.key.concept)
            if (one.text, one.sentence) not in self.seen:
                self.seen.add((one.text, one.sentence))
                self.sentences += 1
                self.words.update(one.whole)
                self.words.update(f"N:{name}" for name in one.names)

    def rarity(self, word: str) -> float:
        """The inverse frequency of a word among the sentences of the topic."""
        return math.log((self.sentences + 1) / (self.words[word] + 0.5))

    def spread(self, one: Profile) -> int:
        """Of how many different things the amount of a figure is told."""
        return max(1, len(self.things[one.dimension, one.value]))


def features(a: Profile, b: Profile, topic: TopicStats) -> dict[str, float]:
    """The evidence of two figures, by name; the same whichever comes first."""
    out: dict[str, float] = {}
    _values(a, b, topic, out)
    _things(a, b, out)
    _words(a, b, topic, out)
    _names(a, b, topic, out)
    _times(a, b, out)
    _kinds(a, b, out)
    return out


def _values(a: Profile, b: Profile, topic: TopicStats, out: dict[str, float]) -> None:
    same = a.value == b.value or abs(a.value - b.value) <= 0.005 * max(abs(a.value), abs(b.value))
    small = max(abs(a.value), abs(b.value)) <= _SMALL
    out["value ratio"] = log_ratio(a.value, b.value) / 7
    out["same value"] = float(same and not small)
    out["same small value"] = float(same and small)
    out["value of one thing"] = float(same) / max(topic.spread(a), topic.spread(b))
    out["values meet"] = float(max(a.least, b.least) <= min(a.most, b.most))
    out["small value"] = float(small)


def _things(a: Profile, b: Profile, out: dict[str, float]) -> None:
    _three_ways("event", a.family, b.family, out)
    _shared("events of the clause", a.families, b.families, out)
    _three_ways("noun", a.head, b.head, out)
    out["noun words"] = _overlap(a.noun, b.noun)
    out["noun in the other sentence"] = float(a.head in b.whole) / 2 + float(b.head in a.whole) / 2
    _three_ways("quantity", "" if a.family else a.key.concept, "" if b.family else b.key.concept, out)
    _shared("quantities of the clause", a.quantities, b.quantities, out)
    out["other owner"] = float(bool(a.key.owner and b.key.owner) and a.key.owner != b.key.owner)
    out["same owner"] = float(bool(a.key.owner) and a.key.owner == b.key.owner)
    out["other modifiers"] = float(a.key.modifiers != b.key.modifiers)


def _words(a: Profile, b: Profile, topic: TopicStats, out: dict[str, float]) -> None:
    out["clause alike"] = _cosine(a.clause, b.clause, topic)
    out["sentence alike"] = _cosine(a.whole, b.whole, topic)
    out["neighbours alike"] = _cosine(a.around, b.around, topic)
    out["words beside alike"] = _cosine(a.beside, b.beside, topic)
    out["sentence and neighbours alike"] = max(_cosine(a.whole, b.around, topic), _cosine(a.around, b.whole, topic))


def _names(a: Profile, b: Profile, topic: TopicStats, out: dict[str, float]) -> None:
    out["names of the clause"] = _cover(a.clause_names, b.clause_names, topic)
    out["names of the sentence"] = _cover(a.names, b.names, topic)
    one, two = _rarest(a.clause_names, topic), _rarest(b.clause_names, topic)
    out["rare name near the other"] = float(one in b.near_names) / 2 + float(two in a.near_names) / 2
    out["rare name elsewhere in the other text"] = (
        float(bool(one) and one not in b.near_names and one in b.text_names) / 2
        + float(bool(two) and two not in a.near_names and two in a.text_names) / 2
    )
    out["other rare names"] = float(bool(one and two) and one != two)
    out["name on one side"] = float(bool(a.clause_names) != bool(b.clause_names))
    _shared("place", a.places, b.places, out)


def _times(a: Profile, b: Profile, out: dict[str, float]) -> None:
    apart = abs(a.day - b.day) if a.day is not None and b.day is not None else 5
    out["days apart"] = min(1.0, math.log1p(apart) / 8)
    out["long apart"] = float(apart > _FAR_DAYS)
    out["other years"] = float(a.years != b.years)
    out["same year named"] = float(bool(a.years & b.years))
    out["other event or year"] = float((a.key.year, a.key.event) != (b.key.year, b.key.event))


def _kinds(a: Profile, b: Profile, out: dict[str, float]) -> None:
    out["same text"] = float(a.text == b.text)
    out["same unit"] = float(a.unit == b.unit)
    out["same dimension"] = float(a.key.dimension == b.key.dimension)
    out["a count"] = float(a.dimension == "count")
    out["money"] = float(a.dimension.startswith("money"))
    out["a share"] = float(a.dimension == "ratio")
    out["other mood"] = float(a.mood is not b.mood)
    out["other scope"] = float(a.key.scope != b.key.scope)
    for scope in SCOPES:
        out[f"only one {scope}"] = float((scope in a.scopes) != (scope in b.scopes))
    out["same speaker"] = float(bool(a.says) and a.says == b.says)
    out["other speaker"] = float(bool(a.says and b.says) and a.says != b.says)
    out["both at the top"] = float(a.lead and b.lead)


def _three_ways(name: str, a: str, b: str, out: dict[str, float]) -> None:
    out[f"same {name}"] = float(bool(a) and a == b)
    out[f"other {name}"] = float(bool(a and b) and a != b)
    out[f"{name} on one side"] = float(bool(a) != bool(b))


def _shared(name: str, a: frozenset[str], b: frozenset[str], out: dict[str, float]) -> None:
    out[f"shared {name}"] = float(bool(a & b))
    out[f"other {name}"] = float(bool(a and b) and not a & b)


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _cosine(a: frozenset[str], b: frozenset[str], topic: TopicStats) -> float:
    if not a or not b:
        return 0.0
    shared = sum(topic.rarity(word) ** 2 for word in sorted(a & b))
    one = sum(topic.rarity(word) ** 2 for word in sorted(a))
    two = sum(topic.rarity(word) ** 2 for word in sorted(b))
    return shared / math.sqrt(one * two) if one and two else 0.0


def _cover(a: frozenset[str], b: frozenset[str], topic: TopicStats) -> float:
    """How much of the rarer names of the one the other has, of whichever has less to say."""
    one, two, both = (sum(topic.rarity(f"N:{name}") for name in sorted(names)) for names in (a, b, a & b))
    return both / min(one, two) if min(one, two) > 0 else 0.0


def _rarest(names: frozenset[str], topic: TopicStats) -> str:
    return max(names, key=lambda name: (topic.rarity(f"N:{name}"), name), default="")
