"""What every admin page of the app shares: it shows what ``visible_to`` lets a person see, and changes nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from factcheck.models import Membership


def belongs_to_a_desk(request: HttpRequest) -> bool:
    """Rights come from memberships; being a superuser opens nothing."""
    user = request.user
    if not hasattr(request, "belongs_to_a_desk"):
        belongs = user.is_active and user.is_staff and Membership.objects.filter(user=user.pk).exists()
        request.belongs_to_a_desk = bool(belongs)  # asked once for each model of the side bar
    return request.belongs_to_a_desk


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list and a page of records, without a button that writes."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return self.model._default_manager.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return belongs_to_a_desk(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return belongs_to_a_desk(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
