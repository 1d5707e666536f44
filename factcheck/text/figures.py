"""Numbers become quantities: ranges joined, units and currencies read, hedges named.

Here lives everything that stands directly beside a number. What is counted lives in ``counted``, what is
no figure at all in ``exclusions``, for what day it holds in ``asof``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from factcheck.text import exclusions, units
from factcheck.text.lexicon import load
from factcheck.text.numbers import NumberMention, alternatives, find, with_mark, without_mark
from factcheck.text.patterns import Pattern
from factcheck.text.values import Hedge, Quantity, Span

_LEX = load()
MOST = 80
_GAP = Pattern(
    r"(?P<dash>\s?[-\u2010-\u2015]\s?)|\s(?P<word>to|or|and|through|till|until)\s(?:about\s|around\s"
    r"|as\smany\sas\s|roughly\s)?|\s?(?P<tilde>~)\s?"
)
_BETWEEN = Pattern(r"(?i:\bbetween\s(?:about\s|an\sestimated\s)?)$")
_FROM = Pattern(r"(?i:\bfrom\s(?:about\s|around\s|some\s|nearly\s|just\s|over\s|more than\s)?)$")
_CHANGE = Pattern(rf"(?i:\b(?:{alternatives((_LEX.change_up | _LEX.change_down) - {'up', 'down', 'off'})})\b)")
_PRECEDES = alternatives(_LEX.hedges_before)
_FILLER = alternatives(_LEX.hedge_fillers)
_HEDGE = Pattern(rf"(?i:(?<![\w'\u2019])(?P<hedge>{_PRECEDES})(?P<fill>(?:\s(?:{_FILLER})){{0,2}})\s?)$")
_AFTERWORDS = alternatives(k for k in _LEX.hedges_after if k[0].isalpha() and k != "plus")
_FOLLOWS = Pattern(
    rf"(?i:(?P<plus>\s?\+(?!\w)|\splus\b(?!\s[\w$£€]))|-odd\b"
    rf"|(?:\s[\w-]+){{0,2}}?,?\s(?P<after>{_AFTERWORDS}"
    rf")(?!\w))"
)
_RISEN = Pattern(
    r"(?i:\b(?:hit|hits|total|toll|now|rises?|rose|risen|rising|goes|going|went|gone|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?"
    r"|edg(?:ed|ing)|inched|crept|ticked|shot|moved|grew|grown|stepped)\s(?:\w+\s)?$"
    r"|\b(?:brings?|bringing|brought|push(?:es|ed|ing)|drove|driven|driving|took|takes|taking)\s(?:[\w'\u2019-]+\s){0,8}$)"
)
_ONLY_SELF = frozenset(
    ["over", "under", "around", "below", "above", "beyond", "near", "topping", "exceeding", "minimum", "maximum"]
)
_MAGNITUDE_AFTER = Pattern(
    r"(?i:[- ](?:point\s)?(?:magnitude|on\s(?:the\s)?(?:\w+\s)?richter|earthquake\sof\smagnitude))"
)
_MAGNITUDE_BEFORE = Pattern(r"(?i:\b(?:magnitude|richter)\s(?:scale\s)?(?:\w+\s){0,3}$)")
_TO_DOLLAR = Pattern(
    r"(?i:\s(?:to|per|against|for)\s(?:the|one|a|every)\s(?:us\s|u\.s\.\s)?(?P<cur>dollar|euro"
    r"|pound)\b)"
)
_CURRENCY_NEAR = Pattern(rf"(?i:\b(?P<cur>{alternatives(_LEX.currency_words)})\b)")
_MINUS = Pattern(r"(?:^|[\s(\u201c\"])(?P<sign>[-\u2212])$|(?i:\b(?P<word>minus|negative)\s)$")
_DIRECTION = Pattern(
    rf"(?i:\b(?P<word>{alternatives(_LEX.change_up | _LEX.change_down)})\s(?:\w+\s)?(?:(?:by|of"
    rf"|another|an?|additional|as much as|more than|about|around|nearly|almost|at least|up to|only"
    rf"|just|some|further)\s){{0,3}})$"
)
_PLUS = Pattern(r"-plus\b|\+(?![\w])")
_FROM_ONLY = Pattern(r"(?i:,?\s(?:(?:up|down)\s)?from\s)")
_NOUN_NEXT = Pattern(r"\s[a-z]{3,}s?\b")


@dataclass(frozen=True, slots=True)
class RawFigure:
    """A quantity with its hedge; ``lead`` is where its hedge begins, ``tail`` where its unit ends."""

    span: Span
    quantity: Quantity
    hedge: Hedge
    lead: int
    tail: int
    form: str
    flags: tuple[str, ...] = ()


def find_figures(
    text: str, start: int, end: int, dates: list[Span], others: tuple[tuple[int, int], ...] = ()
) -> list[RawFigure]:
    """The quantities of one sentence, without the numbers that are dates or no figures at all.

    >>> text = "Nearly 300 homes and $4.5m"
    >>> [(str(f.quantity.value), f.quantity.unit, f.hedge.value) for f in find_figures(text, 0, 26, [])]
    [('300', 'count', 'nearly'), ('4500000', 'USD', 'exact')]
    """
    numbers = find(text, start, end)[:MOST]  # more is a dump of data, not prose
    if not numbers:
        return []
    closed = [(d.start, d.end) for d in dates] + exclusions.link_spans(text, start, end) + list(others)
    open_numbers = _outside(numbers, closed)
    out: list[RawFigure] = []
    i = 0
    while i < len(open_numbers):
        figure = None
        if i + 1 < len(open_numbers):
            figure = _range(text, open_numbers[i], open_numbers[i + 1], start, end)
        if figure is not None:
            out.append(figure)
            i += 2
            continue
        number = open_numbers[i]
        i += 1
        if number.value is None:
            out.append(_unreadable(number))
            continue
        if not exclusions.excluded(text, number, end):
            figure = _single(text, number, start, end)
            out.append(_same_unit(text, out[-1], figure) if out else figure)
    return out


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


def _same_unit(text: str, first: RawFigure, second: RawFigure) -> RawFigure:
    """ "to 9 dollars a share from 7 dollars": the second price is meant per share too."""
    base, slash, _ = first.quantity.unit.partition("/")
    if slash and second.quantity.unit == base and _FROM_ONLY.fullmatch(text, first.tail, second.lead):
        quantity = replace(second.quantity, unit=first.quantity.unit, dimension=first.quantity.dimension)
        return replace(second, quantity=quantity)
    return second


def _unreadable(number: NumberMention) -> RawFigure:
    quantity = Quantity(None, as_written=number.as_written)
    return RawFigure(number.span, quantity, Hedge.EXACT, number.span.start, number.span.end, "digits", ("too_long",))


def _single(text: str, number: NumberMention, floor: int, limit: int) -> RawFigure:
    money = units.money_before(text, number.span.start, floor)
    number, unit = _scaled(text, number, money, limit)
    plus = _PLUS.match(text, number.span.end, limit)
    if plus is not None and unit is None:
        unit = units.after(text, plus.end(), limit)
    begin, value = (money[1] if money else number.span.start), number.value or Decimal(0)
    minus = _MINUS.search(text, max(floor, begin - 9), begin)
    if minus is not None and (minus["word"] or (unit is not None and number.form == "digits")):
        value, begin = -value, minus.start("sign") if minus["sign"] else begin
    name, dimension = (unit.unit, unit.dimension) if unit else ("count", "count")
    if number.form == "fraction" and name == "count":
        name, dimension = "fraction", "ratio"
    name, dimension = _special(text, number.span, name, dimension, floor, limit)
    tail = unit.end if unit else number.span.end
    inside = max(number.span.end, unit.inside if unit and plus is None else 0)
    quantity = Quantity(value, unit=name, dimension=dimension, step=number.step)
    hedge, lead, flags = _hedge(text, begin, tail, floor, limit, dimension)
    if plus is not None and hedge is Hedge.EXACT:
        hedge, tail = Hedge.AT_LEAST, max(tail, plus.end())
    return RawFigure(Span(begin, inside), quantity, hedge, lead, tail, number.form, flags)


def _scaled(
    text: str, number: NumberMention, money: tuple[str, int] | None, limit: int
) -> tuple[NumberMention, units.UnitMention | None]:
    """Decide a short mark by what stands around it: "$5m" and "5m people" are millions, "5 m" a length."""
    end = number.span.end
    if money:
        return with_mark(number), units.after(text, end, limit, currency=money[0])
    unit = units.after(text, end, limit)
    if not number.mark:
        return number, unit
    if unit is not None and unit.dimension.startswith("money"):
        return with_mark(number), unit
    attached = text[end - len(number.mark) - 1].isdigit()
    if attached and number.mark != "mm" and _NOUN_NEXT.match(text, end, limit):
        word = text[end + 1 : end + 12].split(" ", maxsplit=1)[0].rstrip(",.;")
        if word.endswith("s") or word in ("people", "men", "women", "children"):
            return with_mark(number), unit
    number = without_mark(number)
    return number, units.after(text, number.span.end, limit)


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


def _range(text: str, first: NumberMention, second: NumberMention, floor: int, limit: int) -> RawFigure | None:
    """Two numbers read as one range: "40 to 50", "between 7 and 9 km", "$3-4bn"."""
    if first.value is None or second.value is None or second.span.start - first.span.end > 30:
        return None
    if exclusions.excluded(text, first, limit):
        return None
    money = units.money_before(text, first.span.start, floor)
    own = units.after(text, first.span.end, limit, currency=money[0] if money else "")
    own_end = own.end if own else first.span.end
    begin = money[1] if money else first.span.start
    money_second = units.money_before(text, second.span.start, max(own_end, first.span.end))
    gap = _GAP.match(text, own_end, limit)
    if gap is None and own is not None:
        gap = _GAP.match(text, first.span.end, limit)
    if gap is None or gap.end() != (money_second[1] if money_second else second.span.start):
        return None
    if not _range_word(text, gap, begin, floor, first, second):
        return None
    second, unit = _scaled(text, second, money_second or (money if money else None), limit)
    first = (
        with_mark(first)
        if (money or money_second or (unit and unit.dimension.startswith("money")))
        else without_mark(first)
    )
    low, high = _shared_scale(first, second)
    if not low < high:
        return None
    if own is not None and unit is not None and own.unit != unit.unit and own.dimension != unit.dimension:
        return None
    unit = unit or own
    name, dimension = (unit.unit, unit.dimension) if unit else ("count", "count")
    if money and (unit is None or not unit.dimension.startswith("money")):
        name, dimension = money[0], f"money:{money[0]}"
    if first.form == second.form == "fraction" and name == "count":
        name, dimension = "fraction", "ratio"
    tail = max(unit.end if unit else 0, second.span.end)
    inside = max(second.span.end, unit.inside if unit else 0)
    span = Span(begin, inside)
    name, dimension = _special(text, Span(first.span.start, second.span.end), name, dimension, floor, limit)
    quantity = Quantity(None, low, high, name, dimension, second.step)
    hedge, lead, flags = _hedge(text, begin, tail, floor, limit, dimension)
    return RawFigure(span, quantity, hedge, lead, tail, "range", flags)


def _range_word(
    text: str, gap: re.Match[str], begin: int, floor: int, first: NumberMention, second: NumberMention
) -> bool:
    before = text[max(floor, begin - 24) : begin]
    if gap["word"] == "and":
        return bool(_BETWEEN.search(before))
    if gap["word"] == "or":
        return (
            first.form == second.form
            and first.value is not None
            and second.value is not None
            and second.value <= first.value * 3 + 5
        )
    if gap["word"] and _FROM.search(before):
        return not _CHANGE.search(text, max(floor, begin - 70), begin)
    if gap["dash"]:
        return first.form in (second.form, "digits")
    return gap["word"] in ("to", None)


def _shared_scale(first: NumberMention, second: NumberMention) -> tuple[Decimal, Decimal]:
    """ "3-4bn", "two to three million": the scale of the second number holds for the first."""
    low, high = first.value or Decimal(0), second.value or Decimal(0)
    scale = second.step if second.form == "words" else (high / second.raw if second.raw else Decimal(1))
    scaled_first = first.step >= 12 if first.form == "words" else bool(first.raw) and first.raw != low
    if scale >= 12 and not scaled_first and low < 1000 and low * scale < high:
        low *= scale
    return low, high


def _hedge(
    text: str, begin: int, tail: int, floor: int, limit: int, dimension: str
) -> tuple[Hedge, int, tuple[str, ...]]:
    """The hedge before or after a number, and where the whole expression begins."""
    window = max(floor, begin - 44)
    flags: tuple[str, ...] = ()
    direction = _DIRECTION.search(text, max(floor, begin - 60), begin)
    if direction is not None:
        flags = ("up",) if direction["word"].lower() in _LEX.change_up else ("down",)
    match = _HEDGE.search(text, window, begin)
    if match is not None:
        phrase, filler = match["hedge"].lower(), match["fill"].strip().lower()
        hedge = Hedge(_LEX.hedges_before[phrase])
        risen = phrase in ("up to", "over", "under") and _RISEN.search(
            text, max(floor, match.start() - 70), match.start()
        )
        bare_near = phrase == "near" and dimension in ("count", "length")
        strict = phrase in _ONLY_SELF and filler not in ("", "a", "an", "another", "additional", "an additional")
        if not (risen or bare_near or strict):
            return hedge, match.start(), flags
    after = _FOLLOWS.match(text, tail, min(limit, tail + 50))
    if after is not None:
        phrase = (after["after"] or ("plus" if after["plus"] else "-odd")).lower()
        skipped = (after.start("after") - tail) > 1 if after["after"] else False
        if not skipped or phrase.startswith(("or ", "and ")):
            return Hedge(_LEX.hedges_after[phrase]), begin, flags
    return Hedge.EXACT, begin, flags
