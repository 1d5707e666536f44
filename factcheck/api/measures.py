"""Measures: what figures are compared under, with the states the visible figures carry."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import Document, Figure, Measure
from factcheck.workflow.measures import merge_measures, set_general, split_measure
from factcheck.workflow.observations import ObservedState, states_of

from .base import ActionEndpoint, RecordViewSet
from .bodies import Body, Visible
from .lists import Id, Search


class MeasureRow(serializers.ModelSerializer):
    topic = serializers.SlugRelatedField("slug", read_only=True)
    name = serializers.CharField(read_only=True, help_text="What it measures, in words.")

    class Meta:
        model = Measure
        fields: ClassVar = [
            "id",
            "topic",
            "name",
            "counted",
            "dimension",
            "place",
            "party",
            "running",
            "general",
            "merged_into",
            "agreements",
            "version",
        ]


class MeasureSerializer(MeasureRow):
    states = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta(MeasureRow.Meta):
        fields: ClassVar = [*MeasureRow.Meta.fields, "states", "actions"]

    def get_states(self, measure: Measure) -> list[dict[str, Any]]:
        """Each distinct state that a figure the person may see carries."""
        user = self.context["request"].user
        held = states_of(measure)
        documents = {figure.document_id for row in held for figure in row.figures}
        seen = set(Document.objects.visible_to(user).filter(pk__in=documents).values_list("pk", flat=True))
        shown = ((row, [figure for figure in row.figures if figure.document_id in seen]) for row in held)
        return [state_line(row, figures) for row, figures in shown if figures]

    def get_actions(self, measure: Measure) -> list[str]:
        return self.context["view"].open_actions(measure)


def state_line(row: ObservedState, figures: list[Figure]) -> dict[str, Any]:
    quantity, as_of = row.state.quantity, row.state.as_of
    documents = {figure.document_id: figure.document for figure in figures}
    return {
        "key": row.key,
        "value": quantity.value,
        "low": quantity.low,
        "high": quantity.high,
        "unit": quantity.unit,
        "counted": row.state.counted,
        "definition": row.state.measure.definition,
        "hedge": str(row.state.hedge),
        "modality": str(row.state.modality),
        "says": row.state.says,
        "as_of": {"start": as_of.start, "end": as_of.end, "said": as_of.said} if as_of else None,
        "figures": [figure.pk for figure in figures],
        "documents": [{"id": pk, "title": document.title} for pk, document in documents.items()],
    }


class MergeBody(Body):
    into = Visible(Measure)


class SplitBody(Body):
    figures = serializers.ListField(child=Visible(Figure), min_length=1, max_length=500)
    counted = serializers.CharField(max_length=300)


class MeasureFilter(filters.FilterSet):
    topic = filters.CharFilter(field_name="topic__slug")
    document = Id(method="of_document")
    search = Search("counted", "place", "party")

    def of_document(self, rows: Any, name: str, value: Any) -> Any:
        mine = Document.objects.visible_to(self.request.user).filter(pk=int(value))
        return rows.filter(pk__in=Figure.objects.filter(document__in=mine).values("measure"))


class GeneralBody(Body):
    general = serializers.BooleanField()


def merge(measure: Measure, *, by: Any, into: Measure, version: int | None = None) -> Measure:
    """Say that two measures are one; answers the one that stays."""
    merge_measures(measure, into, by=by, version=version)
    return into


class MeasureViewSet(RecordViewSet):
    queryset = Measure.objects.select_related("topic")
    serializer_class = MeasureRow
    detail_serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    record_actions: ClassVar = {
        "merge": ActionEndpoint(merge, MergeBody),
        "split": ActionEndpoint(split_measure, SplitBody),
        "set_general": ActionEndpoint(set_general, GeneralBody),
    }
