"""Topics: the running stories inside which figures are compared."""

from __future__ import annotations

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Topic
from factcheck.workflow.topics import change_topic, record_topic

from .base import ActionEndpoint, RecordViewSet
from .bodies import Body, Change, Visible
from .lists import Search
from .schema import describe


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields: ClassVar = ["id", "slug", "title", "places", "starts_on", "ends_on", "version"]


class NewTopic(Body):
    desk = Visible(Desk, by="slug")
    title = serializers.CharField(max_length=200)
    slug = serializers.SlugField(max_length=100, required=False, allow_blank=True)
    places = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class TopicChange(Change):
    title = serializers.CharField(max_length=200, required=False)
    places = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class TopicFilter(filters.FilterSet):
    search = Search("title", "slug")


class TopicViewSet(RecordViewSet):
    queryset = Topic.objects.all()
    serializer_class = TopicSerializer
    filterset_class = TopicFilter
    ordering = ("id",)
    orderings: ClassVar = {"title": ("title", "id"), "-title": ("-title", "-id")}

    @describe(200, body=TopicChange, versioned=True)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is said of a running story; what is not named stays."""
        return self.perform_action("change", ActionEndpoint(change_topic, TopicChange))

    @describe(201, body=NewTopic)
    def create(self, request: Request) -> Response:
        self.require_on(Desk, "desk", "record_topic", by="slug")
        return self.answer(record_topic(by=request.user, **self.body(NewTopic)), 201)
