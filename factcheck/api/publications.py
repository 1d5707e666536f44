"""Publications, with the clearance at that time, and their corrections. Both are made by actions on documents."""

from __future__ import annotations

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import Correction, CorrectionClass, Publication

from .base import RecordViewSet
from .fields import UsernameField
from .filters import IdFilter


class CorrectionSerializer(serializers.ModelSerializer):
    by = UsernameField()
    document = serializers.IntegerField(source="publication.document_id")

    class Meta:
        model = Correction
        fields: ClassVar = ["id", "publication", "document", "claim", "correction_class", "wording", "by", "at"]


class PublicationRowSerializer(serializers.ModelSerializer):
    by = UsernameField()
    revision = serializers.IntegerField(source="revision.number")

    class Meta:
        model = Publication
        fields: ClassVar = ["id", "document", "revision", "clear", "title", "byline", "by", "at"]


class PublicationSerializer(PublicationRowSerializer):
    corrections = CorrectionSerializer(many=True)

    class Meta(PublicationRowSerializer.Meta):
        fields: ClassVar = [*PublicationRowSerializer.Meta.fields, "answer", "corrections"]


class PublicationFilter(filters.FilterSet):
    document = IdFilter(field_name="document")
    desk = filters.CharFilter(field_name="document__desk__slug")
    clear = filters.BooleanFilter()


class CorrectionFilter(filters.FilterSet):
    publication = IdFilter(field_name="publication")
    document = IdFilter(field_name="publication__document")
    claim = IdFilter(field_name="claim")
    desk = filters.CharFilter(field_name="publication__document__desk__slug")
    correction_class = filters.ChoiceFilter(choices=CorrectionClass.choices)


class PublicationViewSet(RecordViewSet):
    queryset = Publication.objects.select_related("by", "revision").prefetch_related(
        "corrections__by", "corrections__publication"
    )
    serializer_class = PublicationRowSerializer
    detail_serializer_class = PublicationSerializer
    filterset_class = PublicationFilter


class CorrectionViewSet(RecordViewSet):
    queryset = Correction.objects.select_related("by", "publication")
    serializer_class = CorrectionSerializer
    filterset_class = CorrectionFilter
