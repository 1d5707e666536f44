"""What an editor does with claims and figures before they are checked: add, accept, split, dismiss, link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from factcheck.errors import Invalid, WrongState
from factcheck.models import Anchor, Claim, Document, Figure
from factcheck.permissions import refusal
from factcheck.states import ClaimState, FigureState
from factcheck.text import AnchorState, ClaimType

from .transitions import log, move, require, write_anchors


def add_claim(document: Document, start: int, end: int, *, quote: str, by: Any, claim_type: str = ClaimType.EVENT) -> Claim:
    """Mark a statement the machine did not propose; open at once where the person may also accept claims.

    ``quote`` is what the person saw between the offsets; where the text has changed under them it is refused.

    Raises:
        Invalid: the offsets do not hold the quote in the current revision, or the type is unknown.
    """
    require(by, document, "add_claim")
    revision = document.current_revision
    if revision is None:
        raise WrongState("The document has no text yet.", state=document.state)
    if claim_type not in {str(kind) for kind in ClaimType}:
        raise Invalid("That is not a type of claim.", code="claim_type_unknown")
    if not (0 <= start < end <= len(revision.text)) or not quote.strip() or revision.text[start:end] != quote:
        raise Invalid("The text has changed under the selection; please mark it again.", code="quote_mismatch")
    with transaction.atomic():
        claim = Claim.objects.create(document=document, claim_type=claim_type, text=quote, checkworthiness=1.0)
        anchor = Anchor(revision=revision, claim=claim, start=start, end=end, exact=quote, anchor_state=AnchorState.EXACT)
        write_anchors([anchor])
        log(claim, "add", by=by, to_state=claim.state)
        if refusal(by, claim, "claim", "accept") is None:
            accept_claim(claim, by=by)
    return claim


def accept_claim(claim: Claim, *, by: Any, version: int | None = None) -> None:
    """Take a proposed claim into the checking; its figures are linked by themselves."""
    with transaction.atomic():
        move(claim, "accept", by=by, version=version)
        link_figures_of(claim, by=by)


def link_figures_of(claim: Claim, *, by: Any) -> None:
    """Link the figures that stand inside the claim's sentences."""
    anchor = claim.anchors.order_by("-revision__number").first()
    if anchor is None or anchor.start is None:
        return
    inside = Figure.objects.filter(
        state=FigureState.FOUND, anchors__revision=anchor.revision, anchors__start__gte=anchor.start, anchors__end__lte=anchor.end
    )
    for figure in inside.distinct():
        move(figure, "link", by=by, claim=claim)


def dismiss_claim(claim: Claim, *, by: Any, note: str, version: int | None = None) -> None:
    """Put a claim aside for a reason; its figures are dismissed with it."""
    with transaction.atomic():
        move(claim, "dismiss", by=by, note=note, version=version)
        anchor = claim.anchors.order_by("-revision__number").first()
        inside = Figure.objects.none()
        if anchor and anchor.start is not None:
            inside = Figure.objects.filter(
                anchors__revision=anchor.revision, anchors__start__gte=anchor.start, anchors__end__lte=anchor.end
            ).exclude(state=FigureState.DISMISSED)
        for figure in inside.distinct():
            move(figure, "dismiss", by=by, note=note)


def reopen_claim(claim: Claim, *, by: Any, version: int | None = None) -> None:
    """Take a dismissed or waived claim back into the checking, with the figures dismissed beside it."""
    with transaction.atomic():
        was_dismissed = claim.state == ClaimState.DISMISSED
        move(claim, "reopen", by=by, version=version)
        if was_dismissed:
            for figure in claim.figures.filter(state=FigureState.DISMISSED):
                move(figure, "reopen", by=by)
        link_figures_of(claim, by=by)


def split_claim(claim: Claim, parts: Iterable[str], *, by: Any) -> list[Claim]:
    """Break a claim that states several things into its parts, each checked on its own.

    The parts stand in the same sentences as the whole, and an edit there touches all of them; the whole is
    dismissed as split.

    Raises:
        Invalid: fewer than two parts, or a part that is not in the words of the claim.
    """
    require(by, claim, "split")
    wanted = [part.strip() for part in parts if part.strip()]
    if len(wanted) < 2:
        raise Invalid("Splitting needs at least two parts.", code="too_few_parts")
    if any(part not in claim.text for part in wanted):
        raise Invalid("Each part must be in the words of the claim.", code="quote_mismatch")
    anchor = claim.anchors.order_by("-revision__number").first()
    if anchor is None or anchor.start is None:
        raise WrongState("The claim no longer stands in the text.", state=claim.anchor_state)
    with transaction.atomic():
        made = [_part(claim, part, anchor, by) for part in wanted]
        move(claim, "dismiss", by=by, note="split into parts")
    return made


def _part(claim: Claim, words: str, whole: Anchor, by: Any) -> Claim:
    part = Claim.objects.create(
        document=claim.document, claim_type=claim.claim_type, text=words, checkworthiness=claim.checkworthiness,
        attribution=claim.attribution, split_from=claim,
    )  # fmt: skip
    write_anchors([
        Anchor(
            revision=whole.revision, claim=part, start=whole.start, end=whole.end, exact=whole.exact,
            prefix=whole.prefix, suffix=whole.suffix, anchor_state=AnchorState.EXACT,
        )
    ])  # fmt: skip
    log(part, "split", by=by, to_state=part.state, facts={"from": claim.pk})
    accept_claim(part, by=by)
    return part


def place_claim(claim: Claim, start: int, end: int, *, quote: str, by: Any) -> None:
    """A person says where a claim with a lost anchor stands now.

    Raises:
        Invalid: the offsets do not hold the quote in the current revision.
    """
    require(by, claim, "place")
    revision = claim.document.current_revision
    if revision is None or revision.text[start:end] != quote or not quote.strip():
        raise Invalid("The text has changed under the selection; please mark it again.", code="quote_mismatch")
    with transaction.atomic():
        claim.anchors.filter(revision=revision).delete()
        write_anchors([Anchor(revision=revision, claim=claim, start=start, end=end, exact=quote, anchor_state=AnchorState.MOVED)])
        Claim.objects.filter(pk=claim.pk).update(text=quote)
        log(claim, "place", by=by, facts={"start": start, "end": end})


def link_figure(figure: Figure, claim: Claim, *, by: Any, version: int | None = None) -> None:
    """Say which claim a figure belongs to.

    Raises:
        Invalid: the claim is of another document.
    """
    require(by, figure, "link")
    if claim.document_id != figure.document_id:
        raise Invalid("The claim is in another document.", code="other_document")
    move(figure, "link", by=by, version=version, claim=claim)


def dismiss_figure(figure: Figure, *, by: Any, note: str, version: int | None = None) -> None:
    """Say that a figure need not be checked: idle, background, not checkable."""
    move(figure, "dismiss", by=by, note=note, version=version)


def dismiss_figures(figures: Iterable[Figure], *, by: Any, note: str) -> int:
    """Dismiss many figures with one reason; all or none."""
    count = 0
    with transaction.atomic():
        for count, figure in enumerate(figures, 1):
            move(figure, "dismiss", by=by, note=note)
    return count


def reopen_figure(figure: Figure, *, by: Any, version: int | None = None) -> None:
    """Take a dismissed figure back."""
    move(figure, "reopen", by=by, version=version)
