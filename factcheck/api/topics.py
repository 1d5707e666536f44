"""Topics: running stories. Figures are compared within a topic."""

from __future__ import annotations

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Topic
from factcheck.workflow.topics import change_topic, record_topic

from .base import ActionEndpoint, RecordViewSet
from .fields import VisibleRecordField
from .filters import SearchFilter
from .schema import describe
from .serializers import BodySerializer, ChangeSerializer


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields: ClassVar = ["id", "slug", "title", "places", "starts_on", "ends_on", "version"]


class NewTopicSerializer(BodySerializer):
    desk = VisibleRecordField(Desk, by="slug")
    title = serializers.CharField(max_length=200)
    slug = serializers.SlugField(max_length=100, required=False, allow_blank=True)
    places = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class TopicChangeSerializer(ChangeSerializer):
    title = serializers.CharField(max_length=200, required=False)
    places = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class TopicFilter(filters.FilterSet):
    search = SearchFilter("title", "slug")


class TopicViewSet(RecordViewSet):
    queryset = Topic.objects.all()
    serializer_class = TopicSerializer
    filterset_class = TopicFilter
    ordering = ("id",)
    orderings: ClassVar = {"title": ("title", "id"), "-title": ("-title", "-id")}

    @describe(200, request=TopicChangeSerializer, versioned=True)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a topic; omitted fields stay."""
        return self.perform_action("change", ActionEndpoint(change_topic, TopicChangeSerializer))

    @describe(201, request=NewTopicSerializer)
    def create(self, request: Request) -> Response:
        """Add a topic."""
        self.check_right_on(Desk, "desk", "record_topic", by="slug")
        return self.record_response(record_topic(by=request.user, **self.validated_body(NewTopicSerializer)), 201)
