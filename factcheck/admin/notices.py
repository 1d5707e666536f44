"""The user's own notices, and the choice of channels for each kind of notice."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from factcheck.actors import Person
from factcheck.language import column_name, gettext_lazy, name_words, told
from factcheck.models import Notification
from factcheck.workflow.inbox import choose_notices, mark_all_read, mark_read, notice_choices

from .kit.access import belongs_to_a_desk, person
from .kit.actions import RecordAction
from .kit.filters import OwnDeskFilter
from .kit.formatting import badge, timestamp
from .kit.links import admin_url_for
from .kit.records import RecordAdmin
from .preferences import preferences_view

ABOUT: dict[str, str] = {
    "verification_task": gettext_lazy("the work"),
    "claim": gettext_lazy("the claim"),
    "document": gettext_lazy("the document"),
    "report": gettext_lazy("the report"),
}
UNREAD_FIRST = Case(When(read_at=None, then=Value(0)), default=1)


class UnreadFilter(admin.SimpleListFilter):
    title = gettext_lazy("read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", gettext("unread")), ("yes", gettext("read"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        return queryset if self.value() is None else queryset.filter(read_at__isnull=self.value() == "no")


class NoticeChoicesForm(forms.Form):
    """Two checkboxes for each kind of notice."""

    def __init__(self, data: QueryDict | None, *, user: Any) -> None:
        super().__init__(data, label_suffix="")
        self.kinds = notice_choices(user)
        for row in self.kinds:
            for way, where in (("inbox", gettext("in the inbox")), ("mail", gettext("by mail"))):
                field = forms.BooleanField(required=False, initial=getattr(row, way))
                field.widget.attrs["aria-label"] = f"{row.get_kind_display()}: {where}"
                self.fields[f"{row.kind}-{way}"] = field

    def rows(self) -> list[tuple[str, Any, Any]]:
        return [
            (
                row.get_kind_display(),
                self[f"{row.kind}-inbox"],
                self[f"{row.kind}-mail"],
            )
            for row in self.kinds
        ]

    def save(self, *, by: Person) -> None:
        for row in self.kinds:
            chosen = {way: self.cleaned_data[f"{row.kind}-{way}"] for way in ("inbox", "mail")}
            if any(getattr(row, way) != value for way, value in chosen.items()):
                choose_notices(row.kind, by=by, **chosen)


@admin.register(Notification)
class NoticeAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "read": RecordAction(
            mark_read,
            label=gettext_lazy("Put aside as read"),
            success_message=gettext_lazy("It is read."),
            versioned=False,
        )
    }
    bulk_actions = ("read",)
    change_list_template = "factcheck/admin/notice_list.html"
    list_display = ["notice_text", "read_badge", "about", "kind", "at"]
    list_display_links = ["notice_text"]
    list_filter: ClassVar = [UnreadFilter, "kind", OwnDeskFilter]
    list_select_related = ["desk"]
    ordering: ClassVar = [UNREAD_FIRST, "-id"]
    detail_fields = ("kind", "desk")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("read-all/", wrap(self.read_all), name="factcheck_notices_read"),
            path("preferences/", wrap(partial(preferences_view, self)), name="factcheck_preferences"),
            path("choices/", wrap(self.choices), name="factcheck_notices_choices"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("notice"), ordering="id")
    def notice_text(self, row: Any) -> str:
        return told(row.text)

    @admin.display(description=column_name("about"))
    def about(self, row: Any) -> SafeString | str:
        label = ABOUT.get(row.record) or name_words(row.record)
        url = admin_url_for(row.record, row.record_id)
        return format_html('<a href="{}">{}</a>', url, label) if url else label

    @admin.display(description=gettext_lazy("state"), ordering=UNREAD_FIRST)
    def read_badge(self, row: Any) -> SafeString:
        return badge("done", gettext("read")) if row.read_at else badge("stale", gettext("unread"))

    @admin.display(description=gettext_lazy("told"), ordering="created_at")
    def at(self, row: Any) -> str:
        return timestamp(row.created_at)

    def is_offered(self, record: Any, name: str) -> bool:
        return record.read_at is None

    def facts(self, record: Any) -> Any:
        yield column_name("about"), self.about(record), ""
        yield from super().facts(record)
        yield gettext("told"), timestamp(record.created_at), ""
        yield gettext("read"), timestamp(record.read_at, gettext("not yet")), ""
        yield (
            gettext("mailed"),
            timestamp(record.mailed_at) if record.mailed_at else told(record.mail_refused) or gettext("no"),
            "",
        )

    def read_all(self, request: HttpRequest) -> HttpResponse:
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        count = mark_all_read(by=person(request))
        messages.success(
            request,
            ngettext("{count} put aside as read.", "{count} put aside as read.", count).format(count=count)
            if count
            else gettext("Nothing was unread."),
        )
        return HttpResponseRedirect(reverse("admin:factcheck_notification_changelist"))

    def choices(self, request: HttpRequest) -> HttpResponse:
        """Choose the channels for each kind of notice."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        form = NoticeChoicesForm(request.POST if request.method == "POST" else None, user=request.user)
        if request.method == "POST" and form.is_valid():
            form.save(by=person(request))
            messages.success(request, gettext("Your choices are kept."))
            return HttpResponseRedirect(reverse("admin:factcheck_notices_choices"))
        context = self.base_context(request, title=gettext("How you are told"), form=form)
        return TemplateResponse(request, "factcheck/admin/notice_choices.html", context)
