"""Base classes of serializers: request bodies that refuse unknown fields, and the ``actions`` of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

MAX_NOTE_LENGTH = 10_000


class BodySerializer(serializers.Serializer):
    """A request body. An unknown field is refused, so that no client believes it was used."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            errors = dict.fromkeys(sorted(unknown), "There is no such field here.")
            raise serializers.ValidationError(errors, code="unknown_field")
        return super().to_internal_value(data)


class NoteSerializer(BodySerializer):
    """The reason of an action; the workflow says where one is needed."""

    note = serializers.CharField(max_length=MAX_NOTE_LENGTH, allow_blank=True, default="")


class ChangeSerializer(BodySerializer):
    """The fields that may change; omitted fields stay. At least one is required."""

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not data:
            raise serializers.ValidationError("Name at least one field to change.", code="nothing_to_change")
        return data


class ActionsMixin(serializers.Serializer):
    # ``actions``: what the user may do to the record now. No docstring: OpenAPI would describe each subclass with it

    actions = serializers.SerializerMethodField()

    def get_actions(self, record: Any) -> list[str]:
        actions: list[str] = self.context["view"].available_actions(record)
        return actions
