"""What a request may say: bodies that refuse unknown fields, and fields that know only what the person may see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from factcheck.models import colleagues_of

LONGEST_NOTE = 10_000


class Body(serializers.Serializer):
    """A request body. A field it does not know is refused, so that nobody believes it was taken."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            said = dict.fromkeys(sorted(unknown), "There is no such field here.")
            raise serializers.ValidationError(said, code="unknown_field")
        return super().to_internal_value(data)


class Note(Body):
    """The reason of an action; the workflow says where one is needed."""

    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="")


class Change(Body):
    """The fields that may change; what is not named stays. At least one must be named."""

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said:
            raise serializers.ValidationError("Name at least one field to change.", code="nothing_to_change")
        return said


class ActionsMixin(serializers.Serializer):
    # ``actions``: what the user may do to the record now. No docstring: OpenAPI would describe each subclass with it

    actions = serializers.SerializerMethodField()

    def get_actions(self, record: Any) -> list[str]:
        actions: list[str] = self.context["view"].open_actions(record)
        return actions


class Visible(serializers.Field):
    """A record named by its id, or by its slug, among those the person may see."""

    default_error_messages: ClassVar = {
        "invalid": "That is not how such a record is named.",
        "does_not_exist": "There is no such record, or you may not see it.",
    }

    def __init__(self, model: type[Any], by: str = "pk", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model, self.by = model, by

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int | str) or not str(data).strip():
            self.fail("invalid")
        if self.by == "pk" and not re.fullmatch(r"[0-9]{1,18}", str(data)):
            self.fail("invalid")
        found = self.model.objects.visible_to(self.context["request"].user).filter(**{self.by: data}).first()
        if found is None:
            self.fail("does_not_exist")
        return found


class Colleague(serializers.Field):
    """A user named by username, among those who share a desk with the person who asks."""

    default_error_messages: ClassVar = {"does_not_exist": "There is no such colleague on your desks."}

    def to_internal_value(self, data: Any) -> Any:
        rows = colleagues_of(self.context["request"].user)
        named = get_user_model().USERNAME_FIELD
        found = rows.filter(**{named: data}).first() if isinstance(data, str) else None
        if found is None:
            self.fail("does_not_exist")
        return found


class Moment(serializers.DateTimeField):
    """A date and time with its offset from UTC; without one nobody can know which moment is meant."""

    default_error_messages: ClassVar = {
        "naive": "Give the time with its offset from UTC, such as 2024-09-01T08:30:00+03:00."
    }

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss+hh:mm")
        try:
            read = parse_datetime(value)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is None:
            self.fail("naive")
        return super().to_internal_value(value)
