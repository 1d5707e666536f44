"""A claim in its sentence, with the sentences before and after it; and words by the one place they stand in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.template.response import TemplateResponse

from factcheck.models import Claim, Revision
from factcheck.text import split_sentences

from .highlighting import Part, parts

AROUND = 4_000


@dataclass(frozen=True)
class InText:
    """``before`` and ``after`` are whole sentences; ``lead`` and ``tail`` what the claim's own sentences hold besides.

    ``statement`` is the claim in its own words, where those are fewer than what is marked.
    """

    before: str
    lead: str
    parts: tuple[Part, ...]
    tail: str
    after: str
    statement: str
    revision: Revision
    current: bool


def claim_in_text(claim: Claim) -> InText | None:
    """Where the claim stands in the newest text that it stands in; None where it never stood or the text is blanked."""
    anchors = claim.anchors.exclude(start=None).select_related("revision").order_by("-revision__number")
    anchor = anchors.first()
    if anchor is None or not anchor.revision.text:
        return None
    revision, start, end = anchor.revision, anchor.start or 0, anchor.end or 0
    first = max(0, start - AROUND)
    around = revision.text[first : end + AROUND]
    before, lead, tail, after = surroundings(around, start - first, end - first)
    inside = revision.anchors.filter(figure__isnull=False, start__gte=start, end__lte=end).in_text_order()
    marked = revision.text[start:end]
    current = claim.document.current_revision
    return InText(
        before=before,
        lead=lead,
        parts=tuple(parts(revision.text, start, end, list(inside))),
        tail=tail,
        after=after,
        statement="" if " ".join(claim.text.split()) == " ".join(marked.split()) else claim.text,
        revision=revision,
        current=current is not None and current.pk == revision.pk,
    )


def surroundings(text: str, start: int, end: int) -> tuple[str, str, str, str]:
    """The sentence before, what stands ahead of a span in its own sentences, what stands behind, the sentence after."""
    sentences = split_sentences(text)
    own = [number for number, span in enumerate(sentences) if span.end > start and span.start < end]
    if not own:
        return "", "", "", ""
    first, last = own[0], own[-1]
    before = sentences[first - 1].cut(text) if first else ""
    after = sentences[last + 1].cut(text) if last + 1 < len(sentences) else ""
    return before, text[min(sentences[first].start, start) : start], text[end : max(sentences[last].end, end)], after


def above_the_form(answer: HttpResponse) -> HttpResponse:
    """The page that asks for what an action needs, with the claim in its sentence above the form."""
    if isinstance(answer, TemplateResponse) and answer.context_data is not None and "form" in answer.context_data:
        record = answer.context_data["record"]
        claim = record if isinstance(record, Claim) else record.claim
        answer.template_name = "factcheck/admin/claim_action.html"
        answer.context_data |= {"claim": claim, "in_text": claim_in_text(claim)}
    return answer
