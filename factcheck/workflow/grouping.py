"""Which measure each figure of a topic is of: groups by score, under what people decided.

A new text is grouped with its topic; a nightly run regroups the whole topic. Figures under embargo are compared with
the groups of their topic but change none. The figures of one measure are compared in ``crosschecks``.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, Count, F, Min, Q, QuerySet, Value, When
from django.utils import timezone

from factcheck.actors import Actor
from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.jobs.queue import enqueue_crosscheck, enqueue_regroup
from factcheck.models import (
    Discrepancy,
    Document,
    Figure,
    FigureProfile,
    Judgement,
    MatchingWeights,
    Measure,
    Scope,
    Topic,
    TopicMatching,
)
from factcheck.states import DiscrepancyState
from factcheck.text.matching import (
    REGROUP_LIMIT,
    ExistingGroup,
    Profile,
    Scorer,
    TopicStats,
    group,
    names_kept,
    place,
    weights_as_dict,
)

from .figure_columns import measure_key_column
from .matching import link_constraints, profiles_by_figure, scorer_in_use, stats_in
from .transitions import log

logger = logging.getLogger(__name__)
REGROUP_HOUR = 2
"""The hour, UTC, at which topics are regrouped."""
AT_ONCE = 200
PIN_WEIGHT = 1_000_000
"""The vote of pinned figures, and of measures with a resolved dispute, on which measure a group keeps."""


@dataclass
class FigureNode:
    """Figures that say the same in the same words under one measure: grouped as one."""

    profile: Profile
    measure: int | None
    fingerprint: str
    pinned: bool
    figures: list[int] = field(default_factory=list)


@dataclass
class Moves:
    """What a grouping changed: how many figures moved, and the measures they came from or went to."""

    figures: int = 0
    measures: set[int] = field(default_factory=set)


def is_embargoed(document: Document) -> bool:
    return document.embargo_until is not None and document.embargo_until > timezone.now()


def group_document(document: Document) -> Moves:
    """Find the measures of a text's figures, in its topic or by itself; in the caller's transaction."""
    if document.topic_id is None:
        return group_nodes(build_nodes(figures_grouped_in(document)), None, document, scorer_in_use())
    if is_embargoed(document):
        return group_embargoed(document)
    topic = Topic.objects.select_for_update().get(pk=document.topic_id)  # two texts of one topic take turns
    figures = figures_grouped_in(topic)
    if has_few_wordings(figures):
        moves = group_nodes(build_nodes(figures), topic, document, scorer_in_use())
    else:
        moves = place_in_groups(document, topic)
    group_all_embargoed(topic, moves)  # a later text may be what they stand against
    request_moved_crosschecks(moves, document)
    return moves


def group_all_embargoed(topic: Topic, moves: Moves) -> None:
    """Find anew what the texts under embargo of a topic stand against in its groups as they are now."""
    for document in Document.objects.filter(topic=topic, embargo_until__gt=timezone.now()):
        embargoed_moves = group_embargoed(document)
        moves.figures += embargoed_moves.figures
        moves.measures |= embargoed_moves.measures


def has_few_wordings(figures: QuerySet[Figure]) -> bool:
    """Whether some figures are told in so few ways that all are grouped anew; of many not all are looked at."""
    wordings = figures.order_by().values_list("profile__wording", flat=True)
    if len(set(wordings[: REGROUP_LIMIT * 10])) > REGROUP_LIMIT:
        return False
    return wordings.distinct().count() <= REGROUP_LIMIT


def request_moved_crosschecks(moves: Moves, document: Document | None = None) -> None:
    """Ask for a comparison of the measures that changed; those of the text itself are compared with it."""
    own = Measure.objects.filter(figures__document=document) if document else Measure.objects.none()
    for measure in Measure.objects.filter(pk__in=moves.measures - set(own.values_list("pk", flat=True))):
        enqueue_crosscheck(Scope.MEASURE, measure, regrouped=True)


def regroup_topic(topic: Topic, *, by: Actor) -> Moves:
    """Regroup all figures of a topic and queue cross-checks of changed measures; in the caller's transaction.

    Raises:
        Invalid: the weights in use cannot be read; the groups stand as they are.
    """
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    moves = group_nodes(build_nodes(figures_grouped_in(topic)), topic, None, scorer_in_use())
    group_all_embargoed(topic, moves)
    TopicMatching.objects.filter(topic=topic).update(regrouped_at=timezone.now())
    if moves.figures:
        log(topic, "regroup", by=by, facts={"figures": moves.figures, "measures": len(moves.measures)})
    request_moved_crosschecks(moves)
    return moves


def figures_grouped_in(within: Topic | Document) -> QuerySet[Figure]:
    """The figures grouped with each other: those of a text, or of a topic without what is under embargo."""
    figures = Figure.objects.compared().filter(as_written="", profile__isnull=False)
    if isinstance(within, Document):
        return figures.filter(document=within)
    return figures.filter(document__topic=within).exclude(document__embargo_until__gt=timezone.now())


def ungrouped_figures(document: Document) -> QuerySet[Figure]:
    """The figures of a text that could not be grouped when it was read."""
    return figures_grouped_in(document).filter(measure=None)


def build_nodes(figures: QuerySet[Figure]) -> list[FigureNode]:
    """One node for figures of equal wording, measure and fingerprint; figures pinned to another topic are left out."""
    columns = (
        "pk",
        "measure",
        "measure__topic",
        "document__topic",
        "pinned_by",
        "profile__wording",
        "profile__fingerprint",
    )
    first: dict[tuple[Any, ...], int] = {}
    members: dict[int, list[int]] = defaultdict(list)
    facts: dict[int, tuple[int | None, str, bool]] = {}
    for pk, measure, its_topic, topic, pinned, wording, fingerprint in figures.order_by("pk").values_list(*columns):
        if pinned and measure and its_topic != topic:
            continue
        at = first.setdefault((wording, measure, fingerprint, bool(pinned)), pk)
        members[at].append(pk)
        facts[at] = (measure, fingerprint, bool(pinned))
    known = profiles_by_figure(facts)
    return [FigureNode(known[pk], *facts[pk], members[pk]) for pk in sorted(facts) if pk in known]


def group_nodes(nodes: list[FigureNode], topic: Topic | None, document: Document | None, scorer: Scorer) -> Moves:
    """Cluster these figures anew, and give each cluster the measure that most of its figures had."""
    stats = TopicStats()
    stats.add(node.profile for node in one_per_wording(nodes))
    if topic is not None:
        store_topic_stats(topic, stats, scorer)
    together, apart = link_constraints(nodes_by_fingerprint(nodes), topic.pk if topic else None, document)
    pinned = [(at, node.measure) for at, node in enumerate(nodes) if node.pinned]
    first = {measure: at for at, measure in reversed(pinned)}
    together += [(first[measure], at) for at, measure in pinned if first[measure] != at]
    apart += [(a, b) for a in first.values() for b in first.values() if a < b]
    labels = group([node.profile for node in nodes], stats, scorer, together=together, apart=apart)
    settled = settled_among(nodes)
    weights = [
        len(node.figures) + PIN_WEIGHT * (node.measure in settled) + PIN_WEIGHT**2 * node.pinned for node in nodes
    ]
    names = [str(node.measure) if node.measure else None for node in nodes]
    homes = names_kept(labels, names, weights)
    return move_figures(nodes, homes, topic, document)


def one_per_wording(nodes: Iterable[FigureNode]) -> list[FigureNode]:
    """One node per wording, so that copies do not raise word frequencies."""
    return list({node.profile.wording_digest: node for node in nodes}.values())


def nodes_by_fingerprint(nodes: Sequence[FigureNode]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, node in enumerate(nodes):
        found[node.fingerprint].append(at)
    return found


def settled_among(nodes: Iterable[FigureNode]) -> set[int]:
    """The measures of which a person has settled a dispute: what they settled stays where they did."""
    measures = {node.measure for node in nodes if node.measure}
    rows = Discrepancy.objects.filter(measure__in=measures, state=DiscrepancyState.RESOLVED)
    return set(rows.values_list("measure", flat=True).distinct())


def store_topic_stats(topic: Topic, stats: TopicStats, scorer: Scorer) -> None:
    """Store the topic's word and amount statistics, and the scorer and weights it was grouped by."""
    if not MatchingWeights.objects.exists():  # those of a later engine wait for a chief's yes
        numbers = weights_as_dict(scorer.weights)
        MatchingWeights.objects.create(version=scorer.weights.version[:40], numbers=numbers)
    values = {
        "stats": stats.as_dict(),
        "weights_version": scorer.weights.version,
        "scorer": settings().MATCHING_SCORER,
    }
    TopicMatching.objects.update_or_create(topic=topic, defaults=values)


def move_figures(
    nodes: Sequence[FigureNode], homes: Sequence[int | str], topic: Topic | None, document: Document | None
) -> Moves:
    """Move the figures of each node to the measure of its group; a group without a measure gets a new one."""
    fresh = sorted({home for home in homes if isinstance(home, int)})
    made = dict(zip(fresh, new_measures([nodes[at] for at in fresh], topic, document), strict=True))
    moves = Moves()
    targets: dict[int, int] = {}
    for node, home in zip(nodes, homes, strict=True):
        target = made[home].pk if isinstance(home, int) else int(home)
        if target != node.measure and not node.pinned:
            targets |= dict.fromkeys(node.figures, target)
            moves.measures |= {target} | ({node.measure} if node.measure else set())
    moves.figures += assign_measures(targets)
    return moves


def assign_measures(targets: Mapping[int, int]) -> int:
    """Move figures to measures, except those pinned meanwhile; marks a measure running where a figure of it is."""
    count, figures = 0, sorted(targets)
    for start in range(0, len(figures), AT_ONCE):
        some = figures[start : start + AT_ONCE]
        moved = (When(pk=pk, then=Value(targets[pk])) for pk in some)
        target = Case(*moved, output_field=BigIntegerField())
        count += Figure.objects.filter(pk__in=some, pinned_by=None).update(measure=target)
        running = FigureProfile.objects.filter(figure__in=some, running=True).values_list("figure", flat=True)
        Measure.objects.filter(pk__in={targets[pk] for pk in running}, running=False).update(running=True)
    return count


def new_measures(
    nodes: Sequence[FigureNode], topic: Topic | None, document: Document | None, **values: Any
) -> list[Measure]:
    """A measure for each of these, named by its first figure; its key is made unlike those that stand."""
    if not nodes:
        return []
    own = f"{document.pk}:" if topic is None and document else ""
    rows = Measure.objects.filter(topic=topic)
    taken = set((rows.filter(key__startswith=own) if own else rows).values_list("key", flat=True))
    firsts = {row.pk: row for row in figures_by_pk([node.figures[0] for node in nodes])}
    made = []
    for node in nodes:
        figure = firsts[node.figures[0]]
        key = free_key(own + measure_key_column(node.profile.key), taken)
        taken.add(key)
        made.append(
            Measure(
                topic=topic,
                key=key,
                parts=node.profile.key.as_dict(),
                counted=figure.counted,
                dimension=figure.dimension,
                place=figure.place,
                party=figure.party,
                **values,
            )
        )
    return Measure.objects.bulk_create(made, batch_size=200)


def figures_by_pk(keys: Sequence[int]) -> list[Figure]:
    found: list[Figure] = []
    for start in range(0, len(keys), 500):
        found += Figure.objects.filter(pk__in=keys[start : start + 500])
    return found


def free_key(key: str, taken: set[str]) -> str:
    """The key itself, or the same with the first number that makes it unlike any that is taken."""
    if key[:300] not in taken:
        return key[:300]
    number = 2
    while f"{key[:280]}#{number}" in taken:
        number += 1
    return f"{key[:280]}#{number}"


def place_in_groups(document: Document, topic: Topic) -> Moves:
    """Find the measures of a text's figures in a topic of many, whose groups stay as they stand."""
    scorer, stats = scorer_in_use(), stats_in(topic)
    nodes = [node for node in build_nodes(figures_grouped_in(document)) if node.measure is None]
    stats.add(node.profile for node in nodes)
    store_topic_stats(topic, stats, scorer)
    standing = existing_groups(topic, document, nodes)
    profiles = [node.profile for node in nodes]
    found = place(profiles, standing, stats, scorer, **placement_constraints(nodes, topic, standing))
    moves = move_figures(nodes, found.homes, topic, document)
    for name, into in found.joined.items():
        figures = Figure.objects.filter(measure=int(name), pinned_by=None).values_list("pk", flat=True)
        moves.figures += assign_measures(dict.fromkeys(figures, int(into)))
        moves.measures |= {int(name), int(into)}
    return moves


def existing_groups(topic: Topic, document: Document, nodes: Sequence[FigureNode]) -> dict[str, ExistingGroup]:
    """The groups of a topic that a text could join, each by one figure for each of its numbers."""
    dimensions = {node.profile.key.dimension for node in nodes}
    figures = figures_grouped_in(topic).filter(measure__topic=topic, measure__merged_into=None)
    alike = Q(pk__in=[])
    for prefix in {dimension.partition("/")[0] for dimension in dimensions}:
        alike |= Q(profile__dimension=prefix) | Q(profile__dimension__startswith=f"{prefix}/")
    by_number = figures.filter(alike).order_by().values("measure", "profile__unit", "profile__value")
    rows = list(by_number.annotate(first=Min("pk"), wordings=Count("profile__wording", distinct=True)))
    known = profiles_by_figure(row["first"] for row in rows)
    found: dict[str, ExistingGroup] = defaultdict(ExistingGroup)
    for row in sorted(rows, key=lambda row: row["first"]):
        if profile := known.get(row["first"]):
            found[str(row["measure"])].figures.append(profile)
            found[str(row["measure"])].sizes.append(row["wordings"])
    return dict(found)


def placement_constraints(
    nodes: Sequence[FigureNode], topic: Topic, standing: dict[str, ExistingGroup]
) -> dict[str, Any]:
    """What people said of new figures, and of them and the groups that stand."""
    fingerprints: dict[str, list[Any]] = dict(nodes_by_fingerprint(nodes))
    judged = Judgement.objects.active().within(topic.pk).values_list("a_fingerprint", "b_fingerprint")
    marks = sorted({mark for pair in judged for mark in pair})
    for start in range(0, len(marks), 500):  # by the index of fingerprints: copies told elsewhere are few
        some = figures_grouped_in(topic).filter(profile__fingerprint__in=marks[start : start + 500])
        for fingerprint, measure in some.values_list("profile__fingerprint", "measure").distinct().order_by("measure"):
            if str(measure) in standing:
                fingerprints.setdefault(fingerprint, []).append(str(measure))
    together, apart = link_constraints(fingerprints, topic.pk)
    return {"together": [pair for pair in together if not all(isinstance(end, str) for end in pair)], "apart": apart}


def group_embargoed(document: Document) -> Moves:
    """Group a text under embargo in measures of its own, each compared with a group of its topic.

    A figure that a person pinned in the topic is held against that measure, and goes back there when the embargo ends.
    """
    if document.topic_id is None:
        return Moves()
    topic = Topic.objects.select_for_update().get(pk=document.topic_id)
    moves = set_pins_aside(document)
    nodes = [node for node in build_nodes(figures_grouped_in(document)) if not node.pinned]
    if not nodes:
        return moves
    scorer, stats = scorer_in_use(), stats_in(topic)
    stats.add(node.profile for node in nodes)
    standing = existing_groups(topic, document, nodes)
    found = place(
        [node.profile for node in nodes],
        standing,
        stats,
        scorer,
        frozen=True,
        **placement_constraints(nodes, topic, standing),
    )
    own = {row.held_against_id: row for row in Measure.objects.filter(embargoed=document).exclude(held_against=None)}
    for home in dict.fromkeys(found.homes):
        some = [node for node, at in zip(nodes, found.homes, strict=True) if at == home]
        against = int(home) if isinstance(home, str) else None
        alone = {node.measure for node in some if against is None}
        own_measure = (
            own.get(against)
            if against
            else Measure.objects.filter(
                pk__in=[pk for pk in alone if pk], embargoed=document, held_against=None
            ).first()
        )
        if own_measure is None:
            (own_measure,) = new_measures(some[:1], None, document, embargoed=document, held_against_id=against)
        moving = [pk for node in some if node.measure != own_measure.pk for pk in node.figures]
        if moving:
            moves.measures |= {own_measure.pk} | {node.measure for node in some if node.measure}
            moves.figures += assign_measures(dict.fromkeys(moving, own_measure.pk))
    return moves


def set_pins_aside(document: Document) -> Moves:
    """Move pinned figures of a text under embargo out of the topic's measures until the embargo ends."""
    moves = Moves()
    for figure in document.figures.exclude(pinned_by=None).filter(measure__embargoed=None).select_related("measure"):
        measure = figure.measure
        if measure is None or measure.topic_id is None:
            continue
        known = Measure.objects.filter(embargoed=document, held_against=measure).first()
        taken = set(
            Measure.objects.filter(topic=None).filter(key__startswith=f"{document.pk}:").values_list("key", flat=True)
        )
        own_measure = known or Measure.objects.create(
            key=free_key(f"{document.pk}:{measure.key}", taken),
            parts=measure.parts,
            counted=measure.counted,
            dimension=measure.dimension,
            place=measure.place,
            party=measure.party,
            embargoed=document,
            held_against=measure,
        )
        moves.figures += Figure.objects.filter(pk=figure.pk).update(measure=own_measure)
        moves.measures |= {measure.pk, own_measure.pk}
    return moves


def request_nightly_regrouping(now: datetime) -> int:
    """Once a night, ask for each topic that has had a text since it was grouped last; returns for how many."""
    if now.hour != REGROUP_HOUR:
        return 0
    fresh = Q(documents__revisions__created_at__gt=F("matching__regrouped_at")) | Q(matching__regrouped_at=None)
    topics = Topic.objects.filter(fresh, documents__isnull=False).distinct()
    for topic in topics:
        enqueue_regroup(topic)
    return len(topics)


def regroup_after_embargoes(now: datetime) -> int:
    """Regroup the texts whose embargo has ended in their topics; returns how many. In the caller's transaction."""
    embargoed = Measure.objects.filter(embargoed__isnull=False, figures__isnull=False)
    ended = embargoed.filter(Q(embargoed__embargo_until__lte=now) | Q(embargoed__embargo_until=None))
    count = 0
    for document in Document.objects.filter(pk__in=ended.values("embargoed")):
        try:
            with transaction.atomic():
                regroup_in_topic(document)
        except Invalid:
            logger.exception("document %s stays beside its topic", document.pk)
            continue
        count += 1
    return count


def regroup_in_topic(document: Document) -> None:
    """Regroup the figures of a text after its topic or embargo changed, and queue their comparison."""
    list(Topic.objects.select_for_update().filter(pk=document.topic_id or 0))
    pinned = Measure.objects.filter(embargoed=document, figures__pinned_by__isnull=False).exclude(held_against=None)
    for own_measure in pinned.distinct() if not is_embargoed(document) else ():
        if own_measure.held_against:
            own_measure.figures.exclude(pinned_by=None).update(measure=own_measure.held_against.canonical())
    document.figures.filter(pinned_by=None).update(measure=None)
    group_document(document)
    enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)
