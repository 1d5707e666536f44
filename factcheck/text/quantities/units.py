"""Units: how they are written beside a number, their normal form, and conversion inside a dimension.

Square miles and square kilometres meet here; dollars stay dollars, because a rate of exchange is a
claim of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives

_LEX = load()
STATIC_DIMENSIONS = frozenset(
    ["length", "mass", "volume", "time", "magnitude", "voltage", "power", "frequency", "data", "energy"]
)
"""Dimensions of things that do not move by themselves; what an event moves in them is a running measure."""
_GAP = r"[ \t\u00a0\u2009\u202f]"
_PER_MANY = "per "
"""How a unit begins that is a rate: "per 100000"."""
_CASED = {
    "m": "m",
    "km": "km",
    "g": "gram",
    "t": "tonne",
    "l": "litre",
    "L": "litre",
    "h": "hour",
    "V": "V",
    "W": "W",
    "C": "celsius",
    "F": "fahrenheit",
    "Nm": "newton metre",
    "K": "kelvin",
}
_UNIT = Pattern(
    rf"(?:{_GAP}|-)?(?P<unit>(?i:{alternatives(_LEX.unit_words)}))(?:-(?=[a-z]))?(?![^\W\d_])(?!-{_GAP}?[A-Z0-9])"
    rf"|(?P<sym>{_GAP}?(?:km|m|g|t|l|L|V|W|Nm|K)|{_GAP}?[CF])(?![\w'\u2019]|\.\w)"
    rf"|(?P<stone>{_GAP}?st(?=\s?\d{{1,2}}(?:\.\d|½)?\s?lbs?\b))"
    rf"|(?P<inch>(?<=\d)in(?=[\s.,;:)x\u00d7-]|$)|{_GAP}in(?=\s(?:thick|tall|long|wide|deep|high|of\s(?:rain"
    rf"|snow))\b)|\"(?=[\s,.;)x-])(?=[^\"\n]{{0,40}}$))"
)
_SYMBOL = Pattern(rf"{_GAP}?(?P<symbol>{alternatives(_LEX.unit_symbols)})(?![\w'\u2019])")
_MANY = Pattern(
    rf"(?P<between>(?:{_GAP}(?!per\b|and\b|or\b|to\b)[a-z-]+){{0,3}}?)(?:{_GAP}(?:per|in{_GAP}every"
    rf"|for{_GAP}every)|/){_GAP}?"
    rf"(?P<many>\d{{1,3}}(?:,\d{{3}})+|1\d{{2,8}}|(?:(?:a|one|ten|hundred|one{_GAP}hundred|100"
    rf"|10){_GAP})?(?:thousand|million))(?![\w,]|\.\d)"
)
_MONEY = Pattern(
    rf"(?:{_GAP}|-)?(?:(?P<word>(?i:{alternatives(_LEX.currency_words)}))(?![^\W\d_])"
    rf"|(?P<code>{alternatives(_LEX.currency_codes)})(?!\w)|(?P<p>p)(?!\w)|(?<=\d)(?P<c>c)(?!\w)"
    rf"|(?P<sign>(?:US\$|Rs\b|RM\b|[€£₽₴₺₪₹¥$¢])(?![\w])))"
)
_BEFORE = Pattern(
    rf"(?:(?P<sign>{alternatives(_LEX.currency_signs)})"
    rf"|(?<![A-Za-z])(?P<code>{alternatives(_LEX.currency_codes)})){_GAP}?(?P<minus>[-\u2212])?$"
)
_SIGN_ENDS = frozenset(s[-1] for s in _LEX.currency_signs) | frozenset(c[-1] for c in _LEX.currency_codes)
_PER = Pattern(
    rf"(?:{_GAP}per{_GAP}[A-Z][\w.&]+{_GAP}(?P<named>share)\b)|(?i:(?:{_GAP}(?:per|a|an|each|for{_GAP}each"
    rf"|for{_GAP}every)|/|{_GAP}/)(?:{_GAP}"
    rf"|-)?(?P<per>{alternatives(_LEX.per_words)})(?:-(?=[a-z]))?(?![^\W\d_])(?!\s(?:ago|earlier|before|later|old)\b))"
)
_MANY_WORDS = {"a": 1, "one": 1, "ten": 10, "hundred": 100, "thousand": 1000, "million": 1000000}
_HEAT = Pattern(r"(?i:degree|temperature|°|\bcold|\bwarm|\bhot\b|\bheat|weather|freez|\bbelow zero)")
_DEGREES = Pattern(r"(?:[a-z]\s|[-\u2212]|\()\d{1,3}(?:\.\d)?[CF]$")
_POUND_MASS = Pattern(
    r"\s(?:of(?!\s(?:debts?|loss(?:es)?|profits?|sales|savings|damage))|in weight|lighter|heavier|overweight)\b"
)
_POUND_MONEY = Pattern(rf"(?i:\b(?:{alternatives(_LEX.money_words)})\b)|£")
_MONEY_NEXT = Pattern(
    rf"(?i:-?\s?(?:[a-z]+\s)?(?:{alternatives(_LEX.money_words)}|note|ticket|charge|bond"
    rf"|voucher)\b|-a-)"
)
_WEIGHED = Pattern(
    r"(?i:\b(?:weigh(?:s|ed|ing|t)?|heavy|heavier|lighter|fish|catch|bomb|warhead|payload|cargo|yield|harvest)\b)"
)


@dataclass(frozen=True, slots=True)
class UnitMention:
    """A unit after a number: its normal form, its dimension, and where the unit ends.

    ``inside`` is the end of what belongs to the number itself (a currency sign, a percent word).
    """

    unit: str
    dimension: str
    end: int
    inside: int


def dimension_of(unit: str) -> str:
    """What a unit can be compared with.

    >>> dimension_of("sq_mile"), dimension_of("USD"), dimension_of("km/h")
    ('area', 'money:USD', 'speed')
    """
    if unit in _LEX.unit_factors:
        return _LEX.unit_factors[unit][0]
    if unit.startswith(_PER_MANY):
        return "rate"
    base, slash, per = unit.partition("/")
    if base in _LEX.unit_factors and slash:
        return f"{dimension_of(base)}/{per}"
    if base in _LEX.currency_codes or base in set(_LEX.currency_words.values()):
        return f"money:{unit}"
    return unit or "count"


def known_units() -> tuple[str, ...]:
    """The units that figures are read in: "count", the measured ones and the currencies, in that order."""
    currencies = {*_LEX.currency_codes, *_LEX.currency_words.values()}
    return ("count", *sorted(_LEX.unit_factors), *sorted(currencies - set(_LEX.unit_factors)))


def factor(unit: str) -> Decimal:
    """By what a value in this unit is multiplied to reach the base of its dimension."""
    if unit.startswith(_PER_MANY):
        return 1 / Decimal(unit.removeprefix(_PER_MANY))
    known = _LEX.unit_factors.get(unit) or _LEX.unit_factors.get(unit.partition("/")[0])
    return Decimal(known[1]) if known else Decimal(1)


def convert(value: Decimal, unit: str, into: str) -> Decimal | None:
    """A value in another unit of the same dimension; None where the two cannot be compared.

    >>> convert(Decimal(2), "km", "m")
    Decimal('2E+3')
    >>> convert(Decimal(2), "USD", "EUR") is None
    True
    """
    if unit == into:
        return value
    if {unit, into} == {"celsius", "fahrenheit"}:
        return value * 9 / 5 + 32 if unit == "celsius" else (value - 32) * 5 / 9
    if dimension_of(unit) != dimension_of(into) or (unit not in _LEX.unit_factors and "/" not in unit):
        return None
    return (value * factor(unit) / factor(into)).normalize()


def money_before(text: str, at: int, floor: int) -> tuple[str, int] | None:
    """The currency written before a number, and where it begins."""
    probe = at
    while probe > floor and text[probe - 1] in " \u00a0\u2009\u202f-\u2212":
        probe -= 1
    if probe <= floor or text[probe - 1] not in _SIGN_ENDS:
        return None
    match = _BEFORE.search(text, max(floor, at - 8), at)
    if match is None:
        return None
    code = match["code"] or ""
    return (_LEX.currency_signs.get(match["sign"] or "") or _LEX.code_aliases.get(code, code)), match.start()


def unit_after(text: str, at: int, limit: int, *, currency: str = "") -> UnitMention | None:
    """The unit written after a number that ends at ``at``: money, percent, or a physical unit, with "per".

    >>> unit_after("5 miles per hour", 1, 16).unit
    'mph'
    """
    end = min(limit, at + 60)
    if currency:
        return _with_per(text, currency, at, at, end)
    money = _MONEY.match(text, at, end)
    symbol_match = _SYMBOL.match(text, at, end)
    if symbol_match is not None:
        return _with_per(text, _LEX.unit_symbols[symbol_match["symbol"]], symbol_match.end(), at, end)
    unit = _UNIT.match(text, at, end)
    if money is not None and (unit is None or len(money.group()) >= len(unit.group())):
        code = money["code"] or ""
        name = _LEX.currency_words.get((money["word"] or "").lower()) or _LEX.code_aliases.get(code, code)
        name = name or (
            "pence" if money["p"] else "cent" if money["c"] else _LEX.currency_signs.get(money["sign"] or "", "")
        )
        inside = money.end() if money["sign"] or money["p"] or money["c"] else at
        return _with_per(text, name, money.end(), inside, end)
    if unit is None:
        return None
    symbol = (unit["sym"] or "").strip()
    if unit["inch"] or unit["stone"]:
        return _with_per(text, "inch" if unit["inch"] else "stone", unit.end(), at, end)
    name = _CASED[symbol] if symbol else _LEX.unit_words[unit["unit"].lower()]
    if symbol in ("C", "F") and not (
        _HEAT.search(text, max(0, at - 80), at + 20) or _DEGREES.search(text, max(0, at - 8), at + 1)
    ):
        return None
    if name == "pound":
        name = _pound(text, at, unit.end())
    inside = unit.end() if name in ("percent", "permille") else at
    return _with_per(text, name, unit.end(), inside, end)


def rate_after(text: str, at: int, limit: int) -> UnitMention | None:
    """A rate "per 100,000 people" behind a number or the noun behind it.

    >>> rate_after("12 deaths per 1,000 births", 2, 26).unit
    'per 1000'
    """
    found = _MANY.match(text, at, min(limit, at + 60))
    if found is None:
        return None
    size = Decimal(1)
    for word in found["many"].replace(",", "").split():
        size *= Decimal(word) if word.isdecimal() else _MANY_WORDS[word]
    return UnitMention(f"{_PER_MANY}{size:f}", "rate", at if found["between"] else found.end(), at)


def denominator_end(text: str, at: int, limit: int) -> int:
    """Where the number ends that a rate is counted by, which is no figure of its own; 0 where there is no rate."""
    found = _MANY.match(text, at, min(limit, at + 60))
    return found.end() if found else 0


def _pound(text: str, at: int, end: int) -> str:
    """Pounds are money where something is paid or priced, or the text has the sign elsewhere; else a weight."""
    if text[at : at + 1] == "-" and not _MONEY_NEXT.match(text, end):
        return "pound"
    if _POUND_MASS.match(text, end) or text[at:end].strip(" -").lower() in ("lb", "lbs"):
        return "pound"
    if _WEIGHED.search(text, max(0, at - 24), at):
        return "pound"
    if _POUND_MONEY.search(text, max(0, at - 60), end + 30):
        return "GBP"
    return "GBP" if "£" in text and not _WEIGHED.search(text, max(0, at - 60), end + 30) else "pound"


def _with_per(text: str, unit: str, at: int, inside: int, limit: int) -> UnitMention:
    per = _PER.match(text, at, limit) if unit not in ("percent", "mph", "km/h", "barrel/day") else None
    if per is not None:
        name = f"{unit}/{_LEX.per_words[(per['named'] or per['per']).lower()]}"
        return UnitMention(name, dimension_of(name), per.end(), inside)
    return UnitMention(unit, dimension_of(unit), at, inside)
