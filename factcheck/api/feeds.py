"""Feeds: the addresses and drop folders that a desk takes documents from, with their newest items."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Feed, FeedItem, Source
from factcheck.workflow.feeds import MOST_MINUTES, change_feed, record_feed, request_poll

from .base import ActionEndpoint, RecordViewSet
from .fields import VisibleRecordField
from .schema import describe
from .serializers import ActionsMixin, BodySerializer, ChangeSerializer

ITEMS_SHOWN = 50


class FeedRowSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    publisher = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Feed
        fields: ClassVar = [
            "id",
            "desk",
            "url",
            "folder",
            "publisher",
            "minutes",
            "active",
            "asked_at",
            "polled_at",
            "error",
            "version",
        ]


class FeedItemRowSerializer(serializers.ModelSerializer):
    class Meta:
        model = FeedItem
        fields: ClassVar = ["title", "document", "error", "seen_at"]


class FeedSerializer(ActionsMixin, FeedRowSerializer):
    items = serializers.SerializerMethodField()

    class Meta(FeedRowSerializer.Meta):
        fields: ClassVar = [*FeedRowSerializer.Meta.fields, "items", "actions"]

    @extend_schema_field(FeedItemRowSerializer(many=True))
    def get_items(self, feed: Feed) -> list[dict[str, Any]]:
        """The newest items. An item without a document has the reason in ``error``. See ``items/`` for all."""
        return list(FeedItemRowSerializer(feed.items.order_by("-pk")[:ITEMS_SHOWN], many=True).data)


class FeedChangeSerializer(ChangeSerializer):
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, required=False)
    active = serializers.BooleanField(required=False)
    publisher = VisibleRecordField(Source, by="slug", required=False, allow_null=True)


class NewFeedSerializer(BodySerializer):
    """An address or a folder, one of the two."""

    desk = VisibleRecordField(Desk, by="slug")
    url = serializers.CharField(max_length=2000, allow_blank=True, default="")
    folder = serializers.CharField(max_length=500, allow_blank=True, default="")
    publisher = VisibleRecordField(Source, by="slug", required=False, allow_null=True)
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, default=15)


class FeedFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    active = filters.BooleanFilter()


class FeedViewSet(RecordViewSet):
    queryset = Feed.objects.select_related("desk", "publisher")
    serializer_class = FeedRowSerializer
    detail_serializer_class = FeedSerializer
    filterset_class = FeedFilter
    record_actions: ClassVar = {"poll": ActionEndpoint(request_poll, status_code=202)}

    @describe(200, response=FeedItemRowSerializer, many=True)
    @action(detail=True, url_path="items")
    def items(self, request: Request, pk: str) -> Response:
        """All items of the feed, newest first."""
        rows = self.paginate_queryset(self.get_object().items.order_by("-pk"))
        return self.get_paginated_response(FeedItemRowSerializer(rows, many=True).data)

    @describe(201, request=NewFeedSerializer)
    def create(self, request: Request) -> Response:
        """Add a feed to a desk. It is polled within a minute."""
        self.check_right_on(Desk, "desk", "keep_feed", by="slug")
        return self.record_response(record_feed(by=request.user, **self.validated_body(NewFeedSerializer)), 201)

    @describe(200, request=FeedChangeSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the interval, the activity or the publisher of a feed."""
        return self.perform_change(change_feed, FeedChangeSerializer, "keep_feed", right_on=attrgetter("desk"))
