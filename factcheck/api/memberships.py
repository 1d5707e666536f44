"""Memberships: roles of users on desks, set by the desk's chief. All permissions derive from them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import Desk, Membership, Role, by_username
from factcheck.workflow.desks import add_member, remove_member

from .base import RecordViewSet
from .fields import ColleagueField, UsernameField, VisibleRecordField
from .permissions import available_actions, check_right
from .schema import describe
from .serializers import BodySerializer


class MembershipSerializer(serializers.ModelSerializer):
    user = UsernameField()
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
    """Any active user, given by username. Only chiefs may name one: others cannot find out who has an account."""

    default_error_messages: ClassVar = {"does_not_exist": "There is no such account."}

    def to_internal_value(self, data: Any) -> Any:
        memberships = self.context["request"].user.factcheck_memberships
        is_chief = memberships.filter(role__in=[Role.DESK_CHIEF, Role.CHIEF_EDITOR]).exists()
        lookup = by_username(data) if isinstance(data, str) and is_chief else {"pk": None}
        user = get_user_model()._default_manager.filter(is_active=True, **lookup).first()
        if user is None:
            self.fail("does_not_exist")
        return user


class NewMembershipSerializer(BodySerializer):
    desk = VisibleRecordField(Desk, by="slug")
    user = AccountField()
    role = serializers.ChoiceField([role for role in Role.values if role != Role.CHIEF_EDITOR])


class MembershipFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    user = filters.CharFilter(method="filter_user")
    role = filters.ChoiceFilter(choices=Role.choices)

    def filter_user(self, queryset: Any, name: str, value: str) -> Any:
        user = self.request.user
        return queryset.filter(**by_username(user.get_username() if value == "me" else value, "user"))


class MembershipViewSet(RecordViewSet):
    queryset = Membership.objects.select_related("user", "desk")
    serializer_class = MembershipSerializer
    detail_serializer_class = MembershipDetailSerializer
    filterset_class = MembershipFilter
    ordering = ("id",)

    @describe(201, request=NewMembershipSerializer)
    def create(self, request: Request) -> Response:
        """Give a user a role on a desk."""
        self.check_right_on(Desk, "desk", "arrange", by="slug")
        body = self.validated_body(NewMembershipSerializer)
        return self.record_response(add_member(body.pop("desk"), by=request.user, **body), 201)

    @describe(204, request=BodySerializer)
    @action(detail=True, methods=["post"], url_path="remove")
    def remove(self, request: Request, pk: str) -> Response:
        """Remove a membership. The last chief of a desk cannot be removed."""
        membership = self.get_object()
        check_right(request.user, membership, "remove")
        self.validated_body(BodySerializer)
        remove_member(membership, by=request.user)
        return Response(status=204)
