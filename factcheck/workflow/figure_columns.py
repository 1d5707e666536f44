"""A figure as the engine read it, as values for the columns of ``Figure`` and ``Measure``. Writes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from factcheck.text import FigureMention, MeasureKey

LARGEST = Decimal(10) ** 15
TENTH_PLACE = Decimal(1).scaleb(-10)


def number_columns(row: FigureMention) -> dict[str, Any]:
    """The numeric columns; a number too long or too large is kept as written only."""
    quantity = row.quantity
    stored = [storable_number(number) for number in (quantity.value, quantity.low, quantity.high)]
    if quantity.value is None and stored[1] is not None and stored[2] is not None:
        stored[1:] = sorted([stored[1], stored[2]])
    whole = stored[0] is not None or (stored[1] is not None and stored[2] is not None)
    value, low, high = stored if whole else (None, None, None)
    if value is not None:
        low = high = None
    return {
        "value": value,
        "low": low,
        "high": high,
        "unit": quantity.unit[:40],
        "dimension": quantity.dimension[:40],
        "step": storable_number(quantity.step) or Decimal(1),
        "as_written": quantity.as_written or ("" if whole else "number"),
    }


def storable_number(number: Decimal | None) -> Decimal | None:
    """A number as both databases keep it exactly: 15 digits at most, rounded at the tenth after the point."""
    if number is None or not number.is_finite() or abs(number) >= LARGEST:
        return None
    rounded = number.quantize(TENTH_PLACE)
    lost = bool(number) and not rounded
    return None if lost or len(rounded.normalize().as_tuple().digits) > 15 else rounded


def measure_key_column(key: MeasureKey) -> str:
    """A measure's key as its column holds it, unique in a topic; what it says is in the parts."""
    return str(key)[:300]


def as_of_columns(row: FigureMention) -> dict[str, Any]:
    period = row.as_of
    if period is None:
        return {}
    return {
        "as_of_start": period.start,
        "as_of_end": period.end,
        "as_of_granularity": period.granularity,
        "as_of_basis": period.basis,
        "as_of_said": period.expression[:200],
    }


NO_AS_OF: dict[str, Any] = {
    "as_of_start": None,
    "as_of_end": None,
    "as_of_granularity": "",
    "as_of_basis": "",
    "as_of_said": "",
}
"""A figure of no known day."""
