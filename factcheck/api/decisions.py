"""Verdicts, sign-offs and waivers, read-only. They are made by actions on claims and documents."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db.models import Q
from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import Claim, SignOff, Verdict, VerdictLabel, Waiver

from .base import RecordViewSet
from .claims import SignOffSerializer, VerdictSerializer, WaiverSerializer
from .filters import IdFilter


class VerdictRecordSerializer(VerdictSerializer):
    class Meta(VerdictSerializer.Meta):
        fields: ClassVar = ["claim", *VerdictSerializer.Meta.fields]


class SignOffRecordSerializer(SignOffSerializer):
    claim = serializers.IntegerField(source="verdict.claim_id")

    class Meta(SignOffSerializer.Meta):
        fields: ClassVar = ["id", "claim", "verdict", *SignOffSerializer.Meta.fields, "words_sha256"]


class WaiverRecordSerializer(WaiverSerializer):
    document = serializers.SerializerMethodField()
    revision = serializers.IntegerField(source="revision.number", allow_null=True, default=None)

    class Meta(WaiverSerializer.Meta):
        fields: ClassVar = ["id", "claim", "document", "revision", *WaiverSerializer.Meta.fields, "covers"]

    def get_document(self, waiver: Waiver) -> int:
        if waiver.revision is not None:
            return waiver.revision.document_id
        return cast(Claim, waiver.claim).document_id  # a waiver without a revision is of a claim


class VerdictFilter(filters.FilterSet):
    claim = IdFilter(field_name="claim")
    document = IdFilter(field_name="claim__document")
    label = filters.ChoiceFilter(choices=VerdictLabel.choices)


class SignOffFilter(filters.FilterSet):
    claim = IdFilter(field_name="verdict__claim")
    document = IdFilter(field_name="verdict__claim__document")
    verdict = IdFilter(field_name="verdict")


class WaiverFilter(filters.FilterSet):
    claim = IdFilter(field_name="claim")
    document = IdFilter(method="filter_document")

    def filter_document(self, queryset: Any, name: str, value: Any) -> Any:
        return queryset.filter(Q(claim__document=int(value)) | Q(revision__document=int(value)))


class VerdictViewSet(RecordViewSet):
    queryset = Verdict.objects.select_related("by", "revision").prefetch_related("sign_offs__by", "sign_offs__revision")
    serializer_class = VerdictRecordSerializer
    filterset_class = VerdictFilter


class SignOffViewSet(RecordViewSet):
    queryset = SignOff.objects.select_related("by", "revision", "verdict")
    serializer_class = SignOffRecordSerializer
    filterset_class = SignOffFilter


class WaiverViewSet(RecordViewSet):
    queryset = Waiver.objects.select_related("by", "revision", "claim")
    serializer_class = WaiverRecordSerializer
    filterset_class = WaiverFilter
