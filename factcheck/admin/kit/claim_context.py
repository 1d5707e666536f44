"""A claim between its neighbouring sentences, for pages of claims, tasks and evidence."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.template.response import TemplateResponse

from factcheck.models import Claim, Revision
from factcheck.text import split_sentences

from .highlighting import TextPart, positions, text_parts

CONTEXT_LENGTH = 4_000


@dataclass(frozen=True)
class ClaimContext:
    """A claim in its text.

    ``before`` and ``after`` are whole sentences; ``lead`` and ``tail`` are the rest of the claim's own sentences. What
    is too long to be shown ends with the sign of a cut.
    ``statement`` is the claim in its own words, where those are fewer than what is marked.
    """

    before: str
    lead: str
    parts: tuple[TextPart, ...]
    tail: str
    after: str
    statement: str
    revision: Revision
    current: bool


def claim_context(claim: Claim) -> ClaimContext | None:
    """The claim in the newest text that contains it; None if there is none or the text was erased."""
    anchors = claim.anchors.exclude(start=None).select_related("revision").order_by("-revision__number")
    anchor = anchors.first()
    if anchor is None or not anchor.revision.text:
        return None
    revision, start, end = anchor.revision, anchor.start or 0, anchor.end or 0
    first = max(0, start - CONTEXT_LENGTH)
    around = revision.text[first : end + CONTEXT_LENGTH]
    before, lead, tail, after = surroundings(around, start - first, end - first)
    if around.endswith(after or tail) and end + CONTEXT_LENGTH < len(revision.text):
        after, tail = (f"{after}…", tail) if after else ("", f"{tail}…")
    if around.startswith(before or lead) and first:
        before, lead = (f"…{before}", lead) if before else ("", f"…{lead}")
    inside = revision.anchors.filter(figure__isnull=False, start__gte=start, end__lte=end).in_text_order()
    marked = revision.text[start:end]
    current = claim.document.current_revision
    return ClaimContext(
        before=before,
        lead=lead,
        parts=tuple(text_parts(revision.text, start, end, positions(inside))),
        tail=tail,
        after=after,
        statement="" if " ".join(claim.text.split()) == " ".join(marked.split()) else claim.text,
        revision=revision,
        current=current is not None and current.pk == revision.pk,
    )


def surroundings(text: str, start: int, end: int) -> tuple[str, str, str, str]:
    """The sentence before, the beginning and the end of the span's own sentences, the sentence after."""
    sentences = split_sentences(text)
    own = [number for number, span in enumerate(sentences) if span.end > start and span.start < end]
    if not own:
        return "", "", "", ""
    first, last = own[0], own[-1]
    before = sentences[first - 1].cut(text) if first else ""
    after = sentences[last + 1].cut(text) if last + 1 < len(sentences) else ""
    return before, text[min(sentences[first].start, start) : start], text[end : max(sentences[last].end, end)], after


def with_claim_context(response: HttpResponse) -> HttpResponse:
    """Show the claim in its context above the form of an action. Changes the template of the response."""
    if not isinstance(response, TemplateResponse) or response.context_data is None:
        return response
    if response.template_name == "factcheck/admin/action_form.html" and "form" in response.context_data:
        record = response.context_data["record"]
        claim = record if isinstance(record, Claim) else record.claim
        response.template_name = "factcheck/admin/claim_action_form.html"
        response.context_data |= {"claim": claim, "claim_context": claim_context(claim)}
    return response
