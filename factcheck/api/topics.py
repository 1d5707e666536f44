"""Topics: the running stories inside which figures are compared."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Topic
from factcheck.workflow.topics import record_topic

from .base import RecordViewSet
from .bodies import Body, Visible


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields: ClassVar = ["id", "slug", "title", "places", "starts_on", "ends_on"]


class NewTopic(Body):
    desk = Visible(Desk, by="slug")
    title = serializers.CharField(max_length=200)
    slug = serializers.SlugField(max_length=100, required=False, allow_blank=True)
    places = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class TopicViewSet(RecordViewSet):
    queryset = Topic.objects.all()
    serializer_class = TopicSerializer
    ordering = ("id",)

    def create(self, request: Request) -> Response:
        self.require_on(Desk, "desk", "record_topic", by="slug")
        return self.answer(record_topic(by=request.user, **self.body(NewTopic)), 201)
