"""Stored reports, and subscriptions that mail them on a schedule."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import ERASED, Desk, Document, Report, ReportKind, ReportSubscription
from factcheck.reports.builders import OF_A_DESK
from factcheck.reports.render import PARTS, formats_of, has_erased_text, render, renderer_of
from factcheck.reports.subscriptions import change_subscription, send_now, subscribe

from .base import ActionEndpoint, RecordViewSet
from .downloads import attachment_response
from .fields import ColleagueField, UsernameField, VisibleRecordField
from .filters import IdFilter
from .schema import describe
from .serializers import BodySerializer


class ReportRowSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    created_by = UsernameField()

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


class ReportSerializer(ReportRowSerializer):
    class Meta(ReportRowSerializer.Meta):
        fields: ClassVar = [*ReportRowSerializer.Meta.fields, "data"]

    def to_representation(self, instance: Report) -> dict[str, Any]:
        """Without title and data, if the text was erased since."""
        representation: dict[str, Any] = super().to_representation(instance)
        return {**representation, "title": ERASED, "data": {}} if has_erased_text(instance) else representation


class DeskReportSerializer(BodySerializer):
    """The kind of report: digest, conflicts, overdue work or corrections."""

    kind = serializers.ChoiceField([row for row in ReportKind.choices if row[0] in OF_A_DESK])


class ReportFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    document = IdFilter(field_name="document")
    kind = filters.ChoiceFilter(choices=ReportKind.choices)


class ReportViewSet(RecordViewSet):
    queryset = Report.objects.select_related("desk", "created_by")
    serializer_class = ReportRowSerializer
    detail_serializer_class = ReportSerializer
    filterset_class = ReportFilter

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        return queryset.defer("data") if self.action == "list" else queryset

    @describe(
        200, response=OpenApiTypes.BINARY, media_types=("*/*",)
    )  # that of the format, which may be the host's own
    @action(detail=True, url_path=r"(?P<form>[A-Za-z0-9_-]{1,40})")
    def download(self, request: Request, pk: str, form: str) -> HttpResponse:
        """The report as a file: `pdf`, `html`, `text`, `csv`, `xlsx`, `json`, `claimreview`, or one of the host."""
        report = self.get_object()
        if form not in formats_of(report.kind):
            if form in PARTS:
                renderer_of(form)  # says what this site is without
            raise Http404
        file = render(report, form)
        response = attachment_response(file.body, file.filename, file.media_type)
        response["Cache-Control"] = "private, no-store"
        return response


class SubscriptionSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    owner = UsernameField()
    recipients = UsernameField(many=True)

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


class SubscriptionChangeSerializer(BodySerializer):
    cron = serializers.CharField(max_length=100, required=False)
    zone = serializers.CharField(max_length=64, required=False)
    formats = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
    recipients = serializers.ListField(child=ColleagueField(), max_length=200, required=False)
    active = serializers.BooleanField(required=False)


class NewSubscriptionSerializer(SubscriptionChangeSerializer):
    desk = VisibleRecordField(Desk, by="slug")
    kind = serializers.ChoiceField(ReportKind.choices)
    document = VisibleRecordField(Document, required=False, allow_null=True)
    recipients = serializers.ListField(child=ColleagueField(), max_length=200)


class SubscriptionViewSet(RecordViewSet):
    queryset = ReportSubscription.objects.select_related("desk", "owner").prefetch_related("recipients")
    serializer_class = SubscriptionSerializer
    record_actions: ClassVar = {"send_now": ActionEndpoint(send_now, versioned=False, status_code=202)}

    @describe(201, request=NewSubscriptionSerializer)
    def create(self, request: Request) -> Response:
        """Subscribe people of a desk to a report."""
        self.check_right_on(Desk, "desk", "subscribe", by="slug")
        body = self.validated_body(NewSubscriptionSerializer)
        return self.record_response(subscribe(body.pop("desk"), by=request.user, **body), 201)

    @describe(200, request=SubscriptionChangeSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the schedule, the formats, the recipients or the activity of a subscription."""
        return self.perform_change(
            change_subscription, SubscriptionChangeSerializer, "subscribe", right_on=attrgetter("desk")
        )
