"""Arithmetic inside one text: conversions in brackets, changes, shares, parts and sums.

Figures of different texts are compared in ``compare``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from factcheck.text.matching.comparison_sentences import unit_in_words
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import convert
from factcheck.text.values import FigureMention, Finding, FindingKind, Hedge

MOST_PARTS = 12
_ROUNDED = Decimal("0.03")
_HEDGED = Decimal("0.08")
_OPENS = Pattern(
    r"\s?\((?:or\s|about\s|some\s|around\s|equal\sto\s|i\.e\.,?\s|nearly\s|roughly\s)?|,?\s(?:or|that\sis),?\s(?:about\s)?"
)
_OF = Pattern(r"\s(?:[\w-]+\s){0,2}?(?:of|out\sof)\s(?:the|its|their|all|a\stotal\sof)\s(?:[\w-]+\s){0,2}$")
_OR_SHARE = Pattern(r",?\s(?:or|\()\s?(?:about\s|nearly\s|just\sover\s|some\s|roughly\s|more\sthan\s)?$")
_TO = Pattern(r"(?i:\bto\s(?:an?\s)?$)")
_FROM = Pattern(r"(?i:\bfrom\s(?:an?\s)?$)")
_TOTAL_BEFORE = Pattern(
    r"(?i:\b(?:(?:a|the)\s(?:combined\s)?total\s(?:of|to|is|was)|altogether|in\sall,?|in\stotal,?|bringing\sthe\s(?:\w+\s){0,3}to"
    r"|makes|making|adding\sup\sto|adds\sup\sto|sum\sof)\s$)"
)
_TOTAL_BEHIND = Pattern(r"(?i:\s(?:[\w-]+\s){0,3}?(?:in\stotal|in\sall|altogether|combined|overall)\b)")
_BREAK = Pattern(r"\n\s*")
_LIST_GAP = Pattern(r"[^.;:!?()\u201c\u201d]{0,60}")


def check_arithmetic(text: str, figures: Sequence[FigureMention]) -> tuple[Finding, ...]:
    """Every relation between figures of one text that can be recomputed, and whether it holds.

    >>> from factcheck.text import read
    >>> t = "Six sailors and two cooks died, eight people in all. The boat lay 80 km (70 miles) off Ost."
    >>> [(f.kind.value, f.holds) for f in read(t).findings]
    [('sum', True), ('conversion', False)]
    """
    found = [*_neighbour_findings(text, figures), *_change_findings(text, figures), *_sum_findings(text, figures)]
    return tuple(sorted(found, key=lambda f: (f.figures, f.kind)))


def _value(figure: FigureMention) -> Decimal | None:
    """The value of a figure that can be reckoned with."""
    return figure.quantity.value


def _nearly_equal(one: Decimal, two: Decimal, *figures: FigureMention) -> bool:
    """Whether two numbers are one as far as news rounds: 3 percent, 8 where one is hedged, half a last digit."""
    hedged = any(f.hedge is not Hedge.EXACT for f in figures)
    slack = max(abs(one), abs(two)) * (_HEDGED if hedged else _ROUNDED)
    return abs(one - two) <= max(slack, figures[-1].quantity.step / 2)


def _shown(value: Decimal) -> str:
    rounded = value.quantize(Decimal(1)) if abs(value) >= 100 else value.quantize(Decimal("0.1"))
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _neighbour_findings(text: str, figures: Sequence[FigureMention]) -> Iterator[Finding]:
    """Conversions, parts and shares, from figures beside each other."""
    for index, (first, second) in enumerate(pairwise(figures)):
        if second.sentence != first.sentence or second.span.start - first.span.end > 90:
            continue
        conversion = _conversion_finding(text, index, first, second)
        if conversion is not None:
            yield conversion
            continue
        a, b = _value(first), _value(second)
        same = first.quantity.dimension == second.quantity.dimension
        if a is None or b is None or not same or not _OF.fullmatch(text, first.span.end, second.span.start):
            continue
        if first.quantity.dimension == "count" or first.quantity.dimension.startswith("money"):
            yield Finding(
                FindingKind.PART,
                a <= b,
                (index, index + 1),
                f"{_shown(a)} of {_shown(b)}: " + ("a part of it" if a <= b else "the part is larger than the whole"),
            )
            if index + 2 < len(figures) and figures[index + 2].sentence == first.sentence and b:
                yield from _share_finding(text, index, first, second, figures[index + 2])


def _conversion_finding(text: str, index: int, first: FigureMention, second: FigureMention) -> Finding | None:
    a, b = _value(first), _value(second)
    one, two = first.quantity, second.quantity
    if a is None or b is None or one.unit == two.unit or "count" in (one.unit, two.unit):
        return None
    if (
        text[first.span.end : second.span.start].count("(") != 1
        and " or " not in text[first.span.end : second.span.start]
    ):
        return None
    converted = convert(a, one.unit, two.unit)
    if converted is None or not _OPENS.search(text, first.span.end, second.span.start):
        return None
    holds = _nearly_equal(converted, b, first, second)
    unit = unit_in_words(two.unit, converted)
    outcome = "as written" if holds else f"not {_shown(b)}"
    return Finding(
        FindingKind.CONVERSION,
        holds,
        (index, index + 1),
        f"{_shown(a)} {unit_in_words(one.unit, a)} is {_shown(converted)} {unit}, {outcome}",
    )


def _share_finding(
    text: str, index: int, part: FigureMention, whole: FigureMention, share: FigureMention
) -> Iterator[Finding]:
    """ "12 of the 40 boats, or 30 percent": the share can be recomputed."""
    a, b, c = _value(part), _value(whole), _value(share)
    if a is None or not b or c is None or share.quantity.unit not in ("percent", "fraction"):
        return
    if share.span.start - whole.span.end > 50 or not _OR_SHARE.search(text, whole.span.end, share.span.start):
        return
    per = a / b * 100
    given = c if share.quantity.unit == "percent" else c * 100
    holds = abs(per - given) <= max(Decimal(1), share.quantity.step) or _nearly_equal(per, given, share)
    outcome = "as written" if holds else f"not {_shown(given)}"
    yield Finding(
        FindingKind.SHARE,
        holds,
        (index, index + 1, index + 2),
        f"{_shown(a)} of {_shown(b)} is {_shown(per)} percent, {outcome}",
    )


def _change_findings(text: str, figures: Sequence[FigureMention]) -> Iterator[Finding]:
    """ "rose by 3 to 41 from 38", "fell 10 percent to 90 from 100": the change can be recomputed."""
    rows: dict[int, dict[str, int]] = {}
    for index, figure in enumerate(figures):
        start = figure.span.start
        floor = max(figure.sentence.start, start - 12)
        row = rows.setdefault(figure.sentence.start, {})
        if _TO.search(text, floor, start):
            row.setdefault("to", index)
        elif figure.flags and figure.flags[0] in ("up", "down"):
            row.setdefault("by", index)
        elif _FROM.search(text, floor, start):
            row.setdefault("from", index)
    for row in rows.values():
        if len(row) == 3 and max(row.values()) - min(row.values()) == 2:
            finding = _change_finding(figures, row)
            if finding is not None:
                yield finding


def _change_finding(figures: Sequence[FigureMention], row: dict[str, int]) -> Finding | None:
    by, to, old = (figures[row[name]] for name in ("by", "to", "from"))
    a, b, c = _value(by), _value(to), _value(old)
    if a is None or b is None or c is None or to.quantity.dimension != old.quantity.dimension:
        return None
    sign = 1 if by.flags[0] == "up" else -1
    if by.quantity.unit == "percent" and to.quantity.unit != "percent":
        expected = c * (1 + sign * a / 100)
        outcome = f"{_shown(c)} {'and' if sign > 0 else 'less'} {_shown(a)} percent is {_shown(expected)}"
    elif by.quantity.dimension in (to.quantity.dimension, "points"):
        expected = c + sign * a
        outcome = f"{_shown(c)} {'+' if sign > 0 else '-'} {_shown(a)} = {_shown(expected)}"
    else:
        return None
    holds = _nearly_equal(expected, b, by, to)
    order = tuple(sorted(row.values()))
    return Finding(FindingKind.CHANGE, holds, order, outcome + (", as written" if holds else f", not {_shown(b)}"))


def _sum_findings(text: str, figures: Sequence[FigureMention]) -> Iterator[Finding]:
    """ "six firefighters and two residents … eight people": a total with the parts named before or behind it."""
    for at, total in enumerate(figures):
        value = _value(total)
        if (
            value is None
            or value <= 1
            or (total.quantity.dimension not in ("count",) and "money" not in total.quantity.dimension)
        ):
            continue
        sure = bool(
            _TOTAL_BEFORE.search(text, max(total.sentence.start, total.span.start - 44), total.span.start)
            or _TOTAL_BEHIND.match(text, total.span.end, total.sentence.end)
        )
        for first, last in _lists(text, figures, at):
            parts = [f.quantity.value or Decimal(0) for f in figures[first:last]]
            holds = sum(parts) == value
            if holds or (sure and _stands_beside_total(figures, at, first, last)):
                shown = " + ".join(_shown(p) for p in parts)
                outcome = "the total given" if holds else f"not {_shown(value)}"
                order = tuple(sorted({*range(first, last), at}))
                yield Finding(FindingKind.SUM, holds, order, f"{shown} = {_shown(sum(parts, Decimal(0)))}, {outcome}")
                break


def _stands_beside_total(figures: Sequence[FigureMention], at: int, first: int, last: int) -> bool:
    """Whether a list stands in the sentence of its total, next to it."""
    return figures[first].sentence == figures[at].sentence and (last == at or first == at + 1)


def _lists(text: str, figures: Sequence[FigureMention], at: int) -> Iterator[tuple[int, int]]:
    """Runs of two or more figures of one kind near a total, longest first, within a paragraph and the next."""
    total = figures[at]
    low, high = max(0, at - MOST_PARTS), min(len(figures), at + MOST_PARTS + 1)
    runs: list[tuple[int, int]] = []
    start = low
    for index in range(low, high + 1):
        joined = (
            index > start
            and index < high
            and index != at
            and _stand_in_one_list(text, figures[index - 1], figures[index])
        )
        if index == start or joined:
            if index < high and (index == at or not _is_part(figures[index], total)):
                start = index + 1
            continue
        if index - start >= 2:
            runs.append((start, index))
        start = index if index < high and index != at and _is_part(figures[index], total) else index + 1
    near = [run for run in runs if _paragraph_breaks(text, figures, run, at) <= 1]
    yield from sorted(near, key=lambda run: (run[0] - run[1], abs(run[0] - at)))


def _is_part(figure: FigureMention, total: FigureMention) -> bool:
    value, whole = figure.quantity.value, total.quantity.value
    same = figure.quantity.unit == total.quantity.unit and figure.quantity.dimension == total.quantity.dimension
    return same and value is not None and whole is not None and 0 < value < whole and figure.hedge is Hedge.EXACT


def _stand_in_one_list(text: str, first: FigureMention, second: FigureMention) -> bool:
    """Whether two figures stand in one list: "six firefighters and two residents"."""
    gap = text[first.span.end : second.span.start]
    return (
        first.sentence == second.sentence
        and (" and " in gap or "," in gap)
        and first.noun != second.noun
        and bool(_LIST_GAP.fullmatch(gap))
    )


def _paragraph_breaks(text: str, figures: Sequence[FigureMention], run: tuple[int, int], at: int) -> int:
    """How many paragraph breaks lie between a list and its total."""
    begin, end = figures[run[0]].span.start, figures[run[1] - 1].span.end
    here = figures[at].span
    return len(_BREAK.findall(text[end : here.start] if here.start >= end else text[here.end : begin]))
