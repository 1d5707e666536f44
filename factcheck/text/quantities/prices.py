"""Prices that leave out what they are for: "raised its bid to 45 dollars from 40 dollars a share".

A text that says "a share" or "a barrel" once means it of its other prices of that size too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from factcheck.text.patterns import Pattern
from factcheck.text.quantities.figures import FigureCandidate
from factcheck.text.values import Quantity, Span

_EACH = Pattern(r"\s(?:each|apiece)\b")
_SHARES = Pattern(r"(?i:\bshares?\b|\bstock\b)")
_BIDS = Pattern(r"(?i:\b(?:offer\w*|bids?|tender\w*|shares?|stock|barrel|crude|brent|per-share)\b)")
_LARGEST = Decimal(10_000)
_FAR = Decimal("2.5")


def with_prices(text: str, figures: list[FigureCandidate]) -> dict[Span, FigureCandidate]:
    """Every figure of a text by its span, a bare price made one per share or barrel where the text says so of another.

    >>> from factcheck.text.quantities import find_figures
    >>> t = "It bid 40 dollars a share and then raised that to 45 dollars."
    >>> [f.quantity.unit for f in with_prices(t, find_figures(t, 0, len(t), [])).values()]
    ['USD/share', 'USD/share']
    """
    figures = [_each(text, figure) for figure in figures]
    known: dict[str, set[tuple[str, Decimal]]] = defaultdict(set)
    for figure in figures:
        currency, slash, per = figure.quantity.unit.partition("/")
        if slash and figure.quantity.value and figure.quantity.dimension.startswith("money"):
            known[currency].add((per, figure.quantity.value))
    return {figure.span: _priced(text, figure, known.get(figure.quantity.unit, ())) for figure in figures}


def _is_bare_price(quantity: Quantity) -> bool:
    value = quantity.value
    bare = quantity.dimension == f"money:{quantity.unit}" and "/" not in quantity.unit
    return value is not None and 0 < value < _LARGEST and quantity.step <= 1 and bare


def _each(text: str, figure: FigureCandidate) -> FigureCandidate:
    """ "at 90 dollars each", where the sentence speaks of shares."""
    if not _is_bare_price(figure.quantity) or not _EACH.match(text, figure.tail):
        return figure
    return _with_price_unit(figure, "share") if _SHARES.search(text, max(0, figure.lead - 160), figure.lead) else figure


def _priced(text: str, figure: FigureCandidate, known: Iterable[tuple[str, Decimal]]) -> FigureCandidate:
    value = figure.quantity.value
    if value is None or not known or not _is_bare_price(figure.quantity):
        return figure
    if not _BIDS.search(text, max(0, figure.lead - 90), min(len(text), figure.tail + 30)):
        return figure
    near = {per for per, price in known if price / _FAR < value < price * _FAR}
    return _with_price_unit(figure, near.pop()) if len(near) == 1 else figure


def _with_price_unit(figure: FigureCandidate, per: str) -> FigureCandidate:
    unit = f"{figure.quantity.unit}/{per}"
    return replace(figure, quantity=replace(figure.quantity, unit=unit, dimension=f"money:{unit}"))
