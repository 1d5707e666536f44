"""Who asks for a page: whether they belong to a desk, where they may do what, and what waits for them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from factcheck.models import Desk, Membership, Notification
from factcheck.workflow.transitions import can


def belongs_to_a_desk(request: HttpRequest) -> bool:
    """Rights come from memberships; being a superuser opens nothing."""
    user = request.user
    if not hasattr(request, "belongs_to_a_desk"):
        belongs = user.is_active and user.is_staff and Membership.objects.filter(user=user.pk).exists()
        request.belongs_to_a_desk = bool(belongs)  # asked once for each model of the side bar
    return request.belongs_to_a_desk


def unread_notices(user: Any) -> int:
    """How many notices wait in a person's inbox: for the head of every page."""
    return Notification.objects.visible_to(user).unread().count()


def desks_open_to(user: Any, action: str) -> list[Desk]:
    """The desks on which a person may do this action of a desk."""
    return [desk for desk in Desk.objects.visible_to(user) if can(user, desk, action)]


def on_own_pages(request: HttpRequest, model: type[Model]) -> bool:
    """Whether the page asked for is one of this noun's: what takes queries is not asked for the side bar."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith(f"factcheck_{model._meta.model_name}_")
