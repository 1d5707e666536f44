"""Editors' actions on measures (merge, split, pin, general), and the topic of a document.

A machine never undoes a person's pin.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from django.db import transaction

from factcheck.actors import Person
from factcheck.errors import Invalid, NotAllowed
from factcheck.jobs.queue import enqueue_crosscheck, enqueue_regroup
from factcheck.models import Document, Figure, JudgementOrigin, Measure, Scope, Topic
from factcheck.permissions import NOT_AUTHOR
from factcheck.relations import documents_compared, embargoed_documents_compared_with

from .grouping import free_key, group_document, is_embargoed
from .matching import refuse_contradiction, write_judgements
from .transitions import change, check_permission, log, move, require_storable


def merge_measures(measure: Measure, into: Measure, *, by: Person, version: int | None = None) -> None:
    """Merge a measure into another: moves its figures, records judgements and queues cross-checks.

    Raises:
        NotAllowed: the person is no editor of a desk that holds a figure of either, or wrote one of the texts.
        Invalid: into itself, or across dimensions or topics.
    """
    check_permission(by, measure, "merge")
    if into.figures.exists():
        check_permission(by, into, "merge")
    refuse_embargoed(*measure.figures.select_related("document")[:1], *into.figures.select_related("document")[:1])
    if into.dimension != measure.dimension or into.topic_id != measure.topic_id:
        raise Invalid("Only measures of one dimension and one topic can be merged.", code="merge_unlike")
    with transaction.atomic():
        refuse_merge_circle(measure, into)
        change(measure, version=version, merged_into=into)
        moved, standing = (list(row.figures.select_related("document").order_by("pk")) for row in (measure, into))
        replace_arrangements(moved, standing, same=True, by=by)
        write_judgements(pairwise([*standing, *moved]), same=True, origin=JudgementOrigin.MERGED, by=by)
        Measure.objects.filter(held_against=measure).update(held_against=into)
        Figure.objects.filter(measure=measure).update(measure=into)
        Measure.objects.filter(merged_into=measure).update(merged_into=into)
        log(measure, "merge", by=by, facts={"into": into.pk})
        request_measure_crosschecks(measure, into)


def refuse_merge_circle(measure: Measure, into: Measure) -> None:
    """Lock both rows in a fixed order and refuse a merge that was done the other way round meanwhile.

    Raises:
        Invalid: they are one, or one of them is merged already.
    """
    rows = Measure.objects.select_for_update().filter(pk__in=[measure.pk, into.pk]).order_by("pk")
    if [row.merged_into_id for row in rows] != [None, None]:
        raise Invalid("A measure cannot be merged into itself or into one already merged.", code="merge_circle")


def refuse_authors(by: Person, *measures: Measure | None) -> None:
    """Refuse an author of a text with figures in one of these measures.

    Raises:
        NotAllowed: one of the measures holds a figure of a document that the person wrote.
    """
    for measure in measures:
        rows = (
            (documents_compared(measure, everywhere=False), embargoed_documents_compared_with([measure]))
            if measure
            else ()
        )
        if any(documents.filter(authors=by).exists() for documents in rows):
            raise NotAllowed(NOT_AUTHOR.message, code=NOT_AUTHOR.code)


def request_measure_crosschecks(*measures: Measure | None) -> None:
    """Queue a cross-check of each of these measures."""
    for measure in measures:
        if measure is not None:
            enqueue_crosscheck(Scope.MEASURE, measure)


def split_measure(
    measure: Measure, figures: list[Figure], *, counted: str, by: Person, version: int | None = None
) -> Measure:
    """Split figures off a measure: pins them to a new measure, records judgements and queues cross-checks.

    Raises:
        Invalid: no figures, or figures of another measure.
    """
    check_permission(by, measure, "split")
    refuse_embargoed(*figures)
    if not figures or any(figure.measure_id != measure.pk for figure in figures):
        raise Invalid("Choose figures of this measure.", code="figures_elsewhere")
    if not counted.strip():
        raise Invalid("Say what they count.", code="counted_missing")
    require_storable(counted)
    with transaction.atomic():
        change(measure, version=version)
        taken = set(Measure.objects.filter(topic=measure.topic).values_list("key", flat=True))
        made = Measure.objects.create(
            topic=measure.topic,
            key=free_key(measure.key.partition("#")[0], taken),
            parts=measure.parts,
            counted=counted.strip()[:300],
            dimension=measure.dimension,
            place=measure.place,
            party=measure.party,
            running=measure.running,
        )
        left = measure.figures.exclude(pk__in=[figure.pk for figure in figures])
        rest = list(left.select_related("document").order_by("pk"))
        replace_arrangements(figures, rest, same=False, by=by)
        apart = ((figure, other) for figure in figures[:1] for other in rest)
        write_judgements(apart, same=False, origin=JudgementOrigin.SPLIT, by=by)
        for figure in figures:
            check_permission(by, figure, "pin")
            refuse_authors(by, figure.measure, made)
            pin_to_measure(figure, made, by=by)
        log(measure, "split", by=by, facts={"into": made.pk, "figures": [figure.pk for figure in figures]})
    return made


def refuse_embargoed(*figures: Figure) -> None:
    """Refuse figures of a text under embargo.

    Raises:
        Invalid: a text of one of them is under embargo.
    """
    if any(is_embargoed(figure.document) for figure in figures):
        raise Invalid("Its text is under embargo; arrange its measures when that has ended.", code="under_embargo")


def pin_figure(figure: Figure, measure: Measure, *, by: Person, version: int | None = None) -> None:
    """Pin a figure to a measure; records judgements and queues cross-checks. No machine undoes a pin.

    Raises:
        Invalid: the dimensions differ.
    """
    check_permission(by, figure, "pin")
    refuse_embargoed(figure)
    refuse_authors(by, figure.measure, measure)
    if figure.dimension != measure.dimension:
        raise Invalid(
            f"A figure in {figure.unit} cannot belong to a measure of {measure.dimension}.", code="dimension_differs"
        )
    with transaction.atomic():
        before = figure.measure
        replace_arrangements([figure], measure.figures.exclude(pk=figure.pk), same=True, by=by)
        if before is not None and before != measure:
            replace_arrangements([figure], before.figures.exclude(pk=figure.pk), same=False, by=by)
        pin_to_measure(figure, measure, by=by, version=version)


def replace_arrangements(figures_a: Iterable[Figure], others: Iterable[Figure], *, same: bool, by: Person) -> None:
    """Withdraw earlier merges, splits and pins that contradict this one; a judgement refuses the action.

    Raises:
        Invalid: somebody judged that it is not so.
    """
    for row in refuse_contradiction(figures_a, others, same=same, by=by):
        move(row, "withdraw", by=by, note="arranged otherwise since")


def pin_to_measure(figure: Figure, measure: Measure, *, by: Person, version: int | None = None) -> None:
    """Pin a figure to a measure and record a judgement with a figure of its desk there, if there is one."""
    with transaction.atomic():
        before = figure.measure
        others = measure.figures.filter(document__desk=figure.document.desk_id).exclude(pk=figure.pk).order_by("pk")[:1]
        write_judgements(((figure, other) for other in others), same=True, origin=JudgementOrigin.PINNED, by=by)
        change(figure, version=version, measure=measure, pinned_by=by)
        log(figure, "pin", by=by, facts={"from": before.pk if before else None, "measure": measure.pk})
        request_measure_crosschecks(before, measure)


def set_general(measure: Measure, general: bool, *, by: Person, version: int | None = None) -> None:
    """Set whether figures of this measure are compared across topics; queues a cross-check.

    Every figure of the same key in any topic is compared then, so the right is asked on all of their documents.

    Raises:
        NotAllowed: the person is no editor of a desk that holds such a figure, or wrote one of the texts.
        Invalid: the measure was merged into another, or belongs to a text that is in no topic.
    """
    check_permission(by, measure, "set_general")
    if measure.merged_into_id:
        raise Invalid("This measure was merged into another; say it of that one.", code="measure_merged")
    if general and measure.topic_id is None:
        raise Invalid(
            "The text of this measure is in no topic, so nothing else has the measure; put the text into one first.",
            code="measure_without_topic",
        )
    with transaction.atomic():
        change(measure, version=version, general=general)
        log(measure, "set_general", by=by, facts={"general": general})
        request_measure_crosschecks(measure)


def set_topic(document: Document, topic: Topic | None, *, by: Person, version: int | None = None) -> None:
    """Move a document to a topic, or out of one: regroups its unpinned figures and queues a cross-check.

    Raises:
        NotAllowed: the person wrote this document, or one whose figures its figures are or would be compared with.
    """
    check_permission(by, document, "set_topic")
    before = document.topic
    refuse_authors(by, *Measure.objects.filter(figures__document=document).distinct())
    with transaction.atomic():
        list(Topic.objects.select_for_update().filter(pk__in=[row.pk for row in (before, topic) if row]).order_by("pk"))
        change(document, version=version, topic=topic)
        document.figures.filter(pinned_by=None).update(measure=None)
        group_document(document)
        refuse_authors(by, *Measure.objects.filter(figures__document=document).distinct())
        enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)
        log(
            document,
            "set_topic",
            by=by,
            facts={"from": before.pk if before else None, "topic": topic.pk if topic else None},
        )
        if before is not None:  # what is usual there is counted anew without it
            enqueue_regroup(before)
