"""What figures are matched by: scorer and weights, figure profiles, people's judgements as link constraints.

Nothing is grouped or compared here; ``grouping`` and ``crosschecks`` do that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.module_loading import import_string

from factcheck.actors import Actor, Person
from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.models import (
    Document,
    Figure,
    FigureProfile,
    Judgement,
    JudgementOrigin,
    MatchingWeights,
    Policy,
    Topic,
    TopicMatching,
    scored_policies,
)
from factcheck.text import ENGINE_VERSION, FigureMention, Hedge, Quantity
from factcheck.text.matching import (
    Profile,
    Scorer,
    TopicStats,
    Weights,
    WeightsUnusable,
    fingerprint,
    profile_of,
    read_weights,
    shipped,
    stats_of,
    with_quantity,
    with_words,
)

AT_ONCE = 500
UNUSABLE = "weights_unusable"
NUMBER_PARTS = frozenset(["value", "low", "high", "unit", "hedge"])
PROFILE_COLUMNS = ("prepared", "fingerprint", "wording", "dimension", "unit", "value", "running", "engine_version")


def weights_in_use() -> Weights:
    """The newest weights put in use, else those shipped with the engine.

    Raises:
        Invalid: the row holds no weights; the sentence says what is wrong with it.
    """
    row = MatchingWeights.objects.first()
    try:
        return read_weights(json.dumps(row.numbers)) if row else shipped()
    except WeightsUnusable as error:
        raise Invalid(
            f"Figures are not compared, for {error}. A chief editor puts others in use with use_weights.", code=UNUSABLE
        ) from None


def scorer_in_use() -> Scorer:
    """What scores two figures on this site.

    Raises:
        Invalid: as ``weights_in_use``.
    """
    path = settings().MATCHING_SCORER
    function: Callable[..., Any] | None = import_string(path) if path else None
    return Scorer(weights_in_use(), function)


class ScoreThresholds:
    """From which score on figures that differ are a conflict, and from which they are listed as differing.

    Where several desks hold a side the more careful of them decides, and of each desk the lowest scores that held since
    the first text of it was filed: a raised score holds for what is filed after it.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.held = scored_policies()

    def of(self, filed: Mapping[int, datetime]) -> tuple[float, float]:
        """The thresholds of both for a pair; ``filed``: when each desk filed the first text that carries a side."""
        rows = [row for desk, first in filed.items() for row in self._since(desk, first)]
        conflict = [row.conflict_score or self.weights.conflict for row in rows]
        differs = [row.differs_score or self.weights.differs for row in rows]
        return min(conflict, default=self.weights.conflict), min(differs, default=self.weights.differs)

    def _since(self, desk: int, first: datetime) -> Iterator[Policy]:
        for until, row in self.held.get(desk, [(None, Policy())]):
            if until is None or until > first:
                yield row


def blocking_thresholds(document: Document) -> dict[str, float]:
    """From which score on a conflict blocks a text, and what is superseded, by the policy of its desk and the weights.

    The lowest of those by which the desk has checked since the text was filed.
    """
    weights, scores = weights_in_use(), [policy.conflict_score for policy in Policy.held_since(document)]
    return {
        "conflict_score": min(score or weights.conflict for score in scores),
        "superseded_score": min(score or weights.replaced for score in scores),
    }


def write_profiles(text: str, rows: Sequence[tuple[Figure, FigureMention, Profile]]) -> None:
    """Keep the figures of a text as they are prepared; those of an earlier reading are written over."""
    made = [profile_row(figure, mention, profile, text) for figure, mention, profile in rows]
    carry_judgements_over(made)
    FigureProfile.objects.bulk_create(
        made, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["figure"], update_fields=PROFILE_COLUMNS
    )


def carry_judgements_over(made: Sequence[FigureProfile]) -> None:
    """Update the fingerprints of judgements where the words around a judged figure were edited."""
    keys = [row.figure_id for row in made]
    before: dict[int, str] = {}
    for start in range(0, len(keys), AT_ONCE):
        rows = FigureProfile.objects.filter(figure__in=keys[start : start + AT_ONCE])
        before |= dict(rows.values_list("figure", "fingerprint"))
    for row in made:
        old = before.get(row.figure_id, row.fingerprint)
        if old != row.fingerprint:
            own = Judgement.objects.filter(a=row.figure_id, a_fingerprint=old)
            own.exclude(b_fingerprint=row.fingerprint).update(a_fingerprint=row.fingerprint)
            own = Judgement.objects.filter(b=row.figure_id, b_fingerprint=old)
            own.exclude(a_fingerprint=row.fingerprint).update(b_fingerprint=row.fingerprint)


def with_stated_day(profile: Profile, figure: Figure) -> Profile:
    """The profile with the day that a person stated for the figure, where one did."""
    if figure.dated_by_id is None or figure.as_of_start is None:
        return profile
    day = figure.as_of_start.astimezone(ZoneInfo(figure.document.zone)).date()
    return replace(profile, day=day.toordinal(), stated=True)


def with_corrections(profile: Profile, figure: Figure) -> Profile:
    """The profile with what a person corrected in the reading of the figure."""
    corrected = figure.machine_reading
    if not corrected:
        return profile
    if NUMBER_PARTS & corrected.keys():
        profile = with_quantity(profile, quantity_of(figure), Hedge(figure.hedge))
    words = {"counted": figure.counted, "place": figure.place, "says": says_of(figure)}
    return with_words(profile, **{name: value for name, value in words.items() if name in corrected})


def quantity_of(figure: Figure) -> Quantity:
    numbers = (figure.value, figure.low, figure.high)
    return Quantity(*numbers, figure.unit, figure.dimension, figure.step, figure.as_written)


def says_of(figure: Figure) -> str:
    """To whom the copy attributes a figure; empty where it says it in its own voice."""
    return figure.attribution.party if figure.attribution else ""


def update_profile(figure: Figure) -> None:
    """Update the stored profile after a person stated the day of a figure, or corrected its reading."""
    row = FigureProfile.objects.filter(figure=figure).first()
    known = profiles_by_figure([figure.pk]).get(figure.pk)
    if row is not None and known is not None:
        now = with_stated_day(with_corrections(known, figure), figure)
        row.prepared, row.wording = now.as_dict(), now.wording_digest
        row.dimension, row.unit, row.value = now.dimension[:60], now.unit[:40], now.value
        row.save(update_fields=["prepared", "wording", "dimension", "unit", "value"])


def profile_row(figure: Figure, mention: FigureMention, read: Profile, text: str) -> FigureProfile:
    profile = with_stated_day(with_corrections(read, figure), figure)
    return FigureProfile(
        figure=figure,
        prepared=profile.as_dict(),
        fingerprint=fingerprint(text, mention.span.start),
        wording=profile.wording_digest,
        dimension=profile.dimension[:60],
        unit=profile.unit[:40],
        value=profile.value,
        running=mention.measure.running,
        engine_version=ENGINE_VERSION,
    )


def load_profiles(rows: Iterable[tuple[int, int, Any]]) -> dict[int, Profile]:
    """Profiles from what is stored, by figure: (figure, document, prepared) each.

    One that an engine of another age wrote is left out: its text is to be read again first.
    """
    found = {}
    for figure, document, stored in rows:
        try:
            found[figure] = profile_of(str(document), stored)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return found


def profiles_by_figure(figures: Iterable[int]) -> dict[int, Profile]:
    """The profiles of these figures, of as many as have one."""
    keys, found = sorted(set(figures)), dict[int, Profile]()
    for start in range(0, len(keys), AT_ONCE):
        rows = FigureProfile.objects.filter(figure__in=keys[start : start + AT_ONCE])
        found |= load_profiles(rows.values_list("figure", "figure__document", "prepared"))
    return found


def stored_stats(topic: Topic | int | None) -> TopicStats | None:
    """What is usual in a topic, as it was last counted."""
    row = TopicMatching.objects.filter(topic=topic).first() if topic else None
    return stats_of(row.stats) if row is not None else None


def stats_in(topic: Topic | int | None, figures: Iterable[Profile] = ()) -> TopicStats:
    """What is usual in a topic; in a text of no topic, what is usual among its own figures."""
    stats = stored_stats(topic)
    if stats is None:
        stats = TopicStats()
        stats.add(figures)
    return stats


def link_constraints(
    fingerprints: Mapping[str, Sequence[Any]], topic: int | None, document: Document | None = None
) -> tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]:
    """Must-link and cannot-link pairs among these figures and their copies, by people's judgements.

    ``prints``: for each fingerprint the nodes of a grouping that hold a figure of it. ``topic``: where.
    """
    together: list[tuple[Any, Any]] = []
    apart: list[tuple[Any, Any]] = []
    judged = dict[str, None]()
    for row in judgements_among(fingerprints, topic, document):
        judged |= {row.a_fingerprint: None, row.b_fingerprint: None}
        for a in fingerprints[row.a_fingerprint]:
            (together if row.same else apart).extend((a, b) for b in fingerprints[row.b_fingerprint] if a != b)
    for key in judged:  # copies of a figure that somebody judged go with it
        first, *others = fingerprints[key]
        together.extend((first, other) for other in others if other != first)
    return together, apart


class JudgementGraph:
    """The active judgements of a topic, or of a text in none, as a union-find over fingerprints."""

    def __init__(self, document: Document, *, arranged: bool = True) -> None:
        rows = (
            Judgement.objects.active().within(document.topic_id, document).select_related("by", "a", "b").order_by("pk")
        )
        self.rows = list(rows if arranged else rows.filter(origin=JudgementOrigin.JUDGED))
        self.parents: dict[str, str] = {}
        for row in self.rows:
            if row.same:
                self.parents[self.root(row.a_fingerprint)] = self.root(row.b_fingerprint)

    def root(self, fingerprint: str) -> str:
        while (parent := self.parents.get(fingerprint, fingerprint)) != fingerprint:
            fingerprint = parent
        return fingerprint

    def are_same(self, a: str, b: str) -> bool:
        return self.root(a) == self.root(b)

    def separating_judgement(self, a: str, b: str) -> Judgement | None:
        """The judgement that two are not the same, given of them or of figures judged the same as them."""
        both = {self.root(a), self.root(b)}
        found = (
            row
            for row in self.rows
            if not row.same and {self.root(row.a_fingerprint), self.root(row.b_fingerprint)} == both
        )
        return next(found, None)

    def linking_judgement(self, a: str, b: str) -> Judgement:
        """A judgement that makes two the same: the one about these two, else the newest that links the first."""
        ways = [row for row in self.rows if row.same and self.are_same(row.a_fingerprint, a)]
        return next((row for row in ways if {row.a_fingerprint, row.b_fingerprint} == {a, b}), ways[-1])


def fingerprint_of(figure: Figure) -> str:
    """The fingerprint of a figure; empty where it has no profile."""
    return FigureProfile.objects.filter(figure=figure).values_list("fingerprint", flat=True).first() or ""


def refuse_contradiction(
    figures: Iterable[Figure], others: Iterable[Figure], *, same: bool, by: Actor
) -> list[Judgement]:
    """Refuse an arrangement that contradicts a judgement.

    Returns what was only arranged otherwise, by merging, splitting or pinning: a newer arrangement takes its place.

    Raises:
        Invalid: with who said so, and when.
    """
    groups = [list(figures), list(others)]
    if not all(groups):
        return []
    judged = JudgementGraph(groups[0][0].document, arranged=False)
    keys = [figure.pk for group in groups for figure in group]
    fingerprints = dict(FigureProfile.objects.filter(figure__in=keys).values_list("figure", "fingerprint"))
    first, second = ({judged.root(fingerprints[row.pk]) for row in group if row.pk in fingerprints} for group in groups)
    if not same and first & second:
        root = min(first & second)
        raise contradiction_error(next(r for r in judged.rows if r.same and judged.root(r.a_fingerprint) == root), by)
    for row in judged.rows if same else ():
        ends = judged.root(row.a_fingerprint), judged.root(row.b_fingerprint)
        if not row.same and ((ends[0] in first and ends[1] in second) or (ends[1] in first and ends[0] in second)):
            raise contradiction_error(row, by)
    mine, theirs = ({fingerprints[row.pk] for row in group if row.pk in fingerprints} for group in groups)
    arranged = Judgement.objects.active().within(groups[0][0].document.topic_id, groups[0][0].document)
    return [
        row
        for row in arranged.exclude(origin=JudgementOrigin.JUDGED).filter(same=not same)
        if (row.a_fingerprint in mine and row.b_fingerprint in theirs)
        or (row.b_fingerprint in mine and row.a_fingerprint in theirs)
    ]


def contradiction_error(row: Judgement, by: Actor) -> Invalid:
    """The error for a contradiction; it names the figures only where the person may see them."""
    if not Judgement.objects.visible_to(by).filter(pk=row.pk).exists():
        return Invalid(
            "Somebody judged figures of another desk otherwise; ask the chief editor.", code="judged_otherwise"
        )
    words = "the same thing" if row.same else "not the same thing"
    return Invalid(
        f"{row.by} said on {row.at:%-d %B %Y} that “{row.a}” and “{row.b}” are {words}. Withdraw that judgement first.",
        code="judged_otherwise",
    )


def write_judgements(
    pairs: Iterable[tuple[Figure, Figure]], *, same: bool, origin: str, by: Person, **values: Any
) -> int:
    """Store a person's judgement on pairs of figures, once per pair of fingerprints; returns how many.

    Figures without a profile are skipped.
    """
    pairs = [(a, b) for a, b in pairs if a.document.topic_id == b.document.topic_id]
    keys = {figure.pk for pair in pairs for figure in pair}
    fingerprints = dict(FigureProfile.objects.filter(figure__in=keys).values_list("figure", "fingerprint"))
    made: dict[frozenset[str], Judgement] = {}
    for a, b in pairs:
        first, second = fingerprints.get(a.pk), fingerprints.get(b.pk)
        if first and second and first != second:
            made[frozenset((first, second))] = Judgement(
                a=a,
                b=b,
                a_fingerprint=first,
                b_fingerprint=second,
                topic=a.document.topic,
                same=same,
                origin=origin,
                by=by,
                **values,
            )
    return len(Judgement.objects.bulk_create(made.values(), batch_size=AT_ONCE))


def judgements_among(
    fingerprints: Iterable[str], topic: int | None, document: Document | None = None
) -> list[Judgement]:
    """The active judgements of a topic, or of a text in none, both of whose figures are among these, oldest first."""
    known = set(fingerprints)
    rows = Judgement.objects.active().within(topic, document).order_by("pk")
    return [row for row in rows if row.a_fingerprint in known and row.b_fingerprint in known]
