"""Measures in the hands of editors: merged, split, pinned; and the topic a document's figures are compared in.

A machine never undoes a person's pin.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from factcheck.errors import Invalid, NotAllowed
from factcheck.models import Document, Figure, Measure, Scope, Topic
from factcheck.permissions import NO_AUTHOR, documents_compared
from factcheck.queue import enqueue_crosscheck

from .transitions import change, log, require, require_storable


def merge_measures(measure: Measure, into: Measure, *, by: Any, version: int | None = None) -> None:
    """Say that two measures are one: the figures move over, and what the engine finds later follows.

    Raises:
        NotAllowed: the person is no editor of a desk that holds a figure of either, or wrote one of the texts.
        Invalid: into itself, or across dimensions or topics.
    """
    require(by, measure, "merge")
    if into.figures.exists():
        require(by, into, "merge")
    if into.dimension != measure.dimension or into.topic_id != measure.topic_id:
        raise Invalid("Only measures of one dimension and one topic can be merged.", code="merge_unlike")
    with transaction.atomic():
        refuse_circles(measure, into)
        change(measure, version=version, merged_into=into)
        Figure.objects.filter(measure=measure).update(measure=into)
        Measure.objects.filter(merged_into=measure).update(merged_into=into)
        log(measure, "merge", by=by, facts={"into": into.pk})
        compare_again(measure, into)


def refuse_circles(measure: Measure, into: Measure) -> None:
    """Hold both rows, always in the same order, and look again: somebody may be merging them the other way round.

    Raises:
        Invalid: they are one, or one of them is merged already.
    """
    rows = Measure.objects.select_for_update().filter(pk__in=[measure.pk, into.pk]).order_by("pk")
    if [row.merged_into_id for row in rows] != [None, None]:
        raise Invalid("A measure cannot be merged into itself or into one already merged.", code="merge_circle")


def refuse_authors(by: Any, *measures: Measure | None) -> None:
    """What one's own figures are compared with is not for oneself to say, whichever of the figures is moved.

    Raises:
        NotAllowed: one of the measures holds a figure of a document that the person wrote.
    """
    for measure in measures:
        if measure and documents_compared(measure, everywhere=False).filter(authors=by).exists():
            raise NotAllowed(NO_AUTHOR.message, code=NO_AUTHOR.code)


def compare_again(*measures: Measure | None) -> None:
    """Figures moved between measures: a job compares what each of them holds now."""
    for measure in measures:
        if measure is not None:
            enqueue_crosscheck(Scope.MEASURE, measure)


def split_measure(
    measure: Measure, figures: list[Figure], *, counted: str, by: Any, version: int | None = None
) -> Measure:
    """Say that some figures of a measure count another thing; they are pinned to a measure of their own.

    Raises:
        Invalid: no figures, or figures of another measure.
    """
    require(by, measure, "split")
    if not figures or any(figure.measure_id != measure.pk for figure in figures):
        raise Invalid("Choose figures of this measure.", code="figures_elsewhere")
    if not counted.strip():
        raise Invalid("Say what they count.", code="counted_missing")
    require_storable(counted)
    with transaction.atomic():
        change(measure, version=version)
        number = Measure.objects.filter(topic=measure.topic, key__startswith=f"{measure.key[:250]}#").count() + 1
        made = Measure.objects.create(
            topic=measure.topic,
            key=f"{measure.key[:250]}#{number}",
            parts=measure.parts,
            counted=counted.strip()[:300],
            dimension=measure.dimension,
            place=measure.place,
            party=measure.party,
            running=measure.running,
        )
        for figure in figures:
            pin_figure(figure, made, by=by)
        log(measure, "split", by=by, facts={"into": made.pk, "figures": [figure.pk for figure in figures]})
    return made


def pin_figure(figure: Figure, measure: Measure, *, by: Any, version: int | None = None) -> None:
    """Say which measure a figure belongs to, for good.

    Raises:
        Invalid: the dimensions differ.
    """
    require(by, figure, "pin")
    refuse_authors(by, figure.measure, measure)
    if figure.dimension != measure.dimension:
        raise Invalid(
            f"A figure in {figure.unit} cannot belong to a measure of {measure.dimension}.", code="dimension_differs"
        )
    with transaction.atomic():
        before = figure.measure
        change(figure, version=version, measure=measure, pinned_by=by)
        log(figure, "pin", by=by, facts={"from": before.pk if before else None, "measure": measure.pk})
        compare_again(before, measure)


def set_general(measure: Measure, general: bool, *, by: Any, version: int | None = None) -> None:
    """Say that figures of this measure are compared whatever the topic, or only inside it.

    Every figure of the same key in any topic is compared then, so the right is asked on all of their documents.

    Raises:
        NotAllowed: the person is no editor of a desk that holds such a figure, or wrote one of the texts.
        Invalid: the measure was merged into another, or belongs to a text that is in no topic.
    """
    require(by, measure, "set_general")
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
        compare_again(measure)


def set_topic(document: Document, topic: Topic | None, *, by: Any, version: int | None = None) -> None:
    """Put a document into a running story: its figures move to the measures of that topic, pinned ones stay.

    Raises:
        NotAllowed: the person wrote this document, or one whose figures its figures are or would be compared with.
    """
    require(by, document, "set_topic")
    refuse_authors(by, *measures_met(document, topic))
    with transaction.atomic():
        before = document.topic_id
        change(document, version=version, topic=topic)
        for figure in document.figures.filter(pinned_by=None).exclude(measure=None).select_related("measure"):
            if figure.measure:
                figure.measure = home_of(figure.measure, document)
                figure.save(update_fields=["measure"])
        enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)
        log(document, "set_topic", by=by, facts={"from": before, "topic": topic.pk if topic else None})


def measures_met(document: Document, topic: Topic | None) -> list[Measure]:
    """The measures a document's figures are in, and those of the topic they would be moved to."""
    own = list(Measure.objects.filter(figures__document=document).distinct())
    bare = {measure.key.removeprefix(f"{document.pk}:") for measure in own}
    there = Measure.objects.filter(topic=topic, key__in=bare).select_related("merged_into") if topic else []
    return [*own, *(measure.standing() for measure in there)]


def home_of(measure: Measure, document: Document) -> Measure:
    """The measure of the same key in the document's topic; a document without one keeps its measures apart."""
    own = f"{document.pk}:"
    bare = measure.key.removeprefix(own)
    made, _ = Measure.objects.get_or_create(
        topic=document.topic, key=bare if document.topic_id else f"{own}{bare}"[:300],
        defaults={
            "parts": measure.parts, "counted": measure.counted, "dimension": measure.dimension, "place": measure.place,
            "party": measure.party, "running": measure.running,
        },
    )  # fmt: skip
    return made.standing()
