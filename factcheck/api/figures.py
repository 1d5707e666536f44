"""Figures: the typed numbers of a text, linked to claims or dismissed, singly or in bulk."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.actors import Person
from factcheck.models import Claim, Figure, Measure
from factcheck.states import FigureState
from factcheck.text import Basis, Hedge, Modality
from factcheck.workflow.claims import dismiss_figure, dismiss_figures, link_figure, reopen_figure
from factcheck.workflow.figures import confirm_as_of, correct_reading, state_as_of
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.measures import pin_figure

from .base import ActionEndpoint, RecordViewSet
from .claims import AnchorSerializer, AttributionSerializer
from .fields import UsernameField, VisibleRecordField
from .filters import IdFilter
from .judgements import JudgementBodySerializer
from .permissions import check_right
from .schema import describe
from .serializers import ActionsMixin, BodySerializer, NoteSerializer


class FigureRowSerializer(serializers.ModelSerializer):
    attribution = AttributionSerializer()

    class Meta:
        model = Figure
        fields: ClassVar = [
            "id",
            "document",
            "claim",
            "measure",
            "state",
            "anchor_state",
            "surface",
            "value",
            "low",
            "high",
            "as_written",
            "step",
            "unit",
            "dimension",
            "counted",
            "definition",
            "scope",
            "hedge",
            "modality",
            "place",
            "party",
            "as_of_start",
            "as_of_end",
            "as_of_granularity",
            "as_of_basis",
            "as_of_said",
            "attribution",
            "checkworthiness",
            "flags",
            "engine_version",
            "version",
        ]


class FigureSerializer(ActionsMixin, FigureRowSerializer):
    pinned_by = UsernameField()
    dated_by = UsernameField()
    corrected_by = UsernameField()
    anchor = serializers.SerializerMethodField()

    class Meta(FigureRowSerializer.Meta):
        fields: ClassVar = [
            *FigureRowSerializer.Meta.fields,
            "pinned_by",
            "dated_by",
            "corrected_by",
            "machine_reading",
            "anchor",
            "actions",
        ]

    @extend_schema_field(AnchorSerializer(allow_null=True))
    def get_anchor(self, figure: Figure) -> dict[str, Any] | None:
        standing = figure.anchors.filter(revision=figure.document.current_revision).select_related("revision").first()
        return AnchorSerializer(standing).data if standing else None

    def get_actions(self, figure: Figure) -> list[str]:
        actions = super().get_actions(figure)
        current = figure.as_of_basis == Basis.PUBLICATION
        return [action for action in actions if action != "confirm_as_of" or current]


class FigureLinkSerializer(BodySerializer):
    claim = VisibleRecordField(Claim)


class PinBodySerializer(BodySerializer):
    measure = VisibleRecordField(Measure)


class DayBodySerializer(BodySerializer):
    day = serializers.DateField()


class ReadingBodySerializer(NoteSerializer):
    """What a figure says, where the machine misread it: the parts that are given, and a reason."""

    value = serializers.DecimalField(max_digits=30, decimal_places=10, required=False)
    low = serializers.DecimalField(max_digits=30, decimal_places=10, required=False)
    high = serializers.DecimalField(max_digits=30, decimal_places=10, required=False)
    unit = serializers.CharField(max_length=40, required=False)
    hedge = serializers.ChoiceField(choices=list(Hedge), required=False)
    modality = serializers.ChoiceField(choices=list(Modality), required=False)
    counted = serializers.CharField(max_length=300, allow_blank=True, required=False)
    place = serializers.CharField(max_length=200, allow_blank=True, required=False)
    says = serializers.CharField(max_length=300, allow_blank=True, required=False)


class FigureJudgementSerializer(JudgementBodySerializer):
    other = VisibleRecordField(Figure)


def judge_figure(
    figure: Figure, *, other: Figure, same: bool, by: Person, note: str = "", version: int | None = None
) -> None:
    """Judge whether this figure and another count the same thing. An author can only propose it."""
    judge_figures(figure, other, same, by=by, note=note, version=version)


class BulkDismissalSerializer(NoteSerializer):
    ids = serializers.ListField(child=VisibleRecordField(Figure), min_length=1, max_length=500)


class DismissedCountSerializer(serializers.Serializer):
    """The number of dismissed figures."""

    dismissed = serializers.IntegerField()


class FigureFilter(filters.FilterSet):
    document = IdFilter(field_name="document")
    measure = IdFilter(field_name="measure")
    claim = IdFilter(field_name="claim")
    state = filters.ChoiceFilter(choices=FigureState.choices)


class FigureViewSet(RecordViewSet):
    queryset = Figure.objects.select_related("attribution__source")
    serializer_class = FigureRowSerializer
    detail_serializer_class = FigureSerializer
    filterset_class = FigureFilter
    record_actions: ClassVar = {
        "link": ActionEndpoint(link_figure, FigureLinkSerializer),
        "dismiss": ActionEndpoint(dismiss_figure, NoteSerializer),
        "reopen": ActionEndpoint(reopen_figure),
        "pin": ActionEndpoint(pin_figure, PinBodySerializer),
        "confirm_as_of": ActionEndpoint(confirm_as_of),
        "state_as_of": ActionEndpoint(state_as_of, DayBodySerializer),
        "correct_reading": ActionEndpoint(correct_reading, ReadingBodySerializer),
        "judge": ActionEndpoint(judge_figure, FigureJudgementSerializer),
    }
    batch_actions: ClassVar = ("dismiss", "link")

    @describe(200, request=BulkDismissalSerializer, response=DismissedCountSerializer)
    @action(detail=False, methods=["post"], url_path="dismiss", url_name="dismiss-many")
    def dismiss_many(self, request: Request) -> Response:
        """Dismiss many figures for one reason: all or none."""
        body = self.validated_body(BulkDismissalSerializer)
        for figure in body["ids"]:
            check_right(request.user, figure, "dismiss")
        return Response({"dismissed": dismiss_figures(body["ids"], by=request.user, note=body["note"])})
