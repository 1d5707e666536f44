"""Measures: a matrix of who states what as of when; merged, split, and compared again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from factcheck.actors import Person
from factcheck.language import gettext_lazy
from factcheck.models import (
    DISPUTED_KINDS,
    MOST_SEVERE_FIRST,
    SUREST_FIRST,
    Carrier,
    Discrepancy,
    DiscrepancyKind,
    Document,
    Figure,
    Job,
    Measure,
    Scope,
    StoredObservation,
    with_visible_agreements,
)
from factcheck.reports.builders.charts import chart_of
from factcheck.reports.render.measure_chart import measure_chart
from factcheck.states import DiscrepancyState
from factcheck.workflow.comparisons import agreements_of
from factcheck.workflow.crosschecks import request_crosscheck
from factcheck.workflow.disputes import disputes
from factcheck.workflow.measures import merge_measures, set_general, split_measure
from factcheck.workflow.observations import (
    CarriedObservation,
    VisibleObservation,
    hidden_from,
    observations_by_measure,
    observations_of,
    visible_observations,
)

from .crosschecks import first_desk_for_crosscheck
from .discrepancies import OPEN_FIRST
from .kit.actions import ActionForm, RecordAction
from .kit.fields import RecordsField
from .kit.figure_context import as_of_text
from .kit.formatting import badge, yes_no
from .kit.links import admin_url
from .kit.records import RecordAdmin

MAX_AGREEMENTS = 60
UNDATED = gettext_lazy("no date")
MARKS: dict[str, str] = {
    DiscrepancyKind.CONFLICT: "≠",
    DiscrepancyKind.MAGNITUDE_SLIP: "≠",
    DiscrepancyKind.DIFFERS: "≈",
    DiscrepancyKind.SUPERSEDED: "↻",
}


@dataclass(frozen=True)
class StateOnPage:
    """A state of a measure as it is shown: with its day, and the first of the figures the user may see."""

    seen: VisibleObservation
    kind: str = ""
    """The gravest kind of the open discrepancies that it is a side of."""

    @property
    def mark(self) -> str:
        """A sign for the kind, so that it is told without colour, too."""
        return MARKS.get(self.kind, "")

    @property
    def observation(self) -> Any:
        return self.seen.observation

    @property
    def figures(self) -> tuple[Figure, ...]:
        return self.seen.figures

    @property
    def first(self) -> Figure:
        return self.seen.figures[0]

    @property
    def more(self) -> int:
        return self.seen.more

    @property
    def day(self) -> str:
        return f"{self.observation.as_of.start:%Y-%m-%d}" if self.observation.as_of else UNDATED

    @property
    def as_of(self) -> str:
        return as_of_text(self.first)

    @property
    def documents(self) -> list[Document]:
        return self.seen.documents


def states_on_page(
    states: Sequence[CarriedObservation], user: Any, kinds: Mapping[str, str] | None = None
) -> list[StateOnPage]:
    """The states with at least one visible figure, with the first of their visible figures only."""
    return [StateOnPage(seen, (kinds or {}).get(seen.state.key, "")) for seen in visible_observations(states, user)]


def kinds_of_sides(rows: QuerySet[Discrepancy]) -> dict[str, str]:
    """For each side of these open discrepancies, by its key, the gravest kind it stands in."""
    found: dict[str, str] = {}
    for kind, *sides in rows.order_by(MOST_SEVERE_FIRST).values_list("kind", "a_key", "b_key"):
        for key in sides:
            found.setdefault(key, kind)
    return found


def drawn(measure: Measure, states: Sequence[StateOnPage]) -> SafeString | str:
    """The measure over time; empty where there are no two statements to compare."""
    title = ", ".join(dict.fromkeys(filter(None, (str(measure), measure.place))))
    told = [(row.observation.says, row.first, row.kind in DISPUTED_KINDS) for row in states]
    chart = chart_of(title[:1].upper() + title[1:], told)
    return measure_chart(asdict(chart)) if chart else ""


def matrix(states: list[StateOnPage]) -> dict[str, Any]:
    """The table of a measure: a row for each speaker, a column for each day, the states in the cells."""
    days = sorted({row.day for row in states}, key=lambda day: (day == UNDATED, day))
    who: dict[str, dict[str, list[StateOnPage]]] = defaultdict(lambda: defaultdict(list))
    for row in states:
        who[row.observation.says or gettext("nobody named")][row.day].append(row)
    return {"days": days, "rows": [(says, [cells.get(day, []) for day in days]) for says, cells in sorted(who.items())]}


class MergeMeasuresForm(ActionForm):
    into = forms.ModelChoiceField(
        Measure.objects.none(),
        label=gettext_lazy("It is the same as"),
        help_text=gettext_lazy(
            "Measures of the same topic and dimension. Its figures move there, and those found later follow."
        ),
    )

    def setup_fields(self) -> None:
        alike = Measure.objects.visible_to(self.user).filter(merged_into=None, dimension=self.record.dimension)
        self.set_records("into", alike.filter(topic=self.record.topic).exclude(pk=self.record.pk))


class FiguresChoiceField(RecordsField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} — {obj.document}"


class SplitMeasureForm(ActionForm):
    figures = FiguresChoiceField(
        Figure.objects.none(),
        label=gettext_lazy("Figures that count another thing"),
        widget=forms.CheckboxSelectMultiple,
    )
    counted = forms.CharField(label=gettext_lazy("What they count"), max_length=300)

    def setup_fields(self) -> None:
        rows = Figure.objects.visible_to(self.user).filter(measure=self.record).select_related("document")
        self.set_records("figures", rows)


def merge_into(measure: Measure, *, into: Measure, **arguments: Any) -> Measure:
    """Merge a measure. Returns the remaining one, because nobody sees the other any more."""
    merge_measures(measure, into, **arguments)
    return into


def split_off(measure: Measure, *, figures: Iterable[Figure], **arguments: Any) -> Measure:
    return split_measure(measure, list(figures), **arguments)


def compare_everywhere(measure: Measure, **arguments: Any) -> None:
    set_general(measure, True, **arguments)


def compare_in_topic(measure: Measure, **arguments: Any) -> None:
    set_general(measure, False, **arguments)


def crosscheck_measure(measure: Measure, *, by: Person) -> Job:
    """Request a cross-check of a measure on the user's first desk with a figure of it."""
    desk = first_desk_for_crosscheck(by, Document.objects.filter(figures__measure=measure))
    return request_crosscheck(Scope.MEASURE, by=by, desk=desk, measure=measure)


@admin.register(Measure)
class MeasureAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "crosscheck": RecordAction(
            crosscheck_measure,
            label=gettext_lazy("Compare again"),
            success_message=gettext_lazy("It is in the queue."),
            versioned=False,
        ),
        "merge": RecordAction(
            merge_into, MergeMeasuresForm, gettext_lazy("Merge into another"), gettext_lazy("They are one measure now.")
        ),
        "split": RecordAction(
            split_off, SplitMeasureForm, gettext_lazy("Split"), gettext_lazy("The figures have a measure of their own.")
        ),
        "general": RecordAction(
            compare_everywhere,
            label=gettext_lazy("Compare in every topic"),
            success_message=gettext_lazy("It is compared in every topic."),
        ),
        "in_topic": RecordAction(
            compare_in_topic,
            label=gettext_lazy("Compare in its topic only"),
            success_message=gettext_lazy("It is compared in its topic only."),
        ),
    }
    record_template = "factcheck/admin/measure.html"
    list_display = [
        "what",
        "dimension",
        "topic",
        "moves",
        "agree",
        "states",
        "in_conflict",
    ]
    list_filter: ClassVar = ["running", "general", "dimension", "topic"]
    list_select_related = ["topic"]
    search_fields: ClassVar = ["counted", "place", "party"]
    detail_fields = ("topic", "dimension", "place", "party", "merged_into")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        open_here = Discrepancy.objects.visible_to(request.user).open().filter(measure=OuterRef("pk")).order_by()
        count = open_here.values("measure").annotate(count=Count("pk", distinct=True)).values("count")
        rows = super().get_queryset(request).select_related("topic", "merged_into")
        rows = with_visible_agreements(rows, request.user)
        annotated: QuerySet[Any] = rows.annotate(open_discrepancies=Coalesce(Subquery(count), 0))
        return annotated

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ["-open_discrepancies", "counted", "id"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Add the number of states to each measure on the page, in one query for all."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        counts = visible_state_counts(changelist.result_list, request.user)
        for measure in changelist.result_list:
            measure.state_count = counts.get(measure.pk, 0)
        return changelist

    @admin.display(description=gettext_lazy("counted"), ordering="counted")
    def what(self, measure: Any) -> str:
        return ", ".join(dict.fromkeys(filter(None, (str(measure), measure.place, measure.party))))

    @admin.display(description=gettext_lazy("running"), ordering="running")
    def moves(self, measure: Any) -> str:
        """In words: icons for true and false would look like good and bad."""
        return yes_no(measure.running)

    @admin.display(description=gettext_lazy("agree"))
    def agree(self, measure: Any) -> int | str:
        """Not counted where the person may not see all of its figures."""
        return "–" if measure.visible_agreements is None else int(measure.visible_agreements)

    @admin.display(description=gettext_lazy("states"))
    def states(self, measure: Any) -> int:
        return int(measure.state_count)

    @admin.display(description=gettext_lazy("open pairs"), ordering="open_discrepancies")
    def in_conflict(self, measure: Any) -> SafeString | str:
        return badge("conflict", str(measure.open_discrepancies)) if measure.open_discrepancies else "–"

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("moves with time"), yes_no(record.running), ""
        yield (
            gettext("compared"),
            gettext("in every topic")
            if record.general
            else gettext("in its topic")
            if record.topic
            else gettext("in its text"),
            "",
        )
        if record.visible_agreements is not None:
            pairs = record.visible_agreements
            yield (
                gettext("agreements"),
                ngettext("{n} pair of states", "{n} pairs of states", pairs).format(n=pairs),
                "",
            )

    def is_offered(self, record: Any, name: str) -> bool:
        if name in ("general", "in_topic"):
            return bool(record.general) == (name == "in_topic") and record.merged_into_id is None
        return record.merged_into_id is None

    def permission_action(self, name: str) -> str:
        return "set_general" if name in ("general", "in_topic") else name

    def is_permitted(self, user: Any, record: Any, name: str) -> bool:
        """A cross-check needs a permission on a desk, other actions one on the measure."""
        if name == "crosscheck":
            return first_desk_for_crosscheck(user, Document.objects.filter(figures__measure=record)) is not None
        return super().is_permitted(user, record, name)

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        every_observation = observations_of(record)
        every_figure_seen = not hidden_from(request.user, every_observation)
        rows = Discrepancy.objects.visible_to(request.user).filter(measure=record)
        states = states_on_page(every_observation, request.user, kinds_of_sides(rows.open()))
        agreements = agreements_of(record, every_observation) if every_figure_seen and not record.general else []
        return {
            "states": states,
            "measure_id": record.pk,
            "matrix": matrix(states),
            "chart": drawn(record, states),
            "discrepancies": disputes(
                rows.exclude(state=DiscrepancyState.CLOSED), order=(OPEN_FIRST, *SUREST_FIRST), most=200
            ),
            "agreements": agreements[:MAX_AGREEMENTS],
        }

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        return admin_url(result) if isinstance(result, Job | Measure) else super().return_url(request, record, result)


def visible_state_counts(measures: list[Any], user: Any) -> dict[int, int]:
    """The number of visible states of each measure, in one query for all."""
    states = observations_by_measure(measures)
    seen = Exists(Carrier.objects.visible_to(user).filter(observation=OuterRef("pk"), current=True))
    keys = [pk for rows in states.values() for row in rows for pk in row.ids]
    visible: set[int] = set()
    for start in range(0, len(keys), 500):
        some = StoredObservation.objects.filter(pk__in=keys[start : start + 500])
        visible |= set(some.filter(seen).values_list("pk", flat=True))
    return {pk: sum(not visible.isdisjoint(row.ids) for row in rows) for pk, rows in states.items()}
