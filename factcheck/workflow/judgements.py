"""Judgements of people whether two figures count the same thing; they bind copies too, and no machine undoes them.

The measures are regrouped in the background by ``grouping``.
"""

from __future__ import annotations

from django.db import transaction

from factcheck.actors import Actor, Person
from factcheck.errors import Invalid, StaleRevision
from factcheck.jobs.queue import enqueue_regroup
from factcheck.models import Discrepancy, Figure, Judgement, JudgementOrigin, Topic
from factcheck.relations import wrote_one_compared
from factcheck.states import JudgementState

from .matching import JudgementGraph, contradiction_error, fingerprint_of, write_judgements
from .transitions import change, check_permission, log, move, require_storable, transition_for

LONGEST_NOTE = 2000
PINNING = (JudgementOrigin.PINNED, JudgementOrigin.SPLIT)
"""What pins a figure to its measure, so that grouping does not move it."""


def judge_figures(
    figure: Figure, other: Figure, same: bool, *, by: Person, note: str = "", version: int | None = None
) -> Judgement:
    """Judge that two figures count the same thing, or that they do not; queues a regrouping.

    An author of a text compared with one of them only proposes the judgement; a second person confirms it.

    Raises:
        NotAllowed: the person is no editor of the desk of one of them.
        Invalid: they are one figure or copies of one, in two topics, measured in two dimensions, or not prepared; or
            somebody judged them already, or others so that it cannot hold as well.
    """
    check_permission(by, figure, "judge")
    check_permission(by, other, "judge")
    if version is not None and version != figure.version:
        raise StaleRevision("This has changed since you opened it.", version=figure.version)
    require_storable(note)
    if len(note) > LONGEST_NOTE:
        raise Invalid("Please keep the reason under 2,000 characters.", code="reason_too_long")
    with transaction.atomic():
        if figure.document.topic_id:
            Topic.objects.select_for_update().get(pk=figure.document.topic_id)  # two judgements take turns
        refuse_senseless(figure, other, same, by=by)
        refuse_twice(figure, other)
        state = (
            JudgementState.PROPOSED
            if wrote_one_compared(by, Figure.objects.filter(pk__in=[figure.pk, other.pk]))
            else JudgementState.ACTIVE
        )
        write_judgements(
            [(figure, other)], same=same, origin=JudgementOrigin.JUDGED, by=by, state=state, note=note.strip()
        )
        made = Judgement.objects.of_figures(figure).filter(by=by).latest("pk")
        log(
            made,
            "judge",
            by=by,
            note=note.strip(),
            to_state=state,
            facts={"same": same, "figures": [figure.pk, other.pk]},
        )
        if state == JudgementState.ACTIVE:
            group_again(made)
    return made


def refuse_senseless(figure: Figure, other: Figure, same: bool, *, by: Actor) -> None:
    """Refuse a judgement that is impossible or contradicts an active one.

    Raises:
        Invalid: with a sentence for the person.
    """
    fingerprints = fingerprint_of(figure), fingerprint_of(other)
    if not all(fingerprints) or figure.as_written or other.as_written:
        raise Invalid("The text of one of them has to be read again first.", code="figure_unprepared")
    if fingerprints[0] == fingerprints[1]:
        raise Invalid("They are copies of one statement.", code="judged_copies")
    alone = figure.document.topic_id is None and figure.document_id != other.document_id
    if alone or figure.document.topic_id != other.document.topic_id:
        raise Invalid("They are of two topics, and not compared.", code="judged_across_topics")
    if figure.dimension.partition("/")[0] != other.dimension.partition("/")[0]:
        raise Invalid(
            f"One is measured in {figure.unit}, the other in {other.unit}; they are not compared.", code="judged_unlike"
        )
    if same and figure.pinned_by_id and other.pinned_by_id and figure.measure_id != other.measure_id:
        raise Invalid("Each of them was pinned to a measure of its own; pin them to one.", code="judged_pinned")
    judged = JudgementGraph(figure.document)
    if judged.are_same(*fingerprints):
        if not same:
            raise contradiction_error(judged.linking_judgement(*fingerprints), by)
        raise Invalid("They are held to be the same thing already.", code="judged_already")
    if row := judged.separating_judgement(*fingerprints):
        if same:
            raise contradiction_error(row, by)
        raise Invalid("They are held to be two things already.", code="judged_already")


def refuse_twice(figure: Figure, other: Figure) -> None:
    """Refuse a pair that already waits for confirmation.

    Raises:
        Invalid: it waits already.
    """
    waiting = Judgement.objects.of_figures(figure).filter(state=JudgementState.PROPOSED)
    if (waiting.filter(a=other) | waiting.filter(b=other)).exists():
        raise Invalid("It was proposed already, and waits for a second person.", code="judged_proposed")


def judge_pair(pair: Discrepancy, same: bool, *, by: Person, note: str = "", version: int | None = None) -> Judgement:
    """Judge the first figures of the two sides of a discrepancy.

    Raises:
        NotAllowed, Invalid: as ``judge_figures``.
    """
    check_permission(by, pair, "judge")
    sides = pair.sides.select_related("figure__document__topic", "figure__measure").order_by("pk")
    first = {row.side: row.figure for row in reversed(sides)}
    if version is not None and version != pair.version:
        raise StaleRevision("This has changed since you opened it.", version=pair.version)
    if len(first) < 2:
        raise Invalid("One side of it has no figure any more.", code="figure_gone")
    return judge_figures(first["a"], first["b"], same, by=by, note=note)


def confirm_judgement(judgement: Judgement, *, by: Actor, version: int | None = None) -> None:
    """Confirm a judgement that an author proposed; it becomes active and queues a regrouping.

    Raises:
        NotAllowed: they wrote one of the texts, or judged it themselves.
        Invalid: somebody judged otherwise meanwhile.
    """
    with transaction.atomic():
        check_permission(by, judgement, "confirm")
        transition_for(judgement, "confirm", by)
        refuse_senseless(judgement.a, judgement.b, judgement.same, by=by)
        move(judgement, "confirm", by=by, version=version, confirmed_by=by)
        group_again(judgement)


def withdraw_judgement(judgement: Judgement, *, by: Actor, note: str, version: int | None = None) -> None:
    """Withdraw a judgement; releases the pins that came with it and queues a regrouping.

    Raises:
        NotAllowed: they wrote one of the texts, or are no editor there. Invalid: no reason is given.
    """
    with transaction.atomic():
        move(judgement, "withdraw", by=by, note=note, version=version)
        release_pins(judgement)
        group_again(judgement)


def release_pins(judgement: Judgement) -> None:
    """Unpin the figures of a judgement that came from a pin or split, unless another one keeps them pinned."""
    if judgement.origin not in PINNING:
        return
    for figure in (judgement.a, judgement.b):
        others = Judgement.objects.active().of_figures(figure).filter(origin__in=PINNING)
        if figure.pinned_by_id and not others.exists():
            change(figure, pinned_by=None)


def group_again(judgement: Judgement) -> None:
    document = judgement.a.document
    enqueue_regroup(document.topic or document)
