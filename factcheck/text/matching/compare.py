"""Compares two observations of one measure: agree, within the hedge, superseded, conflict, slip, not comparable.

Knows observations, not texts. The values an observation may mean are in ``quantities.intervals``, the sentence that
gives the reason is built in ``comparison_sentences``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

from factcheck.text.matching.comparison_sentences import (
    is_less,
    replacement_sentence,
    sentence_each_dated,
    verdict_sentence,
)
from factcheck.text.matching.measures import lemma
from factcheck.text.quantities import ABOUT_SHARE, STATIC_DIMENSIONS, base_interval, factor, interval, rounding_step
from factcheck.text.values import Basis, Comparison, Hedge, Modality, Observation, Period, Quantity, Relation  # noqa: F401 - doctests

FORMER_VALUE = "before"
_BUILT_IN = frozenset(["storey", "story", "floor", "bed", "seat", "inhabitant", "capacity", "lane", "engine"])
_BEARINGS = frozenset(
    [
        "north",
        "south",
        "east",
        "west",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
        "offshore",
        "inland",
    ]
)
"""Words of a distance measured from where something is at the time."""
_STRICT = frozenset([Hedge.MORE_THAN, Hedge.FEWER_THAN])
_CLEARLY = Decimal("1.1")
_LARGE = 1000
_MOST_OF_SIDES = 300
"""Whether two sides keep apart is told by so many of the newest observations."""
_HALF_DAY = timedelta(hours=12)
_HOUR = timedelta(hours=1)


def compare(a: Observation, b: Observation) -> Comparison:
    """How two observations of one measure relate; the order of the two does not matter.

    >>> from factcheck.text.values import MeasureKey
    >>> from factcheck.text.values import MeasureIdentity
    >>> dead = MeasureIdentity(MeasureKey("count", "killed"), "dead", "count")
    >>> def observation(n, who):
    ...     return Observation(dead, Quantity(Decimal(n)), Hedge.EXACT, Modality.REPORTED, None, who, "dead")
    >>> compare(observation(12, "police"), observation(30, "a union")).relation.value
    'conflict'
    >>> compare(observation(12, "police"), observation(120, "a union")).relation.value
    'magnitude_slip'
    """
    return _compare_in_order(*sorted((a, b), key=_sort_key))


def _compare_in_order(first: Observation, second: Observation) -> Comparison:
    barrier = _barrier(first, second)
    if barrier:
        return Comparison(Relation.NOT_COMPARABLE, verdict_sentence(first, second, f"are not compared: {barrier}"), ())
    notes = _notes(first, second)
    if {first.direction, second.direction} == {"up", "down"} and not _earlier_and_later(first, second):
        why = f"conflict: one went {first.direction}, the other {second.direction}"
        return Comparison(Relation.CONFLICT, verdict_sentence(first, second, why), notes)
    odd = _differing_modality(first, second)
    meets, same = _overlap_and_equality(first, second)
    if same and (first.hedge in _STRICT) == (second.hedge in _STRICT):
        two = ": the same in two units" if first.quantity.unit != second.quantity.unit else ""
        return Comparison(Relation.AGREE, verdict_sentence(first, second, "agree" + two), notes)
    if meets:
        why = "the hedge, range or rounding covers the difference"
        if same:
            why = "the same number with and without a hedge"
        return Comparison(
            Relation.AGREE_WITHIN_HEDGE, verdict_sentence(first, second, f"agree within the hedge: {why}"), notes
        )
    earlier_later = _earlier_and_later(first, second)
    slip = _slip_factor(first, second)
    moved = earlier_later and not _stays_within_a_power_of_ten(*earlier_later)
    if slip and _bearings(first) == _bearings(second) and (_have_same_digits(first, second) or not (odd or moved)):
        why = f"differ by a factor of {slip:,}: one of them looks like a slip"
        return Comparison(Relation.MAGNITUDE_SLIP, verdict_sentence(first, second, why), notes)
    if odd and not (earlier_later and _is_fear_confirmed(*earlier_later)):
        return Comparison(
            Relation.NOT_COMPARABLE, verdict_sentence(first, second, f"are not compared: one is {odd}"), notes
        )
    if earlier_later and _lowers_toll(*earlier_later):
        why = ": the later number is lower, and a toll does not fall"
        return Comparison(Relation.CONFLICT, verdict_sentence(first, second, "conflict" + why), notes)
    if earlier_later and not _is_static(first, second):
        falls = ("a revision downward",) if is_less(earlier_later[1], earlier_later[0]) else ()
        return Comparison(Relation.SUPERSEDED, replacement_sentence(*earlier_later), notes + falls)
    if earlier_later and _are_both_dated(first, second):
        why = "are not compared: each copy gives it for a time of its own"
        return Comparison(Relation.NOT_COMPARABLE, sentence_each_dated(first, second, why), notes)
    if _is_one_source(first, second):
        why = "are not compared: one party gives both, so they may measure different things"
        return Comparison(Relation.NOT_COMPARABLE, verdict_sentence(first, second, why), notes)
    return Comparison(Relation.CONFLICT, verdict_sentence(first, second, "conflict", with_definitions=True), notes)


def _sort_key(observation: Observation) -> tuple[str, str, str, str, str]:
    low, high = interval(observation.quantity, observation.hedge)
    start = observation.as_of.start.isoformat() if observation.as_of else ""
    return (
        start,
        f"{low:040.6f}" if low.is_finite() else "",
        observation.says,
        observation.counted,
        f"{high}{observation.hedge}{observation.measure.key}{observation.modality}{observation.direction}{observation.quantity.as_written}",
    )


def compare_all(
    observations: Sequence[Observation], pairs: Iterable[tuple[int, int]] | None = None
) -> Iterator[tuple[int, int, Comparison]]:
    """Every two observations of one measure by their places, with how they relate; or only these pairs of places.

    Two named sides whose running counts stay apart dispute them, across days too: the later number of one side does
    not replace that of the other.

    >>> from factcheck.text.values import MeasureKey
    >>> from factcheck.text.values import MeasureIdentity
    >>> dead = MeasureIdentity(MeasureKey("count", "killed"), "dead", "count", running=True)
    >>> def observation(day, n, who):
    ...     start = datetime(2031, 5, day)
    ...     period = Period(start, start + timedelta(days=1))
    ...     return Observation(dead, Quantity(Decimal(n)), Hedge.EXACT, Modality.REPORTED, period, who, "dead")
    >>> rows = [observation(1, 30, "Norland"), observation(2, 95, "rebels"), observation(3, 34, "Norland")]
    >>> [(a, b, row.relation.value) for a, b, row in compare_all(rows)]
    [(0, 1, 'conflict'), (0, 2, 'superseded'), (1, 2, 'conflict')]
    """
    rivals = _sides_apart(observations[-_MOST_OF_SIDES:])
    keys = [_sort_key(observation) for observation in observations]
    for i, j in combinations(range(len(observations)), 2) if pairs is None else pairs:
        a, b = observations[i], observations[j]
        first, second = (a, b) if keys[i] <= keys[j] else (b, a)
        found = _compare_in_order(first, second)
        if found.relation is Relation.SUPERSEDED and frozenset((_side(a), _side(b))) in rivals:
            why = "conflict: the two sides keep apart from day to day"
            found = replace(found, relation=Relation.CONFLICT, reason=sentence_each_dated(first, second, why))
        yield i, j, found


def _sides_apart(observations: Sequence[Observation]) -> set[frozenset[str]]:
    """The pairs of sides of which one gives numbers before and after the other, both above or both below it."""
    by_side: dict[str, list[tuple[datetime, Decimal, Decimal]]] = defaultdict(list)
    for observation in observations:
        if (
            _side(observation)
            and observation.as_of
            and observation.modality is Modality.REPORTED
            and not observation.direction
        ):
            by_side[_side(observation)].append((observation.as_of.start, *base_interval(observation)[:2]))
    return {
        frozenset((one, other))
        for one, other in combinations(sorted(by_side), 2)
        if _straddles(by_side[one], by_side[other]) or _straddles(by_side[other], by_side[one])
    }


def _straddles(
    one: Sequence[tuple[datetime, Decimal, Decimal]], other: Sequence[tuple[datetime, Decimal, Decimal]]
) -> bool:
    for at, low, high in other:
        for below in (True, False):
            days = {day for day, least, most in one if (most * _CLEARLY < low if below else least > high * _CLEARLY)}
            if any(day <= at for day in days) and any(day > at for day in days):
                return True
    return False


def _barrier(a: Observation, b: Observation) -> str:
    """Why two observations cannot be compared at all; empty where they can."""
    if a.quantity.dimension != b.quantity.dimension and not _are_prices_of_one_thing(a, b):
        return "they are measured in different units"
    for observation in (a, b):
        if observation.quantity.value is None and observation.quantity.low is None:
            return "one number is too long to be read"
    if a.measure.scope != b.measure.scope:
        return "one is a part and the other the whole"
    if a.measure.party and b.measure.party and a.measure.party != b.measure.party:
        return "they are of different parties"
    if Modality.DENIED in (a.modality, b.modality) and a.modality is not b.modality:
        return "one is denied"
    return ""


def _are_prices_of_one_thing(a: Observation, b: Observation) -> bool:
    """Whether two sums are prices of one thing of which one copy leaves "a share" out: 35 in cash, and 35 each."""
    one, two = (observation.quantity.dimension.partition("/") for observation in (a, b))
    if one[0] != two[0] or not one[0].startswith("money") or bool(one[2]) == bool(two[2]):
        return False
    small, large = sorted(abs(base_interval(observation)[1]) for observation in (a, b))
    return large < small * 10


def _differing_modality(a: Observation, b: Observation) -> str:
    """The modality that only one of them has: feared, forecast, planned. It does not rule out a comparison."""
    if a.modality is b.modality:
        return ""
    return (a if a.modality is not Modality.REPORTED else b).modality.value


def _is_fear_confirmed(early: Observation, late: Observation) -> bool:
    """Whether what was feared is later reported, or reported otherwise."""
    return early.modality is Modality.FEARED and late.modality is Modality.REPORTED


def _is_static(a: Observation, b: Observation) -> bool:
    """Whether the thing does not move, so that the day of printing explains no difference: a toll of another time's
    event, a length, a weight, a capacity. A count that an event moves, a price and a share do move."""
    words = {word for observation in (a, b) for word in observation.counted.lower().split()}
    if a.quantity.dimension in STATIC_DIMENSIONS and not (a.measure.running or b.measure.running or words & _BEARINGS):
        return True
    if _is_long_past(a) or _is_long_past(b):
        return True
    return all(lemma(observation.counted.rpartition(" ")[2]) in _BUILT_IN for observation in (a, b))


def _stays_within_a_power_of_ten(early: Observation, late: Observation) -> bool:
    """Whether no time between two copies explains ten times as much: of what does not move, of a price, and of a toll
    that would have fallen."""
    priced = early.quantity.dimension.startswith("money") and "/" in early.quantity.dimension
    falls = late.measure.key.concept == "killed" and is_less(late, early)
    return priced or falls or _is_static(early, late)


def _bearings(observation: Observation) -> frozenset[str]:
    """The directions in which a distance is told: 12 miles north and 120 miles south are two distances."""
    if observation.quantity.dimension not in STATIC_DIMENSIONS:
        return frozenset()
    return _BEARINGS.intersection(observation.counted.lower().split())


def _is_long_past(observation: Observation) -> bool:
    """Whether the copy dates the event itself, and only by its month or year: it is long over."""
    return bool(
        observation.as_of
        and observation.as_of.basis is Basis.EVENT
        and observation.as_of.granularity in ("month", "quarter", "year")
    )


def _are_both_dated(a: Observation, b: Observation) -> bool:
    """Whether each copy says itself of which day it speaks."""
    return all(s.as_of is not None and s.as_of.basis in (Basis.STATED, Basis.EVENT) for s in (a, b))


def _notes(a: Observation, b: Observation) -> tuple[str, ...]:
    notes = []
    if a.counted != b.counted and a.counted and b.counted:
        notes.append(f"counted as {a.counted} and as {b.counted}")
    if a.measure.definition != b.measure.definition and a.measure.definition and b.measure.definition:
        notes.append(f"definitions differ: {a.measure.definition}; {b.measure.definition}")
    if a.says and a.says == b.says:
        notes.append(f"both rest on {a.says}")
    return tuple(notes)


def _overlap_and_equality(a: Observation, b: Observation) -> tuple[bool, bool]:
    """Whether the intervals meet, and whether it is the same number."""
    low_a, high_a, slack_a = base_interval(a)
    low_b, high_b, slack_b = base_interval(b)
    same = a.quantity.value is not None and b.quantity.value is not None and _is_same_value(a, b)
    same = same or (
        a.quantity.value is None
        and (a.quantity.low, a.quantity.high, a.quantity.unit) == (b.quantity.low, b.quantity.high, b.quantity.unit)
    )
    if same:
        return True, True
    priced = a.quantity.dimension.startswith("money") and "/" in a.quantity.dimension  # a price is exact
    rounded = a.quantity.unit != b.quantity.unit or (
        not priced and rounding_step(a.quantity) != rounding_step(b.quantity)
    )
    most = max(abs(high_a), abs(high_b)) * ABOUT_SHARE
    slack = Decimal(0)
    if rounded and a.quantity.dimension in STATIC_DIMENSIONS:
        slack = min(slack_a + slack_b, most)
    elif rounded and max(slack_a, slack_b) <= most:
        slack = max(slack_a, slack_b)
    meets = low_a <= high_b + slack and low_b <= high_a + slack
    return meets, False


def _have_same_digits(a: Observation, b: Observation) -> bool:
    """Whether two numbers are written with the same digits, so many that it is no chance: 3.2 million and 3.2 billion.

    One digit is enough of large numbers, which do not grow tenfold to a round number by themselves.
    """
    values = [observation.quantity.value for observation in (a, b) if observation.quantity.value]
    digits = {"".join(map(str, value.normalize().as_tuple().digits)) for value in values}
    return len(values) == 2 and len(digits) == 1 and (len(digits.pop()) > 1 or min(map(abs, values)) >= _LARGE)


def _is_same_value(a: Observation, b: Observation) -> bool:
    if a.quantity.value is None or b.quantity.value is None:
        return False
    if a.quantity.unit == b.quantity.unit:
        return a.quantity.value == b.quantity.value
    x, y = a.quantity.value * factor(a.quantity.unit), b.quantity.value * factor(b.quantity.unit)
    return abs(x - y) <= max(abs(x), abs(y)) * Decimal("0.005")


def _earlier_and_later(a: Observation, b: Observation) -> tuple[Observation, Observation] | None:
    """Earlier and later, where their times are apart; by the hour only where both know it."""
    if a.as_of is None or b.as_of is None:
        return None
    pa, pb = a.as_of, b.as_of
    if (pa.expression == FORMER_VALUE) != (
        pb.expression == FORMER_VALUE
    ):  # "from 80": whatever that text gives as its own time came after
        former, other = (a, b) if pa.expression == FORMER_VALUE else (b, a)
        if former.as_of and other.as_of and other.as_of.end > former.as_of.start:
            return former, other
    if _are_two_sides_of_one_day(a, b):
        return None
    if pa.end <= pb.start and _are_different_times(pa, pb):
        return a, b
    if pb.end <= pa.start and _are_different_times(pb, pa):
        return b, a
    return _by_the_hour(a, b)


def _are_two_sides_of_one_day(a: Observation, b: Observation) -> bool:
    """Whether two named sides speak on one day, no copy saying for which hour: 40 at noon and 90 at night differ."""
    printed = all(s.as_of is not None and s.as_of.basis is Basis.PUBLICATION for s in (a, b))
    same_day = a.as_of and b.as_of and _date(a.as_of.start) == _date(b.as_of.start)
    return bool(printed and same_day and _are_two_sides(a, b))


def _side(observation: Observation) -> str:
    """The party the copy names; an outlet that speaks for itself takes no side."""
    return "" if observation.own_voice else observation.says


def _are_two_sides(a: Observation, b: Observation) -> bool:
    return bool(_side(a) and _side(b) and _side(a) != _side(b))


def _by_the_hour(a: Observation, b: Observation) -> tuple[Observation, Observation] | None:
    """Earlier and later of two observations of one day, where both were printed at a known hour and not together."""
    if a.published is None or b.published is None or abs(a.published - b.published) < _HOUR:
        return None
    if a.published.date() != b.published.date() or _are_two_sides(a, b):
        return None
    if any(s.as_of is None or s.as_of.granularity not in ("day", "hour") for s in (a, b)):
        return None
    return (a, b) if a.published < b.published else (b, a)


def _is_one_source(a: Observation, b: Observation) -> bool:
    """Whether one party gives two numbers for one day of what only a name distinguishes: a stake, a price, a share.

    Who counts people or things of one event and says two numbers contradicts itself; a company that says 54 and 56
    percent speaks of two shares.
    """
    if a.quantity.dimension == "count" or not a.says or not b.says:
        return False
    one, two = ({lemma(word) for word in observation.says.split() if word[:1].isupper()} for observation in (a, b))
    return bool(one and two) and (one <= two or two <= one)


def _lowers_toll(early: Observation, late: Observation) -> bool:
    """Whether another party's later count of the dead is lower: that contradicts, it does not bring up to date."""
    falls = interval(late.quantity, late.hedge)[1] < interval(early.quantity, early.hedge)[0]
    return falls and late.measure.key.concept == "killed" and early.says != late.says and bool(early.says)


def _are_different_times(early: Period, late: Period) -> bool:
    """Whether two times are apart: by the hour where both are moments, else by the day."""
    if all(p.granularity == "hour" or p.end - p.start < _HALF_DAY for p in (early, late)):
        return True
    return _date(early.start) != _date(late.start)


def _date(moment: datetime) -> str:
    return moment.date().isoformat()


def _stated_number(observation: Observation) -> Decimal:
    """The number as stated, in base units; of a range the middle."""
    quantity = observation.quantity
    if quantity.value is not None:
        return abs(quantity.value * factor(quantity.unit))
    low, high, _ = base_interval(observation)
    return (abs(low) + abs(high)) / 2


def _slip_factor(a: Observation, b: Observation) -> int:
    """The power of ten by which two numbers differ, within 2 percent; 0 where they differ otherwise.

    By the numbers as they are stated: "up to 400" and 40 are ten times apart.
    """
    small, large = sorted((_stated_number(a), _stated_number(b)))
    if small == 0 or not large.is_finite():
        return 0
    for power in (10, 100, 1000, 10**6):
        if abs(large / small / power - 1) <= Decimal("0.02"):
            return power
    return 0
