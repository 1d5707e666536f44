"""Numbers of a Ukrainian sentence with their units and hedges, without those that are no figures.

Reads "1,2 млн", "двадцять троє", "від 10 до 15", "понад 40 %". What is counted is read in ``ukrainian_context``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from factcheck.text.languages.ukrainian_exclusions import PHONE, is_no_figure
from factcheck.text.lexicon import uk
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.quantities import MOST, dimension_of, normalised_value
from factcheck.text.values import Hedge, Quantity, Span

_SPACE = r"[ \u00a0\u202f]"
_WORDS = alternatives(uk.NUMBER_WORDS)
_SCALE = "|".join(uk.SCALES)
_DIGITS = rf"\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:,\d{{1,2}})?|\d{{1,3}}(?:\.\d{{3}})+|\d+(?:[.,]\d+)?"
_ONE = (
    rf"(?:(?P<d{{0}}>{_DIGITS})|(?P<w{{0}}>(?:{_WORDS})(?![\w'])(?:{_SPACE}(?:{_WORDS})(?![\w']))*))"
    rf"(?P<s{{0}}>{_SPACE}?(?:{_SCALE})(?![\w']))?"
)


def _one(name: str) -> str:
    return _ONE.replace("{0}", name)


_MONEY = r"[$€₴£]"
_NUMBER = Pattern(
    rf"(?i:(?<![\w.':/])(?<!\d,)(?P<sign>{_MONEY}{_SPACE}?)?{_one('a')}"
    rf"(?:(?P<dash>{_SPACE}?[\u2013\u2014-]{_SPACE}?|{_SPACE}(?:до|та|і){_SPACE}){_one('b')})?)"
)
_SHARE = Pattern(rf"(?i:(?<![\w'])(?P<share>{'|'.join(uk.SHARES)})(?![\w'-])(?:{_SPACE}(?P<scale>{_SCALE})(?![\w']))?)")
_SINGLE = Pattern(rf"(?i:(?<![\w'\d])(?<!\d\s)(?:{'|'.join(uk.SINGLE)})(?![\w'-]))")
_UNIT = Pattern(
    "(?i:" + "|".join(rf"(?P<u{n}>{_SPACE}?(?:{pattern})(?![^\W\d_]))" for n, pattern in enumerate(uk.UNITS)) + ")"
)
_UNITS = list(uk.UNITS.values())
_PERCENT_OR_SIGN = Pattern(rf"(?i:{_SPACE}?(?:%|відсотк\w+|відсоток|процент\w*|[$€₴£]))")
_BEFORE = Pattern(rf"(?i:(?<![\w'])(?P<hedge>{alternatives(uk.HEDGES_BEFORE)}){_SPACE}(?:(?:ще|від|у|в|на){_SPACE})?$)")
_AFTER = Pattern(rf"(?i:(?:{_SPACE}[\w']+)?{_SPACE}(?P<hedge>{alternatives(uk.HEDGES_AFTER)})(?!\w))")
_RISEN = Pattern(rf"(?i:(?:{uk.RISEN})\b[^,.;]{{0,40}}$)")
_FROM = Pattern(rf"(?i:(?<![\w'])від{_SPACE}$)")
_BETWEEN = Pattern(rf"(?i:(?<![\w'])між{_SPACE}$)")
_LOOK = 60
_TO = Pattern(r"\s(?:до|\u2014|\u2013)\s")
_PER = Pattern(r"(?:\s[\w']+){0,2}\sна\s(?:кожн[иіу]\w*\s)?")
_PER_WHOM = Pattern(r"\s(?:населення|осіб|людей|жителів|мешканців|новонароджених|народжен\w+|дітей|пацієнтів)")


@dataclass(frozen=True, slots=True)
class UkrainianNumber:
    """A number with its unit and hedge; ``lead`` is where its hedge begins, ``tail`` where its unit ends."""

    span: Span
    quantity: Quantity
    hedge: Hedge
    lead: int
    tail: int


def find_numbers(text: str, start: int, end: int, closed: list[Span]) -> list[UkrainianNumber]:
    """The quantities of one sentence; ``closed`` are its dates.

    >>> found = find_numbers("Понад 1,2 млн людей і 15 відсотків", 0, 34, [])
    >>> [(str(n.quantity.value), n.quantity.unit, n.hedge.value) for n in found]
    [('1200000', 'count', 'more_than'), ('15', 'percent', 'exact')]
    """
    spans = [*closed, *(Span(*m.span()) for m in PHONE.finditer(text, start, end))]
    numbers = islice(_numbers(text, start, end, spans), MOST)  # more is a dump of data, not prose
    found = sorted([*numbers, *islice(_shares(text, start, end), MOST)], key=lambda n: n.span)
    out: list[UkrainianNumber] = []
    for number in found:
        if out and number.span.start < max(out[-1].tail, out[-1].span.end):
            continue
        joined = _joined(text, out[-1], number) if out else None
        if joined is not None:
            out[-1] = joined
            continue
        if out:
            out[-1] = _unit_ahead(text, out[-1], number)
        out.append(number)
    return _rates(text, out, end)


def _joined(text: str, first: UkrainianNumber, second: UkrainianNumber) -> UkrainianNumber | None:
    """Two numbers that are one: "2 млрд 350 млн", "три з половиною"."""
    one, two = first.quantity.value, second.quantity.value
    gap = text[first.span.end : second.span.start]
    if one is None or two is None or first.quantity.unit != "count":
        return None
    half = gap.strip() == "з" and second.quantity.unit == "fraction" and two == Decimal("0.5")
    falls = gap.strip() == "" and len(gap) == 1 and 1000 <= two < one and one % 1000 == 0
    if not half and not (falls and second.hedge is Hedge.EXACT):
        return None
    unit, tail, inside = (
        _unit(text, "", second.span.end, len(text)) if half else (second.quantity.unit, second.tail, second.span.end)
    )
    quantity = replace(
        first.quantity,
        value=one + two,
        unit=unit,
        dimension=dimension_of(unit),
        step=Decimal("0.1") if half else Decimal(1),
    )
    return replace(first, span=Span(first.span.start, inside), quantity=quantity, tail=tail)


def _unit_ahead(text: str, first: UkrainianNumber, second: UkrainianNumber) -> UkrainianNumber:
    """ "з 21 300 до 24 750 грн": the unit stands behind the second."""
    if (
        first.quantity.unit != "count"
        or second.quantity.unit == "count"
        or not _TO.fullmatch(text, first.tail, second.span.start)
    ):
        return first
    unit = second.quantity.unit
    return replace(first, quantity=replace(first.quantity, unit=unit, dimension=dimension_of(unit)))


def _rates(text: str, numbers: list[UkrainianNumber], limit: int) -> list[UkrainianNumber]:
    """ "12,4 випадка на 100 тисяч населення": a rate, whose second number is no figure."""
    out: list[UkrainianNumber] = []
    for number in numbers:
        if out and _is_denominator(text, out[-1], number, limit):
            unit = f"per {number.quantity.value:f}"
            out[-1] = replace(out[-1], quantity=replace(out[-1].quantity, unit=unit, dimension="rate"))
        else:
            out.append(number)
    return out


def _is_denominator(text: str, first: UkrainianNumber, second: UkrainianNumber, limit: int) -> bool:
    many = second.quantity.value
    if many is None or many < 100 or second.quantity.unit != "count":
        return False
    per = _PER.fullmatch(text, first.span.end, second.span.start)
    return per is not None and _PER_WHOM.match(text, second.tail, limit) is not None


def _numbers(text: str, start: int, end: int, closed: list[Span]) -> Iterator[UkrainianNumber]:
    at = start
    while (match := _NUMBER.search(text, at, end)) is not None:
        at = match.end()
        span = Span(*match.span())
        touching = [c for c in closed if c.overlaps(span)]
        if touching:
            at = max(match.start() + 1, min(match.end(), max(c.end for c in touching)))
            continue
        if match["dash"] and not _is_range(text, match, start):
            at = match.start("dash")
            number = _figure(text, match, start, at, end, single=True)
        else:
            number = _figure(text, match, start, match.end(), end, single=not match["dash"])
        if number is not None:
            yield number
            at = max(at, number.span.end)


def _is_range(text: str, match: re.Match[str], floor: int) -> bool:
    """Whether two numbers are the borders of one: "10–15", "від 10 до 15", "між 10 і 15"."""
    word = match["dash"].strip()
    before = text[max(floor, match.start() - 8) : match.start()]
    low, high = _value(match, "a", match["sb"] or ""), _value(match, "b", "")
    if low is None or high is None or low >= high:
        return False
    if word in ("\u2013", "\u2014", "-"):
        return bool(match["da"]) and not (word == "-" and match["wb"])
    if word == "до":
        return bool(_FROM.search(before)) and not _RISEN.search(text, max(floor, match.start() - _LOOK), match.start())
    return bool(_BETWEEN.search(before))


def _figure(
    text: str, match: re.Match[str], floor: int, stop: int, limit: int, *, single: bool
) -> UkrainianNumber | None:
    if is_no_figure(text, match, floor, stop, limit):
        return None
    first = _value(match, "a", (match["sb"] or "") if not single else "")
    second = None if single else _value(match, "b", "")
    if first is None:
        return None
    unit, tail, inside = _unit(text, (match["sign"] or "").strip(), stop, limit)
    step = _step(first)
    quantity = Quantity(first if single else None, None if single else first, second, unit, dimension_of(unit), step)
    begin = match.start() if match["sign"] or not single else match.start("da") if match["da"] else match.start("wa")
    hedge, lead = _hedge(text, match.start(), tail, floor, limit)
    if inside == limit and text[inside - 1] == ".":  # the stop of the sentence, not of "млн."
        inside -= 1
    return UkrainianNumber(Span(begin, inside), quantity, hedge, lead, tail)


def _step(value: Decimal) -> Decimal:
    """The place of the last digit that is no nought."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) and exponent < 0 else Decimal(1)


def _value(match: re.Match[str], name: str, shared: str) -> Decimal | None:
    """The value of one number; the scale of the second holds for the first: "10–15 тис."."""
    digits, words = match[f"d{name}"], match[f"w{name}"]
    value = _of_digits(digits) if digits else _of_words(words or "")
    scale = (match[f"s{name}"] or shared).strip().lower()
    if value is None or not scale:
        return value
    factor = next((size for pattern, size in uk.SCALES.items() if re.fullmatch(pattern, scale)), 1)
    return normalised_value(value * factor)


def _of_digits(digits: str) -> Decimal:
    plain = re.sub(r"[ \u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain) and not plain.startswith("0"):
        plain = plain.replace(".", "")
    return Decimal(plain.replace(",", "."))


def _of_words(words: str) -> Decimal | None:
    """ "двадцять троє": the sum, where each word is smaller than the one before."""
    values = [uk.NUMBER_WORDS[word] for word in words.lower().split()]
    if not values or any(b >= 10 ** (len(str(a)) - 1) for a, b in itertools.pairwise(values)):
        return Decimal(values[0]) if values else None
    return Decimal(sum(values))


def _unit(text: str, sign: str, stop: int, limit: int) -> tuple[str, int, int]:
    """The unit behind a number, where it ends, and where the number ends with its percent word or sign."""
    if sign:
        return {"$": "USD", "€": "EUR", "₴": "UAH", "£": "GBP"}[sign], stop, stop
    found = _UNIT.match(text, stop, min(limit, stop + 40))
    if found is None or found.lastgroup is None:
        return "count", stop, stop
    inside = _PERCENT_OR_SIGN.match(text, stop, limit)
    return _UNITS[int(found.lastgroup[1:])], found.end(), inside.end() if inside else stop


def _hedge(text: str, begin: int, tail: int, floor: int, limit: int) -> tuple[Hedge, int]:
    """The hedge of a number and where it begins; "зросла до" says what it has risen to."""
    match = _BEFORE.search(text, max(floor, begin - _LOOK), begin)
    if match is not None and (match["hedge"].lower() != "до" or not _has_risen(text, match.start(), floor)):
        return Hedge(uk.HEDGES_BEFORE[match["hedge"].lower()]), match.start()
    after = _AFTER.match(text, tail, limit)
    return (Hedge(uk.HEDGES_AFTER[after["hedge"].lower()]) if after else Hedge.EXACT), begin


def _has_risen(text: str, at: int, floor: int) -> bool:
    """Whether "до" says what something has come to: behind a verb of change, or behind a comma or a dash."""
    led = text[max(floor, at - 3) : at].rstrip().endswith((",", "\u2014", "\u2013"))
    return led or _RISEN.search(text, max(floor, at - _LOOK), at) is not None


def _shares(text: str, start: int, end: int) -> Iterator[UkrainianNumber]:
    """ "половина будинків", "півтора мільйона", "понад сотню дронів"."""
    for match in _SINGLE.finditer(text, start, end):
        value = next(Decimal(v) for p, v in uk.SINGLE.items() if re.fullmatch(p, match.group().lower()))
        name, tail, inside = _unit(text, "", match.end(), end)
        hedge, lead = _hedge(text, match.start(), tail, start, end)
        yield UkrainianNumber(
            Span(match.start(), inside), Quantity(value, unit=name, dimension=dimension_of(name)), hedge, lead, tail
        )
    for match in _SHARE.finditer(text, start, end):
        share = next(Decimal(v) for p, v in uk.SHARES.items() if re.fullmatch(p, match["share"], re.IGNORECASE))
        half = share == Decimal("1.5") or match["share"].lower() == "пів"
        if half and not match["scale"]:
            continue
        scale = (match["scale"] or "").lower()
        factor = next((size for pattern, size in uk.SCALES.items() if scale and re.fullmatch(pattern, scale)), 1)
        unit, tail, inside = (
            _unit(text, "", match.end(), end) if match["scale"] else ("fraction", match.end(), match.end())
        )
        hedge, lead = _hedge(text, match.start(), tail, start, end)
        quantity = Quantity(
            normalised_value(share * factor), unit=unit, dimension=dimension_of(unit), step=Decimal("0.01") * factor
        )
        yield UkrainianNumber(Span(match.start(), inside), quantity, hedge, lead, tail)
