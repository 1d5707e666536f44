"""Measures: who says what as of when, in one table; merged, split, and compared again by editors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString

from factcheck.models import SUREST_FIRST, Discrepancy, Document, Figure, Job, Measure, Scope
from factcheck.states import DiscrepancyState
from factcheck.workflow.crosscheck import agreements_of, request_crosscheck
from factcheck.workflow.disputes import disputes
from factcheck.workflow.measures import merge_measures, set_general, split_measure
from factcheck.workflow.observations import ObservedState, engine_state_of, state_key, states_of
from factcheck.workflow.speakers import speakers_of

from .actions import ActionForm, RecordAction, Several
from .base import RecordAdmin, address_of
from .crosschecks import OPEN_FIRST, as_of_words, desk_to_ask_for
from .shown import pill, yes

MOST_AGREEMENTS = 60
UNDATED = "no date"


@dataclass(frozen=True)
class Told:
    """A state of a measure as far as a person sees the figures that carry it."""

    state: Any
    figures: list[Figure]

    @property
    def first(self) -> Figure:
        return self.figures[0]

    @property
    def day(self) -> str:
        return f"{self.state.as_of.start:%Y-%m-%d}" if self.state.as_of else UNDATED

    @property
    def as_of(self) -> str:
        return as_of_words(self.first)

    @property
    def documents(self) -> list[Document]:
        return list({figure.document_id: figure.document for figure in self.figures}.values())


def told_to_person(held: Iterable[ObservedState], user: Any) -> list[Told]:
    """The states that a figure the person may see carries, with those figures alone."""
    rows = list(held)
    named = {figure.document_id for row in rows for figure in row.figures}
    seen = set(Document.objects.visible_to(user).filter(pk__in=named).values_list("pk", flat=True))
    shown = ((row, [figure for figure in row.figures if figure.document_id in seen]) for row in rows)
    return [Told(row.state, figures) for row, figures in shown if figures]


def matrix(told: list[Told]) -> dict[str, Any]:
    """The table of a measure: a row for each who says it, a column for each day, the states in the cells."""
    days = sorted({row.day for row in told}, key=lambda day: (day == UNDATED, day))
    who: dict[str, dict[str, list[Told]]] = defaultdict(lambda: defaultdict(list))
    for row in told:
        who[row.state.says or "nobody named"][row.day].append(row)
    return {"days": days, "rows": [(says, [cells.get(day, []) for day in days]) for says, cells in sorted(who.items())]}


class MergeForm(ActionForm):
    into = forms.ModelChoiceField(
        Measure.objects.none(),
        label="It is the same as",
        help_text="Measures of the same topic and dimension. Its figures move there, and those found later follow.",
    )

    def fit(self) -> None:
        alike = Measure.objects.visible_to(self.user).filter(merged_into=None, dimension=self.record.dimension)
        self.fields["into"].queryset = alike.filter(topic=self.record.topic).exclude(pk=self.record.pk)


class FigureChoice(Several):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} — {obj.document}"


class SplitForm(ActionForm):
    figures = FigureChoice(
        Figure.objects.none(), label="Figures that count another thing", widget=forms.CheckboxSelectMultiple
    )
    counted = forms.CharField(label="What they count", max_length=300)

    def fit(self) -> None:
        rows = Figure.objects.visible_to(self.user).filter(measure=self.record).select_related("document")
        self.fields["figures"].queryset = rows


def merge(measure: Measure, *, into: Measure, **said: Any) -> Measure:
    """The one that stays; nobody sees the other any more, for it holds no figure."""
    merge_measures(measure, into, **said)
    return into


def split(measure: Measure, *, figures: Iterable[Figure], **said: Any) -> Measure:
    return split_measure(measure, list(figures), **said)


def compare_everywhere(measure: Measure, **said: Any) -> None:
    set_general(measure, True, **said)


def compare_in_topic(measure: Measure, **said: Any) -> None:
    set_general(measure, False, **said)


def crosscheck_now(measure: Measure, *, by: Any) -> Job:
    """Compare the figures of a measure again, asked for by the first desk of the person's that holds one."""
    desk = desk_to_ask_for(by, Document.objects.filter(figures__measure=measure))
    return request_crosscheck(Scope.MEASURE, by=by, desk=desk, measure=measure)


@admin.register(Measure)
class MeasureAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "crosscheck": RecordAction(crosscheck_now, label="Compare again", done="It is in the queue.", versioned=False),
        "merge": RecordAction(merge, MergeForm, "Merge into another", "They are one measure now."),
        "split": RecordAction(split, SplitForm, "Split", "The figures have a measure of their own."),
        "general": RecordAction(
            compare_everywhere, label="Compare in every topic", done="It is compared in every topic."
        ),
        "in_topic": RecordAction(
            compare_in_topic, label="Compare in its topic only", done="It is compared in its topic only."
        ),
    }
    record_template = "factcheck/admin/measure.html"
    list_display: ClassVar = [
        "what",
        "dimension",
        "topic",
        "moves",
        "agree",
        "states",
        "in_conflict",
    ]
    list_filter: ClassVar = ["running", "general", "dimension", "topic"]
    list_select_related: ClassVar = ["topic"]
    search_fields: ClassVar = ["counted", "place", "party"]
    page_fields = ("topic", "dimension", "place", "party", "merged_into")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        open_here = Discrepancy.objects.visible_to(request.user).open().filter(measure=OuterRef("pk")).order_by()
        count = open_here.values("measure").annotate(count=Count("pk", distinct=True)).values("count")
        rows = super().get_queryset(request).select_related("topic", "merged_into")
        return rows.annotate(open_discrepancies=Coalesce(Subquery(count), 0))

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-open_discrepancies", "counted", "id"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, with the number of states of each measure on the page, asked for at once."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        counts = states_seen(changelist.result_list, request.user)
        for measure in changelist.result_list:
            measure.states_seen = counts.get(measure.pk, 0)
        return changelist

    @admin.display(description="counted", ordering="counted")
    def what(self, measure: Any) -> str:
        return ", ".join(dict.fromkeys(filter(None, (str(measure), measure.place, measure.party))))

    @admin.display(description="running", ordering="running")
    def moves(self, measure: Any) -> str:
        """In words: a tick and a cross look like good and bad."""
        return yes(measure.running)

    @admin.display(description="agree", ordering="agreements")
    def agree(self, measure: Any) -> int:
        return int(measure.agreements)

    @admin.display(description="states")
    def states(self, measure: Any) -> int:
        return int(measure.states_seen)

    @admin.display(description="open pairs", ordering="open_discrepancies")
    def in_conflict(self, measure: Any) -> SafeString | str:
        return pill("conflict", str(measure.open_discrepancies)) if measure.open_discrepancies else "–"

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "moves with time", yes(record.running), ""
        yield "compared", "in every topic" if record.general else "in its topic" if record.topic else "in its text", ""
        yield "agreements", f"{record.agreements} pairs of states", ""

    def offers(self, record: Any, name: str) -> bool:
        if name in ("general", "in_topic"):
            return bool(record.general) == (name == "in_topic") and record.merged_into_id is None
        return record.merged_into_id is None

    def right_of(self, name: str) -> str:
        return "set_general" if name in ("general", "in_topic") else name

    def entitled(self, user: Any, record: Any, name: str) -> bool:
        """Comparing again is a right on a desk, the others are rights on the measure."""
        if name == "crosscheck":
            return desk_to_ask_for(user, Document.objects.filter(figures__measure=record)) is not None
        return super().entitled(user, record, name)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        states = states_of(record)
        told = told_to_person(states, request.user)
        compared = {figure.document_id for row in states for figure in row.figures}
        every_figure_seen = Document.objects.visible_to(request.user).filter(pk__in=compared).count() == len(compared)
        rows = Discrepancy.objects.visible_to(request.user).filter(measure=record)
        agreements = agreements_of(record, states) if every_figure_seen and not record.general else []
        return {
            "told": told,
            "matrix": matrix(told),
            "discrepancies": disputes(
                rows.exclude(state=DiscrepancyState.CLOSED), order=(OPEN_FIRST, *SUREST_FIRST), most=200
            ),
            "agreements": agreements[:MOST_AGREEMENTS],
        }

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        return address_of(result) if isinstance(result, Job | Measure) else super().way_back(request, record, result)


def states_seen(measures: list[Any], user: Any) -> dict[int, int]:
    """How many states the figures a person may see carry under each measure; one query for all of them."""
    wanted = Q(measure__in=[row.pk for row in measures])
    wanted |= Q(measure__key__in=[row.key for row in measures if row.general])
    rows = Figure.objects.compared().visible_to(user).filter(wanted, as_written="")
    held: dict[int, list[Figure]] = defaultdict(list)
    for figure in rows.select_related("document__publisher", "attribution__source", "measure", "profile"):
        for measure in measures:
            if figure.measure_id == measure.pk or (measure.general and figure.measure.key == measure.key):
                held[measure.pk].append(figure)
    speakers, keys = speakers_of(held.values()), defaultdict(set)
    for measure in measures:
        for figure in held[measure.pk]:
            said = speakers[figure.pk]
            keys[measure.pk].add(state_key(engine_state_of(figure, measure, said.name), said.first))
    return {pk: len(found) for pk, found in keys.items()}
