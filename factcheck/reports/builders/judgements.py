"""What people judged of the figures of a desk: the same thing or not, who said so, and what waits for another."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from factcheck.models import Desk, Document, Judgement, JudgementOrigin
from factcheck.states import JudgementState


def judgement_lines(desk: Desk, *, since: datetime | None = None, document: Document | None = None) -> tuple[str, ...]:
    """The judgements a desk may read, for it holds both figures, the newest last; proposed ones whatever their age."""
    rows = Judgement.objects.filter(a__document__desk=desk, b__document__desk=desk, origin=JudgementOrigin.JUDGED)
    rows = rows.exclude(state=JudgementState.WITHDRAWN)
    if since is not None:
        rows = rows.filter(Q(at__gte=since) | Q(state=JudgementState.PROPOSED))
    if document is not None:
        rows = rows.filter(Q(a__document=document) | Q(b__document=document))
    people = rows.select_related("a__document", "b__document", "by", "confirmed_by")
    return tuple(judgement_line(row) for row in people.order_by("pk"))


def judgement_line(row: Judgement) -> str:
    """Who holds which two figures for what, in a sentence."""
    relation = "count the same thing" if row.same else "do not count the same thing"
    sentence = f"“{row.a}” ({row.a.document}) and “{row.b}” ({row.b.document}) {relation}, says {row.by}"
    if row.state == JudgementState.PROPOSED:
        return f"{sentence}; a second person has yet to confirm it."
    return f"{sentence}, confirmed by {row.confirmed_by}." if row.confirmed_by else f"{sentence}."
