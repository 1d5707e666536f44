"""The reason of a comparison, as one sentence an editor can paste into a mail.

Words an observation: its value, what it counts, who says it, and when. What two observations say of each other is
decided in ``compare``.
"""

from __future__ import annotations

from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.quantities import interval
from factcheck.text.values import Hedge, Observation, Period, Quantity

_LEX = load()
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
_HEDGE_WORDS = {
    Hedge.EXACT: "",
    Hedge.ABOUT: "about ",
    Hedge.NEARLY: "nearly ",
    Hedge.MORE_THAN: "more than ",
    Hedge.AT_LEAST: "at least ",
    Hedge.UP_TO: "up to ",
    Hedge.FEWER_THAN: "fewer than ",
}
_UNITS = {
    "fraction": "",
    "richter": "on the magnitude scale",
    "m": "metre",
    "celsius": "degree Celsius",
    "fahrenheit": "degree Fahrenheit",
}
"""Units that have other words in a sentence."""
_PLURALS = {
    "foot": "feet",
    "inch": "inches",
    "century": "centuries",
    "degree Celsius": "degrees Celsius",
    "degree Fahrenheit": "degrees Fahrenheit",
}
_INVARIABLE = frozenset(
    [
        "mph",
        "mpg",
        "psi",
        "ksi",
        "ppm",
        "ppb",
        "rpm",
        "kbps",
        "percent",
        "permille",
        "pence",
        "stone",
        "horsepower",
        "kelvin",
        "richter",
        "cm",
        "mm",
        "km",
        "kg",
        "mg",
        "nm",
    ]
)
_SIGNS = {"USD": "$", "EUR": "\u20ac", "GBP": "\u00a3"}
_QUANTITIES = frozenset(_LEX.quantity_nouns.values())


def replacement_sentence(early: Observation, late: Observation) -> str:
    """The later observation, and the earlier one that it replaces."""
    verb = "revises downward" if is_less(late, early) else "replaces"
    same_day = early.as_of and late.as_of and _day(early.as_of) == _day(late.as_of)
    printed = f", printed at {early.published:%H:%M}" if same_day and early.published else ""
    later = f", printed at {late.published:%H:%M}," if same_day and late.published else ""
    return (
        f"{_value_and_noun(late)}{_source(late)}{_when(late)}{later} {verb} the earlier "
        f"{_value_and_noun(early)}{_source(early)}{_when(early)}{printed}."
    )


def _differing_definitions(first: Observation, second: Observation) -> str:
    """What the two count, where the text defines it differently; in the order in which their values are named."""
    one, two = first.measure.definition, second.measure.definition
    if one and two and one != two:
        return f": the copy counts different things, {one} against {two}"
    return ""


def _value_and_noun(observation: Observation) -> str:
    """A value as an editor writes it, with what it counts."""
    quantity = observation.quantity
    if quantity.value is not None:
        number = _amount(quantity.value, quantity)
    elif quantity.low is not None and quantity.high is not None:
        number = f"{_amount(quantity.low, quantity)} to {_amount(quantity.high, quantity)}"
    else:
        number = quantity.as_written[:40]
    if quantity.unit == "fraction" and quantity.value is not None:
        number = f"{_digits_of((quantity.value * 100).quantize(Decimal('0.1')))} percent"
    number = _HEDGE_WORDS[observation.hedge] + number + _unit(quantity)
    noun = _noun_without_definition(observation)
    if noun and quantity.dimension != "count" and noun.split()[0] in _QUANTITIES:
        return f"{noun} of {number}"
    return f"{number} {noun}".strip()


def _amount(value: Decimal, quantity: Quantity) -> str:
    """A number as news prints it: "$340 million" where it was written in millions, else "12,500"."""
    base, _, _ = quantity.unit.partition("/")
    sign = _SIGNS.get(base, "") if quantity.dimension.startswith("money") else ""
    for scale, word in ((Decimal(10**12), "trillion"), (Decimal(10**9), "billion"), (Decimal(10**6), "million")):
        if abs(value) >= scale and quantity.step >= scale / 1000:
            return f"{sign}{_digits_of(value / scale)} {word}"
    return sign + _digits_of(value)


def _unit(quantity: Quantity) -> str:
    """The unit behind a number, in words; a currency with a sign of its own stands before it."""
    base, slash, per = quantity.unit.partition("/")
    if quantity.dimension.startswith("money") and base in _SIGNS:
        return f" a {per}" if slash else ""
    if quantity.unit in ("count", "fraction"):
        return ""
    words = unit_in_words(quantity.unit, quantity.value)
    return f" {words}" if words else ""


def unit_in_words(unit: str, number: Decimal | None) -> str:
    """A unit behind a number: "inches", "square miles", "barrels a day"; symbols stay as they are.

    >>> unit_in_words("sq_mile", Decimal(3)), unit_in_words("mph", Decimal(120))
    ('square miles', 'mph')
    """
    base, slash, per = unit.partition("/")
    if slash and per.isalpha() and len(per) > 2:
        return f"{unit_in_words(base, number)} a {per}"
    words = _UNITS.get(unit, unit.replace("sq_", "square ").replace("_", " "))
    if number == 1 or not words:
        return words
    if words in _PLURALS:
        return _PLURALS[words]
    start, hyphen, last = words.rpartition("-") if "-" in words else words.rpartition(" ")
    if last in _INVARIABLE or not (last.isalpha() and last.islower() and len(last) > 2) or unit == "richter":
        return words
    return f"{start}{hyphen}{_PLURALS.get(last, f'{last}s')}"


def _noun_without_definition(observation: Observation) -> str:
    noun = observation.counted
    definition = observation.measure.definition
    return noun[: -len(definition)].strip() if definition and noun.endswith(definition) else noun


def _digits_of(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _source(observation: Observation) -> str:
    return f" ({observation.says})" if observation.says else ""


def _when(observation: Observation) -> str:
    return f" as of {_day(observation.as_of)}" if observation.as_of else ""


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


def verdict_sentence(a: Observation, b: Observation, verdict: str, *, with_definitions: bool = False) -> str:
    """Both values, who says them, and when, as one sentence; of one day the larger value comes first.

    ``with_definitions``: the verdict ends with what the two count, where that differs.
    """
    same_day = a.as_of and b.as_of and _day(a.as_of) == _day(b.as_of)
    first, second = (b, a) if same_day and is_less(a, b) else (a, b)
    if with_definitions:
        verdict += _differing_definitions(first, second)
    if not same_day or a.as_of is None:
        return sentence_each_dated(first, second, verdict)
    both = " and ".join(f"{_value_and_noun(one)}{_source(one)}" for one in (first, second))
    return f"{both}, both as of {_day(a.as_of)}, {verdict}."


def sentence_each_dated(a: Observation, b: Observation, verdict: str) -> str:
    """Both values, each with its own time."""
    one, two = (f"{_value_and_noun(each)}{_source(each)}{_when(each)}" for each in (a, b))
    return f"{one} and {two} {verdict}."


def is_less(a: Observation, b: Observation) -> bool:
    """Whether all that the one may mean is less than all that the other may."""
    return interval(a.quantity, a.hedge)[1] < interval(b.quantity, b.hedge)[0]
