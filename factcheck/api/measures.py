"""Measures: what is counted, so that figures of the same measure are compared; with the states of their figures."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from factcheck.actors import Person
from factcheck.models import Document, Figure, Measure, with_visible_agreements
from factcheck.workflow.measures import merge_measures, set_general, split_measure
from factcheck.workflow.observations import VisibleObservation, observations_of, visible_observations

from .base import ActionEndpoint, RecordViewSet
from .discrepancies import AsOfSerializer, StatementSerializer
from .fields import VisibleRecordField, digits
from .filters import IdFilter, SearchFilter
from .serializers import ActionsMixin, BodySerializer


class MeasureRowSerializer(serializers.ModelSerializer):
    topic = serializers.SlugRelatedField("slug", read_only=True)
    name = serializers.CharField(read_only=True, help_text="What it measures, in words.")
    agreements = serializers.SerializerMethodField(
        help_text="Pairs of states that agree; null where one of the figures is hidden from the user."
    )

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

    def get_agreements(self, measure: Any) -> int | None:
        if not hasattr(measure, "visible_agreements"):  # the answer of an action
            measure = with_visible_agreements(Measure.objects.filter(pk=measure.pk), self.context["request"].user).get()
        agreements: int | None = measure.visible_agreements
        return agreements


class ObservationSerializer(StatementSerializer):
    """A distinct state of a measure, and who says it."""

    key = serializers.CharField()
    definition = serializers.CharField()
    says = serializers.CharField()
    as_of = AsOfSerializer(allow_null=True)


class MeasureSerializer(ActionsMixin, MeasureRowSerializer):
    states = serializers.SerializerMethodField()

    class Meta(MeasureRowSerializer.Meta):
        fields: ClassVar = [*MeasureRowSerializer.Meta.fields, "states", "actions"]

    @extend_schema_field(ObservationSerializer(many=True))
    def get_states(self, measure: Measure) -> list[dict[str, Any]]:
        """Each distinct state of those figures that the user may see, with the first twenty of them."""
        return [
            observation_data(row)
            for row in visible_observations(observations_of(measure), self.context["request"].user)
        ]


def observation_data(row: VisibleObservation) -> dict[str, Any]:
    quantity, as_of = row.observation.quantity, row.observation.as_of
    return {
        "key": row.state.key,
        "value": digits(quantity.value),
        "low": digits(quantity.low),
        "high": digits(quantity.high),
        "unit": quantity.unit,
        "counted": row.observation.counted,
        "definition": row.observation.measure.definition,
        "hedge": str(row.observation.hedge),
        "modality": str(row.observation.modality),
        "says": row.observation.says,
        "as_of": {"start": as_of.start, "end": as_of.end, "said": as_of.expression} if as_of else None,
        "figures": [figure.pk for figure in row.figures],
        "count": row.count,
        "documents": [{"id": document.pk, "title": document.title} for document in row.documents],
    }


class MergeBodySerializer(BodySerializer):
    into = VisibleRecordField(Measure)


class SplitBodySerializer(BodySerializer):
    figures = serializers.ListField(child=VisibleRecordField(Figure), min_length=1, max_length=500)
    counted = serializers.CharField(max_length=300)


class MeasureFilter(filters.FilterSet):
    topic = filters.CharFilter(field_name="topic__slug")
    document = IdFilter(method="filter_document")
    search = SearchFilter("counted", "place", "party")

    def filter_document(self, queryset: Any, name: str, value: Any) -> Any:
        mine = Document.objects.visible_to(self.request.user).filter(pk=int(value))
        return queryset.filter(pk__in=Figure.objects.filter(document__in=mine).values("measure"))


class GeneralBodySerializer(BodySerializer):
    general = serializers.BooleanField()


def merge(measure: Measure, *, by: Person, into: Measure, version: int | None = None) -> Measure:
    """Merge the measure into another one, which is returned."""
    merge_measures(measure, into, by=by, version=version)
    return into


class MeasureViewSet(RecordViewSet):
    queryset = Measure.objects.select_related("topic")
    serializer_class = MeasureRowSerializer
    detail_serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    record_actions: ClassVar = {
        "merge": ActionEndpoint(merge, MergeBodySerializer),
        "split": ActionEndpoint(split_measure, SplitBodySerializer),
        "set_general": ActionEndpoint(set_general, GeneralBodySerializer),
    }

    def get_queryset(self) -> Any:
        return with_visible_agreements(super().get_queryset(), self.request.user)
