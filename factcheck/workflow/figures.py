"""The as-of date of a figure, confirmed or stated by a person who may sign off its claim.

The machine reads the as-of from the copy; no later reading overwrites what a person stated.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Actor
from factcheck.errors import Invalid, WrongState
from factcheck.models import Figure
from factcheck.states import DocumentState, FigureState
from factcheck.text import AnchorState, Basis

from .arrivals import EARLIEST
from .claims import request_document_crosschecks
from .matching import date_profile
from .transitions import change, check_permission, log


def confirm_as_of(figure: Figure, *, by: Actor, version: int | None = None) -> None:
    """Say that a figure which the copy gives as current holds today, too; it is fresh again from now on.

    Raises:
        NotAllowed: the person may not sign off its claim.
        WrongState: the copy dates it, so that it is not given as current; or it is dismissed or gone from the text.
    """
    check_permission(by, figure, "confirm_as_of")
    if figure.as_of_basis != Basis.PUBLICATION:
        raise WrongState("The copy says of which day this is; it is not given as current.", state=figure.as_of_basis)
    today = timezone.now().astimezone(ZoneInfo(figure.document.zone)).date()
    date_figure(figure, today, Basis.PUBLICATION, "confirm_as_of", by=by, version=version)


def state_as_of(figure: Figure, day: date, *, by: Actor, version: int | None = None) -> None:
    """Say of which day a figure is, where the copy tells it and the machine did not see it.

    Raises:
        NotAllowed: the person may not sign off its claim.
        Invalid: the day has not come yet, or is before the year 1400.
        WrongState: it is dismissed or gone from the text.
    """
    check_permission(by, figure, "state_as_of")
    if day > timezone.now().astimezone(ZoneInfo(figure.document.zone)).date():
        raise Invalid("That day has not come yet.", code="date_in_future")
    if datetime.combine(day, time(), UTC) < EARLIEST:
        raise Invalid("That day is before the year 1400.", code="date_too_early")
    date_figure(figure, day, Basis.STATED, "state_as_of", by=by, version=version)


def date_figure(figure: Figure, day: date, basis: Basis, action: str, *, by: Actor, version: int | None) -> None:
    """Write down a day as that of a figure, on the clock of its document, and compare what rests on it."""
    gone = figure.state == FigureState.DISMISSED or figure.anchor_state == AnchorState.ORPHANED
    if gone or figure.document.state == DocumentState.WITHDRAWN:
        raise WrongState("The figure takes part in no comparison.", state=figure.state)
    start = datetime.combine(day, time(), ZoneInfo(figure.document.zone))
    with transaction.atomic():
        change(
            figure,
            version=version,
            as_of_start=start,
            as_of_end=start + timedelta(days=1),
            as_of_granularity="day",
            as_of_basis=basis,
            as_of_said="",
            dated_by=by,
        )
        log(figure, action, by=by, facts={"day": day.isoformat()})
        date_profile(figure)
        request_document_crosschecks([figure])
