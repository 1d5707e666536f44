"""What the user of a request may see and do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from factcheck.actors import Person
from factcheck.models import Desk, Membership, Notification
from factcheck.workflow.transitions import can


def person(request: HttpRequest) -> Person:
    """Who is logged in; every page of the admin asks for a log-in before it does anything.

    Raises:
        PermissionDenied: nobody is.
    """
    if not isinstance(request.user, AbstractBaseUser):
        raise PermissionDenied
    return request.user


def belongs_to_a_desk(request: HttpRequest) -> bool:
    """Whether the user is active staff with a membership. Being a superuser is not enough.

    The result is stored on the request.
    """
    user = request.user
    if "belongs_to_a_desk" not in vars(request):
        belongs = user.is_active and user.is_staff and Membership.objects.filter(user=user.pk).exists()
        vars(request)["belongs_to_a_desk"] = bool(belongs)  # looked up once for each model of the side bar
    return bool(vars(request)["belongs_to_a_desk"])


def count_unread(user: Any) -> int:
    """The number of unread notices, for the header of every page."""
    return Notification.objects.visible_to(user).unread().count()


def desks_allowing(user: Any, action: str) -> list[Desk]:
    """The visible desks on which the user may do this action of a desk."""
    return [desk for desk in Desk.objects.visible_to(user) if can(user, desk, action)]


def is_page_of(request: HttpRequest, model: type[Model]) -> bool:
    """Whether the request is for a page of this model. Avoids queries for each model of the sidebar."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith(f"factcheck_{model._meta.model_name}_")
