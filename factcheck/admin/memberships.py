"""Memberships: roles on desks. A role is given on the page of the desk and taken away here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from factcheck.language import gettext_lazy
from factcheck.models import Membership
from factcheck.workflow.desks import remove_member

from .kit.actions import RecordAction
from .kit.filters import OwnDeskFilter
from .kit.formatting import humanize
from .kit.links import admin_url
from .kit.records import RecordAdmin


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "remove": RecordAction(
            remove_member,
            label=gettext_lazy("Take the role away"),
            success_message=gettext_lazy("The role is taken away."),
            versioned=False,
            destructive=True,
        )
    }
    list_display = ["user", "role_label", "desk"]
    list_filter: ClassVar = ["role", OwnDeskFilter]
    list_select_related = ["user", "desk"]
    search_fields: ClassVar = [f"user__{get_user_model().USERNAME_FIELD}"]
    ordering: ClassVar = ["desk__name", f"user__{get_user_model().USERNAME_FIELD}", "role"]
    detail_fields = ("user", "role", "desk")

    @admin.display(description=gettext_lazy("role"), ordering="role")
    def role_label(self, row: Any) -> str:
        return humanize(row.role)

    def is_offered(self, record: Any, name: str) -> bool:
        return record.desk_id is not None

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        """The page of the desk: a deleted membership has no page."""
        return admin_url(record.desk) if record.desk else super().return_url(request, record, result)
