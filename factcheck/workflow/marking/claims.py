"""New claims for the statements that no claim covers yet, and what an edited claim says of itself now."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

from factcheck.models import Claim, Revision
from factcheck.text import (
    ENGINE_VERSION,
    ClaimMention,
    Reading,
    Span,
)

from ..transitions import write_anchors
from .anchoring import CarriedMarks, anchor_of, exactly
from .attributions import Attributions


class ClaimMarker:
    """Proposes the claims of one reading of one revision."""

    def __init__(self, revision: Revision, previous: Revision | None, attributions: Attributions) -> None:
        self.document = revision.document
        self.revision = revision
        self.previous = previous
        self.attributions = attributions

    def propose(self, reading: Reading, found: CarriedMarks) -> dict[int, tuple[Claim, Span]]:
        """New claims for the statements that no anchored claim covers; all claims with their spans."""
        taken = Stretches(span for _, span in found.claims.values())
        fresh = [row for row in reading.claims if not taken.touch(row.span)]
        claims = Claim.objects.bulk_create([self._claim(row) for row in fresh], batch_size=200)
        write_anchors(
            anchor_of(self.revision, exactly(row.span), claim=claim) for row, claim in zip(fresh, claims, strict=True)
        )
        made = {claim.pk: (claim, row.span) for row, claim in zip(fresh, claims, strict=True)}
        return {**found.claims, **made}

    def refresh(self, reading: Reading, found: CarriedMarks) -> None:
        """What the new words of an edited claim say of themselves; the type a person gave it stays."""
        mentions = sorted(reading.claims, key=lambda row: row.span.start)
        starts = [row.span.start for row in mentions]
        for pk in found.reworded:
            claim, span = found.claims[pk]
            last = bisect_left(starts, span.end)
            near = [row for row in mentions[max(0, last - 8) : last] if row.span.overlaps(span)]
            row = max(near, key=lambda row: min(row.span.end, span.end) - max(row.span.start, span.start), default=None)
            values: dict[str, Any] = {"attribution": self.attributions.of(row.attribution) if row else None}
            if row and claim.proposed_by_engine:
                values |= {"claim_type": row.claim_type, "checkworthiness": row.checkworthiness}
                values["reasons"] = list(row.reasons)
            Claim.objects.filter(pk=pk).update(**values)
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
            attribution=self.attributions.of(row.attribution),
            proposed_by_engine=ENGINE_VERSION,
        )


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
