"""The values a figure may mean: its interval, by its hedge, and the precision to which it is written.

Concerns one figure; two of them are compared in ``matching.compare``.
"""

from __future__ import annotations

from decimal import Decimal

from factcheck.text.quantities.units import STATIC_DIMENSIONS, factor
from factcheck.text.values import Hedge, Observation, Quantity

ABOUT_SHARE = Decimal("0.05")
BOUND_SHARE = Decimal("0.1")


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
        return low - abs(low) * ABOUT_SHARE, high + abs(high) * ABOUT_SHARE
    if hedge in (Hedge.NEARLY, Hedge.UP_TO, Hedge.FEWER_THAN):
        return min(low, low - abs(low) * BOUND_SHARE), high
    if hedge in (Hedge.MORE_THAN, Hedge.AT_LEAST):
        return low, high + abs(high) * BOUND_SHARE
    return low, high


def middle_of(observation: Observation) -> Decimal:
    """The number that stands for an observation beside others: of a range its middle, whatever its hedge."""
    low, high = interval(observation.quantity, Hedge.EXACT)
    return (low + high) / 2


def base_interval(observation: Observation) -> tuple[Decimal, Decimal, Decimal]:
    """The interval in base units, and the slack its own precision gives."""
    low, high = interval(observation.quantity, observation.hedge)
    scale = factor(observation.quantity.unit)
    rounding = (
        Decimal(0) if observation.hedge is Hedge.ABOUT else rounding_step(observation.quantity) / 2
    )  # the hedge has it already
    return low * scale, high * scale, rounding * scale


def rounding_step(quantity: Quantity) -> Decimal:
    """To what a measured number is rounded: its zeros at the end are no digits, 22,000 miles are some thousands."""
    if quantity.dimension not in STATIC_DIMENSIONS or not quantity.value:
        return quantity.step
    exponent = quantity.value.normalize().as_tuple().exponent
    return max(quantity.step, Decimal(1).scaleb(exponent)) if isinstance(exponent, int) else quantity.step


def base_amount(quantity: Quantity) -> tuple[str, Decimal, Decimal] | None:
    """A quantity in the base of its dimension, a price per share beside a price; None where it is too long to read."""
    low = quantity.low if quantity.value is None else quantity.value
    high = quantity.high if quantity.value is None else quantity.value
    if low is None or high is None:
        return None
    scale = factor(quantity.unit)
    return quantity.dimension.partition("/")[0], (low * scale).normalize(), (high * scale).normalize()
