"""The marks in an article: a claim is a line whose style tells its state, a figure is a box; both also in words.

``mark_article`` makes the paragraphs of a text with them, for the template of the workbench.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import Claim, DiscrepancyFigure, Document, Figure, Revision
from factcheck.permissions import can_anywhere
from factcheck.states import ClaimState, FigureState, rows_of
from factcheck.workflow.clearance import blocking_in, expired_figures

from .kit.highlighting import TextParagraph, TextSpan, text_paragraphs
from .story_summaries import IDLE

MARKS: dict[str, tuple[str, str, str]] = {
    ClaimState.PROPOSED: ("proposed", "·", gettext_lazy("proposed")),
    ClaimState.OPEN: ("accepted", "○", gettext_lazy("accepted")),
    ClaimState.IN_VERIFICATION: ("checking", "◐", gettext_lazy("in checking")),
    ClaimState.IN_REVIEW: ("waiting", "◕", gettext_lazy("waiting for a sign-off")),
    ClaimState.SIGNED_OFF: ("signed", "✓", gettext_lazy("signed off")),
    ClaimState.STALE: ("stale", "↻", gettext_lazy("stale")),
    ClaimState.WAIVED: ("waived", "◌", gettext_lazy("waived")),
}
"""By state: the class of the line, the sign in the margin, the words a screen reader hears."""
DISPUTED = ("disputed", "≠", gettext_lazy("disputed"))
ACTS = (
    "accept",
    "dismiss",
    "assign",
    "split",
    "record_evidence",
    "start",
    "submit",
    "sign_off",
    "return",
    "recall",
    "take_back",
)
WORKED_ON = (ClaimState.OPEN, ClaimState.IN_VERIFICATION, ClaimState.STALE)


@dataclass(frozen=True)
class MarkedClaim:
    """A claim as the article marks it. ``quiet``: a proposal below the desk's threshold, marked on request only.

    ``figures`` are the ids of those that stand in it.
    """

    claim: Claim
    number: int
    quiet: bool
    disputed: bool
    acts: str
    figures: frozenset[int] = frozenset()

    @property
    def mark(self) -> str:
        return (DISPUTED if self.disputed else MARKS[self.claim.state])[0]

    @property
    def sign(self) -> str:
        return (DISPUTED if self.disputed else MARKS[self.claim.state])[1]

    @property
    def words(self) -> str:
        state = MARKS[self.claim.state][2]
        return gettext("{state}, disputed").format(state=state) if self.disputed else state


@dataclass(frozen=True)
class MarkedFigure:
    """A figure as the article marks it; one without a ``mark`` is plain text that opens its card all the same."""

    pk: int
    mark: str
    words: str


@dataclass(frozen=True)
class MarkedPart:
    text: str
    figure: MarkedFigure | None


@dataclass(frozen=True)
class MarkedSpan:
    """Text of the same claims; ``claim`` is the one whose line is drawn, the innermost."""

    parts: tuple[MarkedPart, ...]
    claim: MarkedClaim | None
    claims: tuple[MarkedClaim, ...]
    begins: tuple[MarkedClaim, ...]


@dataclass(frozen=True)
class MarkedParagraph:
    start: int
    spans: tuple[MarkedSpan, ...]


def mark_article(
    revision: Revision, claims: Sequence[Claim], numbers: dict[int, int], threshold: float, user: Any, first: int
) -> tuple[list[MarkedParagraph], list[MarkedClaim]]:
    """The paragraphs of a part of a text with their marks, and the marked claims in their order."""
    document = revision.document
    shown = [claim for claim in claims if claim.state in MARKS]
    text = text_paragraphs(revision, {claim.pk: numbers[claim.pk] for claim in shown}, first)
    figures = mark_figures(document, threshold)
    held = figures_by_claim(text)
    acts = acts_by_state(user, document)
    marked = {}
    for claim in shown:
        number = numbers[claim.pk]
        own = frozenset(held.get(number, ()))
        disputed = any(figures[pk].mark == "disputed" for pk in own if pk in figures)
        quiet = claim.state == ClaimState.PROPOSED and claim.checkworthiness < threshold
        marked[number] = MarkedClaim(claim, number, quiet, disputed, acts[claim.state], own)
    return [mark_paragraph(row, marked, figures) for row in text], list(marked.values())


def mark_paragraph(
    row: TextParagraph, claims: dict[int, MarkedClaim], figures: dict[int, MarkedFigure]
) -> MarkedParagraph:
    return MarkedParagraph(row.start, tuple(mark_span(span, claims, figures) for span in row.spans))


def mark_span(span: TextSpan, claims: dict[int, MarkedClaim], figures: dict[int, MarkedFigure]) -> MarkedSpan:
    found = tuple(claims[number] for number in span.claims)
    loud = [row for row in found if not row.quiet] or list(found)
    parts = tuple(MarkedPart(part.text, figures.get(part.figure)) for part in span.parts)
    return MarkedSpan(parts, loud[-1] if loud else None, found, tuple(claims[number] for number in span.begins))


def figures_by_claim(text: Iterable[TextParagraph]) -> dict[int, set[int]]:
    """The ids of the figures that stand in each claim, by the claim's number."""
    held: dict[int, set[int]] = {}
    for row in text:
        for span in row.spans:
            for number in span.claims:
                held.setdefault(number, set()).update(part.figure for part in span.parts if part.figure)
    return held


def mark_figures(document: Document, threshold: float) -> dict[int, MarkedFigure]:
    """The marks of a document's figures, by their id; a dismissed figure has none."""
    rows = Figure.objects.filter(document=document).anchored()
    against = DiscrepancyFigure.objects.filter(discrepancy__in=blocking_in(document), figure__document=document)
    disputed = set(against.values_list("figure", flat=True))
    expired = set(expired_figures(rows, timezone.now()).values_list("pk", flat=True))
    marked = {}
    columns = rows.exclude(state=FigureState.DISMISSED).values_list("pk", "state", "checkworthiness", "claim__state")
    for pk, state, worth, claim_state in columns:
        undecided = state == FigureState.FOUND or claim_state in IDLE
        if pk in disputed:
            marked[pk] = MarkedFigure(pk, "disputed", gettext("disputed"))
        elif pk in expired:
            marked[pk] = MarkedFigure(pk, "stale", gettext("out of date"))
        elif undecided:
            marked[pk] = MarkedFigure(pk, "loose" if worth >= threshold else "quiet", gettext("not accounted for"))
        else:
            marked[pk] = MarkedFigure(pk, "linked", gettext("accounted for"))
    return marked


def acts_by_state(user: Any, document: Document) -> dict[str, str]:
    """For each state of a claim the acts that the roles of a person allow, as the page names them to its script."""
    able = [name for name in ACTS if can_anywhere(user, "claim", name, [document.desk])]
    return {state: " ".join(name for name in able if is_possible(name, state)) for state in MARKS}


def is_possible(name: str, state: str) -> bool:
    """Whether an act on a claim exists in a state, for those that the table of states does not hold too."""
    if name in ("assign", "split", "record_evidence"):
        return state in WORKED_ON or (name == "split" and state == ClaimState.PROPOSED)
    return any(row.person for row in rows_of("claim", name, state))
