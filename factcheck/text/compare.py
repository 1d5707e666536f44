"""Two statements of one measure: agree, within the hedge, superseded, conflict, slip, or not comparable.

Here lives the judgement and its reason in one sentence. It knows nothing of texts: it compares states.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.measures import lemma
from factcheck.text.units import factor
from factcheck.text.values import Comparison, Hedge, Modality, Period, Quantity, Relation, State

_LEX = load()
_ABOUT = Decimal("0.05")
_SIDE = Decimal("0.1")
FORMER = "before"
_STRICT = frozenset([Hedge.MORE_THAN, Hedge.FEWER_THAN])
_HALF_DAY = timedelta(hours=12)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SAID = {
    Hedge.EXACT: "", Hedge.ABOUT: "about ", Hedge.NEARLY: "nearly ", Hedge.MORE_THAN: "more than ",
    Hedge.AT_LEAST: "at least ", Hedge.UP_TO: "up to ", Hedge.FEWER_THAN: "fewer than ",
}  # fmt: skip
_UNITS = {
    "percent": " percent",
    "fraction": "",
    "sq_mile": " square miles",
    "sq_km": " square km",
    "richter": " on the magnitude scale",
    "m": " metres",
    "foot": " feet",
    "pence": " pence",
    "celsius": " degrees Celsius",
    "fahrenheit": " degrees Fahrenheit",
}
_SIGNS = {"USD": "$", "EUR": "\u20ac", "GBP": "\u00a3"}
_QUANTITIES = frozenset(_LEX.quantity_nouns.values())


def interval(quantity: Quantity, hedge: Hedge) -> tuple[Decimal, Decimal]:
    """The values a figure may mean: exact by its own precision, "about" 5 percent to either side,
    "nearly", "up to" and "fewer than" down to nine tenths, "more than" and "at least" up to eleven tenths.

    >>> interval(Quantity(Decimal(100)), Hedge.NEARLY)
    (Decimal('90.0'), Decimal('100'))
    >>> interval(Quantity(None, Decimal(40), Decimal(50)), Hedge.EXACT)
    (Decimal('40'), Decimal('50'))
    """
    low, high = quantity.low, quantity.high
    if quantity.value is not None:
        low = high = quantity.value
    if low is None or high is None:
        return Decimal(0), Decimal("Infinity")
    if hedge is Hedge.ABOUT:
        return low - abs(low) * _ABOUT, high + abs(high) * _ABOUT
    if hedge in (Hedge.NEARLY, Hedge.UP_TO, Hedge.FEWER_THAN):
        return min(low, low - abs(low) * _SIDE), high
    if hedge in (Hedge.MORE_THAN, Hedge.AT_LEAST):
        return low, high + abs(high) * _SIDE
    return low, high


def compare(a: State, b: State) -> Comparison:
    """What two statements of one measure say of each other; the order of the two does not matter.

    >>> from factcheck.text.values import Measure
    >>> dead = Measure("k", "dead", "count")
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
        return Comparison(Relation.NOT_COMPARABLE, _sentence(first, second, f"are not compared: {barrier}"), ())
    notes = _notes(first, second)
    if {first.direction, second.direction} == {"up", "down"} and not _in_time(first, second):
        why = f"conflict: one went {first.direction}, the other {second.direction}"
        return Comparison(Relation.CONFLICT, _sentence(first, second, why), notes)
    meets, same = _meets(first, second)
    if same and (first.hedge in _STRICT) == (second.hedge in _STRICT):
        two = ": the same in two units" if first.quantity.unit != second.quantity.unit else ""
        return Comparison(Relation.AGREE, _sentence(first, second, "agree" + two), notes)
    if meets:
        why = "the hedge, range or rounding covers the difference"
        if same:
            why = "the same number with and without a hedge"
        return Comparison(
            Relation.AGREE_WITHIN_HEDGE, _sentence(first, second, f"agree within the hedge: {why}"), notes
        )
    earlier_later = _in_time(first, second)
    if earlier_later and _takes_back(*earlier_later):
        why = ": the later number is lower, and a toll does not fall"
        return Comparison(Relation.CONFLICT, _sentence(first, second, "conflict" + why), notes)
    if earlier_later and (first.measure.running or second.measure.running):
        return _superseded(*earlier_later, notes)
    if earlier_later:
        return Comparison(
            Relation.NOT_COMPARABLE, _sentence(first, second, "are not compared: they are of different times"), notes
        )
    slip = _slip(first, second)
    if slip:
        return Comparison(
            Relation.MAGNITUDE_SLIP,
            _sentence(first, second, f"differ by a factor of {slip:,}: one of them looks like a slip"),
            notes,
        )
    if _one_voice(first, second):
        why = "are not compared: one party gives both, so they may measure different things"
        return Comparison(Relation.NOT_COMPARABLE, _sentence(first, second, why), notes)
    return Comparison(Relation.CONFLICT, _sentence(first, second, "conflict" + _why(first, second)), notes)


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


def _barrier(a: State, b: State) -> str:
    """Why two statements cannot be compared at all; empty where they can."""
    if a.quantity.dimension != b.quantity.dimension:
        return "they are measured in different units"
    for state in (a, b):
        if state.quantity.value is None and state.quantity.low is None:
            return "one number is too long to be read"
    if a.measure.scope != b.measure.scope:
        return "one is a part and the other the whole"
    if a.measure.party and b.measure.party and a.measure.party != b.measure.party:
        return "they are of different parties"
    if a.modality is not b.modality:
        odd = a if a.modality is not Modality.REPORTED else b
        return f"one is {odd.modality.value}"
    return ""


def _notes(a: State, b: State) -> tuple[str, ...]:
    notes = []
    if a.counted != b.counted and a.counted and b.counted:
        notes.append(f"counted as {a.counted} and as {b.counted}")
    if a.measure.definition != b.measure.definition and a.measure.definition and b.measure.definition:
        notes.append(f"definitions differ: {a.measure.definition}; {b.measure.definition}")
    if a.says and a.says == b.says:
        notes.append(f"both rest on {a.says}")
    return tuple(notes)


def _scaled(state: State) -> tuple[Decimal, Decimal, Decimal]:
    """The interval in base units, and the slack its own precision gives."""
    low, high = interval(state.quantity, state.hedge)
    scale = factor(state.quantity.unit)
    return low * scale, high * scale, state.quantity.step * scale / 2


def _meets(a: State, b: State) -> tuple[bool, bool]:
    """Whether the intervals meet, and whether it is the same number."""
    low_a, high_a, slack_a = _scaled(a)
    low_b, high_b, slack_b = _scaled(b)
    same = a.quantity.value is not None and b.quantity.value is not None and _same(a, b)
    same = same or (
        a.quantity.value is None
        and (a.quantity.low, a.quantity.high, a.quantity.unit) == (b.quantity.low, b.quantity.high, b.quantity.unit)
    )
    if same:
        return True, True
    priced = a.quantity.dimension.startswith("money") and "/" in a.quantity.dimension  # a price is exact
    rounded = (not priced and a.quantity.step != b.quantity.step) or a.quantity.unit != b.quantity.unit
    slack = (
        max(slack_a, slack_b) if rounded and max(slack_a, slack_b) * 20 <= max(abs(high_a), abs(high_b)) else Decimal(0)
    )
    meets = low_a <= high_b + slack and low_b <= high_a + slack
    return meets, False


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
    if pa.end <= pb.start and _apart(pa, pb):
        return a, b
    if pb.end <= pa.start and _apart(pb, pa):
        return b, a
    return None


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
    return falls and "killed" in late.measure.key.split("|") and early.says != late.says and bool(early.says)


def _apart(early: Period, late: Period) -> bool:
    """Whether two times are apart: by the hour where both are moments, else by the day."""
    if all(p.granularity == "hour" or p.end - p.start < _HALF_DAY for p in (early, late)):
        return True
    return _date(early.start) != _date(late.start)


def _date(moment: datetime) -> str:
    return moment.date().isoformat()


def _superseded(early: State, late: State, notes: tuple[str, ...]) -> Comparison:
    falls = interval(late.quantity, late.hedge)[1] < interval(early.quantity, early.hedge)[0]
    verb = "replaces" if not falls else "revises downward"
    reason = f"{_value(late)}{_by(late)}{_when(late)} {verb} the earlier {_value(early)}{_by(early)}{_when(early)}."
    return Comparison(Relation.SUPERSEDED, reason, (*notes, "a revision downward") if falls else notes)


def _slip(a: State, b: State) -> int:
    """The power of ten between two numbers where they differ by little else; 0 otherwise."""
    low_a, high_a, _ = _scaled(a)
    low_b, high_b, _ = _scaled(b)
    small, large = sorted(((abs(low_a) + abs(high_a)) / 2, (abs(low_b) + abs(high_b)) / 2))
    if small == 0 or not large.is_finite():
        return 0
    for power in (10, 100, 1000, 10**6):
        if abs(large / small / power - 1) <= Decimal("0.02"):
            return power
    return 0


def _why(a: State, b: State) -> str:
    one, two = a.measure.definition, b.measure.definition
    if one and two and one != two:
        return f": the copy counts different things, {one} against {two}"
    return ""


def _value(state: State) -> str:
    """A value as an editor writes it, with what it counts."""
    quantity = state.quantity
    if quantity.value is not None:
        number = _amount(quantity.value, quantity)
    elif quantity.low is not None and quantity.high is not None:
        number = f"{_amount(quantity.low, quantity)} to {_amount(quantity.high, quantity)}"
    else:
        number = quantity.as_written[:40]
    if quantity.unit == "fraction" and quantity.value is not None:
        number = f"{_number((quantity.value * 100).quantize(Decimal('0.1')))} percent"
    number = _SAID[state.hedge] + number + _unit(quantity)
    noun = _plain(state)
    if noun and quantity.dimension != "count" and noun.split()[0] in _QUANTITIES:
        return f"{noun} of {number}"
    return f"{number} {noun}".strip()


def _amount(value: Decimal, quantity: Quantity) -> str:
    """A number as news prints it: "$340 million" where it was written in millions, else "12,500"."""
    base, _, _ = quantity.unit.partition("/")
    sign = _SIGNS.get(base, "") if quantity.dimension.startswith("money") else ""
    for scale, word in ((Decimal(10**12), "trillion"), (Decimal(10**9), "billion"), (Decimal(10**6), "million")):
        if abs(value) >= scale and quantity.step >= scale / 1000:
            return f"{sign}{_number(value / scale)} {word}"
    return sign + _number(value)


def _unit(quantity: Quantity) -> str:
    """The unit behind a number, in words; a currency with a sign of its own stands before it."""
    base, slash, per = quantity.unit.partition("/")
    if quantity.dimension.startswith("money") and base in _SIGNS:
        return f" a {per}" if slash else ""
    if quantity.unit in ("count", "fraction"):
        return ""
    if quantity.unit in _UNITS:
        return _UNITS[quantity.unit]
    words = quantity.unit.replace("_", " ")
    return (
        f" {words}s" if words.isalpha() and words.islower() and len(words) > 2 and quantity.value != 1 else f" {words}"
    )


def _plain(state: State) -> str:
    noun = state.counted
    definition = state.measure.definition
    return noun[: -len(definition)].strip() if definition and noun.endswith(definition) else noun


def _number(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _by(state: State) -> str:
    return f" ({state.says})" if state.says else ""


def _when(state: State) -> str:
    return f" as of {_day(state.as_of)}" if state.as_of else ""


def _day(period: Period) -> str:
    """ "13 August 2024", "August 2024", "2024"."""
    start = period.start
    if period.granularity == "year":
        return str(start.year)
    if period.granularity in ("month", "quarter"):
        return f"{_MONTHS[start.month - 1]} {start.year}"
    day = f"{start.day} {_MONTHS[start.month - 1]} {start.year}"
    return (
        f"{start.hour:02d}:{start.minute:02d} on {day}"
        if period.granularity == "hour" and (start.hour or start.minute)
        else day
    )


def _sentence(a: State, b: State, verdict: str) -> str:
    """Both values, who says them, and when, as one sentence."""
    if a.as_of and b.as_of and _day(a.as_of) == _day(b.as_of):
        ordered = (a, b) if not _is_less(a, b) else (b, a)
        both = " and ".join(f"{_value(state)}{_by(state)}" for state in ordered)
        return f"{both}, both as of {_day(a.as_of)}, {_swap(verdict, ordered[0], a)}."
    return f"{_value(a)}{_by(a)}{_when(a)} and {_value(b)}{_by(b)}{_when(b)} {verdict}."


def _swap(verdict: str, shown: State, first: State) -> str:
    """Keep the order of two definitions with the order of the values."""
    if shown is first or " against " not in verdict:
        return verdict
    head, _, tail = verdict.partition(": the copy counts different things, ")
    one, _, two = tail.partition(" against ")
    return f"{head}: the copy counts different things, {two} against {one}"


def _is_less(a: State, b: State) -> bool:
    return interval(a.quantity, a.hedge)[1] < interval(b.quantity, b.hedge)[0]
