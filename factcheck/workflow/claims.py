"""Actions on claims and figures before they are checked: add, accept, split, place, dismiss, link."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import timedelta
from itertools import accumulate

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from factcheck.actors import Actor, Machine
from factcheck.errors import Invalid, WrongState
from factcheck.jobs.queue import enqueue_crosscheck, enqueue_regroup
from factcheck.models import Anchor, Claim, Document, Event, Figure, Policy, Scope
from factcheck.permissions import refusal
from factcheck.states import ClaimState, DiscrepancyState, FigureState
from factcheck.text import AnchorState, ClaimType, bare_words

from .locks import lock_claims
from .transitions import (
    change,
    check_permission,
    log,
    mark_stale,
    move,
    move_all,
    require_note,
    void_decisions,
    write_anchors,
)

TAKE_BACK_WITHIN = timedelta(minutes=10)


def add_claim(
    document: Document, start: int, end: int, *, quote: str, by: Actor, claim_type: str = ClaimType.EVENT
) -> Claim:
    """Add a claim for a statement the machine did not propose; accepted at once where the person may accept claims.

    ``quote`` is what the person saw between the offsets; where the text has changed under them it is refused.

    Raises:
        Invalid: the offsets do not hold the quote in the current revision, or the type is unknown.
    """
    check_permission(by, document, "add_claim")
    revision = document.current_revision
    if revision is None:
        raise WrongState("The document has no text yet.", state=document.state)
    if claim_type not in {str(kind) for kind in ClaimType}:
        raise Invalid("That is not a type of claim.", code="claim_type_unknown")
    if not (0 <= start < end <= len(revision.text)) or not quote.strip() or revision.text[start:end] != quote:
        raise Invalid("The text has changed under the selection; please mark it again.", code="quote_mismatch")
    with transaction.atomic():
        claim = Claim.objects.create(
            document=document,
            claim_type=claim_type,
            text=quote,
            checkworthiness=1.0,
            words_changed_by=document.writer_of(quote),
        )
        anchor = Anchor(
            revision=revision, claim=claim, start=start, end=end, exact=quote, anchor_state=AnchorState.EXACT
        )
        write_anchors([anchor])
        log(claim, "add", by=by, to_state=claim.state)
        if refusal(by, claim, "claim", "accept") is None:
            accept_claim(claim, by=by)
    return claim


def accept_claim(claim: Claim, *, by: Actor, version: int | None = None) -> None:
    """Accept a proposed claim for checking and link the figures in its sentences."""
    with transaction.atomic():
        move(claim, "accept", by=by, version=version)
        link_figures_of(claim, by=by)


def link_figures_of(claim: Claim, *, by: Actor) -> None:
    """Link the figures that stand inside the claim's sentences."""
    for figure in figures_in(claim).filter(state=FigureState.FOUND):
        move(figure, "link", by=by, claim=claim)


def figures_in(claim: Claim) -> QuerySet[Figure]:
    """The figures that stand inside the claim's sentences and belong to no other claim."""
    anchor = claim.anchors.order_by("-revision__number").first()
    if anchor is None or anchor.start is None:
        return Figure.objects.none()
    inside = Anchor.objects.filter(revision=anchor.revision, start__gte=anchor.start, end__lte=anchor.end)
    return Figure.objects.filter(Q(claim=None) | Q(claim=claim), pk__in=inside.values("figure"))


def request_document_crosschecks(figures: Iterable[Figure]) -> None:
    """Queue cross-checks of the documents compared with these figures."""
    keys = [figure.pk for figure in figures]
    at_stake = Q(figures__in=keys, figures__discrepancies__state=DiscrepancyState.OPEN)
    at_stake |= Q(figures__in=keys, figures__state__in=[FigureState.FOUND, FigureState.LINKED])
    for document in Document.objects.filter(at_stake).select_related("desk").distinct():
        enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)


def dismiss_claim(claim: Claim, *, by: Actor, note: str, version: int | None = None) -> None:
    """Dismiss a claim for a reason, with its figures: queues cross-checks and voids sign-offs that rest on them."""
    with transaction.atomic():
        move(claim, "dismiss", by=by, note=note, version=version)
        dismiss_figures(figures_in(claim).exclude(state=FigureState.DISMISSED), by=by, note=note)


def reopen_claim(claim: Claim, *, by: Actor, version: int | None = None) -> None:
    """Reopen a dismissed or waived claim, with the figures dismissed with it."""
    with transaction.atomic():
        was_dismissed = claim.state == ClaimState.DISMISSED
        move(claim, "reopen", by=by, version=version)
        if was_dismissed:
            for figure in figures_in(claim).filter(state=FigureState.DISMISSED):
                reopen_figure(figure, by=by)
        link_figures_of(claim, by=by)


def take_back(claim: Claim, *, by: Actor, version: int | None = None) -> None:
    """Take back one's own last action on a claim within ten minutes: an acceptance, or a dismissal with its figures.

    Raises:
        NotAllowed: somebody else acted on it since.
        WrongState: its last action is neither of the two, is too old, or other work already rests on it.
    """
    check_permission(by, claim, "take_back")
    last = Event.objects.of(claim).last()
    if last is None or last.action not in ("accept", "dismiss"):
        raise WrongState("Only accepting and dismissing can be taken back.", state=claim.state)
    if last.at < timezone.now() - TAKE_BACK_WITHIN:
        raise WrongState("It is more than ten minutes ago; open or dismiss the claim instead.", state=claim.state)
    if claim.parts.exists() or claim.verification_tasks.unfinished().exists():  # type: ignore[attr-defined]
        raise WrongState("Other work rests on it already.", state=claim.state)
    with transaction.atomic():
        move(claim, "take_back", by=by, version=version, to=last.from_state)
        if last.action == "dismiss":
            for figure in figures_in(claim).filter(state=FigureState.DISMISSED):
                reopen_figure(figure, by=by)
            if claim.state != ClaimState.PROPOSED:
                link_figures_of(claim, by=by)


def quiet_claims(document: Document) -> QuerySet[Claim]:
    """Proposals below the threshold of the desk, which the gate does not ask for."""
    threshold = Policy.for_document(document).threshold
    proposed = Claim.objects.filter(document=document, state=ClaimState.PROPOSED).anchored()
    return proposed.filter(checkworthiness__lt=threshold).select_related("document__desk")


def figures_going_with(claims: Iterable[Claim]) -> list[Figure]:
    """The figures that dismissing these claims dismisses too."""
    found: dict[int, Figure] = {}
    for claim in claims:
        found |= {row.pk: row for row in figures_in(claim).exclude(state=FigureState.DISMISSED)}
    return list(found.values())


def dismiss_quiet_claims(document: Document, *, by: Actor, note: str) -> int:
    """Dismiss all proposals below the threshold with their figures and one reason, all or none; returns how many.

    Raises:
        Invalid: no reason is given.
    """
    check_permission(by, document, "dismiss_quiet")
    why = require_note(note)
    with transaction.atomic():
        chosen = list(quiet_claims(document))
        for claim in chosen:
            dismiss_claim(claim, by=by, note=why)
    return len(chosen)


def split_claim(claim: Claim, parts: Iterable[str], *, by: Actor, version: int | None = None) -> list[Claim]:
    """Break a claim that states several things into its parts, each checked on its own.

    The parts stand in the same sentences as the whole, and an edit there touches all of them; the whole is
    dismissed as split.

    Raises:
        Invalid: fewer than two parts, or a part that is not in the words of the claim.
    """
    check_permission(by, claim, "split")
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
        figures = list(figures_in(claim).exclude(state=FigureState.DISMISSED))
        move(claim, "dismiss", by=by, note="split into parts", version=version)
        for figure in figures:
            _hand_over(figure, next((part for part in made if figure.surface in part.text), made[0]), by)
    return made


def _part(claim: Claim, words: str, whole: Anchor, by: Actor) -> Claim:
    part = Claim.objects.create(
        document=claim.document,
        claim_type=claim.claim_type,
        text=words,
        checkworthiness=claim.checkworthiness,
        attribution=claim.attribution,
        split_from=claim,
        words_changed_by=claim.words_changed_by,
    )
    write_anchors(
        [
            Anchor(
                revision=whole.revision,
                claim=part,
                start=whole.start,
                end=whole.end,
                exact=whole.exact,
                prefix=whole.prefix,
                suffix=whole.suffix,
                anchor_state=AnchorState.EXACT,
            )
        ]
    )
    log(part, "split", by=by, to_state=part.state, facts={"from": claim.pk})
    move(part, "accept", by=by)
    return part


def _hand_over(figure: Figure, part: Claim, by: Actor) -> None:
    """Move a figure of a split claim to one of the parts."""
    if figure.state == FigureState.FOUND:
        move(figure, "link", by=by, claim=part)
    else:
        Figure.objects.filter(pk=figure.pk).update(claim=part)
        log(figure, "hand_over", by=by, facts={"from": figure.claim_id, "claim": part.pk})


def place_claim(claim: Claim, start: int, end: int, *, quote: str, by: Actor, version: int | None = None) -> None:
    """Anchor a lost claim at a new place; if the words differ, its decisions are voided.

    Raises:
        WrongState: the claim was not lost.
        Invalid: the offsets do not hold the quote in the current revision.
    """
    check_permission(by, claim, "place")
    if claim.anchor_state not in (AnchorState.AMBIGUOUS, AnchorState.ORPHANED):
        raise WrongState("The claim stands in the text; only a lost one is placed.", state=claim.anchor_state)
    revision = claim.document.current_revision
    if revision is None or start < 0 or revision.text[start:end] != quote or not quote.strip():
        raise Invalid("The text has changed under the selection; please mark it again.", code="quote_mismatch")
    with transaction.atomic():
        stood = claim.anchors.filter(start__isnull=False).order_by("-revision__number").first()
        reworded = bare_words((stood.exact if stood else "") or claim.text) != bare_words(quote)
        claim.anchors.filter(revision=revision).delete()
        write_anchors(
            [Anchor(revision=revision, claim=claim, start=start, end=end, exact=quote, anchor_state=AnchorState.MOVED)]
        )
        writer = claim.document.writer_of(quote) or claim.words_changed_by
        change(claim, version=version, text=quote, words_changed_by=writer)
        log(claim, "place", by=by, facts={"start": start, "end": end})
        if reworded:
            void_decisions(claim, "the words changed: placed on other words", by=Machine("place claim"))
        if claim.state not in (ClaimState.PROPOSED, ClaimState.DISMISSED):
            link_figures_of(claim, by=by)


def link_figure(figure: Figure, claim: Claim, *, by: Actor, version: int | None = None) -> None:
    """Link a figure to a claim. Voids the sign-offs of the old and the new claim and queues a cross-check.

    Raises:
        Invalid: the claim is of another document.
        WrongState: the claim is not in the checking, so that a figure linked to it would never be checked.
    """
    check_permission(by, figure, "link")
    if claim.document_id != figure.document_id:
        raise Invalid("The claim is in another document.", code="other_document")
    if claim.state in (ClaimState.PROPOSED, ClaimState.DISMISSED):
        raise WrongState(f"A figure cannot be linked to a claim that is {claim.state}.", state=claim.state)
    if claim.anchor_state == AnchorState.ORPHANED:
        raise WrongState("The claim no longer stands in the text.", state=claim.anchor_state)
    with transaction.atomic():
        lock_claims([figure.claim_id, claim.pk])
        previous = figure.claim
        move(figure, "link", by=by, version=version, claim=claim)
        for claim_ in {row.pk: row for row in (previous, claim) if row is not None}.values():
            void_sign_off(claim_, f"a figure was linked anew: {figure}")
        request_document_crosschecks([figure])


def dismiss_figure(figure: Figure, *, by: Actor, note: str, version: int | None = None) -> None:
    """Dismiss a figure that need not be checked. Voids the sign-off of its claim and queues a cross-check."""
    with transaction.atomic():
        lock_claims([figure.claim_id])
        move(figure, "dismiss", by=by, note=note, version=version)
        void_sign_offs_of_figures([figure], "a figure of it was dismissed")
        request_document_crosschecks([figure])


def void_sign_offs_of_figures(figures: Iterable[Figure], what: str) -> None:
    """Void the sign-offs of the claims of these figures; the reason names one figure."""
    for figure in {figure.claim_id: figure for figure in figures if figure.claim_id}.values():
        void_sign_off(figure.claim, f"{what}: {figure}")


def void_sign_off(claim: Claim | None, why: str) -> None:
    """Void the sign-off of a claim, if it has one, because its figures changed."""
    if claim is not None:
        claim.refresh_from_db()
        mark_stale(claim, why, by=Machine("figures changed"))


def dismiss_figures(figures: Iterable[Figure], *, by: Actor, note: str) -> int:
    """Dismiss many figures with one reason, all or none; voids the sign-offs of their claims. Returns how many."""
    chosen = list(figures)
    with transaction.atomic():
        lock_claims(figure.claim_id for figure in chosen)
        move_all(chosen, "dismiss", by=by, note=note)
        void_sign_offs_of_figures(chosen, "a figure of it was dismissed")
        request_document_crosschecks(chosen)
    return len(chosen)


def idle_figures(document: Document) -> list[Figure]:
    """Unlinked figures outside the claims that were accepted or still have to be reviewed."""
    claims = Claim.objects.filter(document=document).blocking(Policy.for_document(document).threshold)
    blocking = claims.exclude(state__in=[ClaimState.DISMISSED, ClaimState.WAIVED])
    anchors = Anchor.objects.filter(revision=document.current_revision, start__isnull=False)
    found = anchors.filter(figure__in=document.figures.anchored().filter(state=FigureState.FOUND))
    spans = sorted(
        (start or 0, end or 0) for start, end in anchors.filter(claim__in=blocking).values_list("start", "end")
    )
    firsts = [first for first, _ in spans]
    reach = list(accumulate((last for _, last in spans), max))  # how far any claim leads that begins here or before
    idle = []
    for figure, start, end in found.order_by("figure").values_list("figure", "start", "end"):
        before = bisect_right(firsts, start or 0)
        if not before or reach[before - 1] < (end or 0):
            idle.append(figure)
    return list(Figure.objects.filter(pk__in=idle).select_related("document"))


def dismiss_idle_figures(document: Document, *, by: Actor, note: str) -> int:
    """Dismiss all idle figures of a document with one reason, all or none; returns how many.

    Idle figures are outside the claims that were accepted or are check-worthy at the desk's threshold.

    Raises:
        Invalid: no reason is given.
    """
    check_permission(by, document, "dismiss_idle")
    return dismiss_figures(idle_figures(document), by=by, note=require_note(note))


def reopen_figure(figure: Figure, *, by: Actor, version: int | None = None) -> None:
    """Reopen a dismissed figure. Voids the sign-off of its claim, queues a cross-check and a regrouping."""
    with transaction.atomic():
        lock_claims([figure.claim_id])
        move(figure, "reopen", by=by, version=version)
        void_sign_offs_of_figures([figure], "a figure of it was taken back")
        request_document_crosschecks([figure])
        enqueue_regroup(figure.document.topic or figure.document)
