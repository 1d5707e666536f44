"""The source registry. A confidential source is its code, here and everywhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Source, SourceKind, SourceName
from factcheck.workflow.sources import record_source

from .base import RecordViewSet
from .bodies import Body, Colleague, Visible


class SourceSerializer(serializers.ModelSerializer):
    owner = serializers.SlugRelatedField("slug", read_only=True)
    party_to = serializers.SlugRelatedField("slug", many=True, read_only=True)
    aliases = serializers.SlugRelatedField("name", source="names", many=True, read_only=True)
    domains = serializers.SlugRelatedField("domain", many=True, read_only=True)

    class Meta:
        model = Source
        fields: ClassVar = [
            "id", "slug", "name", "kind", "country", "owner", "party_to", "aliases", "domains", "reliability",
            "reliability_reason", "confidential",
        ]  # fmt: skip


class NewSource(Body):
    desk = Visible(Desk, by="slug")
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(SourceKind.choices)
    slug = serializers.SlugField(max_length=100, required=False, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, allow_blank=True)
    aliases = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    domains = serializers.ListField(child=serializers.CharField(max_length=253), max_length=50, required=False)
    owner = Visible(Source, by="slug", required=False, allow_null=True)
    confidential = serializers.BooleanField(required=False)
    confidants = serializers.ListField(child=Colleague(), max_length=50, required=False)


class SourceFilter(filters.FilterSet):
    search = filters.CharFilter(method="by_name")
    kind = filters.ChoiceFilter(choices=SourceKind.choices)
    country = filters.CharFilter()

    def by_name(self, rows: Any, name: str, value: str) -> Any:
        named = SourceName.objects.filter(name__icontains=value[:200]).values("source")
        return rows.filter(Q(name__icontains=value[:200]) | Q(pk__in=named))


class SourceViewSet(RecordViewSet):
    queryset = Source.objects.select_related("owner").prefetch_related("party_to", "names", "domains")
    serializer_class = SourceSerializer
    filterset_class = SourceFilter
    ordering = ("id",)

    def create(self, request: Request) -> Response:
        self.require_on(Desk, "desk", "record_source", by="slug")
        return self.answer(record_source(by=request.user, **self.body(NewSource)), 201)
