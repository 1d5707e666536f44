"""How far a story is, in one line: its light, what is open, the figures accounted for, its deadline, who works on it.

All stories of a page are summed up together: the number of queries does not depend on how many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, FloatField, Q, Value, When
from django.utils.translation import gettext, ngettext

from factcheck.conf import settings
from factcheck.models import (
    CONFLICT_KINDS,
    Claim,
    Discrepancy,
    DiscrepancyFigure,
    Document,
    Figure,
    Policy,
    VerificationTask,
)
from factcheck.states import ClaimState, DocumentState, FigureState

IDLE = (ClaimState.PROPOSED, ClaimState.DISMISSED)


@dataclass
class FigureCount:
    """The figures that have to be accounted for in a text, and those that are.

    A figure counts from the desk's threshold on, or once a person or an accepted claim has taken it up.
    """

    signed: int = 0
    in_work: int = 0
    dismissed: int = 0
    to_decide: int = 0

    @property
    def accounted(self) -> int:
        return self.signed + self.in_work + self.dismissed

    @property
    def total(self) -> int:
        return self.accounted + self.to_decide

    def add(self, state: str, claim_state: str | None, number: int, loud: int) -> None:
        """Count so many figures of one state, of which ``loud`` reach the threshold."""
        if state == FigureState.DISMISSED:
            self.dismissed += number
        elif state == FigureState.FOUND or claim_state in IDLE:
            self.to_decide += loud
        elif claim_state == ClaimState.SIGNED_OFF:
            self.signed += number
        else:
            self.in_work += number


@dataclass
class StorySummary:
    """One story as the desk lists it."""

    document: Document
    figures: FigureCount = field(default_factory=FigureCount)
    proposed: int = 0
    open: int = 0
    waiting: int = 0
    stale: int = 0
    signed: int = 0
    disputes: int = 0
    due_at: datetime | None = None
    people: list[str] = field(default_factory=list)

    @property
    def light(self) -> str:
        """``clear``, ``near`` (only sign-offs are missing) or ``shut``; ``out`` once it is published and clear."""
        if self.document.state == DocumentState.PUBLISHED and self.document.clear is not False:
            return "out"
        if self.document.clear:
            return "clear"
        undone = self.proposed + self.open + self.stale + self.disputes + self.figures.to_decide
        return "near" if self.waiting and not undone else "shut"

    @property
    def left(self) -> str:
        """What is left to do, in a few words."""
        to_decide = self.figures.to_decide
        parts = (
            (self.disputes, ngettext("{n} dispute", "{n} disputes", self.disputes)),
            (self.proposed, ngettext("{n} proposal to decide", "{n} proposals to decide", self.proposed)),
            (self.open, ngettext("{n} claim open", "{n} claims open", self.open)),
            (self.stale, ngettext("{n} claim out of date", "{n} claims out of date", self.stale)),
            (self.waiting, ngettext("{n} waits for a sign-off", "{n} wait for a sign-off", self.waiting)),
            (to_decide, ngettext("{n} figure to decide", "{n} figures to decide", to_decide)),
        )
        left = [words.format(n=number) for number, words in parts if number]
        return " · ".join(left) or (
            gettext("all {signed} signed off").format(signed=self.signed)
            if self.signed
            else gettext("nothing is in the way")
        )


def summarize(documents: Sequence[Document], user: Any, threshold: float | None = None) -> list[StorySummary]:
    """The summaries of some documents that the user may see, in their order.

    ``threshold`` is the one that holds for all of them, where it is known; else the present one of each desk.
    """
    rows = {document.pk: StorySummary(document) for document in documents}
    if not rows:
        return []
    loud = is_loud(documents) if threshold is None else Q(checkworthiness__gte=threshold)
    count_claims(rows, loud)
    count_figures(rows, loud)
    open_rows = Discrepancy.objects.visible_to(user).open().filter(kind__in=CONFLICT_KINDS)
    sides = DiscrepancyFigure.objects.filter(discrepancy__in=open_rows, figure__document__in=rows)
    for pk, _ in sides.values_list("figure__document", "discrepancy__measure").distinct():
        rows[pk].disputes += 1
    work = VerificationTask.objects.unfinished().filter(claim__document__in=rows).select_related("assignee")
    names: dict[int, set[str]] = defaultdict(set)
    for task in work.annotate(document=F("claim__document")):
        row = rows[task.document]  # type: ignore[attr-defined]
        row.due_at = min(filter(None, (row.due_at, task.due_at)), default=None)
        if task.assignee:
            names[row.document.pk].add(str(task.assignee))
    for pk, found in names.items():
        rows[pk].people = sorted(found)
    return list(rows.values())


def is_loud(documents: Sequence[Document]) -> Q:
    """A filter on claims or figures of these documents: at or above the threshold of their desk."""
    default = settings().CHECKWORTHINESS_THRESHOLD
    policies = dict(Policy.objects.filter(desk__in={row.desk_id for row in documents}).values_list("desk", "threshold"))
    cases = [When(document__desk=desk, then=Value(threshold)) for desk, threshold in policies.items()]
    return Q(checkworthiness__gte=Case(*cases, default=Value(default), output_field=FloatField()))


def count_claims(rows: dict[int, StorySummary], loud: Q) -> None:
    claims = Claim.objects.filter(document__in=rows).anchored().filter(loud | ~Q(state=ClaimState.PROPOSED))
    for pk, state, number in claims.values_list("document", "state").annotate(number=Count("pk")).order_by():
        row = rows[pk]
        if state == ClaimState.PROPOSED:
            row.proposed += number
        elif state in (ClaimState.OPEN, ClaimState.IN_VERIFICATION):
            row.open += number
        elif state == ClaimState.IN_REVIEW:
            row.waiting += number
        elif state == ClaimState.STALE:
            row.stale += number
        elif state == ClaimState.SIGNED_OFF:
            row.signed += number


def count_figures(rows: dict[int, StorySummary], loud: Q) -> None:
    figures = Figure.objects.filter(document__in=rows).anchored()
    groups = figures.values_list("document", "state", "claim__state").order_by()
    for pk, state, claim_state, number, above in groups.annotate(number=Count("pk"), above=Count("pk", filter=loud)):
        rows[pk].figures.add(state, claim_state, number, above)
