"""Where a blocker stands in a page: from the anchor of its claim or figure, by way of the text, to a block."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from factcheck.gate import Blocker
from factcheck.models import Anchor, Document

from .texts import PageText, Place


def places_of_blockers(
    found: Iterable[Blocker], text: PageText, document: Document
) -> dict[tuple[str, int | None], Place]:
    """The place of each claim and figure among some blockers, by kind and id.

    Empty while the text that was read last is not that of the page: positions of the one say nothing of the other.
    """
    revision = document.current_revision
    if revision is None or revision.bytes_sha256 != text.digest:
        return {}
    ids = {record: {row.record_id for row in found if row.record == record} for record in ("claim", "figure")}
    wanted = Q(claim__in=ids["claim"]) | Q(figure__in=ids["figure"])
    places: dict[tuple[str, int | None], Place] = {}
    for anchor in Anchor.objects.filter(wanted, revision=revision, start__isnull=False):
        at = text.locate(anchor.start or 0, anchor.end or 0)
        if at:
            key = ("claim", anchor.claim_id) if anchor.claim_id else ("figure", anchor.figure_id)
            places[key] = at[0]
    return places
