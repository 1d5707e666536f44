"""The same statement told again in other words, so that a copy which leaves a word out still finds its measure.

Here lives when two figures of different texts are one statement: the same number of the same dimension, in words that
largely agree. It never joins what is known to differ: the dead and the injured, another event, a part and the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from factcheck.text.asof import day_of
from factcheck.text.compare import FORMER
from factcheck.text.lexicon import load
from factcheck.text.measure_key import MeasureKey
from factcheck.text.measures import lemma
from factcheck.text.patterns import Pattern
from factcheck.text.units import factor
from factcheck.text.values import FigureMention, Quantity

_LEX = load()
_WORD = Pattern(r"[^\W\d_]{3,}")
_BEFORE, _BEHIND = 90, 70
_SMALL = 12
EMPTY_WORDS = (
    _LEX.function_words
    | _LEX.strong_verbs
    | _LEX.adverbs
    | frozenset(_LEX.months)
    | frozenset(_LEX.weekdays)
    | frozenset(_LEX.small)
    | frozenset(_LEX.scales)
    | _LEX.pronoun_nouns
    | frozenset(w for phrase in _LEX.hedges_before for w in phrase.split())
)
_APART = frozenset(["denied", "feared"])
_HARD = frozenset(_LEX.event_families.values()) - {"donated", "sent", "tendered", "extended", "employed"}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one text states: which text, the key its own words give, the quantity, the words around it, and for when."""

    text: str
    key: MeasureKey
    quantity: Quantity
    context: frozenset[str]
    when: str = ""


def context_of(text: str, start: int, end: int, floor: int, limit: int) -> frozenset[str]:
    """The telling words around a figure in its sentence, as singulars.

    >>> t = "The port of Ost shipped 4,000 crates of tea on Monday."
    >>> sorted(context_of(t, 24, 29, 0, len(t)))
    ['crate', 'ost', 'port', 'shipped', 'tea']
    """
    found = _WORD.findall(text[max(floor, start - _BEFORE) : start].lower())
    found += _WORD.findall(text[end : min(limit, end + _BEHIND)].lower())
    return frozenset(lemma(word) for word in found if word not in EMPTY_WORDS)


def told_again(a: Statement, b: Statement) -> bool:
    """Whether two figures of two texts are the same statement in other words.

    >>> same = frozenset({"ferry", "hull", "repair"})
    >>> amount_said = Quantity(Decimal(340), unit="USD", dimension="money:USD")
    >>> one = Statement("a", MeasureKey("money:USD", "repair", owner="orr"), amount_said, same)
    >>> two = Statement("b", MeasureKey("money:USD", near="hull"), amount_said, same)
    >>> told_again(one, two)
    True
    """
    if a.text == b.text or amount(a.quantity) != amount(b.quantity) or not _may_be_one(a.key, b.key):
        return False
    shared = len(a.context & b.context)
    least = min(len(a.context), len(b.context))
    if not least:
        return False
    if _is_telling(a.quantity):
        return shared >= 2 and shared * 3 >= least
    return shared >= 3 and shared * 2 >= least and bool(a.key.words() & b.key.words())


def amount(quantity: Quantity) -> tuple[str, Decimal, Decimal] | None:
    """A quantity in the base of its dimension, a price per share beside a price; None where it is too long to read."""
    low = quantity.low if quantity.value is None else quantity.value
    high = quantity.high if quantity.value is None else quantity.value
    if low is None or high is None:
        return None
    scale = factor(quantity.unit)
    return quantity.dimension.partition("/")[0], (low * scale).normalize(), (high * scale).normalize()


def _is_telling(quantity: Quantity) -> bool:
    """Whether a number is rare enough to say by itself what it is of: no "two", no bare dozen."""
    value = quantity.value if quantity.value is not None else quantity.high
    return value is not None and (abs(value) > _SMALL or value != value.to_integral_value())


def _may_be_one(one: MeasureKey, two: MeasureKey) -> bool:
    """Whether two keys differ in nothing that is known to make another measure of them."""
    if (one.story, one.year, one.event, one.change, one.rate) != (two.story, two.year, two.event, two.change, two.rate):
        return False
    if one.scope != two.scope or (one.place and two.place and one.place != two.place):
        return False
    if one.mood != two.mood and not {one.mood, two.mood}.isdisjoint(_APART):
        return False
    if one.concept in _HARD and one.concept == two.concept:
        nouns = {key.noun for key in (one, two)}
        return len(nouns) < 2 or "person" in nouns  # forty rebels are no forty soldiers
    return one.concept not in _HARD or two.concept not in _HARD or one.concept == two.concept


def settle(statements: Sequence[Statement]) -> list[MeasureKey]:
    """The key under which each statement of one topic is compared.

    Statements with equal keys stay together; keys that share a statement told again become one, named by the key
    that most texts use. Not where one text would then contradict itself: whoever writes 54 percent and 56 percent for
    one day means two things. The same statements in any order give the same groups.
    """
    groups = _Groups(statements)
    for a, b in sorted({tuple(sorted((a.key, b.key))) for a, b in _twins(statements)}):
        groups.join(a, b)
    for part, whole in _left_out(groups.roots()):
        groups.join(part, whole)
    return [groups.root(s.key) for s in statements]


class _Groups:
    """Keys joined so far, with what each text says under them."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.parent = {s.key: s.key for s in statements}
        self.texts: dict[MeasureKey, set[str]] = defaultdict(set)
        self.said: dict[MeasureKey, dict[tuple[str, str], set[object]]] = defaultdict(lambda: defaultdict(set))
        for s in statements:
            self.texts[s.key].add(s.text)
            if s.when:
                self.said[s.key][s.text, s.when].add(amount(s.quantity))

    def root(self, key: MeasureKey) -> MeasureKey:
        while self.parent[key] != key:
            self.parent[key] = self.parent[self.parent[key]]
            key = self.parent[key]
        return key

    def roots(self) -> list[MeasureKey]:
        return sorted(key for key, above in self.parent.items() if key == above)

    def join(self, a: MeasureKey, b: MeasureKey) -> None:
        """One group of two, unless a text would then contradict itself."""
        one, two = self.root(a), self.root(b)
        if one == two or _contradict(self.said[one], self.said[two]):
            return
        keep, lose = sorted((one, two), key=lambda k: (-len(self.texts[k]), len(str(k)), str(k)))
        self.parent[lose] = keep
        self.texts[keep] |= self.texts[lose]
        for at, amounts in self.said.pop(lose).items():
            self.said[keep][at] |= amounts


def _left_out(keys: Sequence[MeasureKey]) -> Iterable[tuple[MeasureKey, MeasureKey]]:
    """A key that says less, and the only one that says all of it and more: a rate, and the bank's key rate."""
    by_first: dict[tuple[str, str], list[tuple[frozenset[object], MeasureKey]]] = defaultdict(list)
    for key in keys:
        if key.thing and not key.near:
            by_first[key.dimension, key.thing].append((frozenset(key.parts()), key))
    for rows in by_first.values():
        for said, key in rows:
            wider = [other for more, other in rows if said < more and _may_be_one(key, other)]
            if len(wider) == 1:
                yield key, wider[0]


def _contradict(one: dict[tuple[str, str], set[object]], two: dict[tuple[str, str], set[object]]) -> bool:
    """Whether one text says something else under the one key than under the other, for the same time."""
    return any(at in two and not amounts & two[at] for at, amounts in one.items())


def statement_of(text: str, figure: FigureMention) -> Statement:
    """What a figure of a text states; the older number of a change ("from 80") is bound to no time."""
    period = figure.as_of
    when = day_of(period) if period and period.said != FORMER else ""
    return Statement(text, figure.measure.key, figure.quantity, figure.context, when)


def _twins(statements: Sequence[Statement]) -> Iterable[tuple[Statement, Statement]]:
    """Pairs told again under different keys; only equal amounts are looked at."""
    same: dict[object, list[Statement]] = defaultdict(list)
    for s in statements:
        if amount(s.quantity) is not None:
            same[amount(s.quantity)].append(s)
    for members in same.values():
        distinct = list({(m.key, m.context, m.text): m for m in members}.values())[:200]
        for i, a in enumerate(distinct):
            for b in distinct[i + 1 :]:
                if a.key != b.key and told_again(a, b):
                    yield a, b
