"""Discrepancies, both sides beside each other; and the cross-checks that found them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Max, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from factcheck.models import (
    MOST_TELLING_FIRST,
    SUREST_FIRST,
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    Document,
    Figure,
    ResolutionKind,
)
from factcheck.permissions import wrote_one_compared
from factcheck.states import DiscrepancyState
from factcheck.workflow.disputes import Dispute, Statement, disputes, led_by, resolve_dispute
from factcheck.workflow.judgements import judge_pair

from .kit.actions import ActionForm, RecordAction
from .kit.figure_context import Carrier, as_of_words, carriers
from .kit.formatting import lines, moment, pill
from .kit.links import link, links
from .kit.records import RecordAdmin

OPEN_FIRST = Case(
    When(state=DiscrepancyState.OPEN, then=Value(0)), When(state=DiscrepancyState.RESOLVED, then=Value(1)), default=2
)
SHOWN = 3
MOST_PAIRS = 100


class ResolveForm(ActionForm):
    resolution = forms.ChoiceField(
        label="How it is settled",
        widget=forms.RadioSelect,
        choices=[
            (ResolutionKind.EXPLAINED, "explained: both may stand, and the note says why"),
            (ResolutionKind.CORRECTED, "corrected: the text was or will be changed"),
            (ResolutionKind.ACCEPTED_RISK, "accepted risk: it goes out as it is"),
        ],
    )
    note = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="It is said of all pairs of the dispute, and covers later copies too, until a statement changes.",
    )
    newest = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def fit(self) -> None:
        """The last pair that there is when the form is opened, for one dispute or many: what comes after stays open."""
        pairs = Discrepancy.objects.visible_to(self.user)
        pairs = pairs if self.record is None else pairs.told_with(self.record)
        self.fields["newest"].initial = pairs.aggregate(newest=Max("pk"))["newest"]


def seen_sides(user: Any) -> QuerySet[DiscrepancyFigure]:
    documents = Document.objects.visible_to(user)
    sides = DiscrepancyFigure.objects.filter(figure__document__in=documents).order_by("id")
    return sides.select_related("figure__document__publisher", "figure__attribution__source", "figure__claim")


class JudgeForm(ActionForm):
    note = forms.CharField(
        label="Why",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="What you say binds both figures and their copies, and no machine undoes it.",
    )

    @property
    def warning(self) -> str:
        sides = self.record.sides.values_list("figure", flat=True) if isinstance(self.record, Discrepancy) else []
        if wrote_one_compared(self.user, *Figure.objects.filter(pk__in=list(sides))):
            return "You wrote a text that is compared here: what you say waits until a second person confirms it."
        return ""


def hold_same(pair: Discrepancy, **said: Any) -> None:
    """Say that both sides count the same thing."""
    judge_pair(pair, True, **said)


def hold_apart(pair: Discrepancy, **said: Any) -> None:
    """Say that the two sides count two things."""
    judge_pair(pair, False, **said)


class DisputeList(ChangeList):
    """One line for each dispute among the pairs that the list is narrowed to: the most telling one."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        return rows.filter(pk__in=rows.leading().values("pk"))


@admin.register(Discrepancy)
class DiscrepancyAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "resolve": RecordAction(resolve_dispute, ResolveForm, done="It is resolved."),
        "same": RecordAction(hold_same, JudgeForm, "The same thing", "That is noted; the figures are grouped again."),
        "not_same": RecordAction(
            hold_apart, JudgeForm, "Not the same thing", "That is noted; the figures are grouped again."
        ),
    }
    bulk_actions = ("resolve",)
    record_template = "factcheck/admin/discrepancy.html"
    list_display: ClassVar = ["shown", "told", "where"]
    list_display_links: ClassVar = ["told"]
    list_filter: ClassVar = ["kind", "state", "measure__topic"]
    list_select_related: ClassVar = ["measure"]
    search_fields: ClassVar = ["reason", "measure__counted"]
    ordering: ClassVar = [OPEN_FIRST, *SUREST_FIRST]
    page_fields = ("measure", "created_at", "resolution", "resolution_note", "resolved_by", "resolved_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sides = Prefetch("sides", seen_sides(request.user), to_attr="seen")
        return super().get_queryset(request).select_related("measure__topic", "resolved_by").prefetch_related(sides)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DisputeList

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, with the number of statements in each dispute on the page, asked for at once."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        found = led_by(changelist.result_list, Discrepancy.objects.visible_to(request.user))
        for row, dispute in zip(changelist.result_list, found, strict=True):
            row.dispute = dispute
        return changelist

    @admin.display(description="what differs", ordering="reason")
    def told(self, row: Any) -> str:
        dispute: Dispute = row.dispute
        return dispute.told

    @admin.display(description="kind, state", ordering=OPEN_FIRST)
    def shown(self, row: Any) -> SafeString:
        return lines([pill(row.kind), pill(row.state)])

    @admin.display(description="stands in", ordering="measure__counted")
    def where(self, row: Any) -> SafeString:
        """The measure, and the documents the person sees, the first few by name."""
        seen = list({side.figure.document_id: side.figure.document for side in row.seen}.values())
        told = [link(row.measure), *(link(one, Truncator(one).chars(40)) for one in seen[:SHOWN])]
        return lines(told + ([f"and {len(seen) - SHOWN} more"] if len(seen) > SHOWN else []))

    def right_of(self, name: str) -> str:
        return "judge" if name in ("same", "not_same") else name

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield "kind", pill(record.kind), ""
        if record.why_one:
            sure = f" ({record.score:.2f})" if record.score is not None else ""
            yield "one measure", f"{record.why_one}{sure}", ""
        if record.measure.topic:
            yield "topic", link_of(record.measure.topic), ""
        for label, value, address in super().facts(record):
            yield {"created at": "found"}.get(label, label), moment(value) if label.endswith(" at") else value, address

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        told = carriers(side.figure for side in record.seen)
        sides = [[told[row.figure_id] for row in record.seen if row.side == side] for side in "ab"]
        rows = Discrepancy.objects.visible_to(request.user).told_with(record)
        (dispute,) = disputes(rows, desks=Desk.objects.visible_to(request.user), statements=True)
        others = dispute.besides(record)
        pairs = list(rows.exclude(pk=record.pk).order_by(*MOST_TELLING_FIRST)[: MOST_PAIRS + 1])
        return {
            "sides": sides,
            "dispute": dispute,
            "pairs": pairs[:MOST_PAIRS],
            "more_pairs": len(pairs) > MOST_PAIRS,
            "others": [(says, [(row, as_of_words(row.first)) for row in statements]) for says, statements in others],
            "mail": as_mail(record, sides, others),
        }


def link_of(record: Any) -> SafeString | str:
    return links([record])


def as_mail(row: Discrepancy, sides: list[list[Carrier]], others: list[tuple[str, list[Statement]]]) -> str:
    """The dispute as plain text, to be pasted into a mail: one pair in its sentences, the others in a line each."""
    lines = [row.reason]
    for side in sides:
        for carrier in side:
            document = carrier.figure.document
            where = f"{document}, {document.publisher or document.publisher_name}".rstrip(", ")
            lines.append(f"{carrier.says or 'Nobody named'}: “{' '.join(str(carrier.sentence).split())}” ({where})")
    for says, statements in others:
        given = ", ".join(f"“{one.first}” ({' and '.join(map(str, one.documents[:SHOWN]))})" for one in statements)
        lines.append(f"Also {says or 'nobody named'}: {given}")
    return "\n\n".join(lines + [str(note) for note in row.notes])
