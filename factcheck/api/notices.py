"""Notifications of the user, and the user's choice of inbox and mail for each kind of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import NoticeChoice, NoticeKind, Notification
from factcheck.workflow.inbox import choose_notices, mark_all_read, mark_read, notice_choices

from .base import ActionEndpoint, BaseView, RecordViewSet
from .schema import describe
from .serializers import BodySerializer


class NotificationSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Notification
        fields: ClassVar = ["id", "kind", "desk", "record", "record_id", "text", "created_at", "read_at", "mailed_at"]


class ReadCountSerializer(serializers.Serializer):
    """The number of notifications marked as read."""

    read = serializers.IntegerField()


class NotificationFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=NoticeKind.choices)
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")


class NotificationViewSet(RecordViewSet):
    queryset = Notification.objects.select_related("desk")
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    record_actions: ClassVar = {"read": ActionEndpoint(mark_read, versioned=False)}

    @describe(200, response=ReadCountSerializer)
    @action(detail=False, methods=["post"], url_path="read", url_name="read-all", serializer_class=BodySerializer)
    def read_all(self, request: Request) -> Response:
        """Mark all notifications of the user as read."""
        self.validated_body(BodySerializer)
        return Response({"read": mark_all_read(by=request.user)})


class NoticeChoiceSerializer(serializers.ModelSerializer):
    label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = NoticeChoice
        fields: ClassVar = ["kind", "label", "inbox", "mail"]


class NoticeChoicesSerializer(serializers.Serializer):
    results = NoticeChoiceSerializer(many=True)


class NoticeChoiceBodySerializer(BodySerializer):
    inbox = serializers.BooleanField(required=False)
    mail = serializers.BooleanField(required=False)


class NoticeChoiceViewSet(BaseView, viewsets.GenericViewSet):
    """Every kind of notification with the user's choice. The default is inbox and mail."""

    queryset = NoticeChoice.objects.none()
    serializer_class = NoticeChoiceSerializer
    lookup_field = "kind"
    lookup_value_regex = "[a-z_]{1,20}"
    pagination_class = None

    @describe(200, response=NoticeChoicesSerializer)
    def list(self, request: Request) -> Response:
        return Response({"results": NoticeChoiceSerializer(notice_choices(request.user), many=True).data})

    @describe(200, response=NoticeChoiceSerializer)
    def retrieve(self, request: Request, kind: str) -> Response:
        return Response(NoticeChoiceSerializer(self.get_choice(kind)).data)

    @describe(200, request=NoticeChoiceBodySerializer, response=NoticeChoiceSerializer)
    def update(self, request: Request, kind: str) -> Response:
        return self.partial_update(request, kind)

    @describe(200, request=NoticeChoiceBodySerializer, response=NoticeChoiceSerializer)
    def partial_update(self, request: Request, kind: str) -> Response:
        self.get_choice(kind)
        serializer = NoticeChoiceBodySerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return Response(NoticeChoiceSerializer(choose_notices(kind, by=request.user, **serializer.validated_data)).data)

    def get_choice(self, kind: str) -> Any:
        choice = next((choice for choice in notice_choices(self.request.user) if choice.kind == kind), None)
        if choice is None:
            raise Http404
        return choice
