"""The statements of one measure as they are drawn over time: who says which number as of which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from factcheck.models import Figure
from factcheck.text import Hedge, Modality, convert, interval
from factcheck.workflow.matching import quantity_of

from .parts import Chart, ChartStatement

MOST_DRAWN = 60
"""More statements would lie on each other; the table beside a chart has all of them."""
AT_MOST = (Hedge.NEARLY, Hedge.UP_TO, Hedge.FEWER_THAN)
AT_LEAST = (Hedge.MORE_THAN, Hedge.AT_LEAST)
Told = tuple[str, Figure, bool]
"""Who says it, the first figure that carries it, and whether it is in an open dispute."""


def chart_of(title: str, statements: Sequence[Told]) -> Chart | None:
    """The chart of some statements of one measure, in the unit that most of them use; disputed ones are kept first.

    None where there are not two of them to be compared: a single number needs no picture.
    """
    if not statements:
        return None
    unit = Counter(figure.unit for _, figure, _ in statements).most_common(1)[0][0]
    drawn = [row for told in statements if (row := chart_statement(told, unit)) is not None]
    if len(drawn) < 2:
        return None
    kept = sorted(range(len(drawn)), key=lambda at: not drawn[at].disputed)[:MOST_DRAWN]
    return Chart(title, unit, tuple(drawn[at] for at in sorted(kept)), len(statements) - len(kept))


def chart_statement(told: Told, unit: str) -> ChartStatement | None:
    """One statement in the unit of the chart; None where it has no number, or one that does not convert."""
    says, figure, disputed = told
    hedge = Hedge(figure.hedge)
    low, high = interval(quantity_of(figure), Hedge.ABOUT if hedge is Hedge.ABOUT else Hedge.EXACT)
    bounds = [convert(bound, figure.unit, unit) if bound.is_finite() else None for bound in (low, high)]
    if None in bounds:
        return None
    least, most = (float(bound or Decimal(0)) for bound in bounds)
    words = figure.surface if hedge is Hedge.EXACT else f"{hedge.replace('_', ' ')} {figure.surface}"
    return ChartStatement(
        says=says,
        words=words if figure.modality == Modality.REPORTED else f"{words}, {figure.modality}",
        day=figure.as_of_start.astimezone(ZoneInfo(figure.document.zone)).date().isoformat()
        if figure.as_of_start
        else "",
        low=None if hedge in AT_MOST else least,
        high=None if hedge in AT_LEAST else most,
        disputed=disputed,
        modality=figure.modality,
    )
