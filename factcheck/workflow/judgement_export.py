"""People's decisions about pairs of figures as training data: features, hashed ids, texts only if asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.crypto import salted_hmac

from factcheck.models import (
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    Figure,
    Judgement,
    ResolutionKind,
    Topic,
)
from factcheck.states import DiscrepancyState
from factcheck.text import ENGINE_VERSION
from factcheck.text.matching import Profile, features

from .matching import profiles_by_figure, scorer_in_use, stats_in

ONE_THING = frozenset({ResolutionKind.CORRECTED, ResolutionKind.ACCEPTED_RISK})
"""Resolutions that imply both figures are of one measure; an explained dispute may be either."""


def export_judged_pairs(*, desk: Desk | None = None, with_text: bool = False) -> Iterator[dict[str, Any]]:
    """Each judgement, merge, split, pin and settled dispute as a pair of figures with its evidence, oldest first.

    ``same`` is None where what was decided does not say. Without ``with_text`` no word of a text is in it.
    """
    scorer = scorer_in_use()
    stats: dict[int | None, Any] = {}
    for a, b, same, origin in judged_pairs(desk):
        known = profiles_by_figure([a.pk, b.pk])
        if len(known) < 2:
            continue
        topic = a.document.topic_id
        if topic not in stats:
            stats[topic] = stats_in(topic, known.values())
        yield {
            "topic": hashed_id("topic", topic or f"document {a.document_id}"),
            "a": hashed_id("figure", a.pk),
            "b": hashed_id("figure", b.pk),
            "desk": hashed_id("desk", a.document.desk_id),
            "same": same,
            "origin": origin,
            "score": scorer.likelihood(known[a.pk], known[b.pk], stats[topic]),
            "engine": ENGINE_VERSION,
            "weights": scorer.weights.version,
            "features": rounded_features(known[a.pk], known[b.pk], stats[topic]),
            **({"a_text": str(a), "b_text": str(b), "topic_title": topic_title(a.document.topic)} if with_text else {}),
        }


def topic_title(topic: Topic | None) -> str:
    return topic.title if topic else ""


def rounded_features(a: Profile, b: Profile, stats: Any) -> dict[str, float]:
    return {name: round(value, 4) for name, value in features(a, b, stats).items()}


def hashed_id(kind: str, key: Any) -> str:
    """An id that says which records are the same, and not which they are."""
    return salted_hmac(f"factcheck.export.{kind}", str(key), algorithm="sha256").hexdigest()[:16]


def judged_pairs(desk: Desk | None) -> Iterator[tuple[Figure, Figure, bool | None, str]]:
    """The pairs of figures that people decided about, of the desks that hold both sides where one is named."""
    rows = Judgement.objects.active().select_related("a__document__topic", "b__document")
    if desk is not None:
        rows = rows.filter(a__document__desk=desk, b__document__desk=desk)
    for row in rows.order_by("pk").iterator(chunk_size=500):
        yield row.a, row.b, row.same, row.origin
    settled = Discrepancy.objects.filter(state=DiscrepancyState.RESOLVED).order_by("pk")
    sides = DiscrepancyFigure.objects.select_related("figure__document__topic").order_by("pk")
    within = Q(figure__document__desk=desk) if desk is not None else Q()
    for pair in settled.iterator(chunk_size=500):
        first = {row.side: row.figure for row in reversed(sides.filter(within, discrepancy=pair))}
        if len(first) == 2:
            same = True if pair.resolution in ONE_THING else None
            yield first["a"], first["b"], same, f"resolved: {pair.resolution}"
