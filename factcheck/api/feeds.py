"""Feeds: the addresses and drop folders a desk takes documents from, with what each brought last."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Feed, FeedItem, Source
from factcheck.workflow.feeds import MOST_MINUTES, change_feed, record_feed, request_poll

from .base import ActionEndpoint, RecordViewSet
from .bodies import Body, Change, Visible
from .schema import describe

ITEMS_SHOWN = 50


class FeedRow(serializers.ModelSerializer):
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


class FeedItemRow(serializers.ModelSerializer):
    class Meta:
        model = FeedItem
        fields: ClassVar = ["title", "document", "error", "seen_at"]


class FeedSerializer(FeedRow):
    items = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta(FeedRow.Meta):
        fields: ClassVar = [*FeedRow.Meta.fields, "items", "actions"]

    def get_items(self, feed: Feed) -> list[dict[str, Any]]:
        """What it brought last, newest first; an entry of which no document was made says why. See ``items/``."""
        return list(FeedItemRow(feed.items.order_by("-pk")[:ITEMS_SHOWN], many=True).data)

    def get_actions(self, feed: Feed) -> list[str]:
        return self.context["view"].open_actions(feed)


class FeedChange(Change):
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, required=False)
    active = serializers.BooleanField(required=False)
    publisher = Visible(Source, by="slug", required=False, allow_null=True)


class NewFeed(Body):
    """An address or a folder, one of the two."""

    desk = Visible(Desk, by="slug")
    url = serializers.CharField(max_length=2000, allow_blank=True, default="")
    folder = serializers.CharField(max_length=500, allow_blank=True, default="")
    publisher = Visible(Source, by="slug", required=False, allow_null=True)
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES, default=15)


class FeedFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    active = filters.BooleanFilter()


class FeedViewSet(RecordViewSet):
    queryset = Feed.objects.select_related("desk", "publisher")
    serializer_class = FeedRow
    detail_serializer_class = FeedSerializer
    filterset_class = FeedFilter
    record_actions: ClassVar = {"poll": ActionEndpoint(request_poll, answers=202)}

    @describe(200, answers=FeedItemRow, many=True)
    @action(detail=True, url_path="items")
    def items(self, request: Request, pk: str) -> Response:
        """All that a feed has brought, newest first."""
        rows = self.paginate_queryset(self.get_object().items.order_by("-pk"))
        return self.get_paginated_response(FeedItemRow(rows, many=True).data)

    @describe(201, body=NewFeed)
    def create(self, request: Request) -> Response:
        """Let a desk take documents from a feed. It is looked at within a minute."""
        self.require_on(Desk, "desk", "keep_feed", by="slug")
        return self.answer(record_feed(by=request.user, **self.body(NewFeed)), 201)

    @describe(200, body=FeedChange)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change how often a feed is looked at, whether it is, or its publisher."""
        return self.perform_change(change_feed, FeedChange, "keep_feed", on=attrgetter("desk"))
