"""Cross-checks: runs that compare the observations of measures and write down what differs.

A run first brings the stored observations up to date (``carriers``), then compares them (``comparisons``) and stores
what was found (``findings``), in parts that can be broken off between any two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import NotAllowed
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import (
    Carrier,
    CrossCheck,
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    Document,
    Figure,
    Job,
    Measure,
    Scope,
    Topic,
)
from factcheck.states import DiscrepancyState
from factcheck.text import ENGINE_VERSION

from .carriers import carry_figures, keep_figures, keep_measures, misplaced_figures
from .comparisons import ComparisonInputs, MeasureComparison, compare_measures
from .observations import compared_under
from .transitions import check_permission

MEASURES_AT_ONCE = 10


def compare_measure(measure: Measure) -> MeasureComparison:
    """Compare the observations of one measure, brought up to date, two by two."""
    with transaction.atomic():
        keep_measures(compared_under([measure])[measure.pk])
    (found,) = compare_measures([measure])
    return found


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
    return list(measures_looked_at(run).select_related("held_against").order_by("pk"))


def measures_looked_at(run: CrossCheck) -> QuerySet[Measure]:
    rows = Measure.objects.all()
    if run.scope == Scope.DOCUMENT:
        rows = rows.filter(pk__in=measures_touched_by(run))
    elif run.scope == Scope.MEASURE:
        rows = rows.filter(Q(pk=run.measure_id) | Q(held_against=run.measure_id))
    elif run.scope == Scope.TOPIC:
        rows = rows.filter(Q(topic=run.topic) | Q(held_against__topic=run.topic))
    observed = Figure.objects.filter(measure=OuterRef("pk"))
    unsettled = Discrepancy.objects.filter(measure=OuterRef("pk"), state=DiscrepancyState.OPEN)
    return rows.filter(Q(Exists(observed), merged_into=None) | Q(Exists(unsettled)))


def measures_touched_by(run: CrossCheck) -> set[int]:
    """The measures that the figures of a run's document are or were compared under, each looked up by an index."""
    figures = Figure.objects.filter(document=run.document)
    own = Measure.objects.filter(pk__in=figures.exclude(measure=None).values("measure"))
    found = dict(own.values_list("pk", "key"))
    carried = Carrier.objects.filter(figure__document=run.document)
    left = set(
        DiscrepancyFigure.objects.filter(figure__document=run.document).values_list("discrepancy__measure", flat=True)
    )
    left |= set(carried.values_list("observation__measure", flat=True))
    everywhere = Measure.objects.filter(
        general=True, key__in=set(found.values())
    )  # of another topic, compared here too
    embargoed = Measure.objects.filter(held_against__in=found)  # a text under embargo, held against one of them
    rows = [*everywhere.values_list("pk", flat=True), *embargoed.values_list("pk", flat=True)]
    return {*found, *left, *rows, *run.left_behind}


def measures_left(run: CrossCheck, *, anew: bool) -> Iterator[tuple[int, list[Measure]]]:
    """The measures a run has not compared yet, in parts, and how many it has looked at; all of them with ``anew``.

    A run over everything leaves out those that nothing has changed in since they were compared, one of a document
    also those whose topic alone has changed.
    """
    if anew:
        run.reached = 0
    rows = measures_looked_at(run).select_related("held_against").order_by("pk")
    inputs = ComparisonInputs() if run.scope in (Scope.EVERYTHING, Scope.DOCUMENT) else None
    usual = run.scope == Scope.EVERYTHING
    reached = run.reached
    while part := list(rows.filter(pk__gt=reached)[:MEASURES_AT_ONCE]):
        reached = part[-1].pk
        yield len(part), [row for row in part if inputs is None or not inputs.hold(row, usual=usual)]


def keep_observations(run: CrossCheck) -> Iterator[Callable[[], object]]:
    """Bring the observations of a run's measures up to date: the parts of it, each for a transaction of its own."""
    if run.document:
        yield partial(note_left_behind, run)
        return
    if run.scope == Scope.EVERYTHING:
        parts = misplaced_figures()
    else:
        parts = misplaced_figures(list(measures_looked_at(run).values_list("pk", flat=True)))
    for part in parts:
        yield partial(keep_figures, part)


def note_left_behind(run: CrossCheck) -> None:
    """Put the figures of a document where they belong, and remember the measures that they left."""
    if run.document:
        run.left_behind = sorted({*run.left_behind, *carry_figures(run.document).measures})
        CrossCheck.objects.filter(pk=run.pk).update(left_behind=run.left_behind)


def note_reached(run: CrossCheck, measure: Measure) -> None:
    """Store the progress of a run, in the transaction that stores its findings."""
    CrossCheck.objects.filter(pk=run.pk).update(reached=measure.pk)


def close_crosscheck(run: CrossCheck) -> None:
    """Finish a run: store the counts of open discrepancies."""
    unseen = Q(measure__embargoed__isnull=False) & ~Q(measure__embargoed=run.document)
    found = Discrepancy.objects.open().exclude(unseen)
    if run.scope != Scope.EVERYTHING:
        found = found.filter(measure__in=[row.pk for row in measures_of(run)])
    counts = found.order_by().values_list("kind").annotate(count=Count("pk"))
    run.found = dict(counts)
    run.finished_at = timezone.now()
    run.save(update_fields=["found", "finished_at"])
