"""The source registry. A confidential source is shown by its code only."""

from __future__ import annotations

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Source, SourceKind, SourceName, Topic
from factcheck.workflow.sources import change_source, grade_source, grant_access, open_name, record_source

from .base import ActionEndpoint, RecordViewSet
from .fields import ColleagueField, VisibleRecordField
from .filters import SearchFilter
from .permissions import available_actions, check_right
from .schema import describe
from .serializers import BodySerializer, ChangeSerializer


class SourceSerializer(serializers.ModelSerializer):
    owner = serializers.SlugRelatedField("slug", read_only=True)
    party_to = serializers.SlugRelatedField("slug", many=True, read_only=True)
    aliases = serializers.SlugRelatedField("name", source="names", many=True, read_only=True)
    domains = serializers.SlugRelatedField("domain", many=True, read_only=True)

    class Meta:
        model = Source
        fields: ClassVar = [
            "id",
            "slug",
            "name",
            "kind",
            "country",
            "owner",
            "party_to",
            "aliases",
            "domains",
            "reliability",
            "reliability_reason",
            "confidential",
            "version",
        ]


class SourceDetailSerializer(SourceSerializer):
    actions = serializers.SerializerMethodField()

    class Meta(SourceSerializer.Meta):
        fields: ClassVar = [*SourceSerializer.Meta.fields, "actions"]

    def get_actions(self, source: Source) -> list[str]:
        possible = ["change", "grade", *(["grant_access", "open_name"] if source.confidential else [])]
        return available_actions(self.context["request"].user, source, possible)


class SourceChangeSerializer(ChangeSerializer):
    name = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(SourceKind.choices, required=False)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, allow_blank=True)
    owner = VisibleRecordField(Source, by="slug", required=False, allow_null=True)
    aliases = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    domains = serializers.ListField(child=serializers.CharField(max_length=253), max_length=50, required=False)
    party_to = serializers.ListField(child=VisibleRecordField(Topic, by="slug"), max_length=100, required=False)


class GradeBodySerializer(BodySerializer):
    reliability = serializers.ChoiceField([(grade, grade) for grade in "ABCDEF"])
    reason = serializers.CharField(max_length=500)


class AccessBodySerializer(BodySerializer):
    people_with_access = serializers.ListField(child=ColleagueField(), max_length=50)


class OpenedNameSerializer(serializers.Serializer):
    """The name of a confidential source. No other response holds it."""

    name = serializers.CharField()


class NewSourceSerializer(BodySerializer):
    desk = VisibleRecordField(Desk, by="slug")
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(SourceKind.choices)
    slug = serializers.SlugField(max_length=100, required=False, allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, allow_blank=True)
    aliases = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    domains = serializers.ListField(child=serializers.CharField(max_length=253), max_length=50, required=False)
    owner = VisibleRecordField(Source, by="slug", required=False, allow_null=True)
    confidential = serializers.BooleanField(required=False)
    people_with_access = serializers.ListField(child=ColleagueField(), max_length=50, required=False)


class SourceFilter(filters.FilterSet):
    search = SearchFilter("name", "slug", related=(SourceName.objects.all, "source", "name"))
    kind = filters.ChoiceFilter(choices=SourceKind.choices)
    country = filters.CharFilter()


class SourceViewSet(RecordViewSet):
    queryset = Source.objects.select_related("owner").prefetch_related("party_to", "names", "domains")
    serializer_class = SourceSerializer
    detail_serializer_class = SourceDetailSerializer
    filterset_class = SourceFilter
    ordering = ("id",)
    orderings: ClassVar = {"name": ("name", "id"), "-name": ("-name", "-id")}

    record_actions: ClassVar = {
        "grade": ActionEndpoint(grade_source, GradeBodySerializer),
        "grant_access": ActionEndpoint(grant_access, AccessBodySerializer),
    }

    @describe(200, request=SourceChangeSerializer, versioned=True)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a source; omitted fields stay."""
        return self.perform_action("change", ActionEndpoint(change_source, SourceChangeSerializer))

    @describe(200, request=BodySerializer, response=OpenedNameSerializer)
    @action(detail=True, methods=["post"], url_path="open_name", accepts_idempotency_key=False)
    def open_name(self, request: Request, pk: str) -> Response:
        """The name of a confidential source, for users with access. Each request is recorded in the history."""
        source = self.get_object()
        check_right(request.user, source, "open_name")
        self.validated_body(BodySerializer)
        return Response({"name": open_name(source, by=request.user)}, headers={"Cache-Control": "no-store"})

    @describe(201, request=NewSourceSerializer)
    def create(self, request: Request) -> Response:
        """Add a source to the registry."""
        self.check_right_on(Desk, "desk", "record_source", by="slug")
        return self.record_response(record_source(by=request.user, **self.validated_body(NewSourceSerializer)), 201)
