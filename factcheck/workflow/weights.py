"""Matching weights: try them and list per desk what opens and closes, then put them in use.

How they are fitted is in ``text.matching.training``. May import the other actions: a trial groups and compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import NotAllowed
from factcheck.models import Desk, Discrepancy, Document, Figure, MatchingWeights, Measure, Membership, Role, Topic
from factcheck.states import DocumentState
from factcheck.text.matching import Weights, weights_as_dict

from .crosschecks import compare_measure
from .findings import store_comparison
from .grouping import group_document, regroup_topic
from .transitions import log

Changes = dict[str, dict[str, int]]
"""By the slug of a desk: how many disputes that block it opened, and how many closed; likewise of what only differs."""


def try_weights(weights: Weights, *, by: Actor) -> Changes:
    """What would open and close at each desk with these weights; rolled back."""
    with transaction.atomic():
        found = apply_weights(weights, by=by)
        transaction.set_rollback(True)
    return found


def put_in_use(weights: Weights, *, by: Actor) -> Changes:
    """Put weights in use: regroups and compares the topics of stories in check.

    What is signed off or published does not go stale by it.

    Raises:
        NotAllowed: the person is no chief editor.
    """
    if not isinstance(by, Machine) and not Membership.objects.of(by).filter(role=Role.CHIEF_EDITOR).exists():
        raise NotAllowed("Weights are put in use by a chief editor.", code="role_missing")
    with transaction.atomic():
        return apply_weights(weights, by=by)


def apply_weights(weights: Weights, *, by: Actor) -> Changes:
    """Group and compare by new weights what stories in check are part of; in the caller's transaction."""
    before = open_by_desk()
    person = person_of(by)
    row = MatchingWeights.objects.create(version=weights.version[:40], numbers=weights_as_dict(weights), by=person)
    for measures in regrouped_parts():
        for measure in measures:
            store_comparison(measure, compare_measure(measure), by=Machine("weights"), regrouped=True)
    changes = changes_between(before, open_by_desk())
    MatchingWeights.objects.filter(pk=row.pk).update(found=changes)
    log(row, "use", by=by, facts={"version": weights.version, "changes": changes})
    return changes


def regrouped_parts() -> Iterator[list[Measure]]:
    """Regroup each topic with a story in check, and each such text in none; yields the measures to compare."""
    checked = Document.objects.filter(state=DocumentState.IN_CHECK)
    for topic in Topic.objects.filter(documents__in=checked).distinct():
        regroup_topic(topic, by=Machine("weights"))
        yield measures_within(Q(document__topic=topic), Q(topic=topic) | Q(held_against__topic=topic))
    for document in checked.filter(topic=None):
        group_document(document)
        yield measures_within(Q(document=document), Q(topic=None, key__startswith=f"{document.pk}:"))


def measures_within(figures: Q, known: Q) -> list[Measure]:
    """The measures of some figures, and those of which discrepancies are left."""
    with_figures = Figure.objects.filter(figures).values("measure")
    with_discrepancies = Discrepancy.objects.open().values("measure")
    return list(
        Measure.objects.filter(Q(pk__in=with_figures, merged_into=None) | Q(known, pk__in=with_discrepancies)).order_by(
            "pk"
        )
    )


def open_by_desk() -> dict[str, dict[str, set[tuple[int, str, str]]]]:
    """The open pairs of each desk, by kind."""
    found: dict[str, dict[str, set[tuple[int, str, str]]]] = {}
    for desk in Desk.objects.all():
        kinds = found.setdefault(desk.slug, {})
        rows = Discrepancy.objects.open().of_desk(desk)
        for kind, measure, a, b in rows.values_list("kind", "measure", "a_key", "b_key"):
            kinds.setdefault(kind, set()).add((measure, a, b))
    return found


def changes_between(before: Any, after: Any) -> Changes:
    changes: Changes = {}
    for desk in after:
        counts: Counter[str] = Counter()
        for kind in sorted({*before.get(desk, {}), *after[desk]}):
            old, new = (
                {(a, b) for _, a, b in rows.get(desk, {}).get(kind, set())} for rows in (before, after)
            )  # a pair that only moved to another measure neither opens nor closes
            counts[f"{kind} opens"] += len(new - old)
            counts[f"{kind} closes"] += len(old - new)
        changes[desk] = {name: count for name, count in counts.items() if count}
    return changes
