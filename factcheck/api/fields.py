"""Fields of request bodies: related records and users that the requesting user may see, and times with an offset."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from factcheck.models import by_username, colleagues_of


class VisibleRecordField(serializers.Field):
    """A record given by its id, or by its slug, among those the user may see."""

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
        record = self.model.objects.visible_to(self.context["request"].user).filter(**{self.by: data}).first()
        if record is None:
            self.fail("does_not_exist")
        return record


class UsernameField(serializers.SlugRelatedField):
    """A user in an answer, by what they log in with: a user name, or an e-mail address where the host has it so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(get_user_model().USERNAME_FIELD, read_only=True, **kwargs)


class NumberField(serializers.DecimalField):
    """A number in an answer, by its digits; null where there is none."""

    def __init__(self) -> None:
        super().__init__(max_digits=None, decimal_places=None, allow_null=True)


def digits(number: Decimal | None) -> str | None:
    """A number as ``NumberField`` describes it."""
    return None if number is None else f"{number:f}"


class ColleagueField(serializers.Field):
    """A user given by what they log in with, among those who share a desk with the requesting user."""

    default_error_messages: ClassVar = {"does_not_exist": "There is no such colleague on your desks."}

    def to_internal_value(self, data: Any) -> Any:
        users = colleagues_of(self.context["request"].user)
        user = users.filter(**by_username(data)).first() if isinstance(data, str) else None
        if user is None:
            self.fail("does_not_exist")
        return user


class AwareDateTimeField(serializers.DateTimeField):
    """A date and time with its offset from UTC; a naive one is refused, not read in the server's time zone."""

    default_error_messages: ClassVar = {
        "naive": "Give the time with its offset from UTC, such as 2024-09-01T08:30:00+03:00."
    }

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss+hh:mm")
        try:
            parsed = parse_datetime(value)
        except ValueError:
            parsed = None
        if parsed is not None and parsed.tzinfo is None:
            self.fail("naive")
        return super().to_internal_value(value)
