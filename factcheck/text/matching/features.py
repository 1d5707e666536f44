"""The evidence of a pair of figures: some forty numbers between 0 and 1, none of them a proof.

How much each counts is in the weights that ``scorer`` reads.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from factcheck.text.lexicon import load
from factcheck.text.matching.profile import SCOPES, Profile, log_ratio

_LEX = load()
VALUES = frozenset(
    ["value ratio", "value near", "same value", "same small value", "value of one thing", "values meet", "small value"]
)
"""The evidence of the numbers themselves; where one of them looks like a slip, the rest must decide."""
_SMALL = 12
_FAR_DAYS = 60
_COMPARED_SCOPES = [scope for scope in SCOPES if scope not in ("part", "other")]
_NEARNESS = 4
_BACKGROUND = 20
"""So many sentences without the word are added to a topic, so that in a topic of two a shared word still counts."""
_WIDE = frozenset(["animal", "livestock", "beast", "building"])
"""Kinds that hold other kinds: of 40 buildings damaged all may be houses."""
_PEOPLE = frozenset(
    [
        "person",
        "child",
        "civilian",
        "soldier",
        "police officer",
        "worker",
        "gunman",
        "suspect",
        "prisoner",
        "passenger",
        "pupil",
        "student",
        "refugee",
        "migrant",
        "protester",
        "firefighter",
        "tourist",
        "pilgrim",
    ]
)
_FATES = frozenset(["killed", "injured", "homeless", "arrested"])
_THINGS = frozenset(["house", "building", "vehicle", "aircraft", "settlement", "drone", "missile", "tent", "bridge"])


@dataclass(slots=True)
class TopicStats:
    """Frequencies of a topic: in how many sentences a word or name occurs, and of how many things an amount.

    It grows as texts arrive, and knows nothing of any text but these counts.
    """

    sentences: int = 0
    words: Counter[str] = field(default_factory=Counter)
    numbers: defaultdict[tuple[str, str, float], set[str]] = field(default_factory=lambda: defaultdict(set))
    most: dict[tuple[str, str, str], float] = field(default_factory=dict)
    things: defaultdict[tuple[str, float], set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: set[tuple[str, int]] = field(default_factory=set)
    _rare: dict[str, float] = field(default_factory=dict, compare=False, repr=False)
    _lengths: dict[frozenset[str], float] = field(default_factory=dict, compare=False, repr=False)

    def add(self, figures: Iterable[Profile]) -> None:
        self._rare.clear()
        self._lengths.clear()
        for one in figures:
            self.things[one.dimension, one.value].add(one.head or one.key.concept)
            self.numbers[one.text, one.dimension, one.value].add(one.says)
            for kind in one.kinds:
                at = (one.text, one.dimension, kind)
                self.most[at] = max(one.value, self.most.get(at, one.value))
            if (one.text, one.sentence) not in self.seen:
                self.seen.add((one.text, one.sentence))
                self.sentences += 1
                self.words.update(one.whole)
                self.words.update(f"N:{name}" for name in one.names)

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain JSON; ``stats_of`` reads them back."""
        things = [[*thing, sorted(heads)] for thing, heads in sorted(self.things.items())]
        return {
            "sentences": self.sentences,
            "words": dict(self.words),
            "things": things,
            "seen": sorted(map(list, self.seen)),
            "numbers": [[*at, sorted(says)] for at, says in sorted(self.numbers.items())],
            "most": [[*at, value] for at, value in sorted(self.most.items())],
        }

    def rarity(self, word: str) -> float:
        """The inverse frequency of a word among the sentences of the topic and a background without it."""
        found = self._rare.get(word)
        if found is None:
            found = self._rare[word] = math.log((self.sentences + _BACKGROUND) / (self.words[word] + 0.5))
        return found

    def squared_length(self, words: frozenset[str]) -> float:
        """The sum of the squared rarities of some words: the length of their vector, squared."""
        found = self._lengths.get(words)
        if found is None:
            found = self._lengths[words] = math.fsum([self.rarity(word) ** 2 for word in words])
        return found

    def spread(self, one: Profile) -> int:
        """Of how many different things a figure's amount occurs."""
        return max(1, len(self.things[one.dimension, one.value]))

    def mentions_value(self, one: Profile, other: Profile) -> bool:
        """Whether the text of one figure also has the number of another; not where it has it from another party, as
        where it reports a dispute."""
        speakers = self.numbers.get((one.text, one.dimension, other.value), set())
        return bool(speakers) and not (one.says and "" not in speakers and one.says not in speakers)

    def greatest(self, one: Profile, kind: str) -> bool:
        """Whether a figure is the greatest of a kind in its text."""
        return one.value >= self.most.get((one.text, one.dimension, kind), one.value)


def disputed(a: Profile, b: Profile) -> bool:
    """Whether a text that gives both reports a dispute: two named parties count one thing of one place and owner.

    Shares are no such thing: two parties that hold 54 and 40 percent agree.
    """
    one, two = ((p.key.concept, p.key.owner, p.head) for p in (a, b))
    elsewhere = a.places and b.places and not a.places & b.places
    of_one_thing = bool(a.kinds) and one == two and a.dimension != "ratio" and not elsewhere
    return of_one_thing and bool(a.says and b.says) and a.says != b.says


def share_nothing(a: Profile, b: Profile) -> bool:
    """Whether two figures have no word, no name and no kind in common: then an equal number is a coincidence."""
    return not (a.whole & b.whole or a.names & b.names or a.kinds & b.kinds or a.families & b.families)


def of_two_kinds(a: Profile, b: Profile) -> bool:
    """Whether two figures count what is never one thing: the killed and the injured, people and sheep, sheep and goats.

    Both must say what they count; a noun that is on no list is no proof of anything. Nor are two figures one that
    share nothing at all, or whose sentences give each a place of its own.
    """
    if share_nothing(a, b) or (a.key.place and b.key.place and a.key.place != b.key.place):
        return True
    if a.family != b.family and a.family in _FATES and b.family in _FATES:
        return True
    one, two = _kind_of_noun(a.head), _kind_of_noun(b.head)
    if one == two and one in ("animal", "thing"):
        return a.head != b.head and not {a.head, b.head} & _WIDE
    return bool(a.dimension == b.dimension == "count" and one and two and one != two)


def _kind_of_noun(head: str) -> str:
    if head in _PEOPLE:
        return "person"
    if head in _THINGS:
        return "thing"
    return "animal" if head in _LEX.animals else ""


def stats_of(stored: Mapping[str, Any]) -> TopicStats:
    """The counts that ``as_dict`` wrote down; of nothing where nothing is stored."""
    things = defaultdict(set, {(dimension, value): set(heads) for dimension, value, heads in stored.get("things", ())})
    return TopicStats(
        sentences=stored.get("sentences", 0),
        words=Counter(stored.get("words", {})),
        things=things,
        seen={(text, sentence) for text, sentence in stored.get("seen", ())},
        numbers=defaultdict(set, {(t, d, value): set(says) for t, d, value, says in stored.get("numbers", ())}),
        most={(text, dimension, kind): value for text, dimension, kind, value in stored.get("most", ())},
    )


def features(a: Profile, b: Profile, topic: TopicStats) -> dict[str, float]:
    """The evidence of two figures, by name; the same whichever comes first."""
    out: dict[str, float] = {}
    _value_evidence(a, b, topic, out)
    _noun_evidence(a, b, out)
    _word_evidence(a, b, topic, out)
    _name_evidence(a, b, topic, out)
    _time_evidence(a, b, out)
    _kind_evidence(a, b, out)
    return out


def _value_evidence(a: Profile, b: Profile, topic: TopicStats, out: dict[str, float]) -> None:
    same = a.value == b.value or abs(a.value - b.value) <= 0.005 * max(abs(a.value), abs(b.value))
    small = max(abs(a.value), abs(b.value)) <= _SMALL
    apart = log_ratio(a.value, b.value)
    out["value ratio"] = apart / 7
    out["value near"] = math.exp(-_NEARNESS * apart)
    out["same value"] = float(same and not small)
    out["same small value"] = float(same and small)
    out["value of one thing"] = float(same) / max(topic.spread(a), topic.spread(b))
    out["values meet"] = float(max(a.least, b.least) <= min(a.most, b.most))
    out["small value"] = float(small)
    other_number = float(topic.mentions_value(b, a)) / 2 + float(topic.mentions_value(a, b)) / 2
    out["other number told there"] = 0.0 if a.text == b.text or a.value == b.value else other_number
    shared = a.kinds & b.kinds
    out["both the greatest of a kind"] = float(any(topic.greatest(a, k) and topic.greatest(b, k) for k in shared))


def _noun_evidence(a: Profile, b: Profile, out: dict[str, float]) -> None:
    _three_ways("event", a.family, b.family, out)
    _shared("events of the clause", a.families, b.families, out)
    _two_ways("noun", a.head, b.head, out)
    out["other noun of a count"] = float(a.dimension == "count") * out["other noun"]
    out["noun words"] = _overlap(a.noun, b.noun)
    out["noun in the other sentence"] = float(a.head in b.whole) / 2 + float(b.head in a.whole) / 2
    _two_ways("quantity", "" if a.family else a.key.concept, "" if b.family else b.key.concept, out)
    _shared("quantities of the clause", a.quantities, b.quantities, out)
    out["same owner"] = float(bool(a.key.owner) and a.key.owner == b.key.owner)


def _word_evidence(a: Profile, b: Profile, topic: TopicStats, out: dict[str, float]) -> None:
    out["clause alike"] = _cosine(a.clause, b.clause, topic)
    out["sentence alike"] = _cosine(a.whole, b.whole, topic)
    out["words beside alike"] = _cosine(a.beside, b.beside, topic)
    out["sentence and neighbours alike"] = max(_cosine(a.whole, b.around, topic), _cosine(a.around, b.whole, topic))


def _name_evidence(a: Profile, b: Profile, topic: TopicStats, out: dict[str, float]) -> None:
    out["names of the sentence"] = _cover(a.names, b.names, topic)
    one, two = _rarest_name(a.clause_names, topic), _rarest_name(b.clause_names, topic)
    out["rare name near the other"] = float(one in b.near_names) / 2 + float(two in a.near_names) / 2
    out["other rare names"] = float(bool(one and two) and one != two)
    out["name on one side"] = float(bool(a.clause_names) != bool(b.clause_names))
    out["other place"] = float(bool(a.places and b.places) and not a.places & b.places)
    measured = a.dimension not in ("count", "ratio") and not a.dimension.startswith("money")
    out["other place of a measured thing"] = float(measured) * out["other place"]


def _time_evidence(a: Profile, b: Profile, out: dict[str, float]) -> None:
    apart = abs(a.day - b.day) if a.day is not None and b.day is not None else 5
    out["days apart"] = min(1.0, math.log1p(apart) / 8)
    out["long apart"] = float(apart > _FAR_DAYS)
    out["other years"] = float(a.years != b.years)
    out["other event or year"] = float((a.key.year, a.key.event) != (b.key.year, b.key.event))


def _kind_evidence(a: Profile, b: Profile, out: dict[str, float]) -> None:
    out["same text"] = float(a.text == b.text)
    out["a count"] = float(a.dimension == "count")
    out["money"] = float(a.dimension.startswith("money"))
    out["a share"] = float(a.dimension == "ratio")
    out["other mood"] = float(a.mood is not b.mood)
    out["other scope"] = float(a.key.scope != b.key.scope)
    for scope in _COMPARED_SCOPES:
        out[f"only one {scope}"] = float((scope in a.scopes) != (scope in b.scopes))
    out["both at the top"] = float(a.lead and b.lead)


def _two_ways(name: str, a: str, b: str, out: dict[str, float]) -> None:
    out[f"other {name}"] = float(bool(a and b) and a != b)
    out[f"{name} on one side"] = float(bool(a) != bool(b))


def _three_ways(name: str, a: str, b: str, out: dict[str, float]) -> None:
    out[f"same {name}"] = float(bool(a) and a == b)
    _two_ways(name, a, b, out)


def _shared(name: str, a: frozenset[str], b: frozenset[str], out: dict[str, float]) -> None:
    out[f"shared {name}"] = float(bool(a & b))
    out[f"other {name}"] = float(bool(a and b) and not a & b)


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _cosine(a: frozenset[str], b: frozenset[str], topic: TopicStats) -> float:
    if not a or not b:
        return 0.0
    both = a & b
    if not both:
        return 0.0
    shared, one, two = math.fsum([topic.rarity(word) ** 2 for word in both]), *map(topic.squared_length, (a, b))
    return shared / math.sqrt(one * two) if one and two else 0.0


def _cover(a: frozenset[str], b: frozenset[str], topic: TopicStats) -> float:
    """How much of the rarer names of the one the other has, of whichever has less to say."""
    one, two, both = (sum(topic.rarity(f"N:{name}") for name in sorted(names)) for names in (a, b, a & b))
    return both / min(one, two) if min(one, two) > 0 else 0.0


def _rarest_name(names: frozenset[str], topic: TopicStats) -> str:
    return max(names, key=lambda name: (topic.rarity(f"N:{name}"), name), default="")
