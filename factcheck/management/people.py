"""The people that commands name: found by what they log in with."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from factcheck.models import by_username


def person_named(name: str) -> Any:
    """The account of this log-in name.

    Raises:
        CommandError: there is none.
    """
    user = get_user_model()._default_manager.filter(**by_username(name)).first()
    if user is None:
        raise CommandError(f"There is no user “{name}”.")
    return user
