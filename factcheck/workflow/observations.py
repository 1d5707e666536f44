"""The states of a measure, each with the figures that carry it. Read only; ``crosschecks`` compares them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from factcheck.models import Document, Figure, Measure
from factcheck.text import Basis, Hedge, Modality, Observation, Period, Quantity, direction_of, key_of
from factcheck.text import Measure as MeasureValue

from .speakers import speakers_of


@dataclass(frozen=True)
class CarriedObservation:
    """A state of a measure and the figures that carry it, worded as in the first figure with a definition."""

    key: str
    observation: Observation
    figures: list[Figure] = field(default_factory=list)


def figures_compared_under(measure: Measure) -> QuerySet[Figure]:
    """The figures compared under a measure; a general one reaches into every topic.

    Those of a text under embargo are compared with the measure of the topic that they are held against.
    """
    rows = Figure.objects.compared().select_related(
        "document__publisher", "document__same_text_as", "attribution__source", "measure", "profile"
    )
    if measure.general:
        rows = rows.filter(measure__key=measure.key)
    elif measure.held_against_id:
        rows = rows.filter(measure__in=[measure.pk, measure.held_against_id])
    else:
        rows = rows.filter(measure=measure)
    return rows.filter(as_written="").order_by("pk")


def observations_of(measure: Measure) -> list[CarriedObservation]:
    """The distinct states of a measure, each with its figures, in a fixed order."""
    observations: dict[str, CarriedObservation] = {}
    figures = list(figures_compared_under(measure))
    speakers = speakers_of([figures])
    for figure in figures:
        speaker = speakers[figure.pk]
        observation = observation_of_figure(figure, measure, speaker.name)
        key = observation_key(observation, speaker.first)
        row = observations.setdefault(key, CarriedObservation(key, observation))
        row.figures.append(figure)
        observations[key] = replace(row, observation=merge_restatement(row.observation, observation))
    return sorted(observations.values(), key=lambda row: (start_of(row.observation), row.key))


def start_of(observation: Observation) -> float:
    return observation.as_of.start.timestamp() if observation.as_of else 0.0


def merge_restatement(observation: Observation, copy: Observation) -> Observation:
    """One state told twice: from its first publication on, in the words of the first that defines the thing."""
    words = copy if copy.measure.definition and not observation.measure.definition else observation
    return replace(words, as_of=min(observation, copy, key=start_of).as_of)


def observation_of_figure(figure: Figure, measure: Measure, says: str) -> Observation:
    """A figure's row as the engine's value, on the clock of its document; ``says`` is who says it, by one name."""
    zone = ZoneInfo(figure.document.zone)
    profile = getattr(figure, "profile", None)
    period = None
    if figure.as_of_start and figure.as_of_end:
        period = Period(
            figure.as_of_start.astimezone(zone),
            figure.as_of_end.astimezone(zone),
            figure.as_of_granularity,
            Basis(figure.as_of_basis or Basis.UNKNOWN),
            figure.as_of_said,
        )
    return Observation(
        measure=MeasureValue(
            key=key_of(profile.prepared.get("key") or measure.parts if profile else measure.parts),
            counted=figure.counted if profile else measure.counted,
            dimension=figure.dimension,
            definition=figure.definition,
            scope=figure.scope,
            place=figure.place,
            party=figure.party,
            running=measure.running,
        ),
        quantity=Quantity(
            figure.value, figure.low, figure.high, figure.unit, figure.dimension, figure.step, figure.as_written
        ),
        hedge=Hedge(figure.hedge),
        modality=Modality(figure.modality),
        as_of=period,
        says=says,
        counted=figure.counted,
        direction=direction_of(figure.flags),
        published=publication_time_of(figure.document, zone),
        own_voice=figure.attribution is None,
    )


def publication_time_of(document: Document, zone: ZoneInfo) -> datetime | None:
    """When a document was printed, where more than the day of it is known: midnight says the day alone."""
    moment = document.published_at.astimezone(zone) if document.published_at else None
    return moment if moment and (moment.hour or moment.minute) else None


def observation_key(observation: Observation, says: str) -> str:
    """A name for a state by its content: number and hedge (its interval), scope, who says it, as-of.

    ``says`` is the name under which the party was first met, so that another name of it makes no other state. The
    hour counts only where the copy states one. How the copy words the thing counted is no part of it.
    """
    quantity = observation.quantity
    numbers = [plain_number(number) for number in (quantity.value, quantity.low, quantity.high)]
    window: list[str] = []
    if period := observation.as_of:
        stated_hour = period.granularity == "hour" and period.basis != Basis.PUBLICATION
        start = period.start.isoformat() if stated_hour else period.start.date().isoformat()
        window = [start, period.granularity if period.basis != Basis.PUBLICATION else "day"]
    parts = [
        *numbers,
        quantity.unit,
        observation.hedge,
        observation.modality,
        says.casefold(),
        observation.measure.scope,
        observation.direction,
        *window,
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def plain_number(number: Decimal | None) -> str:
    return "" if number is None else format(number.normalize(), "f")
