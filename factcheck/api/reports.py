"""Reports as they were frozen, and who gets which when."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Document, Report, ReportKind, ReportSubscription
from factcheck.reports.subscriptions import change_subscription, subscribe

from .base import RecordViewSet
from .bodies import Body, Colleague, Visible
from .lists import Id
from .permissions import require_right


class ReportRow(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    created_by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Report
        fields: ClassVar = [
            "id", "kind", "desk", "document", "subscription", "slot", "title", "sha256", "built_at", "created_by",
        ]  # fmt: skip


class ReportSerializer(ReportRow):
    class Meta(ReportRow.Meta):
        fields: ClassVar = [*ReportRow.Meta.fields, "data"]


class ReportFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    document = Id(field_name="document")
    kind = filters.ChoiceFilter(choices=ReportKind.choices)


class ReportViewSet(RecordViewSet):
    queryset = Report.objects.select_related("desk", "created_by")
    serializer_class = ReportRow
    detail_serializer_class = ReportSerializer
    filterset_class = ReportFilter

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.defer("data") if self.action == "list" else rows


class SubscriptionSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    owner = serializers.SlugRelatedField("username", read_only=True)
    recipients = serializers.SlugRelatedField("username", many=True, read_only=True)

    class Meta:
        model = ReportSubscription
        fields: ClassVar = ["id", "kind", "desk", "document", "cron", "zone", "recipients", "owner", "active"]


class SubscriptionChange(Body):
    cron = serializers.CharField(max_length=100, required=False)
    zone = serializers.CharField(max_length=64, required=False)
    recipients = serializers.ListField(child=Colleague(), max_length=200, required=False)
    active = serializers.BooleanField(required=False)


class NewSubscription(SubscriptionChange):
    desk = Visible(Desk, by="slug")
    kind = serializers.ChoiceField(ReportKind.choices)
    document = Visible(Document, required=False, allow_null=True)
    recipients = serializers.ListField(child=Colleague(), max_length=200)


class SubscriptionViewSet(RecordViewSet):
    queryset = ReportSubscription.objects.select_related("desk", "owner").prefetch_related("recipients")
    serializer_class = SubscriptionSerializer

    def create(self, request: Request) -> Response:
        self.require_on(Desk, "desk", "subscribe", by="slug")
        said = self.body(NewSubscription)
        return self.answer(subscribe(said.pop("desk"), by=request.user, **said), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        subscription = self.get_object()
        require_right(request.user, subscription.desk, "subscribe")
        change_subscription(subscription, by=request.user, **self.body(SubscriptionChange))
        return self.answer(self.get_object())
