"""Discrepancies, both sides beside each other; and the cross-checks that found them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Case, Max, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from factcheck.models import (
    MOST_TELLING_FIRST,
    SUREST_FIRST,
    CrossCheck,
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    Document,
    Figure,
    Job,
    ResolutionKind,
    Scope,
    Sentence,
    Topic,
    sentences_of,
)
from factcheck.permissions import wrote_one_compared
from factcheck.states import DiscrepancyState
from factcheck.text import Basis
from factcheck.workflow.crosscheck import request_crosscheck
from factcheck.workflow.disputes import Dispute, Statement, disputes, disputes_led_by, resolve_dispute
from factcheck.workflow.judgements import judge_pair
from factcheck.workflow.speakers import speaker_name_of
from factcheck.workflow.transitions import can

from .actions import ActionForm, RecordAction, words
from .base import RecordAdmin
from .jobs import progress_of
from .shown import lines, link, links, moment, pill

OPEN_FIRST = Case(
    When(state=DiscrepancyState.OPEN, then=Value(0)), When(state=DiscrepancyState.RESOLVED, then=Value(1)), default=2
)
SHOWN = 3
MOST_PAIRS = 100
BASIS = {
    Basis.STATED: "as the copy says",
    Basis.EVENT: "the day of the event",
    Basis.PUBLICATION: "the day of publication, for the copy names none",
}


@dataclass(frozen=True)
class Carrier:
    """A figure that carries a side: its sentence cut in three, the figure's words in the middle."""

    figure: Figure
    sentence: Sentence
    says: str
    as_of: str


def as_of_words(figure: Figure) -> str:
    """The day or hour a figure stands for, on its document's clock, and how that was found out."""
    if figure.as_of_start is None:
        return ""
    zone = ZoneInfo(figure.document.zone)
    start = figure.as_of_start.astimezone(zone)
    end = (figure.as_of_end or figure.as_of_start).astimezone(zone)
    last = max(start, end - timedelta(seconds=1))  # the period stops before its end
    if figure.as_of_granularity == "hour":
        day = f"{start:%-d %B %Y, %H:%M} ({figure.document.zone})"
    else:
        day = f"{start:%-d %B %Y}" + (f" to {last:%-d %B %Y}" if last.date() != start.date() else "")
    how = f"“{figure.as_of_said}”" if figure.as_of_said else BASIS.get(figure.as_of_basis, "")
    if figure.dated_by_id:
        how = "said by a person"
    return f"{day}, {how}" if how else day


def carriers(figures: Iterable[Figure]) -> dict[int, Carrier]:
    """Each figure in its sentence; the number of queries does not grow with them."""
    rows = {figure.pk: figure for figure in figures}
    found = sentences_of(rows)
    return {
        pk: Carrier(
            figure, found.get(pk, Sentence("", figure.surface, "")), speaker_name_of(figure), as_of_words(figure)
        )
        for pk, figure in rows.items()
    }


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
        pairs = pairs if self.record is None else pairs.in_same_dispute(self.record)
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
        found = disputes_led_by(changelist.result_list, Discrepancy.objects.visible_to(request.user))
        for row, dispute in zip(changelist.result_list, found, strict=True):
            row.dispute = dispute
        return changelist

    @admin.display(description="what differs", ordering="reason")
    def told(self, row: Any) -> str:
        dispute: Dispute = row.dispute
        return dispute.message

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
        rows = Discrepancy.objects.visible_to(request.user).in_same_dispute(record)
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


class CrossCheckForm(ActionForm):
    """What to compare: the figures of one document, of a topic, or all."""

    scope = forms.ChoiceField(
        label="Compare",
        choices=[
            (Scope.DOCUMENT, "the figures of a document"),
            (Scope.TOPIC, "the figures of a topic"),
            (Scope.EVERYTHING, "everything"),
        ],
    )
    document = forms.ModelChoiceField(Document.objects.none(), required=False)
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False)
    desk = forms.ModelChoiceField(
        Desk.objects.none(), empty_label=None, help_text="Who asks: the work is listed under this desk."
    )

    def fit(self) -> None:
        self.fields["document"].queryset = Document.objects.visible_to(self.user).order_by("-pk")
        self.fields["topic"].queryset = Topic.objects.visible_to(self.user)
        self.fields["desk"].queryset = Desk.objects.visible_to(self.user)

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        for name in ("document", "topic"):
            if said.get("scope") == name and not said.get(name) and name not in self.errors:
                raise ValidationError({name: f"Choose the {name}."})
            if said.get("scope") != name:
                said[name] = None
        return said


@admin.register(CrossCheck)
class CrossCheckAdmin(RecordAdmin):
    new_form = CrossCheckForm
    new_label = "Compare figures now"
    new_right = "crosscheck"
    record_template = "factcheck/admin/working.html"
    list_display: ClassVar = ["__str__", "state", "progress", "found_here", "started"]
    list_filter: ClassVar = ["scope"]
    list_select_related: ClassVar = ["document", "topic", "measure", "job"]
    page_fields = ("scope", "document", "measure", "topic", "job", "engine_version")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("document", "topic", "measure", "job")

    def create(self, request: HttpRequest, form: Any) -> Job:
        said = form.cleaned_data
        desk = None if said["scope"] == Scope.DOCUMENT else said["desk"]
        wanted = {"document": said["document"], "topic": said["topic"]}
        return request_crosscheck(said["scope"], by=request.user, desk=desk, **wanted)

    @admin.display(description="state", ordering="job__state")
    def state(self, run: Any) -> SafeString:
        return pill(run.job.state)

    @admin.display(description="progress")
    def progress(self, run: Any) -> SafeString | str:
        return progress_of(run.job)

    @admin.display(description="open then")
    def found_here(self, run: Any) -> str:
        """Counts of one document; those of a wider run would tell of texts one may not see."""
        if run.document_id is None or run.finished_at is None:
            return "–"
        return ", ".join(f"{number} {words(kind)}" for kind, number in run.found.items()) or "none"

    @admin.display(description="started", ordering="started_at")
    def started(self, run: Any) -> str:
        return moment(run.started_at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "started", moment(record.started_at), ""
        yield "finished", moment(record.finished_at), ""
        yield "open discrepancies then", self.found_here(record), ""

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"job": record.job, "progress": progress_of(record.job)}


def desk_to_ask_for(user: Any, documents: QuerySet[Document]) -> Desk | None:
    """The first desk of these documents on which the person may ask for a cross-check."""
    desks = Desk.objects.visible_to(user).filter(documents__in=documents).distinct()
    return next((desk for desk in desks if can(user, desk, "crosscheck")), None)
