"""Judgements of people whether two figures count the same thing, confirmed by a second person or withdrawn.

They are made with the action ``judge`` of a figure or a discrepancy.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import Judgement, JudgementOrigin
from factcheck.states import JudgementState
from factcheck.workflow.judgements import confirm_judgement, withdraw_judgement

from .base import ActionEndpoint, RecordViewSet
from .fields import UsernameField
from .filters import IdFilter
from .serializers import ActionsMixin, BodySerializer, NoteSerializer


class JudgementBodySerializer(BodySerializer):
    same = serializers.BooleanField(help_text="Whether both count the same thing.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class JudgementSerializer(serializers.ModelSerializer):
    topic = serializers.SlugRelatedField("slug", read_only=True)
    by = UsernameField()
    confirmed_by = UsernameField()
    a_words = serializers.CharField(source="a", read_only=True)
    b_words = serializers.CharField(source="b", read_only=True)

    class Meta:
        model = Judgement
        fields: ClassVar = [
            "id",
            "topic",
            "a",
            "a_words",
            "b",
            "b_words",
            "same",
            "origin",
            "state",
            "note",
            "by",
            "at",
            "confirmed_by",
            "version",
        ]


class JudgementDetailSerializer(ActionsMixin, JudgementSerializer):
    class Meta(JudgementSerializer.Meta):
        fields: ClassVar = [*JudgementSerializer.Meta.fields, "actions"]


class JudgementFilter(filters.FilterSet):
    topic = filters.CharFilter(field_name="topic__slug")
    figure = IdFilter(method="filter_figure")
    origin = filters.ChoiceFilter(choices=JudgementOrigin.choices)
    state = filters.ChoiceFilter(choices=JudgementState.choices)

    def filter_figure(self, queryset: Any, name: str, value: object) -> Any:
        figure = int(cast(Any, value))
        return queryset.filter(a=figure) | queryset.filter(b=figure)


class JudgementViewSet(RecordViewSet):
    queryset = Judgement.objects.select_related("a", "b", "topic", "by", "confirmed_by")
    serializer_class = JudgementSerializer
    detail_serializer_class = JudgementDetailSerializer
    filterset_class = JudgementFilter
    record_actions: ClassVar = {
        "confirm": ActionEndpoint(confirm_judgement),
        "withdraw": ActionEndpoint(withdraw_judgement, NoteSerializer),
    }
