"""Observations: what one text says of a measure, without the text, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from factcheck.text.values import FigureMention, Observation


def direction_of(flags: Iterable[str]) -> str:
    """ "up" or "down" where the flags of a figure say that it is the size of a change.

    >>> direction_of(("vague", "down")), direction_of(())
    ('down', '')
    """
    return next((flag for flag in flags if flag in ("up", "down")), "")


def observation_of(figure: FigureMention, published: datetime | None = None) -> Observation:
    """The observation of a figure: what it says of its measure, without its text.

    ``published``: when the text was printed, where the hour of that is known.
    """
    says = figure.attribution.party if figure.attribution else ""
    return Observation(
        figure.measure,
        figure.quantity,
        figure.hedge,
        figure.modality,
        figure.as_of,
        says,
        figure.counted,
        direction_of(figure.flags),
        published,
    )
