"""Where the records of the text before stand in a new text, and the anchors that say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from factcheck.actors import Machine
from factcheck.models import Anchor, Claim, Figure, Revision
from factcheck.text import (
    Anchoring,
    AnchorState,
    Span,
    reanchor_all,
)

from ..transitions import mark_stale, void_decisions, write_anchors

CONTEXT = 32
STANDS = (AnchorState.EXACT, AnchorState.MOVED, AnchorState.EDITED)


@dataclass
class CarriedMarks:
    """Where the records of the text before stand in this one."""

    claims: dict[int, tuple[Claim, Span]] = field(default_factory=dict)
    reworded: set[int] = field(default_factory=set)
    figures: list[tuple[Figure, Span, AnchorState]] = field(default_factory=list)


def carry_claims(previous: Revision, revision: Revision, found: CarriedMarks, *, by: Machine) -> int:
    """Find every claim of the text before in this one; returns how many sign-offs that voided."""
    rows = list(previous.anchors.filter(claim__isnull=False, start__isnull=False).select_related("claim"))
    spans = [Span(row.start or 0, row.end or 0) for row in rows]
    placed = reanchor_all(previous.text, spans, revision.text)
    write_anchors(anchor_of(revision, place, claim=row.claim) for row, place in zip(rows, placed, strict=True))
    voided = 0
    for row, place in zip(rows, placed, strict=True):
        claim = row.claim
        if claim is None:
            continue
        claim.refresh_from_db()
        if place.span is not None and place.state in STANDS:
            found.claims[claim.pk] = (claim, place.span)
            if changes_of(place):
                found.reworded.add(claim.pk)
        voided += note_changes(claim, place, revision, by=by)
    return voided


def changes_of(place: Anchoring) -> list[str]:
    """The classes of change of an edited claim; typography is none."""
    return [change for change in place.changes if change != "typography"] if place.state == AnchorState.EDITED else []


def note_changes(claim: Claim, place: Anchoring, revision: Revision, *, by: Machine) -> bool:
    """Remember who changed the words of a claim, and void what was decided on the old ones."""
    changes = changes_of(place)
    if place.state == AnchorState.AMBIGUOUS:
        return mark_stale(claim, "the text now holds it more than once", by=by)
    if not changes or place.span is None:
        return False
    Claim.objects.filter(pk=claim.pk).update(text=place.span.cut(revision.text), words_changed_by=revision.created_by)
    claim.refresh_from_db()
    return void_decisions(claim, f"the words changed: {', '.join(changes)}", by=by)


def place_figures(previous: Revision, revision: Revision, found: CarriedMarks) -> None:
    rows = list(
        previous.anchors.filter(figure__isnull=False, start__isnull=False).select_related(
            "figure__attribution", "figure__measure"
        )
    )
    spans = [Span(row.start or 0, row.end or 0) for row in rows]
    for row, place in zip(rows, reanchor_all(previous.text, spans, revision.text), strict=True):
        span = place.span if place.span is not None and place.state in STANDS else Span(-1, -1)
        if row.figure:
            found.figures.append((row.figure, span, place.state))


def known_marks(revision: Revision, found: CarriedMarks) -> None:
    """The marks an earlier reading of this same revision left."""
    for row in revision.anchors.filter(start__isnull=False).select_related(
        "claim", "figure__attribution", "figure__measure"
    ):
        span = Span(row.start or 0, row.end or 0)
        if row.claim:
            found.claims[row.claim.pk] = (row.claim, span)
        elif row.figure:
            found.figures.append((row.figure, span, AnchorState(row.anchor_state)))


def anchor_of(revision: Revision, place: Anchoring, **of: Any) -> Anchor:
    span = place.span
    text = revision.text
    return Anchor(
        revision=revision,
        anchor_state=place.state,
        changes=list(place.changes),
        candidates=[[row.start, row.end] for row in place.candidates],
        start=span.start if span else None,
        end=span.end if span else None,
        exact=span.cut(text) if span else "",
        prefix=text[max(0, span.start - CONTEXT) : span.start] if span else "",
        suffix=text[span.end : span.end + CONTEXT] if span else "",
        **of,
    )


def exactly(span: Span) -> Anchoring:
    return Anchoring(AnchorState.EXACT, span)
