"""Two statements of one measure: agree, within the hedge, superseded, conflict, slip, or not comparable.

Here lives the judgement. It knows nothing of texts: it compares states. The values a state may mean are in
``intervals``, the sentence it is told in is made in ``reasons``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

from factcheck.text.matching.measures import lemma
from factcheck.text.matching.reasons import definitions_differ, is_less, one_by_one, replacement, sentence
from factcheck.text.quantities import ABOUT, STANDING, factor, grain, interval, scaled
from factcheck.text.values import Basis, Comparison, Hedge, Modality, Period, Quantity, Relation, State  # noqa: F401 - doctests

FORMER = "before"
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
"""Of a distance: told from where something is at the time."""
_STRICT = frozenset([Hedge.MORE_THAN, Hedge.FEWER_THAN])
_CLEARLY = Decimal("1.1")
_LARGE = 1000
_HALF_DAY = timedelta(hours=12)
_HOUR = timedelta(hours=1)


def compare(a: State, b: State) -> Comparison:
    """What two statements of one measure say of each other; the order of the two does not matter.

    >>> from factcheck.text.values import MeasureKey
    >>> from factcheck.text.values import Measure
    >>> dead = Measure(MeasureKey("count", "killed"), "dead", "count")
    >>> def said(n, who):
    ...     return State(dead, Quantity(Decimal(n)), Hedge.EXACT, Modality.REPORTED, None, who, "dead")
    >>> compare(said(12, "police"), said(30, "a union")).relation.value
    'conflict'
    >>> compare(said(12, "police"), said(120, "a union")).relation.value
    'magnitude_slip'
    """
    first, second = sorted((a, b), key=_order)
    barrier = _barrier(first, second)
    if barrier:
        return Comparison(Relation.NOT_COMPARABLE, sentence(first, second, f"are not compared: {barrier}"), ())
    notes = _notes(first, second)
    if {first.direction, second.direction} == {"up", "down"} and not _in_time(first, second):
        why = f"conflict: one went {first.direction}, the other {second.direction}"
        return Comparison(Relation.CONFLICT, sentence(first, second, why), notes)
    odd = _odd_mood(first, second)
    meets, same = _meets(first, second)
    if same and (first.hedge in _STRICT) == (second.hedge in _STRICT):
        two = ": the same in two units" if first.quantity.unit != second.quantity.unit else ""
        return Comparison(Relation.AGREE, sentence(first, second, "agree" + two), notes)
    if meets:
        why = "the hedge, range or rounding covers the difference"
        if same:
            why = "the same number with and without a hedge"
        return Comparison(Relation.AGREE_WITHIN_HEDGE, sentence(first, second, f"agree within the hedge: {why}"), notes)
    earlier_later = _in_time(first, second)
    slip = _slip(first, second)
    if slip and (_same_digits(first, second) or not (odd or earlier_later)):
        why = f"differ by a factor of {slip:,}: one of them looks like a slip"
        return Comparison(Relation.MAGNITUDE_SLIP, sentence(first, second, why), notes)
    if odd and not (earlier_later and _comes_true(*earlier_later)):
        return Comparison(Relation.NOT_COMPARABLE, sentence(first, second, f"are not compared: one is {odd}"), notes)
    if earlier_later and _takes_back(*earlier_later):
        why = ": the later number is lower, and a toll does not fall"
        return Comparison(Relation.CONFLICT, sentence(first, second, "conflict" + why), notes)
    if earlier_later and not _stands(first, second):
        falls = ("a revision downward",) if is_less(earlier_later[1], earlier_later[0]) else ()
        return Comparison(Relation.SUPERSEDED, replacement(*earlier_later), notes + falls)
    if earlier_later and _both_dated(first, second):
        why = "are not compared: each copy gives it for a time of its own"
        return Comparison(Relation.NOT_COMPARABLE, one_by_one(first, second, why), notes)
    if _one_voice(first, second):
        why = "are not compared: one party gives both, so they may measure different things"
        return Comparison(Relation.NOT_COMPARABLE, sentence(first, second, why), notes)
    return Comparison(Relation.CONFLICT, sentence(first, second, "conflict" + definitions_differ(first, second)), notes)


def _order(state: State) -> tuple[str, str, str, str, str]:
    low, high = interval(state.quantity, state.hedge)
    start = state.as_of.start.isoformat() if state.as_of else ""
    return (
        start,
        f"{low:040.6f}" if low.is_finite() else "",
        state.says,
        state.counted,
        f"{high}{state.hedge}{state.measure.key}{state.modality}{state.direction}{state.quantity.as_written}",
    )


def compare_all(states: Sequence[State]) -> Iterator[tuple[int, int, Comparison]]:
    """Every two statements of one measure by their places, with what they say of each other.

    Two named sides who keep apart on one running count dispute it, across days too: the later number of the one does
    not replace that of the other.

    >>> from factcheck.text.values import MeasureKey
    >>> from factcheck.text.values import Measure
    >>> dead = Measure(MeasureKey("count", "killed"), "dead", "count", running=True)
    >>> def said(day, n, who):
    ...     start = datetime(2031, 5, day)
    ...     period = Period(start, start + timedelta(days=1))
    ...     return State(dead, Quantity(Decimal(n)), Hedge.EXACT, Modality.REPORTED, period, who, "dead")
    >>> told = [said(1, 30, "Norland"), said(2, 95, "rebels"), said(3, 34, "Norland")]
    >>> [(a, b, row.relation.value) for a, b, row in compare_all(told)]
    [(0, 1, 'conflict'), (0, 2, 'superseded'), (1, 2, 'conflict')]
    """
    rivals = _sides_apart(states)
    for (i, a), (j, b) in combinations(enumerate(states), 2):
        found = compare(a, b)
        if found.relation is Relation.SUPERSEDED and frozenset((_side(a), _side(b))) in rivals:
            why = "conflict: the two sides keep apart from day to day"
            first, second = sorted((a, b), key=_order)
            found = replace(found, relation=Relation.CONFLICT, reason=one_by_one(first, second, why))
        yield i, j, found


def _sides_apart(states: Sequence[State]) -> set[frozenset[str]]:
    """The named sides of which one speaks before and after the other, both times on the same side of its number."""
    told: dict[str, list[tuple[datetime, Decimal, Decimal]]] = defaultdict(list)
    for state in states:
        if _side(state) and state.as_of and state.modality is Modality.REPORTED and not state.direction:
            told[_side(state)].append((state.as_of.start, *scaled(state)[:2]))
    return {
        frozenset((one, other))
        for one, other in combinations(sorted(told), 2)
        if _straddles(told[one], told[other]) or _straddles(told[other], told[one])
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


def _barrier(a: State, b: State) -> str:
    """Why two statements cannot be compared at all; empty where they can."""
    if a.quantity.dimension != b.quantity.dimension and not _one_price(a, b):
        return "they are measured in different units"
    for state in (a, b):
        if state.quantity.value is None and state.quantity.low is None:
            return "one number is too long to be read"
    if a.measure.scope != b.measure.scope:
        return "one is a part and the other the whole"
    if a.measure.party and b.measure.party and a.measure.party != b.measure.party:
        return "they are of different parties"
    if Modality.DENIED in (a.modality, b.modality) and a.modality is not b.modality:
        return "one is denied"
    return ""


def _one_price(a: State, b: State) -> bool:
    """Whether two sums are prices of one thing of which one copy leaves "a share" out: 35 in cash, and 35 each."""
    one, two = (state.quantity.dimension.partition("/") for state in (a, b))
    if one[0] != two[0] or not one[0].startswith("money") or bool(one[2]) == bool(two[2]):
        return False
    small, large = sorted(abs(scaled(state)[1]) for state in (a, b))
    return large < small * 10


def _odd_mood(a: State, b: State) -> str:
    """What one of them is and the other is not: feared, forecast, planned. It is weighed and told, and no wall."""
    if a.modality is b.modality:
        return ""
    return (a if a.modality is not Modality.REPORTED else b).modality.value


def _comes_true(early: State, late: State) -> bool:
    """Whether what was feared is later reported, or reported otherwise."""
    return early.modality is Modality.FEARED and late.modality is Modality.REPORTED


def _stands(a: State, b: State) -> bool:
    """Whether the thing does not move, so that the day of printing explains no difference: a toll of another time's
    event, a length, a weight, a capacity. A count that an event moves, a price and a share do move."""
    words = {word for state in (a, b) for word in state.counted.lower().split()}
    if a.quantity.dimension in STANDING and not (a.measure.running or b.measure.running or words & _BEARINGS):
        return True
    if _of_the_past(a) or _of_the_past(b):
        return True
    return all(lemma(state.counted.rpartition(" ")[2]) in _BUILT_IN for state in (a, b))


def _of_the_past(state: State) -> bool:
    """Whether the copy dates the event itself, and only by its month or year: it is long over."""
    return bool(
        state.as_of and state.as_of.basis is Basis.EVENT and state.as_of.granularity in ("month", "quarter", "year")
    )


def _both_dated(a: State, b: State) -> bool:
    """Whether each copy says itself of which day it speaks."""
    return all(s.as_of is not None and s.as_of.basis in (Basis.STATED, Basis.EVENT) for s in (a, b))


def _notes(a: State, b: State) -> tuple[str, ...]:
    notes = []
    if a.counted != b.counted and a.counted and b.counted:
        notes.append(f"counted as {a.counted} and as {b.counted}")
    if a.measure.definition != b.measure.definition and a.measure.definition and b.measure.definition:
        notes.append(f"definitions differ: {a.measure.definition}; {b.measure.definition}")
    if a.says and a.says == b.says:
        notes.append(f"both rest on {a.says}")
    return tuple(notes)


def _meets(a: State, b: State) -> tuple[bool, bool]:
    """Whether the intervals meet, and whether it is the same number."""
    low_a, high_a, slack_a = scaled(a)
    low_b, high_b, slack_b = scaled(b)
    same = a.quantity.value is not None and b.quantity.value is not None and _same(a, b)
    same = same or (
        a.quantity.value is None
        and (a.quantity.low, a.quantity.high, a.quantity.unit) == (b.quantity.low, b.quantity.high, b.quantity.unit)
    )
    if same:
        return True, True
    priced = a.quantity.dimension.startswith("money") and "/" in a.quantity.dimension  # a price is exact
    rounded = a.quantity.unit != b.quantity.unit or (not priced and grain(a.quantity) != grain(b.quantity))
    most = max(abs(high_a), abs(high_b)) * ABOUT
    slack = Decimal(0)
    if rounded and a.quantity.dimension in STANDING:
        slack = min(slack_a + slack_b, most)
    elif rounded and max(slack_a, slack_b) <= most:
        slack = max(slack_a, slack_b)
    meets = low_a <= high_b + slack and low_b <= high_a + slack
    return meets, False


def _same_digits(a: State, b: State) -> bool:
    """Whether two numbers are written with the same digits, so many that it is no chance: 3.2 million and 3.2 billion.

    One digit is enough of large numbers, which do not grow tenfold to a round number by themselves.
    """
    values = [state.quantity.value for state in (a, b) if state.quantity.value]
    digits = {"".join(map(str, value.normalize().as_tuple().digits)) for value in values}
    return len(values) == 2 and len(digits) == 1 and (len(digits.pop()) > 1 or min(map(abs, values)) >= _LARGE)


def _same(a: State, b: State) -> bool:
    if a.quantity.value is None or b.quantity.value is None:
        return False
    if a.quantity.unit == b.quantity.unit:
        return a.quantity.value == b.quantity.value
    x, y = a.quantity.value * factor(a.quantity.unit), b.quantity.value * factor(b.quantity.unit)
    return abs(x - y) <= max(abs(x), abs(y)) * Decimal("0.005")


def _in_time(a: State, b: State) -> tuple[State, State] | None:
    """Earlier and later, where their times are apart; by the hour only where both know it."""
    if a.as_of is None or b.as_of is None:
        return None
    pa, pb = a.as_of, b.as_of
    if (pa.said == FORMER) != (pb.said == FORMER):  # "from 80": whatever that text gives as its own time came after
        former, other = (a, b) if pa.said == FORMER else (b, a)
        if former.as_of and other.as_of and other.as_of.end > former.as_of.start:
            return former, other
    if _two_sides_of_one_day(a, b):
        return None
    if pa.end <= pb.start and _apart(pa, pb):
        return a, b
    if pb.end <= pa.start and _apart(pb, pa):
        return b, a
    return _by_the_hour(a, b)


def _two_sides_of_one_day(a: State, b: State) -> bool:
    """Whether two named sides speak on one day, no copy saying for which hour: 40 at noon and 90 at night differ."""
    printed = all(s.as_of is not None and s.as_of.basis is Basis.PUBLICATION for s in (a, b))
    same_day = a.as_of and b.as_of and _date(a.as_of.start) == _date(b.as_of.start)
    return bool(printed and same_day and _two_sides(a, b))


def _side(state: State) -> str:
    """The party the copy names; an outlet that speaks for itself takes no side."""
    return "" if state.own_voice else state.says


def _two_sides(a: State, b: State) -> bool:
    return bool(_side(a) and _side(b) and _side(a) != _side(b))


def _by_the_hour(a: State, b: State) -> tuple[State, State] | None:
    """Earlier and later of two statements for one day, where both were printed at a known hour and not together."""
    if a.published is None or b.published is None or abs(a.published - b.published) < _HOUR:
        return None
    if a.published.date() != b.published.date() or _two_sides(a, b):
        return None
    if any(s.as_of is None or s.as_of.granularity not in ("day", "hour") for s in (a, b)):
        return None
    return (a, b) if a.published < b.published else (b, a)


def _one_voice(a: State, b: State) -> bool:
    """Whether one party gives two numbers for one day of what only a name tells apart: a stake, a price, a share.

    Who counts people or things of one event and says two numbers contradicts itself; a company that says 54 and 56
    percent speaks of two shares.
    """
    if a.quantity.dimension == "count" or not a.says or not b.says:
        return False
    one, two = ({lemma(word) for word in state.says.split() if word[:1].isupper()} for state in (a, b))
    return bool(one and two) and (one <= two or two <= one)


def _takes_back(early: State, late: State) -> bool:
    """Whether another party's later count of the dead is lower: that contradicts, it does not bring up to date."""
    falls = interval(late.quantity, late.hedge)[1] < interval(early.quantity, early.hedge)[0]
    return falls and late.measure.key.concept == "killed" and early.says != late.says and bool(early.says)


def _apart(early: Period, late: Period) -> bool:
    """Whether two times are apart: by the hour where both are moments, else by the day."""
    if all(p.granularity == "hour" or p.end - p.start < _HALF_DAY for p in (early, late)):
        return True
    return _date(early.start) != _date(late.start)


def _date(moment: datetime) -> str:
    return moment.date().isoformat()


def _slip(a: State, b: State) -> int:
    """The power of ten between two numbers where they differ by little else; 0 otherwise."""
    low_a, high_a, _ = scaled(a)
    low_b, high_b, _ = scaled(b)
    small, large = sorted(((abs(low_a) + abs(high_a)) / 2, (abs(low_b) + abs(high_b)) / 2))
    if small == 0 or not large.is_finite():
        return 0
    for power in (10, 100, 1000, 10**6):
        if abs(large / small / power - 1) <= Decimal("0.02"):
            return power
    return 0
