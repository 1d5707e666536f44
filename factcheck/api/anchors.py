"""Anchors, the places of claims and figures in each revision, and attributions, who the text says they come from."""

from __future__ import annotations

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import Anchor, Attribution
from factcheck.text import AnchorState

from .base import RecordViewSet
from .claims import AnchorSerializer, AttributionSerializer
from .filters import IdFilter


class AnchorRecordSerializer(AnchorSerializer):
    document = serializers.IntegerField(source="revision.document_id")

    class Meta(AnchorSerializer.Meta):
        fields: ClassVar = ["id", "document", "claim", "figure", *AnchorSerializer.Meta.fields]


class AttributionRecordSerializer(AttributionSerializer):
    class Meta(AttributionSerializer.Meta):
        fields: ClassVar = ["id", "document", *AttributionSerializer.Meta.fields]


class AnchorFilter(filters.FilterSet):
    document = IdFilter(field_name="revision__document")
    revision = IdFilter(field_name="revision__number")
    claim = IdFilter(field_name="claim")
    figure = IdFilter(field_name="figure")
    anchor_state = filters.ChoiceFilter(choices=[(str(state), str(state)) for state in AnchorState])


class AttributionFilter(filters.FilterSet):
    document = IdFilter(field_name="document")
    source = filters.CharFilter(field_name="source__slug")


class AnchorViewSet(RecordViewSet):
    queryset = Anchor.objects.select_related("revision").defer("revision__text")
    serializer_class = AnchorRecordSerializer
    filterset_class = AnchorFilter


class AttributionViewSet(RecordViewSet):
    queryset = Attribution.objects.select_related("source")
    serializer_class = AttributionRecordSerializer
    filterset_class = AttributionFilter
