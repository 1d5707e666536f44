"""Cross-checks: the observations of a measure compared two by two, each discrepancy stored once.

How two observations compare is the engine's; here they are gathered from figures, and what follows is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db.models import Q
from django.utils import timezone

from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import NotAllowed
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import (
    CONFLICT_KINDS,
    DISPUTED_KINDS,
    Claim,
    CrossCheck,
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    DiscrepancyKind,
    Document,
    Figure,
    Job,
    Measure,
    Policy,
    Scope,
    Source,
    Topic,
)
from factcheck.states import ClaimState, DiscrepancyState
from factcheck.text import (
    ENGINE_VERSION,
    Hedge,
    Observation,
    Relation,
    compare,
    compare_all,
    convert,
    interval,
)

from .notices import notify_embargo_touched
from .observations import CarriedObservation, observations_of
from .pair_scores import ObservationPair, PairScorer
from .rechecks import recheck_documents
from .transitions import check_permission, mark_stale, move, reason_for_desk

KIND_OF = {
    Relation.CONFLICT: DiscrepancyKind.CONFLICT,
    Relation.SUPERSEDED: DiscrepancyKind.SUPERSEDED,
    Relation.MAGNITUDE_SLIP: DiscrepancyKind.MAGNITUDE_SLIP,
    Relation.NOT_COMPARABLE: DiscrepancyKind.NOT_COMPARABLE,
}
MOST_OBSERVATIONS = 300
MOST_AGREEING = 60
AGREE = (Relation.AGREE, Relation.AGREE_WITHIN_HEDGE)


@dataclass
class MeasureComparison:
    """What the comparison of one measure found; ``left_out`` observations were too many, and the oldest."""

    pairs: dict[frozenset[str], ObservationPair] = field(default_factory=dict)
    agreements: int = 0
    left_out: int = 0

    def add(self, pair: ObservationPair) -> None:
        self.pairs[pair.keys] = pair


def request_crosscheck(
    scope: str,
    *,
    by: Actor,
    desk: Desk | None = None,
    document: Document | None = None,
    measure: Measure | None = None,
    topic: Topic | None = None,
) -> Job:
    """Ask for a cross-check of a document, a measure, a topic, or everything.

    Raises:
        NotAllowed: the person may not ask for one on this desk.
    """
    where = document.desk if document else desk
    if where is not None:
        check_permission(by, where, "crosscheck")
    elif not isinstance(by, Machine):
        raise NotAllowed("Ask for a cross-check on one of your desks.", code="desk_missing")
    person = person_of(by)
    return enqueue_crosscheck(scope, document or measure or topic, by=person, desk=where)


def open_crosscheck(job: Job) -> CrossCheck:
    """The run of a job; the same row when the job is tried again."""
    wanted = {f"{name}_id": job.args.get(name) for name in ("document", "measure", "topic")}
    run, _ = CrossCheck.objects.get_or_create(
        job=job,
        defaults={"scope": job.args["scope"], "engine_version": ENGINE_VERSION, "started_at": timezone.now(), **wanted},
    )
    return run


def measures_of(run: CrossCheck) -> list[Measure]:
    """The measures a run looks at, in a fixed order; also those whose figures have left open discrepancies behind."""
    observed = Figure.objects.exclude(measure=None).values("measure")  # subqueries: joins would multiply the rows
    unsettled = Discrepancy.objects.filter(state=DiscrepancyState.OPEN).values("measure")
    rows = Measure.objects.filter(Q(merged_into=None, pk__in=observed) | Q(pk__in=unsettled))
    if run.scope == Scope.DOCUMENT:
        figures = Figure.objects.filter(document=run.document)
        touched = Measure.objects.filter(pk__in=figures.exclude(measure=None).values("measure"))
        everywhere = Q(general=True, key__in=touched.values("key"))  # of another topic, and compared in this one too
        left = DiscrepancyFigure.objects.filter(figure__in=figures).values("discrepancy__measure")
        embargoed = Q(held_against__in=touched.values("pk"))  # a text under embargo that is held against one of them
        rows = rows.filter(Q(pk__in=touched.values("pk")) | everywhere | embargoed | Q(pk__in=left))
    elif run.scope == Scope.MEASURE:
        rows = rows.filter(Q(pk=run.measure_id) | Q(held_against=run.measure_id))
    elif run.scope == Scope.TOPIC:
        rows = rows.filter(Q(topic=run.topic) | Q(held_against__topic=run.topic))
    return list(rows.order_by("pk"))


def measures_left(run: CrossCheck, *, anew: bool) -> list[Measure]:
    """The measures a run has not compared yet; all of them with ``anew``."""
    if anew:
        run.reached = 0
    return [measure for measure in measures_of(run) if measure.pk > run.reached]


def note_reached(run: CrossCheck, measure: Measure) -> None:
    """Store the progress of a run, in the transaction that stores its findings."""
    CrossCheck.objects.filter(pk=run.pk).update(reached=measure.pk)


def close_crosscheck(run: CrossCheck, *, left_out: int = 0) -> None:
    """Finish a run: store the counts of open discrepancies, and how many states were left out."""
    unseen = Q(measure__embargoed__isnull=False) & ~Q(measure__embargoed=run.document)
    found = Discrepancy.objects.filter(measure__in=measures_of(run), state=DiscrepancyState.OPEN).exclude(unseen)
    run.found = dict(Counter(found.values_list("kind", flat=True)))
    if left_out:
        run.found["states left out"] = left_out
    run.finished_at = timezone.now()
    run.save(update_fields=["found", "finished_at"])


def compare_measure(measure: Measure) -> MeasureComparison:
    """Compare the observations of a measure two by two. Writes nothing, so that it may take its time.

    A superseded observation is paired with the newest one that replaces it, one that is not comparable with the next
    in time only, so that an editor sees what holds now and not every step to it.
    """
    observations = observations_of(measure)
    found = MeasureComparison(left_out=max(0, len(observations) - MOST_OBSERVATIONS))
    newest: dict[str, ObservationPair] = {}
    nearest: dict[str, ObservationPair] = {}
    compared = observations[-MOST_OBSERVATIONS:]
    scorer = PairScorer(measure, compared)
    for first, second, comparison in compare_all([carried.observation for carried in compared]):
        a, b = compared[first], compared[second]
        kind = KIND_OF.get(comparison.relation)
        if measure.embargoed_id and not is_carried_by(measure, a, b):
            continue
        if kind is None:
            found.agreements += comparison.relation in AGREE
        elif kind == DiscrepancyKind.NOT_COMPARABLE:
            nearest.setdefault(a.key, ObservationPair(kind, comparison, a, b))
        elif (pair := scorer.scored(ObservationPair(kind, comparison, a, b))) is None:
            continue
        elif kind == DiscrepancyKind.SUPERSEDED:
            newest[a.key] = pair
        else:
            found.add(pair)
    for pair in [*newest.values(), *nearest.values()]:
        found.add(pair)
    return found


def is_carried_by(measure: Measure, *sides: CarriedObservation) -> bool:
    """Whether a figure of the measure itself carries one of these, not only one of what it is held against."""
    return any(figure.measure_id == measure.pk for observed in sides for figure in observed.figures)


def store_comparison(measure: Measure, found: MeasureComparison, *, by: Actor, regrouped: bool = False) -> Counter[str]:
    """Create, update, reopen and close discrepancies to match a comparison; in the caller's transaction.

    Voids sign-offs that a new conflict contradicts, and queues clearance rechecks.

    ``regrouped``: only the machine's groups changed, and no statement; that voids no sign-off.
    """
    Measure.objects.select_for_update().get(pk=measure.pk)  # two runs over one measure take turns
    Measure.objects.filter(pk=measure.pk).exclude(agreements=found.agreements).update(agreements=found.agreements)
    move_resolved_discrepancies(measure, found)
    known = {frozenset((row.a_key, row.b_key)): row for row in measure.discrepancies.all()}
    fresh = [pair for keys, pair in found.pairs.items() if keys not in known]
    made = Discrepancy.objects.bulk_create(
        [Discrepancy(measure=measure, **discrepancy_columns(pair)) for pair in fresh], batch_size=500
    )
    alarming = list(zip(made, fresh, strict=True))
    touched = fresh + [found.pairs[keys] for keys, row in known.items() if kind_changed(row, found.pairs.get(keys))]
    closed = []
    differed = {row.pk for row in known.values() if row.kind == DiscrepancyKind.DIFFERS}
    for keys, row in known.items():
        if keys in found.pairs:
            alarming += [(row, found.pairs[keys])] if update_discrepancy(row, found.pairs[keys], by=by) else []
        elif row.state == DiscrepancyState.OPEN:
            move(row, "close", by=by, note="one of the figures is gone or has changed")
            closed.append(row.pk)
    rows = {**known, **{pair.keys: row for row, pair in zip(made, fresh, strict=True)}}
    joined_by = write_sides([(rows[keys], pair) for keys, pair in found.pairs.items()])
    if measure.embargoed is not None and measure.held_against_id is not None:
        others = Figure.objects.compared().filter(measure=measure.held_against_id)
        desks = others.exclude(document__desk=measure.embargoed.desk_id).values_list("document__desk", flat=True)
        for desk in desks.order_by("document__desk").distinct():
            notify_embargo_touched(measure.embargoed, desk)
    if not regrouped:  # and a pair that rose from "differs" to conflict by its score alone voids no sign-off either
        void_sign_offs_in_conflict(measure, [(row, pair) for row, pair in alarming if row.pk not in differed], by=by)
    recheck_documents(documents_to_recheck([*touched, *(pair for _, pair in alarming)], joined_by, closed))
    return Counter(pair.kind for pair in found.pairs.values())


def move_resolved_discrepancies(measure: Measure, found: MeasureComparison) -> None:
    """Move resolved discrepancies of another measure here, where both of their figures are grouped here now."""
    known = {frozenset(keys) for keys in measure.discrepancies.values_list("a_key", "b_key")}
    fresh = {pair.keys: pair for keys, pair in found.pairs.items() if keys not in known}
    keys = sorted({key for pair in fresh for key in pair})
    for start in range(0, len(keys), 500):
        settled = Discrepancy.objects.filter(state=DiscrepancyState.RESOLVED, a_key__in=keys[start : start + 500])
        near = Q(measure__topic=measure.topic_id) | Q(measure__held_against__topic=measure.topic_id)
        for row in settled.exclude(measure=measure).filter(near).order_by("pk"):
            pair = fresh.get(frozenset((row.a_key, row.b_key)))
            sides = set(row.sides.values_list("figure", flat=True))
            if pair and all(sides & {figure.pk for figure in observed.figures} for observed in (pair.a, pair.b)):
                Discrepancy.objects.filter(pk=row.pk).update(measure=measure)
                del fresh[pair.keys]


def kind_changed(row: Discrepancy, pair: ObservationPair | None) -> bool:
    return pair is not None and row.kind != pair.kind


def documents_to_recheck(pairs: Iterable[ObservationPair], figures: Iterable[Figure], closed: list[int]) -> set[int]:
    """The documents whose gate may answer otherwise, now that these discrepancies came, changed or went."""
    found = {figure.document_id for pair in pairs for observed in (pair.a, pair.b) for figure in observed.figures}
    for start in range(0, len(closed), 500):
        sides = DiscrepancyFigure.objects.filter(discrepancy__in=closed[start : start + 500])
        found |= set(sides.values_list("figure__document", flat=True))
    return found | {figure.document_id for figure in figures}


def discrepancy_columns(pair: ObservationPair) -> dict[str, Any]:
    """The columns of the discrepancy of a pair of observations."""
    named = all(any(figure.attribution_id for figure in observed.figures) for observed in (pair.a, pair.b))
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
    first, second = middle(a), middle(b)
    second = convert(second, b.quantity.unit, a.quantity.unit) or second
    larger = max(abs(first), abs(second))
    return float(abs(first - second) / larger) if larger else 0.0


def middle(state: Observation) -> Decimal:
    low, high = interval(state.quantity, Hedge.EXACT)
    return (low + high) / 2


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


def agreements_of(measure: Measure, observations: list[CarriedObservation] | None = None) -> list[str]:
    """What agrees under a measure, in sentences: states that meet, and copies that rest on one origin.

    It is asked while somebody waits for a page, so only the newest observations are compared; where there are more, the
    first sentence says so. ``observations`` are those of the measure, where the caller has them already.
    """
    observations = observations_of(measure) if observations is None else observations
    pairs = (compare(a.observation, b.observation) for a, b in combinations(observations[-MOST_AGREEING:], 2))
    found = [row.reason for row in pairs if row.relation in AGREE]
    if len(observations) > MOST_AGREEING:
        found.insert(0, f"Only the newest {MOST_AGREEING} of {len(observations)} states are compared here.")
    copied = [(observed, len({figure.document_id for figure in observed.figures})) for observed in observations]
    copied = [(observed, documents) for observed, documents in copied if documents > 1]
    owners = Source.objects.ultimate_owners() if copied else {}
    return found + [copies_sentence(observed, documents, owners) for observed, documents in copied]


def copies_sentence(observed: CarriedObservation, documents: int, owners: dict[int, int]) -> str:
    """In how many texts a state stands, and on how many origins they rest."""
    named = sorted(origin_of(figure, owners) for figure in observed.figures if figure.attribution_id)
    bare = {origin_of(figure, owners) for figure in observed.figures if not figure.attribution_id}
    origins = len({*named[:1], *bare})  # all names of the party that says it are one origin
    says = f" ({observed.observation.says})" if observed.observation.says else ""
    figure = observed.figures[0]
    return (
        f"“{figure.surface} {figure.counted}”{says} stands in {documents} documents and rests on "
        f"{origins} origin{'s' if origins > 1 else ''}."
    )


def write_sides(rows_with_pairs: list[tuple[Discrepancy, ObservationPair]]) -> list[Figure]:
    """Which figures carry which of the two observations, as of now; returns those that did not before."""
    wanted = {
        (row.pk, figure.pk): (side, figure)
        for row, pair in rows_with_pairs
        for side, observed in (("a", pair.a), ("b", pair.b))
        for figure in observed.figures
    }
    rows = [row.pk for row, _ in rows_with_pairs]
    known: dict[tuple[int, int], tuple[int, str]] = {}
    for start in range(0, len(rows), 500):
        sides = DiscrepancyFigure.objects.filter(discrepancy__in=rows[start : start + 500])
        known |= {(d, f): (pk, side) for pk, d, f, side in sides.values_list("pk", "discrepancy", "figure", "side")}
    gone = [pk for key, (pk, side) in known.items() if key not in wanted or wanted[key][0] != side]
    for start in range(0, len(gone), 500):
        DiscrepancyFigure.objects.filter(pk__in=gone[start : start + 500]).delete()
    fresh = [key for key, (side, _) in wanted.items() if key not in known or known[key][1] != side]
    DiscrepancyFigure.objects.bulk_create(
        [DiscrepancyFigure(discrepancy_id=d, figure_id=f, side=wanted[d, f][0]) for d, f in fresh], batch_size=500
    )
    return [wanted[key][1] for key in fresh]


def void_sign_offs_in_conflict(
    measure: Measure, alarming: list[tuple[Discrepancy, ObservationPair]], *, by: Actor
) -> None:
    """A new conflict voids a sign-off only where an independent origin of good repute stands against it."""
    signed = Claim.objects.filter(figures__measure__key=measure.key, state=ClaimState.SIGNED_OFF).distinct()
    claims = {claim.pk: claim for claim in signed.select_related("document__desk")}
    for row, pair in alarming if claims else []:
        if row.kind not in CONFLICT_KINDS:
            continue
        for side, other in ((pair.a, pair.b), (pair.b, pair.a)):
            for claim in [claims[pk] for figure in side.figures if (pk := figure.claim_id) in claims and pk]:
                if is_reputable(other.figures, side.figures, Policy.for_document(claim.document).reliability_floor):
                    mark_stale(claim, f"a new conflict: {reason_for_desk(row, claim.document.desk_id)}", by=by)


def is_reputable(against: Iterable[Figure], standing: Iterable[Figure], floor: str) -> bool:
    """Whether a figure comes from an origin of its own, graded at the floor or better."""
    owners = Source.objects.ultimate_owners()
    own = {origin_of(figure, owners) for figure in standing}
    for figure in against:
        source = figure.attribution.source if figure.attribution else figure.document.publisher
        if (
            origin_of(figure, owners) not in own
            and source is not None
            and source.reliability
            and source.reliability <= floor
        ):
            return True
    return False


def origin_of(figure: Figure, owners: dict[int, int]) -> str:
    """A key for the origin of a figure: one for all copies of a party's number and for outlets of one owner."""
    attribution, document = figure.attribution, figure.document
    if attribution is not None:
        return (
            f"source:{owners[attribution.source_id]}"
            if attribution.source_id
            else f"party:{attribution.party.casefold()}"
        )
    original = document.same_text_as or document
    if original.publisher_id:
        return f"source:{owners[original.publisher_id]}"
    return f"party:{original.publisher_name.casefold()}" if original.publisher_name else f"document:{original.pk}"
