"""What a reading marks in a revision: claims, figures, attributions and anchors, by the machine.

Old claims and figures are found again in the new text first; only then are new ones proposed. Nothing a
person touched is removed or changed. What people do with a claim is in ``claims``.
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factcheck.errors import Invalid
from factcheck.intake.stored import usable
from factcheck.models import Anchor, Attribution, Claim, Document, Figure, Revision, Source
from factcheck.permissions import MACHINE
from factcheck.states import ClaimState, FigureState
from factcheck.text import (
    ENGINE_VERSION,
    Anchoring,
    AnchorState,
    AttributionMention,
    Basis,
    ClaimMention,
    FigureMention,
    Reading,
    Span,
    check_text,
    reanchor_all,
)
from factcheck.text.matching import Profile, profiles

from .columns import NO_DATES, as_of_of, numbers_of
from .grouping import group_document
from .matching import scorer_in_use, write_profiles
from .transitions import log, mark_stale, move, void_decisions, write_anchors

logger = logging.getLogger(__name__)
CONTEXT = 32
MOST_FINDINGS = 50
STANDS = (AnchorState.EXACT, AnchorState.MOVED, AnchorState.EDITED)


@dataclass
class Found:
    """Where the records of the text before stand in this one."""

    claims: dict[int, tuple[Claim, Span]] = field(default_factory=dict)
    reworded: set[int] = field(default_factory=set)
    figures: list[tuple[Figure, Span, AnchorState]] = field(default_factory=list)


def mark_revision(revision: Revision, reading: Reading, *, previous: Revision | None, by: Any) -> dict[str, int]:
    """Carry the old marks over, propose new ones, and void the sign-offs whose words changed.

    Returns how many claims and figures were proposed and how many sign-offs were voided.
    """
    document = revision.document
    marker = Marker(document, revision, previous)
    found = Found()
    voided = 0
    if previous is not None:
        voided = carry_claims(previous, revision, found, by=by)
        place_figures(previous, revision, found)
    else:
        known_marks(revision, found)
    marker.refresh_claims(reading, found)
    claims = marker.propose_claims(reading, found)
    figures = marker.propose_figures(reading, found, claims)
    counts = {"claims": len(claims) - len(found.claims), "figures": figures, "voided": voided}
    revision.engine_version = reading.engine_version
    Revision.objects.filter(pk=revision.pk).update(engine_version=reading.engine_version)
    document.findings = marker.findings(reading)
    Document.objects.filter(pk=document.pk).update(findings=document.findings)
    log(document, "mark", by=by, facts={"revision": revision.number, "engine": reading.engine_version, **counts})
    return counts


def carry_claims(previous: Revision, revision: Revision, found: Found, *, by: Any) -> int:
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


def note_changes(claim: Claim, place: Anchoring, revision: Revision, *, by: Any) -> bool:
    """Remember who changed the words of a claim, and void what was decided on the old ones."""
    changes = changes_of(place)
    if place.state == AnchorState.AMBIGUOUS:
        return mark_stale(claim, "the text now holds it more than once", by=by)
    if not changes or place.span is None:
        return False
    Claim.objects.filter(pk=claim.pk).update(text=place.span.cut(revision.text), words_changed_by=revision.created_by)
    claim.refresh_from_db()
    return void_decisions(claim, f"the words changed: {', '.join(changes)}", by=by)


def place_figures(previous: Revision, revision: Revision, found: Found) -> None:
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


def known_marks(revision: Revision, found: Found) -> None:
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


class Marker:
    """Proposes the records of one reading of one revision, looking up parties and measures once each."""

    def __init__(self, document: Document, revision: Revision, previous: Revision | None) -> None:
        self.document = document
        self.revision = revision
        self.previous = previous
        self.attributions: dict[tuple[str, str, str], Attribution] = {}
        self.inherited: dict[tuple[int, int], int] = {}
        self.prepared: list[Profile] = []

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
        return [usable(reason)[:500] for reason in dict.fromkeys(found)][:MOST_FINDINGS]

    def propose_claims(self, reading: Reading, found: Found) -> dict[int, tuple[Claim, Span]]:
        """New claims for the statements that no standing claim covers; all claims with their spans."""
        taken = Stretches(span for _, span in found.claims.values())
        fresh = [row for row in reading.claims if not taken.touch(row.span)]
        claims = Claim.objects.bulk_create([self._claim(row) for row in fresh], batch_size=200)
        write_anchors(
            anchor_of(self.revision, exactly(row.span), claim=claim) for row, claim in zip(fresh, claims, strict=True)
        )
        made = {claim.pk: (claim, row.span) for row, claim in zip(fresh, claims, strict=True)}
        return {**found.claims, **made}

    def refresh_claims(self, reading: Reading, found: Found) -> None:
        """What the new words of an edited claim say of themselves; the type a person gave it stays."""
        mentions = sorted(reading.claims, key=lambda row: row.span.start)
        starts = [row.span.start for row in mentions]
        for pk in found.reworded:
            claim, span = found.claims[pk]
            last = bisect_left(starts, span.end)
            near = [row for row in mentions[max(0, last - 8) : last] if row.span.overlaps(span)]
            row = max(near, key=lambda row: min(row.span.end, span.end) - max(row.span.start, span.start), default=None)
            told: dict[str, Any] = {"attribution": self.attribution(row.attribution) if row else None}
            if row and claim.proposed_by_engine:
                told |= {"claim_type": row.claim_type, "checkworthiness": row.checkworthiness}
                told["reasons"] = list(row.reasons)
            Claim.objects.filter(pk=pk).update(**told)
            claim.refresh_from_db()

    def _claim(self, row: ClaimMention) -> Claim:
        words = row.span.cut(self.revision.text)
        added = self.previous is not None and words not in self.previous.text
        return Claim(
            document=self.document,
            claim_type=row.claim_type,
            text=words,
            words_changed_by=self.revision.created_by if added else None,
            checkworthiness=row.checkworthiness,
            reasons=list(row.reasons),
            attribution=self.attribution(row.attribution),
            proposed_by_engine=ENGINE_VERSION,
        )

    def propose_figures(self, reading: Reading, found: Found, claims: dict[int, tuple[Claim, Span]]) -> int:
        """New figures for the mentions no old figure answers to; old ones that say another thing are orphaned."""
        standing: dict[tuple[int, int], tuple[Figure, AnchorState]] = {
            (span.start, span.end): (figure, state) for figure, span, state in found.figures
        }
        fresh: list[FigureMention] = []
        anchors: list[Anchor] = []
        kept: set[int] = set()
        for mention in reading.figures:
            figure, state = standing.get(at(mention), (None, AnchorState.EXACT))
            if figure is not None and signature(figure) == self.signature(mention):
                kept.add(figure.pk)
                self._date_anew(figure, mention)
                anchors.append(anchor_of(self.revision, Anchoring(state, mention.span), figure=figure))
            else:
                fresh.append(mention)
                if figure is not None and figure.measure_id:  # another number in its place counts the same thing
                    self.inherited[at(mention)] = figure.measure_id
        self._orphan(found, kept, anchors)
        worth = {at: row.checkworthiness for row in reading.claims for at in row.figures}
        worths = {row.span: worth.get(at, 0.0) for at, row in enumerate(reading.figures)}
        owners = zip(fresh, holders(claims.values(), fresh), strict=True)
        figures = Figure.objects.bulk_create(
            [self._figure(row, owner, worths[row.span]) for row, owner in owners], batch_size=200
        )
        anchors += [
            anchor_of(self.revision, exactly(row.span), figure=new) for row, new in zip(fresh, figures, strict=True)
        ]
        write_anchors(anchors)
        self._link(figures)
        told = {at(row): new for row, new in zip(fresh, figures, strict=True)}
        self._prepare(reading, {place: figure for place, (figure, _) in standing.items() if figure.pk in kept} | told)
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
            self.revision.text, [(figures[place], row, one) for row, one in rows if (place := at(row)) in figures]
        )

    def _date_anew(self, figure: Figure, mention: FigureMention) -> None:
        """The day a standing figure is of, where the document's date or zone was corrected, or the words around it.

        One that a person dated keeps its day, until the copy itself gives one. One that a person touched is not dated
        otherwise by a newer engine alone.
        """
        touched = figure.state != FigureState.FOUND or figure.pinned_by_id is not None
        dates = {**NO_DATES, **as_of_of(mention)}
        if figure.dated_by_id is not None:
            if not self._newly_dated(mention):
                return
            dates["dated_by"] = None
        elif touched and figure.engine_version != ENGINE_VERSION:
            return
        if any(getattr(figure, name) != value for name, value in dates.items()):
            Figure.objects.filter(pk=figure.pk).update(**dates)

    def _newly_dated(self, mention: FigureMention) -> bool:
        """Whether the words of a new text date a figure whose sentence did not stand in the text before."""
        dated = mention.as_of is not None and mention.as_of.basis in (Basis.STATED, Basis.EVENT)
        words = mention.sentence.cut(self.revision.text)
        return dated and self.previous is not None and words not in self.previous.text

    def _orphan(self, found: Found, kept: set[int], anchors: list[Anchor]) -> None:
        """What no longer stands in the text as it was read is orphaned, unless a person touched it here."""
        for figure, _, _ in found.figures:
            touched = figure.state != FigureState.FOUND or figure.pinned_by_id is not None
            same_text = self.revision.anchors.filter(figure=figure).exists()
            if figure.pk in kept or (same_text and touched):
                continue
            if same_text:
                self.revision.anchors.filter(figure=figure).delete()
            anchors.append(anchor_of(self.revision, Anchoring(AnchorState.ORPHANED, None), figure=figure))

    def _figure(self, row: FigureMention, claim: Claim | None, worth: float) -> Figure:
        accepted = claim is not None and claim.state not in (ClaimState.PROPOSED, ClaimState.DISMISSED)
        return Figure(
            document=self.document,
            claim=claim if accepted else None,
            measure_id=self.inherited.get(at(row)),
            surface=row.span.cut(self.revision.text)[:300],
            counted=row.counted[:300],
            definition=row.measure.definition[:200],
            scope=row.measure.scope[:100],
            hedge=row.hedge,
            modality=row.modality,
            place=row.place[:200],
            party=row.party[:200],
            attribution=self.attribution(row.attribution),
            checkworthiness=worth,
            flags=list(row.flags),
            engine_version=ENGINE_VERSION,
            **numbers_of(row),
            **as_of_of(row),
        )

    def _link(self, figures: Iterable[Figure]) -> None:
        for figure in figures:
            if figure.claim_id:
                link_by_itself(figure)

    def attribution(self, mention: AttributionMention | None) -> Attribution | None:
        """The attribution row of this document for a mention; its source, if the registry knows the party."""
        if mention is None or not mention.party.strip():
            return None
        key = (mention.cue[:200], mention.party[:300], mention.relay[:300])
        if key not in self.attributions:
            row, _ = Attribution.objects.get_or_create(
                document=self.document,
                cue=key[0],
                party=key[1],
                relay=key[2],
                defaults={"source": Source.objects.named(key[1])},
            )
            self.attributions[key] = row
        return self.attributions[key]

    def signature(self, row: FigureMention) -> tuple[Any, ...]:
        numbers = numbers_of(row)
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


def signature(figure: Figure) -> tuple[Any, ...]:
    """What makes a figure say the same thing after an edit elsewhere."""
    says = figure.attribution.party if figure.attribution else ""
    return (figure.value, figure.low, figure.high, figure.unit, figure.hedge, figure.modality, figure.counted, says)


def at(mention: FigureMention) -> tuple[int, int]:
    """Where a figure stands in its text."""
    return mention.span.start, mention.span.end


class Stretches:
    """The stretches of a text that some spans cover, to ask quickly whether another span touches them."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.merged: list[Span] = []
        for span in sorted(spans):
            if self.merged and span.start < self.merged[-1].end:
                last = self.merged.pop()
                self.merged.append(Span(last.start, max(last.end, span.end)))
            else:
                self.merged.append(span)
        self.starts = [span.start for span in self.merged]

    def touch(self, span: Span) -> bool:
        """Whether the span overlaps one of the stretches; the nearest ones on either side decide."""
        at = bisect_right(self.starts, span.start)
        return any(near.overlaps(span) for near in self.merged[max(0, at - 1) : at + 1])


def holders(claims: Iterable[tuple[Claim, Span]], figures: Sequence[FigureMention]) -> list[Claim | None]:
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
    move(figure, "link", by=MACHINE("mark revision"))
