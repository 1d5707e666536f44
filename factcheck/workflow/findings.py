"""What comparisons found, written down: discrepancies made, changed, opened again and closed, each stored once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factcheck.actors import Actor
from factcheck.models import (
    CONFLICT_KINDS,
    DISPUTED_KINDS,
    Carrier,
    Claim,
    Discrepancy,
    DiscrepancyKind,
    DiscrepancySide,
    Figure,
    Measure,
    Policy,
)
from factcheck.states import ClaimState, DiscrepancyState
from factcheck.text import ENGINE_VERSION, Observation, convert, middle_of

from .comparisons import MeasureComparison, Origin, compare_measures, origins_by_observation, versions_of
from .notices import notify_embargo_touched
from .observations import CarriedObservation
from .pair_scores import ObservationPair
from .rechecks import recheck_carriers
from .transitions import mark_stale, move, reason_for_desk

AT_ONCE = 500
Findings = Sequence[tuple[Measure, MeasureComparison]]


@dataclass
class Changes:
    """What storing some findings changed: pairs that alarm, and the observations whose gates may answer otherwise."""

    alarming: list[tuple[Discrepancy, ObservationPair]] = field(default_factory=list)
    observations: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By measure."""

    def note(self, measure: int, pair: ObservationPair) -> None:
        self.observations[measure] |= pair.observations


def store_comparison(measure: Measure, found: MeasureComparison, *, by: Actor, regrouped: bool = False) -> Counter[str]:
    """Write down what the comparison of one measure found; as ``store_comparisons``."""
    return store_comparisons([(measure, found)], by=by, regrouped=regrouped)


def store_comparisons(findings: Findings, *, by: Actor, regrouped: bool = False) -> Counter[str]:
    """Create, update, reopen and close discrepancies to match comparisons; in the caller's transaction.

    Voids sign-offs that a new conflict contradicts, and queues clearance rechecks. What somebody changed since it was
    compared is compared again first.

    ``regrouped``: only the machine's groups changed, and no statement; that voids no sign-off.
    """
    findings = compared_anew(findings)
    keys = [measure.pk for measure, _ in findings]
    note_compared(findings)
    move_resolved_discrepancies(findings)
    known: dict[int, dict[frozenset[str], Discrepancy]] = {pk: {} for pk in keys}
    for row in Discrepancy.objects.filter(measure__in=keys):
        known[row.measure_id][frozenset((row.a_key, row.b_key))] = row
    changes = Changes()
    differed = {row.pk for rows in known.values() for row in rows.values() if row.kind == DiscrepancyKind.DIFFERS}
    for measure, found in findings:
        update_known(known[measure.pk], found, changes, by=by)
    stand = make_fresh(findings, known, changes)
    for discrepancy, observation in write_sides(stand):
        changes.observations[discrepancy.measure_id].add(observation)
    if not regrouped:  # and a pair that rose from "differs" to conflict by its score alone voids no sign-off either
        void_sign_offs_in_conflict([row for row in changes.alarming if row[0].pk not in differed], by=by)
    for measure, _ in findings:
        tell_of_embargo(measure)
    recheck_carriers(changes.observations)
    return Counter(pair.kind for _, found in findings for pair in found.pairs.values())


def compared_anew(findings: Findings) -> Findings:
    """The findings, with those compared again whose observations have changed since; from here on none changes.

    A text that is read while others are compared would else be taken back by the comparison that did not know of it,
    and what disputes it would count as compared.
    """
    keys = {pk for measure, found in findings for pk in (measure.pk, *found.versions)}
    locked = Measure.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")  # two take turns
    own = [measure.pk for measure, _ in findings]
    fresh = {row.pk: row for row in locked.select_related("held_against") if row.pk in own}
    versions = versions_of(list(fresh.values()))
    late = [fresh[m.pk] for m, found in findings if m.pk in fresh and versions[m.pk] != found.versions]
    anew = dict(zip([measure.pk for measure in late], compare_measures(late), strict=True)) if late else {}
    return [(fresh.get(measure.pk, measure), anew.get(measure.pk, found)) for measure, found in findings]


def tell_of_embargo(measure: Measure) -> None:
    """Tell whose text under embargo is compared with figures of other desks that these now meet it."""
    if measure.embargoed is None or measure.held_against_id is None:
        return
    others = Figure.objects.compared().filter(measure=measure.held_against_id)
    desks = others.exclude(document__desk=measure.embargoed.desk_id).values_list("document__desk", flat=True)
    for desk in desks.order_by("document__desk").distinct():
        notify_embargo_touched(measure.embargoed, desk)


def note_compared(findings: Findings) -> None:
    """Write down how many pairs agree, and what each comparison rested on."""
    changed = []
    for measure, found in findings:
        if (measure.agreements, measure.compared) != (found.agreements, found.rested_on):
            measure.agreements, measure.compared = found.agreements, found.rested_on
            changed.append(measure)
    Measure.objects.bulk_update(changed, ["agreements", "compared"], batch_size=AT_ONCE)


def move_resolved_discrepancies(findings: Findings) -> None:
    """Move resolved discrepancies of another measure here, where both of their figures are grouped here now."""
    own = {measure.pk: measure for measure, _ in findings}
    fresh: dict[frozenset[str], list[tuple[Measure, ObservationPair]]] = defaultdict(list)
    for measure, found in findings:
        for keys, pair in found.pairs.items():
            fresh[keys].append((measure, pair))
    first_keys = sorted({key for keys in fresh for key in keys})
    for start in range(0, len(first_keys), AT_ONCE):
        settled = Discrepancy.objects.filter(
            state=DiscrepancyState.RESOLVED, a_key__in=first_keys[start : start + AT_ONCE]
        )
        for row in settled.select_related("measure__held_against").order_by("pk"):
            for measure, pair in fresh.get(frozenset((row.a_key, row.b_key)), ()):
                if row.measure_id != measure.pk and is_near(row.measure, measure) and are_carried_there(row, pair):
                    taken = Discrepancy.objects.filter(measure=own[measure.pk], a_key=row.a_key, b_key=row.b_key)
                    if not taken.exists():
                        Discrepancy.objects.filter(pk=row.pk).update(measure=measure)
                        break


def is_near(before: Measure, measure: Measure) -> bool:
    """Whether a measure is of the same topic as another, or held against one that is."""
    topics = {before.topic_id, before.held_against.topic_id if before.held_against else None}
    embargoed = Measure.objects.filter(held_against=before, topic=measure.topic_id)
    return measure.topic_id in topics or embargoed.exists()


def are_carried_there(row: Discrepancy, pair: ObservationPair) -> bool:
    """Whether figures that carried both sides of a discrepancy carry those of a pair now."""
    told = Carrier.objects.filter(observation__sides__discrepancy=row).values("figure")
    return all(
        Carrier.objects.filter(observation__in=side.ids, current=True, figure__in=told).exists()
        for side in (pair.a, pair.b)
    )


def update_known(
    known: Mapping[frozenset[str], Discrepancy], found: MeasureComparison, changes: Changes, *, by: Actor
) -> None:
    """Bring the stored discrepancies of a measure up to date, and close those that no longer hold."""
    closed = []
    for keys, row in known.items():
        pair = found.pairs.get(keys)
        if pair is not None:
            if row.kind != pair.kind:
                changes.note(row.measure_id, pair)
            if update_discrepancy(row, pair, by=by):
                changes.alarming.append((row, pair))
                changes.note(row.measure_id, pair)
        elif row.state == DiscrepancyState.OPEN:
            move(row, "close", by=by, note="one of the figures is gone or has changed")
            closed.append(row)
    if closed:
        sides = DiscrepancySide.objects.filter(discrepancy__in=closed)
        changes.observations[closed[0].measure_id] |= set(sides.values_list("observation", flat=True))


def make_fresh(
    findings: Findings, known: Mapping[int, Mapping[frozenset[str], Discrepancy]], changes: Changes
) -> list[tuple[Discrepancy, ObservationPair]]:
    """Store the pairs that were not known; returns all that hold, each with its row."""
    stand = [
        (known[m.pk][keys], pair) for m, found in findings for keys, pair in found.pairs.items() if keys in known[m.pk]
    ]
    fresh = [(m, pair) for m, found in findings for keys, pair in found.pairs.items() if keys not in known[m.pk]]
    made = Discrepancy.objects.bulk_create(
        [Discrepancy(measure=measure, **discrepancy_columns(pair)) for measure, pair in fresh], batch_size=AT_ONCE
    )
    new = [(row, pair) for row, (_, pair) in zip(made, fresh, strict=True)]
    changes.alarming += new
    for row, pair in new:
        changes.note(row.measure_id, pair)
    return stand + new


def discrepancy_columns(pair: ObservationPair) -> dict[str, Any]:
    """The columns of the discrepancy of a pair of observations."""
    named = pair.a.names_somebody and pair.b.names_somebody
    return {
        "two_parties": named and pair.a.observation.says.casefold() != pair.b.observation.says.casefold(),
        "distance": distance(pair.a.observation, pair.b.observation),
        "kind": pair.kind,
        "reason": pair.comparison.reason,
        "notes": list(pair.comparison.notes),
        "engine_version": ENGINE_VERSION,
        "a_key": pair.a.key,
        "b_key": pair.b.key,
        "score": pair.score,
        "why_one": pair.why_one,
    }


def distance(a: Observation, b: Observation) -> float:
    """How far apart two numbers are, as a share of the larger; the middle stands for a range."""
    first, second = middle_of(a), middle_of(b)
    second = convert(second, b.quantity.unit, a.quantity.unit) or second
    larger = max(abs(first), abs(second))
    return float(abs(first - second) / larger) if larger else 0.0


def update_discrepancy(row: Discrepancy, pair: ObservationPair, *, by: Actor) -> bool:
    """Update a stored discrepancy; True where it was reopened, or an open one became a conflict."""
    louder = row.kind not in CONFLICT_KINDS and pair.kind in CONFLICT_KINDS
    worse = (
        louder and row.kind not in DISPUTED_KINDS
    )  # what a person settled as differing, surer weights do not open again
    open_already = row.state == DiscrepancyState.OPEN
    again = row.state == DiscrepancyState.CLOSED or (row.state == DiscrepancyState.RESOLVED and worse)
    if again:
        move(row, "reopen", by=by, note=f"it is a {pair.kind} now" if worse else "it holds again")
    says = discrepancy_columns(pair)
    if row.state == DiscrepancyState.OPEN and any(getattr(row, name) != value for name, value in says.items()):
        Discrepancy.objects.filter(pk=row.pk).update(**says)
        row.refresh_from_db()
    return again or (louder and open_already)


def write_sides(stand: Sequence[tuple[Discrepancy, ObservationPair]]) -> list[tuple[Discrepancy, int]]:
    """Which observations are the two sides of each pair, as of now; returns those that were not before."""
    wanted = {
        (row.pk, pk): (side, row)
        for row, pair in stand
        for side, state in (("a", pair.a), ("b", pair.b))
        for pk in state.ids
    }
    rows = [row.pk for row, _ in stand]
    known: dict[tuple[int, int], tuple[int, str]] = {}
    for start in range(0, len(rows), AT_ONCE):
        sides = DiscrepancySide.objects.filter(discrepancy__in=rows[start : start + AT_ONCE])
        known |= {
            (d, o): (pk, side) for pk, d, o, side in sides.values_list("pk", "discrepancy", "observation", "side")
        }
    gone = [pk for at, (pk, side) in known.items() if at not in wanted or wanted[at][0] != side]
    for start in range(0, len(gone), AT_ONCE):
        DiscrepancySide.objects.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    fresh = [at for at, (side, _) in wanted.items() if at not in known or known[at][1] != side]
    DiscrepancySide.objects.bulk_create(
        [DiscrepancySide(discrepancy_id=d, observation_id=o, side=wanted[d, o][0]) for d, o in fresh],
        batch_size=AT_ONCE,
    )
    return [(wanted[at][1], at[1]) for at in fresh]


def void_sign_offs_in_conflict(alarming: Iterable[tuple[Discrepancy, ObservationPair]], *, by: Actor) -> None:
    """A new conflict voids a sign-off only where an independent origin of good repute stands against it."""
    conflicts = [(row, pair) for row, pair in alarming if row.kind in CONFLICT_KINDS]
    claims = signed_off_claims(pk for _, pair in conflicts for pk in pair.observations)
    for row, pair in conflicts if claims else ():
        for side, other in ((pair.a, pair.b), (pair.b, pair.a)):
            for claim in {claim.pk: claim for pk in side.ids for claim in claims.get(pk, ())}.values():
                if is_reputable(other, side, Policy.of(claim.document.desk).reliability_floor):
                    mark_stale(claim, f"a new conflict: {reason_for_desk(row, claim.document.desk_id)}", by=by)


def signed_off_claims(observations: Iterable[int]) -> dict[int, list[Claim]]:
    """The signed-off claims whose figures carry some observations, by observation; one object for each claim."""
    keys, found = sorted(set(observations)), defaultdict[int, list[Claim]](list)
    claims: dict[int, Claim] = {}
    for start in range(0, len(keys), AT_ONCE):
        rows = Carrier.objects.filter(observation__in=keys[start : start + AT_ONCE], current=True)
        rows = rows.filter(figure__claim__state=ClaimState.SIGNED_OFF)
        for row in rows.select_related("figure__claim__document__desk").order_by("figure"):
            if claim := row.figure.claim:
                found[row.observation_id].append(claims.setdefault(claim.pk, claim))
    return found


def is_reputable(against: CarriedObservation, standing: CarriedObservation, floor: str) -> bool:
    """Whether a figure comes from an origin of its own, graded at the floor or better."""
    origins = origins_by_observation([*against.ids, *standing.ids])
    own = {origin.key for pk in standing.ids for origin in origins[pk]}
    others: list[Origin] = [origin for pk in against.ids for origin in origins[pk]]
    return any(row.key not in own and row.reliability and row.reliability <= floor for row in others)
