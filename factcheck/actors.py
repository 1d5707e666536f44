"""Who does an action: a person by the host's user model, or a job by its name. Never nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser

if TYPE_CHECKING:
    from django.contrib.auth.models import User as Person  # stands for whatever user model the host has
else:
    Person = AbstractBaseUser

__all__ = ["Actor", "Machine", "Person", "person_of"]


@dataclass(frozen=True, slots=True)
class Machine:
    """The actor of a job."""

    name: str


Actor = Person | Machine


def person_of(by: Actor) -> Person | None:
    """The person who acts, None for a job."""
    return None if isinstance(by, Machine) else by
