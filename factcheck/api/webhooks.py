"""Webhooks of a desk, and their deliveries. A secret is shown once, in the response that creates it."""

from __future__ import annotations

from typing import ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Delivery, Desk, Webhook
from factcheck.workflow.webhook_events import WEBHOOK_EVENTS
from factcheck.workflow.webhooks import change_webhook, ping_webhook, record_webhook

from .base import ActionEndpoint, RecordViewSet
from .fields import UsernameField, VisibleRecordField
from .filters import IdFilter
from .permissions import check_right
from .schema import describe
from .serializers import BodySerializer


class WebhookSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    created_by = UsernameField()

    class Meta:
        model = Webhook
        fields: ClassVar = ["id", "desk", "url", "events", "active", "created_by", "created_at", "version"]


class NewWebhookSerializer(BodySerializer):
    desk = VisibleRecordField(Desk, by="slug")
    url = serializers.CharField(max_length=2000, trim_whitespace=False)
    events = serializers.ListField(child=serializers.ChoiceField(WEBHOOK_EVENTS), max_length=len(WEBHOOK_EVENTS))


class WebhookChangeSerializer(BodySerializer):
    url = serializers.CharField(max_length=2000, trim_whitespace=False, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(WEBHOOK_EVENTS), max_length=len(WEBHOOK_EVENTS), required=False
    )
    active = serializers.BooleanField(required=False)
    renew_secret = serializers.BooleanField(required=False)


class WebhookFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    active = filters.BooleanFilter()


class WebhookWithSecretSerializer(WebhookSerializer):
    """The webhook, with the secret that signs its messages if the secret is new."""

    secret = serializers.CharField(required=False)

    class Meta(WebhookSerializer.Meta):
        fields: ClassVar = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookViewSet(RecordViewSet):
    queryset = Webhook.objects.select_related("desk", "created_by")
    serializer_class = WebhookSerializer
    filterset_class = WebhookFilter
    accepts_idempotency_key = False
    record_actions: ClassVar = {"ping": ActionEndpoint(ping_webhook, status_code=202)}

    @describe(201, request=NewWebhookSerializer, response=WebhookWithSecretSerializer)
    def create(self, request: Request) -> Response:
        """Create a webhook. The response holds its secret, which is never shown again."""
        self.check_right_on(Desk, "desk", "keep_webhook", by="slug")
        body = self.validated_body(NewWebhookSerializer)
        webhook, secret = record_webhook(body["desk"], body["url"], body["events"], by=request.user)
        return self.add_secret(self.record_response(webhook, 201), secret)

    @describe(200, request=WebhookChangeSerializer, response=WebhookWithSecretSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a webhook. With ``renew_secret`` the response holds the new secret."""
        webhook = self.get_object()
        check_right(request.user, webhook.desk, "keep_webhook")
        version = self.expected_version(webhook)
        secret = change_webhook(
            webhook, by=request.user, version=version, **self.validated_body(WebhookChangeSerializer)
        )
        return self.add_secret(self.record_response(self.get_object()), secret)

    def add_secret(self, response: Response, secret: str) -> Response:
        if secret:
            response.data = {**response.data, "secret": secret}
        return response


class DeliverySerializer(serializers.ModelSerializer):
    class Meta:
        model = Delivery
        fields: ClassVar = ["id", "webhook", "event", "payload", "status", "error", "created_at", "delivered_at"]


class DeliveryFilter(filters.FilterSet):
    webhook = IdFilter(field_name="webhook")
    event = filters.CharFilter()
    delivered = filters.BooleanFilter(field_name="delivered_at", lookup_expr="isnull", exclude=True)


class DeliveryViewSet(RecordViewSet):
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
