"""Who works on which desk in which role. A desk chief arranges this; rights come from nowhere else."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Membership, Role
from factcheck.workflow.desks import add_member, remove_member

from .base import RecordViewSet
from .fields import ColleagueField, VisibleRecordField
from .permissions import available_actions, check_right
from .schema import describe
from .serializers import BodySerializer


class MembershipSerializer(serializers.ModelSerializer):
    user = serializers.SlugRelatedField("username", read_only=True)
    desk = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Membership
        fields: ClassVar = ["id", "user", "desk", "role"]


class MembershipDetailSerializer(MembershipSerializer):
    actions = serializers.SerializerMethodField()

    class Meta(MembershipSerializer.Meta):
        fields: ClassVar = [*MembershipSerializer.Meta.fields, "actions"]

    def get_actions(self, membership: Membership) -> list[str]:
        return available_actions(self.context["request"].user, membership, ["remove"] if membership.desk_id else [])


class AccountField(ColleagueField):
    """Any account that may log in, by username: for those who arrange a desk, to whom others are told by name."""

    default_error_messages: ClassVar = {"does_not_exist": "There is no such account."}

    def to_internal_value(self, data: Any) -> Any:
        asks, users = self.context["request"].user, get_user_model()
        arranges = asks.factcheck_memberships.filter(role__in=[Role.DESK_CHIEF, Role.CHIEF_EDITOR]).exists()
        named = {users.USERNAME_FIELD: data} if isinstance(data, str) and arranges else {"pk": None}
        found = users.objects.filter(is_active=True, **named).first()
        if found is None:
            self.fail("does_not_exist")
        return found


class NewMembershipSerializer(BodySerializer):
    desk = VisibleRecordField(Desk, by="slug")
    user = AccountField()
    role = serializers.ChoiceField([role for role in Role.values if role != Role.CHIEF_EDITOR])


class MembershipFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    user = filters.CharFilter(method="filter_user")
    role = filters.ChoiceFilter(choices=Role.choices)

    def filter_user(self, rows: Any, name: str, value: str) -> Any:
        user = self.request.user
        return rows.filter(**{f"user__{user.USERNAME_FIELD}": user.get_username() if value == "me" else value})


class MembershipViewSet(RecordViewSet):
    queryset = Membership.objects.select_related("user", "desk")
    serializer_class = MembershipSerializer
    detail_serializer_class = MembershipDetailSerializer
    filterset_class = MembershipFilter
    ordering = ("id",)

    @describe(201, request=NewMembershipSerializer)
    def create(self, request: Request) -> Response:
        """Give a person a role on a desk."""
        self.check_right_on(Desk, "desk", "arrange", by="slug")
        body = self.validated_body(NewMembershipSerializer)
        return self.record_response(add_member(body.pop("desk"), by=request.user, **body), 201)

    @describe(204, request=BodySerializer)
    @action(detail=True, methods=["post"], url_path="remove")
    def remove(self, request: Request, pk: str) -> Response:
        """Take a role from a person; the last chief of a desk stays."""
        membership = self.get_object()
        check_right(request.user, membership, "remove")
        self.validated_body(BodySerializer)
        remove_member(membership, by=request.user)
        return Response(status=204)
