"""What a person says of the reading of a figure: the day it is of, and what the machine misread.

No later reading overwrites it, as long as the words stand.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Actor, Machine, Person
from factcheck.errors import Invalid, WrongState
from factcheck.models import Attribution, Figure, Source, Topic
from factcheck.states import ClaimState, DocumentState, FigureState
from factcheck.text import AnchorState, Basis, Hedge, Modality, dimension_of, known_units

from .arrivals import EARLIEST
from .claims import request_document_crosschecks, void_sign_offs_of_figures
from .decided import json_value
from .figure_columns import storable_number
from .grouping import group_document
from .locks import lock_claims_of
from .matching import NUMBER_PARTS, profiles_by_figure, says_of, update_profile
from .measures import refuse_authors, request_measure_crosschecks
from .transitions import change, check_permission, log, move, require_note

NUMBERS = ("value", "low", "high")
PARTS = (*NUMBERS, "unit", "hedge", "modality", "counted", "place", "says")
"""What a person may correct in the reading of a figure; ``says`` is to whom the copy attributes it."""
WORDS = ("counted", "place", "says")
SIGNED_PARTS = NUMBER_PARTS | {"modality", "says"}
"""Where one of these changes, a sign-off rested on something else."""
THING = re.compile(r"[a-z]+(?: [a-z]+)?")
"""What a price is for: a share, a barrel."""


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
    require_compared(figure)
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
        update_profile(figure)
        request_document_crosschecks([figure])


def require_compared(figure: Figure) -> None:
    """Raises WrongState where a figure takes part in no comparison."""
    gone = figure.state == FigureState.DISMISSED or figure.anchor_state == AnchorState.ORPHANED
    if gone or figure.document.state == DocumentState.WITHDRAWN:
        raise WrongState("The figure takes part in no comparison.", state=figure.state)


def correct_reading(figure: Figure, *, by: Person, note: str, version: int | None = None, **parts: Any) -> None:
    """Say what a figure says, where the machine misread the copy: any of ``PARTS``; what is left out stays.

    It stands against later readings while its sentence stands. The figure is grouped and compared anew; its claim's
    sign-off is void, and its verdict in review returned, where what was signed changes. A number is ``value`` alone,
    or ``low`` and ``high``.

    Raises:
        NotAllowed: the person may not link figures here, or settle its dispute, or wrote a text that is compared.
        Invalid: a part cannot be so, no reason is given, nothing changes, or the text is to be read again first.
        WrongState: it is dismissed or gone from the text.
    """
    check_permission(by, figure, "correct_reading")
    note = require_note(note)
    said = checked_parts(parts)
    with transaction.atomic():
        lock_claims_of(figure.document)
        list(Topic.objects.select_for_update().filter(pk=figure.document.topic_id or 0).values_list("pk"))
        figure = Figure.objects.select_for_update(of=("self",)).select_related("document", "claim").get(pk=figure.pk)
        require_compared(figure)
        before = {name: part_of(figure, name) for name in PARTS}
        changed = {name: value for name, value in said.items() if value != before[name]}
        if not changed:
            raise Invalid("That is how it is read already.", code="nothing_changes")
        left = figure.measure
        change(figure, version=version, corrected_by=by, **corrected_columns(figure, before, changed, by=by))
        log_correction(figure, before, changed, by=by, note=note)
        update_profile(figure)
        if SIGNED_PARTS & changed.keys():
            take_back_decision(figure)
        group_document(figure.document)
        figure.refresh_from_db()
        refuse_authors(by, figure.measure)
        request_document_crosschecks([figure])
        request_measure_crosschecks(left, figure.measure)


def corrected_columns(figure: Figure, before: dict[str, Any], changed: dict[str, Any], *, by: Person) -> dict[str, Any]:
    """The columns of a corrected figure. One in another dimension leaves its measure, which a pin may forbid.

    Raises:
        NotAllowed: somebody pinned it there, and the person may not pin it elsewhere.
        Invalid: an older engine prepared the figure, so that it could not be grouped.
    """
    columns = {name: value for name, value in changed.items() if name != "says"}
    columns["machine_reading"] = {name: json_value(before[name]) for name in changed} | figure.machine_reading
    if set(NUMBERS) & changed.keys():
        columns |= {"as_written": "", "step": step_of(changed)}
    if "says" in changed:
        columns["attribution"] = attribution_to(figure, changed["says"])
    if "unit" in changed:
        columns["dimension"] = dimension_of(changed["unit"])
    if columns.get("dimension", figure.dimension) != figure.dimension:
        if figure.pinned_by_id is not None:
            check_permission(by, figure, "pin")
        if figure.pk not in profiles_by_figure([figure.pk]):
            raise Invalid("The text is to be read again first.", code="read_again_first")
        columns |= {"measure": None, "pinned_by": None}
    return columns


def log_correction(figure: Figure, before: dict[str, Any], changed: dict[str, Any], *, by: Person, note: str) -> None:
    """Log a correction: numbers as facts, words of the copy in the note, which an erasing takes away."""
    numbers = {name: value for name, value in changed.items() if name not in WORDS}
    facts: dict[str, Any] = {"parts": sorted(changed)}
    facts |= {"from": {n: json_value(before[n]) for n in numbers}, "to": {n: json_value(v) for n, v in numbers.items()}}
    words = [f"{name} “{before[name]}” is “{changed[name]}”" for name in WORDS if name in changed]
    log(figure, "correct_reading", by=by, note="; ".join([note, *words]), facts=facts)


def take_back_decision(figure: Figure) -> None:
    """Void the sign-off of the claim of a figure, or return its verdict: both rested on another reading."""
    why = "the reading of a figure was corrected"
    if figure.claim is not None and figure.claim.state == ClaimState.IN_REVIEW:
        move(figure.claim, "return", by=Machine("figures changed"), note=f"{why}: {figure}")
    void_sign_offs_of_figures([figure], why)


def part_of(figure: Figure, name: str) -> Any:
    return says_of(figure) if name == "says" else getattr(figure, name)


def checked_parts(parts: dict[str, Any]) -> dict[str, Any]:
    """The parts as columns hold them.

    Raises:
        Invalid: an unknown part, unit or hedge; a number that cannot be stored, or is neither a value nor a range.
    """
    if unknown := parts.keys() - set(PARTS):
        raise Invalid(f"A figure has no “{min(unknown)}” to correct.", code="unknown_part")
    said = {name: value.strip() if isinstance(value, str) else value for name, value in parts.items()}
    if set(NUMBERS) & said.keys():
        said |= checked_number(parts.get("value"), parts.get("low"), parts.get("high"))
    unit = said.get("unit", "count")
    if not is_unit(unit):
        raise Invalid(f"“{unit}” is no unit that figures are read in.", code="unit_unknown")
    for name, choices in (("hedge", Hedge), ("modality", Modality)):
        if name in said and said[name] not in list(choices):
            raise Invalid(f"“{said[name]}” is no {name}.", code=f"{name}_unknown")
    for name, most in (("counted", 300), ("place", 200), ("says", 300), ("unit", 40)):
        if len(said.get(name, "")) > most:
            raise Invalid(f"That is too long; at most {most} characters.", code="too_long")
    return said


def is_unit(unit: str) -> bool:
    """Whether figures are read in this unit: a known one, or one for each of something ("USD/share")."""
    base, slash, thing = unit.partition("/")
    if unit in known_units():
        return True
    return base in known_units() and bool(slash and THING.fullmatch(thing)) and len(dimension_of(unit)) <= 40


def checked_number(value: Decimal | None, low: Decimal | None, high: Decimal | None) -> dict[str, Decimal | None]:
    """A value alone, or a range in its order."""
    ranged = low is not None or high is not None
    if ranged == (value is not None) or (ranged and (low is None or high is None)):
        raise Invalid("A figure is one number, or a range from one to another.", code="number_missing")
    stored = [None if number is None else storable_number(number) for number in (value, low, high)]
    if stored[0] is None and (stored[1] is None or stored[2] is None):
        raise Invalid("That number has more digits than can be kept.", code="number_too_long")
    if stored[1] is not None and stored[2] is not None and stored[1] > stored[2]:
        raise Invalid("A range goes from the smaller number to the larger.", code="range_reversed")
    return dict(zip(NUMBERS, stored, strict=True))


def step_of(number: dict[str, Any]) -> Decimal:
    """The place of the last digit behind the point; one where there is none."""
    given = [number[name].normalize() for name in NUMBERS if number.get(name) is not None]
    exponents = [int(row.as_tuple().exponent) for row in given]
    return Decimal(1).scaleb(min([0, *exponents]))


def attribution_to(figure: Figure, party: str) -> Attribution | None:
    """The row that attributes a figure to this party; None where the copy says it itself."""
    if not party:
        return None
    row, _ = Attribution.objects.get_or_create(
        document=figure.document, cue="", party=party, relay="", defaults={"source": Source.objects.named(party)}
    )
    return row
