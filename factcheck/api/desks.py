"""The desks one belongs to, with one's roles there."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from factcheck.models import Desk, Membership

from .base import RecordViewSet


class DeskSerializer(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Desk
        fields: ClassVar = ["id", "slug", "name", "roles"]

    def get_roles(self, desk: Desk) -> list[str]:
        mine = self.context["roles"]
        return sorted(mine.get(desk.pk, set()) | mine.get(None, set()))


class DeskViewSet(RecordViewSet):
    queryset = Desk.objects.all()
    serializer_class = DeskSerializer
    ordering = ("id",)

    def get_serializer_context(self) -> dict[str, Any]:
        mine: dict[int | None, set[str]] = {}
        for desk, role in Membership.objects.filter(user=self.request.user).values_list("desk", "role"):
            mine.setdefault(desk, set()).add(role)
        return {**super().get_serializer_context(), "roles": mine}
