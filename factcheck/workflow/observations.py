"""The states of a measure, each with the stored observations that make it up. Read only.

``carriers`` keeps what is read here, ``crosschecks`` compares it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from factcheck.models import Carrier, Desk, Document, Figure, Measure, Source, StoredObservation
from factcheck.text import Basis, Hedge, Modality, Observation, Period, Quantity, measure_key_from
from factcheck.text import MeasureIdentity as MeasureValue

from .speakers import NamedStatement, speakers_of_statements

AT_ONCE = 500
MOST_SHOWN = 20
"""Of a state at most so many figures are shown; the others are in the list of figures."""


@dataclass(frozen=True)
class CarriedObservation:
    """A state of a measure, worded as in the first figure with a definition, and the stored observations of it.

    There is more than one where a party goes by two names, or where two measures are compared with each other.
    """

    key: str
    observation: Observation
    rows: tuple[StoredObservation, ...] = ()

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.rows]

    @property
    def count(self) -> int:
        """How many figures carry it."""
        return sum(row.count for row in self.rows)

    @property
    def sample(self) -> list[int]:
        """The first figures that carry it."""
        return sorted(pk for row in self.rows for pk in row.sample)

    @property
    def names_somebody(self) -> bool:
        """Whether a figure of it is attributed to a party."""
        return any(not row.stated.get("own_voice") for row in self.rows)


def compared_under(measures: Sequence[Measure]) -> dict[int, list[int]]:
    """For each measure those whose observations are compared under it; a general one reaches into every topic.

    Those of a text under embargo are compared with the measure of the topic that they are held against.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for pk, key in Measure.objects.filter(key__in={row.key for row in measures if row.general}).values_list(
        "pk", "key"
    ):
        alike[key].append(pk)
    found = {}
    for row in measures:
        held_against = [row.held_against_id] if row.held_against_id else []
        found[row.pk] = alike[row.key] if row.general else [row.pk, *held_against]
    return found


def observations_of(measure: Measure) -> list[CarriedObservation]:
    """The distinct states of a measure, in a fixed order."""
    return observations_by_measure([measure])[measure.pk]


def observations_by_measure(measures: Sequence[Measure]) -> dict[int, list[CarriedObservation]]:
    """The states of several measures, in as many queries as those of one."""
    under = compared_under(measures)
    stored = rows_by_measure({pk for wanted in under.values() for pk in wanted})
    groups = {}
    for measure in measures:
        rows = [row for pk in under[measure.pk] for row in stored.get(pk, ())]
        groups[measure.pk] = sorted(rows, key=lambda row: row.first_id or 0)
    names = source_names(row for rows in groups.values() for row in rows)
    speakers = speakers_of_statements(
        [NamedStatement(row.pk, names.get(row.source_id or 0, row.says), row.source_id) for row in rows]
        for rows in groups.values()
    )
    return {
        measure.pk: states_in(groups[measure.pk], measure, speaker)
        for measure, speaker in zip(measures, speakers, strict=True)
    }


def rows_by_measure(measures: Iterable[int]) -> dict[int, list[StoredObservation]]:
    keys, found = sorted(measures), defaultdict[int, list[StoredObservation]](list)
    for start in range(0, len(keys), AT_ONCE):
        for row in StoredObservation.objects.filter(measure__in=keys[start : start + AT_ONCE], count__gt=0):
            found[row.measure_id].append(row)
    return found


def source_names(rows: Iterable[StoredObservation]) -> dict[int, str]:
    """The names of the registered sources that these name, as they are now."""
    keys, found = sorted({row.source_id for row in rows if row.source_id}), dict[int, str]()
    for start in range(0, len(keys), AT_ONCE):
        found |= dict(Source.objects.filter(pk__in=keys[start : start + AT_ONCE]).values_list("pk", "name"))
    return found


def states_in(
    rows: Sequence[StoredObservation], measure: Measure, speakers: Mapping[int, Any]
) -> list[CarriedObservation]:
    """The states that stored observations make up, where one party is one under all its names."""
    states: dict[str, CarriedObservation] = {}
    for row in rows:
        columns = {"hedge": row.hedge, "modality": row.modality, "scope": row.scope}
        observation = observation_stated(row.stated, columns, measure, speakers[row.pk].name)
        key = observation_key(observation, speakers[row.pk].first)
        known = states.get(key)
        states[key] = (
            replace(known, observation=merge_restatement(known.observation, observation), rows=(*known.rows, row))
            if known
            else CarriedObservation(key, observation, (row,))
        )
    return sorted(states.values(), key=lambda state: (start_of(state.observation), state.key))


def start_of(observation: Observation) -> float:
    return observation.as_of.start.timestamp() if observation.as_of else 0.0


def merge_restatement(observation: Observation, copy: Observation) -> Observation:
    """One state told twice: from its first publication on, in the words of the first that defines the thing."""
    words = copy if copy.measure.definition and not observation.measure.definition else observation
    return replace(words, as_of=min(observation, copy, key=start_of).as_of)


def observation_stated(
    stated: Mapping[str, Any], columns: Mapping[str, Any], measure: Measure, says: str
) -> Observation:
    """What is stored of an observation as the engine's value; ``says`` is who says it, by one name."""
    value, low, high = (Decimal(stated[name]) if name in stated else None for name in ("value", "low", "high"))
    profiled = "key" in stated
    period = None
    if "as_of" in stated:
        start, end, granularity, basis, said, zone = stated["as_of"]
        period = Period(moment(start, zone), moment(end, zone), granularity, Basis(basis or Basis.UNKNOWN), said)
    return Observation(
        measure=MeasureValue(
            key=measure_key_from(stated["key"] or measure.parts if profiled else measure.parts),
            counted=stated["counted"] if profiled else measure.counted,
            dimension=stated["dimension"],
            definition=stated["definition"],
            scope=columns["scope"],
            place=stated.get("place", ""),
            party=stated.get("party", ""),
            running=measure.running,
        ),
        quantity=Quantity(value, low, high, stated["unit"], stated["dimension"], Decimal(stated["step"]), ""),
        hedge=Hedge(columns["hedge"]),
        modality=Modality(columns["modality"]),
        as_of=period,
        says=says,
        counted=stated["counted"],
        direction=stated.get("direction", ""),
        published=moment(*stated["published"]) if "published" in stated else None,
        own_voice=bool(stated.get("own_voice")),
    )


def moment(at: str, zone: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone))


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


@dataclass(frozen=True)
class VisibleObservation:
    """A state of a measure as one person sees it: its first figures that they may see, and how many there are."""

    state: CarriedObservation
    figures: tuple[Figure, ...]
    count: int

    @property
    def observation(self) -> Observation:
        return self.state.observation

    @property
    def first(self) -> Figure:
        return self.figures[0]

    @property
    def more(self) -> int:
        """How many figures are not among those shown."""
        return self.count - len(self.figures)

    @property
    def documents(self) -> list[Document]:
        """The documents of the figures shown."""
        return list({figure.document_id: figure.document for figure in self.figures}.values())


def visible_observations(states: Sequence[CarriedObservation], user: Any) -> list[VisibleObservation]:
    """The states of which a person may see a figure, each with the first of these figures."""
    shown, counts = carriers_shown([pk for state in states for pk in state.ids], Desk.objects.visible_to(user))
    figures = Figure.objects.select_related("document__publisher", "attribution__source", "claim").in_bulk(
        [pk for keys in shown.values() for pk in keys]
    )
    found = []
    for state in states:
        own = sorted(pk for row in state.ids for pk in shown.get(row, ()))[:MOST_SHOWN]
        if own:
            count = sum(counts[row] for row in state.ids)
            found.append(VisibleObservation(state, tuple(figures[pk] for pk in own), count))
    return found


def carriers_shown(observations: Sequence[int], desks: Any) -> tuple[dict[int, list[int]], Counter[int]]:
    """The first figures of each observation that these desks hold, and how many they hold in all."""
    shown, counts = defaultdict[int, list[int]](list), Counter[int]()
    for start in range(0, len(observations), AT_ONCE):
        rows = Carrier.objects.filter(
            observation__in=observations[start : start + AT_ONCE], figure__document__desk__in=desks
        )
        by_figure = Window(RowNumber(), partition_by=[F("observation")], order_by=F("figure").asc())
        ranked: QuerySet[Any] = rows.annotate(
            place=by_figure, total=Window(Count("pk"), partition_by=[F("observation")])
        )
        for pk, figure, total in ranked.filter(place__lte=MOST_SHOWN).values_list("observation", "figure", "total"):
            shown[pk].append(figure)
            counts[pk] = total
    return shown, counts


def hidden_from(user: Any, states: Iterable[CarriedObservation]) -> bool:
    """Whether a figure of these states is in a document that a person may not see."""
    keys = [pk for state in states for pk in state.ids]
    visible = Document.objects.visible_to(user)
    return any(
        Carrier.objects.filter(observation__in=keys[start : start + AT_ONCE], current=True)
        .exclude(figure__document__in=visible)
        .exists()
        for start in range(0, len(keys), AT_ONCE)
    )
