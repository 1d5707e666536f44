"""One's own notices: the inbox, and how one wants to be told of which kind of thing."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from factcheck.models import Notification
from factcheck.workflow.inbox import choose_notices, mark_all_read, mark_read, notice_choices

from .kit.access import belongs_to_a_desk
from .kit.actions import RecordAction
from .kit.filters import OwnDesk
from .kit.formatting import moment, pill
from .kit.links import address_of_kind
from .kit.records import RecordAdmin

UNREAD_FIRST = Case(When(read_at=None, then=Value(0)), default=1)


class Unread(admin.SimpleListFilter):
    title = "read"
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "unread"), ("yes", "read")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Notification]:
        return queryset if self.value() is None else queryset.filter(read_at__isnull=self.value() == "no")


class ChoicesForm(forms.Form):
    """Two boxes for each kind of notice."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.kinds = notice_choices(user)
        for row in self.kinds:
            for way, where in (("inbox", "in the inbox"), ("mail", "by mail")):
                field = forms.BooleanField(required=False, initial=getattr(row, way))
                field.widget.attrs["aria-label"] = f"{row.get_kind_display()}: {where}"
                self.fields[f"{row.kind}-{way}"] = field

    def rows(self) -> list[tuple[str, Any, Any]]:
        return [(row.get_kind_display(), self[f"{row.kind}-inbox"], self[f"{row.kind}-mail"]) for row in self.kinds]

    def save(self, *, by: Any) -> None:
        for row in self.kinds:
            said = {way: self.cleaned_data[f"{row.kind}-{way}"] for way in ("inbox", "mail")}
            if any(getattr(row, way) != value for way, value in said.items()):
                choose_notices(row.kind, by=by, **said)


@admin.register(Notification)
class NoticeAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "read": RecordAction(mark_read, label="Put aside as read", done="It is read.", versioned=False)
    }
    bulk_actions = ("read",)
    change_list_template = "factcheck/admin/notices.html"
    list_display: ClassVar = ["told", "shown_read", "about", "kind", "at"]
    list_display_links: ClassVar = ["told"]
    list_filter: ClassVar = [Unread, "kind", OwnDesk]
    list_select_related: ClassVar = ["desk"]
    ordering: ClassVar = [UNREAD_FIRST, "-id"]
    page_fields = ("kind", "desk")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("read-all/", wrap(self.read_all), name="factcheck_notices_read"),
            path("choices/", wrap(self.choices), name="factcheck_notices_choices"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="notice", ordering="id")
    def told(self, row: Any) -> str:
        return str(row.text)

    @admin.display(description="about")
    def about(self, row: Any) -> SafeString | str:
        said = {"verificationtask": "the work"}.get(row.record, f"the {row.record}")
        address = address_of_kind(row.record, row.record_id)
        return format_html('<a href="{}">{}</a>', address, said) if address else said

    @admin.display(description="state", ordering=UNREAD_FIRST)
    def shown_read(self, row: Any) -> SafeString:
        return pill("done", "read") if row.read_at else pill("stale", "unread")

    @admin.display(description="told", ordering="created_at")
    def at(self, row: Any) -> str:
        return moment(row.created_at)

    def offers(self, record: Any, name: str) -> bool:
        return record.read_at is None

    def facts(self, record: Any) -> Any:
        yield "about", self.about(record), ""
        yield from super().facts(record)
        yield "told", moment(record.created_at), ""
        yield "read", moment(record.read_at, "not yet"), ""
        yield "mailed", moment(record.mailed_at) if record.mailed_at else record.mail_refused or "no", ""

    def read_all(self, request: HttpRequest) -> HttpResponse:
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        count = mark_all_read(by=request.user)
        messages.success(request, f"{count} put aside as read." if count else "Nothing was unread.")
        return HttpResponseRedirect(reverse("admin:factcheck_notification_changelist"))

    def choices(self, request: HttpRequest) -> HttpResponse:
        """How one wants to be told of what."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        form = ChoicesForm(request.POST if request.method == "POST" else None, user=request.user)
        if request.method == "POST" and form.is_valid():
            form.save(by=request.user)
            messages.success(request, "Your choices are kept.")
            return HttpResponseRedirect(reverse("admin:factcheck_notices_choices"))
        context = self.context(request, title="How you are told", form=form)
        return TemplateResponse(request, "factcheck/admin/notice_choices.html", context)
