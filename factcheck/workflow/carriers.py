"""Keeps the stored observations of measures, as figures come and go: which figure carries which.

It is done at the head of each comparison, for the figures whose place is not right any more, so that no action that
changes a figure has to know of it. ``observations`` reads what is kept here; nothing else writes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, FilteredRelation, Q, QuerySet

from factcheck.models import Carrier, Document, Figure, Measure, StoredObservation
from factcheck.states import DocumentState, FigureState
from factcheck.text import AnchorState, Hedge, direction_of, interval

from .observations import observation_key, observation_stated

AT_ONCE = 500
FIGURES_AT_ONCE = 2000
SAMPLE = 6
"""By so many figures an observation is scored, the first of those that carry it."""
MOST_REWORDED = 500
"""Where its first figure leaves, an observation is worded anew from so many of the others."""
COLUMNS = {
    "pk": "pk",
    "measure": "measure",
    "state": "state",
    "anchor_state": "anchor_state",
    "document_state": "document__state",
    "as_written": "as_written",
    "value": "value",
    "low": "low",
    "high": "high",
    "step": "step",
    "unit": "unit",
    "dimension": "dimension",
    "hedge": "hedge",
    "modality": "modality",
    "scope": "scope",
    "counted": "counted",
    "definition": "definition",
    "place": "place",
    "party": "party",
    "flags": "flags",
    "start": "as_of_start",
    "end": "as_of_end",
    "granularity": "as_of_granularity",
    "basis": "as_of_basis",
    "said": "as_of_said",
    "attribution": "attribution",
    "cited_source": "attribution__source",
    "cited": "attribution__party",
    "publisher": "document__publisher",
    "publisher_name": "document__publisher_name",
    "zone": "document__zone",
    "published": "document__published_at",
    "profile": "profile",
    "key": "profile__prepared__key",
}
"""What of a figure decides which observation it carries, by the path to it."""


@dataclass(slots=True)
class ObservationPlacement:
    """Where a figure belongs: a measure and the key of an observation, with what a new row of it holds."""

    measure: int
    key: str
    columns: dict[str, Any]


@dataclass(slots=True)
class Kept:
    """What changed: the measures to be compared again, and the documents whose figures moved."""

    measures: set[int] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)

    def add(self, other: Kept) -> None:
        self.measures |= other.measures
        self.documents |= other.documents


def misplaced_figures(measures: Any = None) -> Iterator[list[int]]:
    """Figures that carry no observation of their measure though they are compared, or one though they are not.

    In parts, each to be kept before the next is asked for. ``measures``: of these only, a queryset or ids.
    """
    rows = Figure.objects.annotate(held=FilteredRelation("carriers", condition=Q(carriers__current=True)))
    rows = rows.annotate(carrier=F("held__pk"), carried_under=F("held__observation__measure"))
    missing = Q(compared_now(), carrier=None, measure__isnull=False)
    elsewhere = Q(carrier__isnull=False, measure__isnull=False) & ~Q(carried_under=F("measure"))
    gone = Q(carrier__isnull=False) & (~compared_now() | Q(measure=None))
    rows = rows.filter(missing | elsewhere | gone)
    ways = [rows] if measures is None else [rows.filter(measure__in=measures), rows.filter(carried_under__in=measures)]
    for way in ways:
        last = 0
        while part := list(way.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:FIGURES_AT_ONCE]):
            yield part
            last = part[-1]


def compared_now() -> Q:
    """A filter for the figures that take part in cross-checks, as ``Figure.objects.compared`` tells them."""
    gone = Q(anchor_state=AnchorState.ORPHANED) | Q(state=FigureState.DISMISSED)
    return ~(gone | Q(document__state=DocumentState.WITHDRAWN)) & Q(as_written="")


def carry_figures(document: Document) -> Kept:
    """Put every figure of a document where it belongs; in the caller's transaction."""
    kept = Kept()
    keys = list(document.figures.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        kept.add(keep_figures(keys[start : start + AT_ONCE]))
    return kept


def keep_measures(measures: Iterable[int]) -> Kept:
    """Put the figures of these measures where they belong; in the caller's transaction."""
    kept = Kept()
    for part in misplaced_figures(list(measures)):
        kept.add(keep_figures(part))
    return kept


def keep_figures(keys: Sequence[int]) -> Kept:
    """Put some figures where they belong: an observation each, or none. In the caller's transaction."""
    rows = figure_rows(Figure.objects.filter(pk__in=keys))
    held = held_by(keys)
    wanted = {row["pk"]: placement for row in rows if (placement := placement_of(row))}
    lock(wanted.values(), held)
    held = held_by(keys)
    leaving = {pk: row for pk, row in held.items() if not is_right(row, wanted.get(pk))}
    joining = {pk: place for pk, place in wanted.items() if pk not in held or pk in leaving}
    came: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, place in joining.items():
        came[place.measure, place.key].append(pk)
    left = let_go(leaving)
    known = known_rows(came)
    made = make_rows([at for at in came if at not in known], came, wanted)
    note_carried({(known | made)[at].pk: keys for at, keys in came.items()})
    changed = recount({known[at].pk: came[at] for at in known}, left, {row.pk: row for row in known.values()}, wanted)
    changed |= {measure for measure, _ in made}
    drop_untold(left)
    kept = Kept(
        {place.measure for place in joining.values()} | {row.observation.measure_id for row in leaving.values()}
    )
    moved = [*joining, *leaving]
    kept.documents = set(Figure.objects.filter(pk__in=moved).values_list("document", flat=True)) if moved else set()
    note_changed(Measure.objects.filter(pk__in=changed))
    return kept


def note_changed(measures: QuerySet[Measure]) -> None:
    """The observations of these measures are not what they were: what is being compared now is out of date."""
    measures.update(compared="", observations_version=F("observations_version") + 1)


def figure_rows(figures: QuerySet[Figure]) -> list[dict[str, Any]]:
    names = tuple(COLUMNS)
    return [dict(zip(names, row, strict=True)) for row in figures.order_by("pk").values_list(*COLUMNS.values())]


def held_by(keys: Sequence[int]) -> dict[int, Carrier]:
    rows = Carrier.objects.filter(figure__in=keys, current=True).select_related("observation")
    return {row.figure_id: row for row in rows}


def is_right(row: Carrier, placement: ObservationPlacement | None) -> bool:
    observation = row.observation
    return placement is not None and (observation.measure_id, observation.key) == (placement.measure, placement.key)


def lock(wanted: Iterable[ObservationPlacement], held: Mapping[int, Carrier]) -> None:
    """Two that keep the observations of one measure take turns."""
    measures = {place.measure for place in wanted} | {row.observation.measure_id for row in held.values()}
    list(Measure.objects.select_for_update().filter(pk__in=measures).order_by("pk").values_list("pk"))


def placement_of(row: Mapping[str, Any]) -> ObservationPlacement | None:
    """Where a figure belongs; None where it takes no part in cross-checks."""
    if row["measure"] is None or row["as_written"] or row["document_state"] == DocumentState.WITHDRAWN:
        return None
    if row["anchor_state"] == AnchorState.ORPHANED or row["state"] == FigureState.DISMISSED:
        return None
    source = row["cited_source"] if row["attribution"] else row["publisher"]
    name = "" if source else (row["cited"] if row["attribution"] else row["publisher_name"])
    columns = {
        "hedge": row["hedge"],
        "modality": row["modality"],
        "scope": row["scope"],
        "says": name,
        "source_id": source,
        "as_of_start": row["start"] if row["end"] else None,
        "stated": stated_in(row),
    }
    observation = observation_stated(columns["stated"], columns, Measure(), "")
    low, high = interval(observation.quantity, Hedge(row["hedge"]))
    voice = "" if row["attribution"] else "own voice of "
    key = observation_key(observation, f"{voice}source {source}" if source else f"{voice}{name}")
    return ObservationPlacement(row["measure"], key, {**columns, "low": float(low), "high": float(high)})


def stated_in(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a figure states besides the columns of an observation, as plain JSON."""
    dated = bool(row["start"] and row["end"])
    stated: dict[str, Any] = {name: row[name] for name in ("unit", "dimension", "counted", "definition")}
    stated |= {name: str(row[name]) for name in ("value", "low", "high", "step") if row[name] is not None}
    stated |= {name: row[name] for name in ("place", "party") if row[name]}
    if direction := direction_of(row["flags"]):
        stated["direction"] = direction
    if not row["attribution"]:
        stated["own_voice"] = True
    if row["profile"] is not None:
        stated["key"] = row["key"] or {}
    if dated:
        moments = [row[name].astimezone(UTC).isoformat() for name in ("start", "end")]
        stated["as_of"] = [*moments, row["granularity"], row["basis"], row["said"], row["zone"]]
    if printed := printed_at(row["published"], row["zone"]):
        stated["published"] = [printed.astimezone(UTC).isoformat(), row["zone"]]
    return stated


def printed_at(published: datetime | None, zone: str) -> datetime | None:
    """When a document was printed, where more than the day of it is known: midnight says the day alone."""
    moment = published.astimezone(ZoneInfo(zone)) if published else None
    return moment if moment and (moment.hour or moment.minute) else None


def merged(stated: dict[str, Any], copy: dict[str, Any]) -> dict[str, Any]:
    """One statement made twice: from its first publication on, in the words of the first that defines the thing."""
    words = copy if copy["definition"] and not stated["definition"] else stated
    dates = [row["as_of"] for row in (stated, copy) if "as_of" in row]
    return {**words, "as_of": min(dates, key=lambda date: str(date[0]))} if dates else words


def known_rows(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], StoredObservation]:
    """The rows of these observations, of as many as have one."""
    wanted = list(wanted)
    rows = StoredObservation.objects.filter(
        measure__in={measure for measure, _ in wanted}, key__in={key for _, key in wanted}
    )
    found = {(row.measure_id, row.key): row for row in rows}
    return {at: found[at] for at in wanted if at in found}


def make_rows(
    fresh: Sequence[tuple[int, str]],
    came: Mapping[tuple[int, str], Sequence[int]],
    wanted: Mapping[int, ObservationPlacement],
) -> dict[tuple[int, str], StoredObservation]:
    """Rows for observations that nobody carried before, with the figures that carry them now."""
    rows = []
    for measure, key in fresh:
        keys = sorted(came[measure, key])
        row = StoredObservation(measure_id=measure, key=key, **wanted[keys[0]].columns)
        add_carriers(row, keys, wanted)
        rows.append(row)
    made = StoredObservation.objects.bulk_create(rows, batch_size=AT_ONCE)
    return {(row.measure_id, row.key): row for row in made}


def add_carriers(row: StoredObservation, keys: Sequence[int], wanted: Mapping[int, ObservationPlacement]) -> None:
    """Count figures to an observation, in their order behind those that carry it."""
    for pk in keys:
        copy = wanted[pk].columns["stated"]
        row.stated = merged(row.stated, copy) if row.count else copy
        row.first_id = row.first_id if row.count and row.first_id else pk
        row.sample = [*(row.sample if row.count else []), pk][:SAMPLE]
        row.count += 1


def let_go(leaving: Mapping[int, Carrier]) -> dict[int, list[int]]:
    """End what some figures carried; returns the figures by observation. The last of one are kept as its past."""
    left: dict[int, list[int]] = defaultdict(list)
    for pk, row in leaving.items():
        left[row.observation_id].append(pk)
    Carrier.objects.filter(pk__in=[row.pk for row in leaving.values()]).update(current=False)
    return left


def note_carried(joined: Mapping[int, Sequence[int]]) -> None:
    """Note that some figures carry these observations; what carried one in the past only is forgotten."""
    if not joined:
        return
    Carrier.objects.filter(observation__in=joined, current=False).delete()
    rows = [Carrier(observation_id=observation, figure_id=pk) for observation, keys in joined.items() for pk in keys]
    Carrier.objects.bulk_create(rows, batch_size=AT_ONCE)


def recount(
    joined: Mapping[int, Sequence[int]],
    left: Mapping[int, Sequence[int]],
    rows: dict[int, StoredObservation],
    wanted: Mapping[int, ObservationPlacement],
) -> set[int]:
    """Bring count, first carriers and wording of observations up to date that stood before.

    Returns the measures that are to be compared again: not those where one more of many says the same.
    """
    rows |= StoredObservation.objects.in_bulk([pk for pk in left if pk not in rows])
    changed, reworded = set[int](), list[StoredObservation]()
    by_count: dict[int, list[int]] = defaultdict(list)
    for pk, row in rows.items():
        count = row.count
        before = (row.stated, row.sample, row.count == 0)
        came, went = sorted(joined.get(pk, ())), left.get(pk, ())
        row.count = max(0, row.count - len(went))
        in_order = not row.count or not row.sample or not came or came[0] > row.sample[-1]
        if set(went) & set(row.sample) or not in_order:
            row.count += len(came)
            word_anew(row)
        else:
            add_carriers(row, came, wanted)
        if before != (row.stated, row.sample, row.count == 0):
            changed.add(row.measure_id)
        by_count[row.count - count].append(pk)
        if before[:2] != (row.stated, row.sample):
            reworded.append(row)
    for difference, keys in by_count.items():
        StoredObservation.objects.filter(pk__in=keys).update(count=F("count") + difference)
    StoredObservation.objects.bulk_update(reworded, ["first", "sample", "stated"], batch_size=100)
    return changed


def word_anew(row: StoredObservation) -> None:
    """Word an observation by the figures that carry it now; one that none carries stays as it was last worded."""
    some = Carrier.objects.filter(observation=row, current=True).order_by("figure")
    keys = list(some.values_list("figure", flat=True)[:MOST_REWORDED])
    if not keys:
        row.count = 0
        return
    stated = [stated_in(figure) for figure in figure_rows(Figure.objects.filter(pk__in=keys))]
    row.stated = stated[0]
    for copy in stated[1:]:
        row.stated = merged(row.stated, copy)
    row.first_id, row.sample = keys[0], keys[:SAMPLE]


def drop_untold(left: Mapping[int, Sequence[int]]) -> None:
    """Forget observations that nobody carries and no discrepancy tells of; of others, who carried one before."""
    if not left:
        return
    rows = StoredObservation.objects.filter(pk__in=left)
    rows.filter(count=0, sides=None).delete()
    Carrier.objects.filter(observation__in=rows.filter(count__gt=0), current=False).delete()


def forget_words(document: Document) -> None:
    """Take the words of an erased document out of the observations that its figures carry or carried."""
    for row in StoredObservation.objects.filter(carriers__figure__document=document).distinct():
        if Carrier.objects.filter(observation=row, current=True).exclude(figure__document=document).exists():
            word_anew(row)
        else:
            numbers = {
                name: row.stated[name] for name in ("value", "low", "high", "step", "unit") if name in row.stated
            }
            row.stated = {**numbers, "dimension": row.stated.get("dimension", ""), "counted": "", "definition": ""}
            row.says = row.scope = ""
        row.save(update_fields=["stated", "says", "scope", "first", "sample"])
    told = StoredObservation.objects.filter(carriers__figure__document=document)
    note_changed(Measure.objects.filter(pk__in=told.values("measure")))
