"""New figures for the mentions that no figure answers to yet; those whose words are gone are orphaned."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from factcheck.actors import Machine
from factcheck.errors import Invalid
from factcheck.intake.text_cleaning import strip_unusable
from factcheck.models import Anchor, Claim, Figure, Revision
from factcheck.states import ClaimState, FigureState
from factcheck.text import (
    ENGINE_VERSION,
    Anchoring,
    AnchorState,
    Basis,
    FigureMention,
    Reading,
    Span,
    check_text,
)
from factcheck.text.matching import Profile, profiles

from ..figure_columns import NO_AS_OF, as_of_columns, number_columns
from ..grouping import group_document
from ..matching import says_of, scorer_in_use, write_profiles
from ..transitions import move, write_anchors
from .anchoring import CarriedMarks, anchor_of, exactly
from .attributions import Attributions

logger = logging.getLogger(__name__)
MOST_FINDINGS = 50


class FigureMarker:
    """Proposes the figures of one reading of one revision, under the measures that they are found to be of."""

    def __init__(self, revision: Revision, previous: Revision | None, attributions: Attributions) -> None:
        self.document = revision.document
        self.revision = revision
        self.previous = previous
        self.attributions = attributions
        self.inherited: dict[tuple[int, int], int] = {}
        """The measure of the figure that stood in the same place, by that place."""
        self.prepared: list[Profile] = []

    def propose(self, reading: Reading, found: CarriedMarks, claims: dict[int, tuple[Claim, Span]]) -> int:
        """New figures for the mentions no old figure answers to; old ones that say another thing are orphaned."""
        anchored: dict[tuple[int, int], tuple[Figure, AnchorState]] = {
            (span.start, span.end): (figure, state) for figure, span, state in found.figures
        }
        fresh: list[FigureMention] = []
        anchors: list[Anchor] = []
        matched: set[int] = set()
        for mention in reading.figures:
            figure, state = anchored.get(span_key(mention), (None, AnchorState.EXACT))
            if figure is not None and self._says_the_same(figure, mention):
                matched.add(figure.pk)
                self._date_anew(figure, mention)
                anchors.append(anchor_of(self.revision, Anchoring(state, mention.span), figure=figure))
            else:
                fresh.append(mention)
                if figure is not None and figure.measure_id:  # another number in its place counts the same thing
                    self.inherited[span_key(mention)] = figure.measure_id
        self._orphan(found, matched, anchors)
        worth = {index: row.checkworthiness for row in reading.claims for index in row.figures}
        worths = {row.span: worth.get(index, 0.0) for index, row in enumerate(reading.figures)}
        owners = zip(fresh, containing_claims(claims.values(), fresh), strict=True)
        figures = Figure.objects.bulk_create(
            [self._figure(row, owner, worths[row.span]) for row, owner in owners], batch_size=200
        )
        anchors += [
            anchor_of(self.revision, exactly(row.span), figure=new) for row, new in zip(fresh, figures, strict=True)
        ]
        write_anchors(anchors)
        self._link(figures)
        made = {span_key(row): new for row, new in zip(fresh, figures, strict=True)}
        self._prepare(
            reading, {place: figure for place, (figure, _) in anchored.items() if figure.pk in matched} | made
        )
        try:
            group_document(self.document)
        except Invalid:  # the cross-check that follows fails and says so; a later grouping takes these along
            logger.exception("the figures of document %s are not grouped", self.document.pk)
        return len(figures)

    def _prepare(self, reading: Reading, figures: Mapping[tuple[int, int], Figure]) -> None:
        """Keep what the figures of this text are compared by, those that stood before too: their words may be new."""
        self.prepared = profiles(str(self.document.pk), self.revision.text, reading)
        rows = zip(reading.figures, self.prepared, strict=True)
        write_profiles(
            self.revision.text,
            [(figures[place], row, profile) for row, profile in rows if (place := span_key(row)) in figures],
        )

    def _date_anew(self, figure: Figure, mention: FigureMention) -> None:
        """The day an anchored figure is of, where the document's date or zone was corrected, or the words around it.

        One that a person dated keeps its day, until the copy itself gives one. One that a person touched is not dated
        otherwise by a newer engine alone.
        """
        touched = figure.state != FigureState.FOUND or figure.pinned_by_id is not None
        dates = {**NO_AS_OF, **as_of_columns(mention)}
        if figure.dated_by_id is not None:
            if not self._newly_dated(mention):
                return
            dates["dated_by"] = None
        elif touched and figure.engine_version != ENGINE_VERSION:
            return
        if any(getattr(figure, name) != value for name, value in dates.items()):
            Figure.objects.filter(pk=figure.pk).update(**dates)

    def _says_the_same(self, figure: Figure, mention: FigureMention) -> bool:
        """Whether a figure is what is read now; one that a person corrected while its sentence stands, however read."""
        if not figure.machine_reading:
            return signature(figure) == signature_of(mention)
        if figure.surface != mention.span.cut(self.revision.text)[:300]:
            return False
        return self.previous is None or mention.sentence.cut(self.revision.text) in self.previous.text

    def _newly_dated(self, mention: FigureMention) -> bool:
        """Whether the words of a new text date a figure whose sentence did not stand in the text before."""
        dated = mention.as_of is not None and mention.as_of.basis in (Basis.STATED, Basis.EVENT)
        words = mention.sentence.cut(self.revision.text)
        return dated and self.previous is not None and words not in self.previous.text

    def _orphan(self, found: CarriedMarks, matched: set[int], anchors: list[Anchor]) -> None:
        """What no longer stands in the text as it was read is orphaned, unless a person touched it here."""
        for figure, _, _ in found.figures:
            touched = figure.state != FigureState.FOUND or figure.pinned_by_id is not None or figure.machine_reading
            same_text = self.revision.anchors.filter(figure=figure).exists()
            if figure.pk in matched or (same_text and touched):
                continue
            if same_text:
                self.revision.anchors.filter(figure=figure).delete()
            anchors.append(anchor_of(self.revision, Anchoring(AnchorState.ORPHANED, None), figure=figure))

    def _figure(self, row: FigureMention, claim: Claim | None, worth: float) -> Figure:
        accepted = claim is not None and claim.state not in (ClaimState.PROPOSED, ClaimState.DISMISSED)
        return Figure(
            document=self.document,
            claim=claim if accepted else None,
            measure_id=self.inherited.get(span_key(row)),
            surface=row.span.cut(self.revision.text)[:300],
            counted=row.counted[:300],
            definition=row.measure.definition[:200],
            scope=row.measure.scope[:100],
            hedge=row.hedge,
            modality=row.modality,
            place=row.place[:200],
            party=row.party[:200],
            attribution=self.attributions.of(row.attribution),
            checkworthiness=worth,
            flags=list(row.flags),
            engine_version=ENGINE_VERSION,
            **number_columns(row),
            **as_of_columns(row),
        )

    def _link(self, figures: Iterable[Figure]) -> None:
        for figure in figures:
            if figure.claim_id:
                link_by_itself(figure)

    def findings(self, reading: Reading) -> list[str]:
        """What does not come out in the text by itself: sums, shares, its headline, two numbers for one thing."""
        title, document = self.document.title, self.document
        published = document.published_at or document.created_at
        try:
            more = check_text(
                self.prepared, reading, scorer_in_use(), title=title, published_at=published, zone=document.zone
            )
        except Invalid:
            more = ()
        found = [row.reason for row in (*reading.findings, *more) if not row.holds]
        return [strip_unusable(reason)[:500] for reason in dict.fromkeys(found)][:MOST_FINDINGS]


def signature(figure: Figure) -> tuple[Any, ...]:
    """What makes a figure say the same thing after an edit elsewhere."""
    numbers = (figure.value, figure.low, figure.high, figure.unit)
    return (*numbers, figure.hedge, figure.modality, figure.counted, says_of(figure))


def signature_of(row: FigureMention) -> tuple[Any, ...]:
    """The same of a mention."""
    numbers = number_columns(row)
    says = row.attribution.party if row.attribution else ""
    return (
        numbers["value"],
        numbers["low"],
        numbers["high"],
        numbers["unit"],
        str(row.hedge),
        str(row.modality),
        row.counted[:300],
        says[:300],
    )


def span_key(mention: FigureMention) -> tuple[int, int]:
    """Where a figure stands in its text."""
    return mention.span.start, mention.span.end


def containing_claims(claims: Iterable[tuple[Claim, Span]], figures: Sequence[FigureMention]) -> list[Claim | None]:
    """For each figure, in the order of the text, the first claim whose sentences hold it."""
    order = sorted(claims, key=lambda pair: pair[1].start)
    starts = [span.start for _, span in order]
    found: list[Claim | None] = []
    for row in figures:
        near = order[max(0, bisect_right(starts, row.span.start) - 8) : bisect_right(starts, row.span.start)]
        found.append(next((claim for claim, span in near if span.contains(row.span)), None))
    return found


def link_by_itself(figure: Figure) -> None:
    """A figure inside an accepted claim is linked without anyone asking."""
    move(figure, "link", by=Machine("mark revision"))
