"""Memberships: who has which role on which desk. A role is given on the page of the desk and taken away here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from factcheck.models import Membership
from factcheck.workflow.desks import remove_member

from .kit.actions import RecordAction
from .kit.filters import OwnDesk
from .kit.formatting import words
from .kit.links import address_of
from .kit.records import RecordAdmin


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "remove": RecordAction(
            remove_member, label="Take the role away", done="The role is taken away.", versioned=False, grave=True
        )
    }
    list_display: ClassVar = ["user", "shown_role", "desk"]
    list_filter: ClassVar = ["role", OwnDesk]
    list_select_related: ClassVar = ["user", "desk"]
    search_fields: ClassVar = ["user__username"]
    ordering: ClassVar = ["desk__name", "user__username", "role"]
    page_fields = ("user", "role", "desk")

    @admin.display(description="role", ordering="role")
    def shown_role(self, row: Any) -> str:
        return words(row.role)

    def offers(self, record: Any, name: str) -> bool:
        return record.desk_id is not None

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        """A role that was taken away has no page any more."""
        return address_of(record.desk) if record.desk else super().way_back(request, record, result)
