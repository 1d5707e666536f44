"""Filters of change lists."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import Desk, Document, VerificationTask
from factcheck.models.claims import ClaimQuerySet
from factcheck.models.verification import VerificationTaskQuerySet
from factcheck.states import TaskState


class DeskFilter(admin.SimpleListFilter):
    """By desk. Only desks the user may see are named."""

    title = gettext_lazy("desk")
    parameter_name = "desk"
    column: ClassVar[str] = "document__desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        desks = [(str(desk.pk), desk.name) for desk in Desk.objects.visible_to(request.user)]
        return desks if len(desks) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        known = chosen and chosen.isdecimal() and len(chosen) < 19
        return queryset.filter(**{self.column: chosen}) if known else queryset


class ClaimDeskFilter(DeskFilter):
    column: ClassVar[str] = "claim__document__desk"


class OwnDeskFilter(DeskFilter):
    """For models with a desk of their own."""

    column: ClassVar[str] = "desk"


class OneDocumentFilter(admin.SimpleListFilter):
    """By one document; shown only when a link from the document led here."""

    title = gettext_lazy("document")
    parameter_name = "document"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = self.value() or ""
        if not chosen.isdecimal() or len(chosen) > 18:
            return []
        found = Document.objects.visible_to(request.user).filter(pk=chosen)
        return [(str(one.pk), str(one)) for one in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {name for name, _ in self.lookup_choices}
        return queryset.filter(document=self.value()) if self.value() in known else queryset


class ClaimWorkFilter(admin.SimpleListFilter):
    """Claims by who works on them."""

    title = gettext_lazy("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", gettext("mine")), ("nobody", gettext("given to nobody")), ("overdue", gettext("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        work = VerificationTask.objects.unfinished()
        if self.value() == "mine":
            return queryset.filter(pk__in=work.filter(assignee=request.user.pk).values("claim"))
        if self.value() == "nobody":
            return queryset.exclude(pk__in=work.exclude(assignee=None).values("claim"))
        if self.value() == "overdue":
            return cast(ClaimQuerySet, queryset).overdue(timezone.now())
        return queryset


class AssigneeFilter(admin.SimpleListFilter):
    """Tasks by assignee."""

    title = gettext_lazy("whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("mine", gettext("mine")), ("nobody", gettext("given to nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mine":
            return queryset.filter(assignee=request.user.pk)
        return queryset.filter(assignee=None) if self.value() == "nobody" else queryset


class TaskProgressFilter(admin.SimpleListFilter):
    """Hides finished tasks unless they are asked for."""

    title = gettext_lazy("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", gettext("overdue")), ("finished", gettext("done or cancelled")), ("all", gettext("all"))]

    def choices(self, changelist: Any) -> Any:
        for number, choice in enumerate(super().choices(changelist)):
            yield choice if number else {**choice, "display": gettext("to be done")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "overdue":
            return cast(VerificationTaskQuerySet, queryset).overdue(timezone.now())
        if self.value() == "finished":
            return queryset.filter(state__in=[TaskState.DONE, TaskState.CANCELLED])
        return queryset if self.value() == "all" else cast(VerificationTaskQuerySet, queryset).unfinished()
