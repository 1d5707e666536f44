"""Candidates for figures: numbers with their ranges joined, units and currencies read, hedges named.

Reads everything directly beside a number. What it counts is read in ``counted``, what is no figure at all in
``exclusions``, for what day it holds in ``dates``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.quantities import exclusions, ranges, units
from factcheck.text.quantities.hedges import hedge_of
from factcheck.text.quantities.numbers import find_numbers
from factcheck.text.quantities.numerals import NumberMention, with_mark, without_mark
from factcheck.text.values import Hedge, Quantity, Span

_LEX = load()
MOST = 80
_MAGNITUDE_AFTER = Pattern(
    r"(?i:[- ](?:point\s)?(?:magnitude|on\s(?:the\s)?(?:\w+\s)?richter|earthquake\sof\smagnitude))"
)
_MAGNITUDE_BEFORE = Pattern(
    r"(?i:\b(?:magnitude|richter)[\s-](?:scale\s)?(?:(?:of|at|a|an|around|about|as|was|is|reached|between"
    r"|nearly|over|up|to|by"
    r"|measured|measuring|registering|preliminary|strength)\s){0,4}$)"
)
_TO_DOLLAR = Pattern(
    r"(?i:\s(?:to|per|against|for)\s(?:the|one|a|every)\s(?:us\s|u\.s\.\s)?(?P<cur>dollar|euro"
    r"|pound)\b)"
)
_CURRENCY_NEAR = Pattern(rf"(?i:\b(?P<cur>{alternatives(_LEX.currency_words)})\b)")
_MINUS = Pattern(r"(?<![^\s(\u201c\"<>=])(?P<sign>[-\u2212]\s{0,2}|\u2013)$|(?i:\b(?P<word>minus|negative)\s)$")
_EN_DASH_MINUS = Pattern(r"(?:^|(?<!\d)[\s(])\u2013$")
"""Typed for a minus: close to its number, and nothing that a range begins with before it."""
_PLUS = Pattern(r"-?\s?plus\b(?=[-,.;:)]|$|\s(?:dollars?|euros?|pounds?|people|years)\b)|-plus\b|\+(?![\w])")
_OR_SO = Pattern(r"\s(?:or\sso|or\smore|or\sfewer|or\sless|or\sthereabouts)\b")
_SUFFIX = Pattern(r"-(?:odd|strong)\b")
_FROM_ONLY = Pattern(r"(?i:,?\s(?:(?:up|down)\s)?from\s)")
_NOUN_NEXT = Pattern(r"\s(?:of\s)?(?:[a-z]+ly\s)?[a-z]{3,}s?\b")
_SUM_BEFORE = Pattern(rf"(?i:\b(?:{alternatives(_LEX.money_words)})\b[^.;,()]{{0,40}}$)")
_SUM_AFTER = Pattern(rf"(?i:\s(?:[a-z]+\s)?(?:{alternatives(_LEX.money_words)})\b)")
_LENGTH_AFTER = Pattern(
    r"(?i:[\s-](?:long|wide|tall|high|deep|thick|away|above|below|from|off|across|apart|down|up|under|sprint|race|final"
    r"|radius|wall|tower|drop|stretch|swim|dash|hurdles|freestyle|cable|boat|yacht|ship|wave|waves|pool)\b)"
)
_COVERED = Pattern(
    r"(?i:\b(?:swim|swam|run|ran|walk|walked|jump|jumped|dive|dived|dove|threw|climbed|crawled"
    r"|sprinted)\s$)"
)
_OF_PARTS = Pattern(r"\sof\s(?:its|their|his|her|our|the|these|those|them)\b")
_SHARED_JOIN = Pattern(r"-?\s(?:and|or|to)\s")
_HUNG_JOIN = Pattern(r"-,?\s(?:(?:and|or|to)\s)?")
_OF_A = Pattern(r"\s(?:of\s)?(?:an?|the)\s(?:(?:US|UK)\s)?")
_OF_THE = Pattern(r"\sof\s(?:the|its|their|that|a)\s(?:total\s)?")
_CENTS_JOIN = Pattern(r"\s(?:and\s)?")
_INDIAN = frozenset(["cr", "crs", "l", "lk"])
_RUPEES = frozenset(["INR", "PKR"])
_CENTS = frozenset(["cent", "pence"])
_BRACKET = Pattern(r"\s?\((?:or\s|equal\sto\s|i\.e\.\s)?")
_RESTATED = Pattern(r"(?:\s[\w-]+){0,2},?\s(?:or\s|\()|\s?\(")
_BY_TOO = Pattern(r"(?:,|\sand|,\sand|,\swhile)\s(?:[A-Z][\w&.'\u2019-]*\s){1,4}by\s")
_TO_NUMBER = Pattern(r"\s?[-\u2013]\s?(?P<to>\d{4,6}|\d{1,3},\d{3})(?!\d)")
_LAST_YEAR = 2200
_SENTENCE_REST = Pattern(r"\s[a-z]")


@dataclass(frozen=True, slots=True)
class FigureCandidate:
    """A quantity with its hedge; ``lead`` is where its hedge begins, ``tail`` where its unit ends."""

    span: Span
    quantity: Quantity
    hedge: Hedge
    lead: int
    tail: int
    form: str
    flags: tuple[str, ...] = ()


def find_figures(text: str, start: int, end: int, dates: list[Span]) -> list[FigureCandidate]:
    """The quantities of one sentence, without the numbers that are dates or no figures at all.

    >>> text = "Nearly 300 homes and $4.5m"
    >>> [(str(f.quantity.value), f.quantity.unit, f.hedge.value) for f in find_figures(text, 0, 26, [])]
    [('300', 'count', 'nearly'), ('4500000', 'USD', 'exact')]
    """
    numbers = find_numbers(text, start, end)[:MOST]  # more is a dump of data, not prose
    if not numbers:
        return []
    closed = [(d.start, d.end) for d in dates if not _runs_past(text, d)]
    closed += exclusions.link_spans(text, start, end)
    open_numbers = _outside(numbers, closed)
    out: list[FigureCandidate] = []
    i = past = 0
    while i < len(open_numbers):
        figure = None
        fresh = out[-1].tail if out else start  # a currency behind one number is not before the next
        if i + 1 < len(open_numbers):
            figure = _range_figure(text, open_numbers[i], open_numbers[i + 1], start, end, fresh)
        if figure is not None:
            out.append(figure)
            i += 2
            continue
        number = open_numbers[i]
        i += 1
        if number.span.start < past:
            continue
        if number.form == "vague":
            out.append(_vague_figure(text, number, start, end))
        elif number.value is None:
            out.append(_unreadable(number))
        elif not exclusions.excluded(text, number, end) or _is_money(text, number, fresh, end):
            out.append(_single_figure(text, number, start, end, fresh))
            past = max(past, units.denominator_end(text, number.span.end, end))
    return _beside(text, out)


def _runs_past(text: str, date: Span) -> bool:
    """Whether what looks like a year begins a range that no year ends: "2000 - 2500 calories"."""
    match = _TO_NUMBER.match(text, date.end) if date.cut(text).isdecimal() else None
    return match is not None and int(match["to"].replace(",", "")) > _LAST_YEAR


def _outside(numbers: list[NumberMention], closed: list[tuple[int, int]]) -> list[NumberMention]:
    """The numbers that touch none of the closed stretches."""
    closed.sort()
    out: list[NumberMention] = []
    at = reach = 0
    for number in numbers:
        while at < len(closed) and closed[at][0] < number.span.end:
            reach = max(reach, closed[at][1])
            at += 1
        if number.span.start >= reach:
            out.append(number)
    return out


def _is_money(text: str, number: NumberMention, floor: int, limit: int) -> bool:
    """Whether a currency beside a number shows that it is a sum: "USD3.14", "RM79", "20Rs"."""
    if units.money_before(text, number.span.start, floor) is not None:
        return True
    end = number.span.end
    if not text[end : end + 1].isalpha():
        return False
    unit = units.unit_after(text, end, limit)
    return unit is not None and unit.dimension.startswith("money")


def _beside(text: str, figures: list[FigureCandidate]) -> list[FigureCandidate]:
    """What a figure takes from the one next to it: a unit, a hedge, the cents, the other bound."""
    out: list[FigureCandidate] = []
    for figure in figures:
        if out:
            merged = _merged(text, out[-1], figure)
            if merged is not None:
                out[-1] = merged
                continue
            out[-1] = _unit_ahead(text, out[-1], figure)
        out.append(_as_before(text, out[-1], figure) if out else figure)
    return out


def _merged(text: str, first: FigureCandidate, second: FigureCandidate) -> FigureCandidate | None:
    """ "20 dollars and 43 cents" as one sum, "more than 20 but fewer than 30" as one range."""
    one, two = first.quantity, second.quantity
    if one.value is None or two.value is None:
        return None
    small = two.unit in _CENTS and two.value < 100 and one.dimension == f"money:{one.unit}" and one.unit not in _CENTS
    if small and _CENTS_JOIN.fullmatch(text, first.tail, second.span.start):
        quantity = replace(one, value=one.value + two.value / 100, step=Decimal("0.01"))
        span = Span(first.span.start, second.span.end)
        return replace(first, span=span, quantity=quantity, tail=second.tail)
    if _is_rest(text, first, second):
        value = one.value * units.factor(one.unit) / units.factor(two.unit) + two.value
        span = Span(first.span.start, second.span.end)
        return replace(first, span=span, quantity=replace(two, value=value), tail=second.tail)
    if ranges.are_two_bounds(text, first.tail, second.lead, first.hedge, second.hedge):
        low, high = sorted((one.value, two.value))
        falls = (first.hedge in (Hedge.MORE_THAN, Hedge.AT_LEAST)) != (one.value < two.value)
        same = "count" in (one.unit, two.unit) or one.unit == two.unit
        if not falls and same and low < high:
            known = two if one.unit == "count" else one
            quantity = replace(known, value=None, low=low, high=high, step=max(one.step, two.step))
            span = Span(first.span.start, second.span.end)
            return FigureCandidate(span, quantity, Hedge.EXACT, first.lead, second.tail, "range", first.flags)
    return None


def _is_rest(text: str, first: FigureCandidate, second: FigureCandidate) -> bool:
    """Whether a second number goes on in a smaller unit: "2 hours 14 minutes", "6 feet 4 inches"."""
    one, two = first.quantity, second.quantity
    if one.value is None or two.value is None or one.dimension != two.dimension or one.unit == two.unit:
        return False
    if one.dimension not in ("time", "length", "mass") or one.value != one.value.to_integral_value():
        return False
    smaller = 0 < two.value * units.factor(two.unit) < units.factor(one.unit)
    return smaller and second.hedge is Hedge.EXACT and bool(_CENTS_JOIN.fullmatch(text, first.tail, second.span.start))


def _unit_ahead(text: str, first: FigureCandidate, second: FigureCandidate) -> FigureCandidate:
    """ "7- or 8-inch", "45 and 50 mg", "280 million of the 1.5 billion shekels": the unit stands behind the second."""
    one, two = first.quantity, second.quantity
    if one.unit != "count" or two.unit in ("count", "fraction") or one.value is None:
        return first
    hung = text[first.tail : first.tail + 1] == "-" and _HUNG_JOIN.fullmatch(text, first.tail, second.lead)
    joined = text[second.span.start].isdigit() or second.form == "words"
    joined = (
        joined and second.hedge is Hedge.EXACT and bool(_SHARED_JOIN.fullmatch(text, first.tail, second.span.start))
    )
    part = (
        two.dimension.startswith("money")
        and one.step >= 1000
        and _OF_THE.fullmatch(text, first.tail, second.span.start)
    )
    if not (hung or joined or part):
        return first
    return replace(first, quantity=replace(one, unit=two.unit, dimension=two.dimension))


def _as_before(text: str, first: FigureCandidate, second: FigureCandidate) -> FigureCandidate:
    """What the second figure means as the first does: a price per share, a hedge in brackets, a direction."""
    base, slash, _ = first.quantity.unit.partition("/")
    if slash and second.quantity.unit == base and _FROM_ONLY.fullmatch(text, first.tail, second.lead):
        quantity = replace(second.quantity, unit=first.quantity.unit, dimension=first.quantity.dimension)
        return replace(second, quantity=quantity)
    near = second.lead - first.tail < 14
    if near and second.hedge is Hedge.EXACT and _BRACKET.fullmatch(text, first.tail, second.lead):
        converted = second.quantity.unit not in (first.quantity.unit, "count")
        if converted and first.quantity.dimension.partition(":")[0] == second.quantity.dimension.partition(":")[0]:
            second = replace(second, hedge=first.hedge)
    again = _RESTATED.fullmatch(text, first.tail, second.lead) or _BY_TOO.fullmatch(text, first.tail, second.lead)
    if first.flags and not second.flags and again:
        second = replace(second, flags=first.flags)
    return second


def _unreadable(number: NumberMention) -> FigureCandidate:
    quantity = Quantity(None, as_written=number.as_written)
    return FigureCandidate(
        number.span, quantity, Hedge.EXACT, number.span.start, number.span.end, "digits", ("too_long",)
    )


def _vague_figure(text: str, number: NumberMention, floor: int, limit: int) -> FigureCandidate:
    """ "dozens of people", "hundreds of millions of dollars": an order of magnitude, said to be vague."""
    of = number.span.end + 4 if text.startswith(" of ", number.span.end) else number.span.end
    unit = units.unit_after(text, of - 1 if of > number.span.end else of, limit)
    name, dimension = (unit.unit, unit.dimension) if unit else ("count", "count")
    quantity = Quantity(None, number.low, number.high, name, dimension, number.step)
    tail = unit.end if unit else number.span.end
    return FigureCandidate(number.span, quantity, Hedge.EXACT, number.span.start, tail, "vague", ("vague",))


def _single_figure(text: str, number: NumberMention, floor: int, limit: int, fresh: int) -> FigureCandidate:
    money = units.money_before(text, number.span.start, fresh)
    number, unit = _scaled(text, number, money, limit)
    if number.form == "fraction" and unit is None:
        of = _OF_A.match(text, number.span.end, limit)
        unit = units.unit_after(text, of.end() - 1, limit) if of else None
        unit = replace(unit, inside=number.span.end) if unit else None
    plus = _PLUS.match(text, number.span.end, limit)
    rate = units.rate_after(text, number.span.end, limit) if unit is None else None
    unit = rate or unit
    if plus is not None and unit is None:
        unit = units.unit_after(text, plus.end(), limit)
    begin, value = (money[1] if money else number.span.start), number.value or Decimal(0)
    begin, value = _with_sign(text, number, begin, value, floor, unit is not None)
    name, dimension = (unit.unit, unit.dimension) if unit else ("count", "count")
    if number.form == "fraction" and name == "count":
        name, dimension = "fraction", "ratio"
    name, dimension = _special(text, number.span, name, dimension, floor, limit)
    tail = unit.end if unit else number.span.end
    inside = max(number.span.end, unit.inside if unit and plus is None else 0)
    quantity = Quantity(value, unit=name, dimension=dimension, step=number.step)
    hedge, lead, flags = hedge_of(text, begin, tail, floor, limit, dimension)
    if plus is not None and hedge is Hedge.EXACT:
        hedge, tail = Hedge.AT_LEAST, max(tail, plus.end())
    suffix = _SUFFIX.match(text, tail, limit) or _OR_SO.match(text, tail, limit)
    tail = suffix.end() if suffix else tail
    return FigureCandidate(Span(begin, inside), quantity, hedge, lead, tail, number.form, flags)


def _with_sign(
    text: str, number: NumberMention, begin: int, value: Decimal, floor: int, measured: bool
) -> tuple[int, Decimal]:
    """The sign before a number or between it and its currency: "-5 C", "$-50.8bn", "minus 3"; a dash is no sign."""
    if begin < number.span.start and text[number.span.start - 1] in "-\u2212":
        return begin, -value
    minus = _MINUS.search(text, max(floor, begin - 9), begin)
    if minus is None:
        return begin, value
    if minus["word"]:
        return begin, -value
    bare = number.form in ("digits", "fraction") and not _SENTENCE_REST.match(text, number.span.end)
    if text[begin - 1] in "-\u2212" and number.form in ("digits", "fraction") and (measured or bare):
        return minus.start("sign"), -value
    if text[begin - 1] == "\u2013" and measured and _EN_DASH_MINUS.search(text, max(floor, begin - 3), begin):
        return begin - 1, -value
    return begin, value


def _scaled(
    text: str, number: NumberMention, money: tuple[str, int] | None, limit: int
) -> tuple[NumberMention, units.UnitMention | None]:
    """Decide a short mark by what stands around it: "$5m" and "5m people" are millions, "5 m" a length."""
    end = number.span.end
    if money:
        if number.mark in _INDIAN and money[0] not in _RUPEES:
            number = without_mark(number)
        return with_mark(number), units.unit_after(text, number.span.end, limit, currency=money[0])
    unit = units.unit_after(text, end, limit)
    if not number.mark:
        return number, unit
    if unit is not None and unit.dimension.startswith("money"):
        return with_mark(number), unit
    if number.mark not in ("mm", "l") and _is_scale(text, number, limit):
        return with_mark(number), unit
    number = without_mark(number)
    return number, units.unit_after(text, number.span.end, limit)


def _is_scale(text: str, number: NumberMention, limit: int) -> bool:
    """Whether a short mark is a scale: "35m of its phones", "8 B people", "10M" and "1.2b", but "5 m of cloth"."""
    end = number.span.end
    written = text[end - len(number.mark) : end]
    if number.mark == "b" or (written == "M" and not number.spaced):
        return True
    if written in ("B", "M") or not number.spaced:
        if _OF_PARTS.match(text, end, limit) or _is_sum(text, number, limit):
            return True
        if _NOUN_NEXT.match(text, end, limit):
            word = text[end + 1 : end + 16].split(" ", maxsplit=1)[0].rstrip(",.;")
            return word.endswith("s") or word in ("people", "men", "women", "children")
    return False


def _is_sum(text: str, number: NumberMention, limit: int) -> bool:
    """Whether words of money beside a number make it a sum: "it cost 40m to build", "a 3m prize"."""
    start = number.span.start
    if _LENGTH_AFTER.match(text, number.span.end, limit) or _COVERED.search(text, max(0, start - 20), start):
        return False
    return bool(_SUM_BEFORE.search(text, max(0, start - 60), start) or _SUM_AFTER.match(text, number.span.end, limit))


def _special(text: str, span: Span, name: str, dimension: str, floor: int, limit: int) -> tuple[str, str]:
    """Magnitudes and rates of exchange, whose unit stands in the sentence rather than behind the number."""
    if name in ("count", "degree"):
        if _MAGNITUDE_AFTER.match(text, span.end, limit) or _MAGNITUDE_BEFORE.search(
            text, max(floor, span.start - 36), span.start
        ):
            return "richter", "magnitude"
        rate = _TO_DOLLAR.match(text, span.end, limit)
        if rate is not None:
            near = _CURRENCY_NEAR.search(text, max(floor, span.start - 80), span.start)
            if near is not None:
                against = {"dollar": "USD", "euro": "EUR", "pound": "GBP"}[rate["cur"].lower()]
                pair = f"{_LEX.currency_words[near['cur'].lower()]}/{against}"
                return pair, f"money:{pair}"
    return name, dimension


def _range_figure(
    text: str, first: NumberMention, second: NumberMention, floor: int, limit: int, fresh: int
) -> FigureCandidate | None:
    """Two numbers read as one range: "40 to 50", "between 7 and 9 km", "$3-4bn"."""
    if first.value is None or second.value is None or second.span.start - first.span.end > 30:
        return None
    if exclusions.excluded(text, first, limit) and not _is_money(text, first, fresh, limit):
        return None
    money = units.money_before(text, first.span.start, fresh)
    own = units.unit_after(text, first.span.end, limit, currency=money[0] if money else "")
    begin = money[1] if money else first.span.start
    money_second = units.money_before(text, second.span.start, max(own.end if own else 0, first.span.end))
    gap = ranges.gap_after(text, own, first, limit)
    if gap is None or gap.end() != (money_second[1] if money_second else second.span.start):
        return None
    if not ranges.is_range(text, gap, begin, floor, first, second):
        return None
    second, unit = _scaled(text, second, money_second or money, limit)
    is_money = bool(money or money_second or (unit and unit.dimension.startswith("money")))
    low, high = ranges.shared_scale(ranges.with_mark_as_scale(first, is_money), second)
    named = own is not None and not money
    if not low < high or (named and (unit is None or own is None or own.unit.split("/")[0] != unit.unit.split("/")[0])):
        return None
    return _interval(text, (first, second), (low, high), begin, money, unit, floor, limit)


def _interval(
    text: str,
    ends: tuple[NumberMention, NumberMention],
    values: tuple[Decimal, Decimal],
    begin: int,
    money: tuple[str, int] | None,
    unit: units.UnitMention | None,
    floor: int,
    limit: int,
) -> FigureCandidate:
    """The figure of a range whose two ends and unit are known."""
    first, second = ends
    name, dimension = (unit.unit, unit.dimension) if unit else ("count", "count")
    if money and (unit is None or not unit.dimension.startswith("money")):
        name, dimension = money[0], f"money:{money[0]}"
    if first.form == second.form == "fraction" and name == "count":
        name, dimension = "fraction", "ratio"
    tail = max(unit.end if unit else 0, second.span.end)
    span = Span(begin, max(second.span.end, unit.inside if unit else 0))
    name, dimension = _special(text, Span(first.span.start, second.span.end), name, dimension, floor, limit)
    quantity = Quantity(None, *values, name, dimension, second.step)
    hedge, lead, flags = hedge_of(text, begin, tail, floor, limit, dimension)
    return FigureCandidate(span, quantity, hedge, lead, tail, "range", flags)
