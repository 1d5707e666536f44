"""Reports as they were frozen, and who gets which when."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import ERASED, Desk, Document, Report, ReportKind, ReportSubscription
from factcheck.reports.builders import OF_A_DESK
from factcheck.reports.render import formats_of, is_erased, render
from factcheck.reports.subscriptions import change_subscription, send_now, subscribe

from .base import ActionEndpoint, RecordViewSet
from .bodies import Body, Colleague, Visible
from .lists import Id
from .schema import describe


class ReportRow(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    created_by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Report
        fields: ClassVar = [
            "id",
            "kind",
            "desk",
            "document",
            "subscription",
            "slot",
            "title",
            "sha256",
            "built_at",
            "created_by",
        ]


class ReportSerializer(ReportRow):
    class Meta(ReportRow.Meta):
        fields: ClassVar = [*ReportRow.Meta.fields, "data"]

    def to_representation(self, instance: Report) -> dict[str, Any]:
        """Without the words of a text that was erased since."""
        told = super().to_representation(instance)
        return {**told, "title": ERASED, "data": {}} if is_erased(instance) else told


class DeskReport(Body):
    """Which report of a desk: its digest, conflicts, overdue work or corrections."""

    kind = serializers.ChoiceField([row for row in ReportKind.choices if row[0] in OF_A_DESK])


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

    @describe(200, answers=OpenApiTypes.BINARY, media=("application/octet-stream",))
    @action(detail=True, url_path=r"(?P<form>[A-Za-z0-9_-]{1,40})")
    def download(self, request: Request, pk: str, form: str) -> HttpResponse:
        """The report as a file: `pdf`, `html`, `text`, `csv`, `xlsx`, `json`, `claimreview`, or the host's own."""
        report = self.get_object()
        if form not in formats_of(report.kind):
            raise Http404
        file = render(report, form)
        headers = {
            "Content-Disposition": content_disposition_header(True, file.filename) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(file.body, content_type=file.media_type, headers=headers)


class SubscriptionSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    owner = serializers.SlugRelatedField("username", read_only=True)
    recipients = serializers.SlugRelatedField("username", many=True, read_only=True)

    class Meta:
        model = ReportSubscription
        fields: ClassVar = [
            "id",
            "kind",
            "desk",
            "document",
            "cron",
            "zone",
            "formats",
            "recipients",
            "owner",
            "active",
            "version",
        ]


class SubscriptionChange(Body):
    cron = serializers.CharField(max_length=100, required=False)
    zone = serializers.CharField(max_length=64, required=False)
    formats = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
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
    record_actions: ClassVar = {"send_now": ActionEndpoint(send_now, versioned=False, answers=202)}

    @describe(201, body=NewSubscription)
    def create(self, request: Request) -> Response:
        self.require_on(Desk, "desk", "subscribe", by="slug")
        said = self.body(NewSubscription)
        return self.answer(subscribe(said.pop("desk"), by=request.user, **said), 201)

    @describe(200, body=SubscriptionChange)
    def partial_update(self, request: Request, pk: str) -> Response:
        return self.perform_change(change_subscription, SubscriptionChange, "subscribe", on=attrgetter("desk"))
