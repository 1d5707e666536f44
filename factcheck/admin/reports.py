"""Reports as they were frozen: read here, taken as files, built now, and mailed by subscription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString

from factcheck.errors import Invalid
from factcheck.models import Desk, Document, Report, ReportFormat, ReportKind, ReportSubscription, colleagues_of
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.render import formats_of, render
from factcheck.reports.schedules import coming_slots
from factcheck.reports.subscriptions import change_subscription, send_now, subscribe
from factcheck.workflow.arrivals import known_zones
from factcheck.workflow.transitions import can

from .actions import ActionForm, RecordAction, Several, words
from .base import RecordAdmin, desks_open_to, on_own_pages
from .filters import OwnDesk
from .shown import moment, pill

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
NAMES = dict(ReportFormat.choices)


def kinds() -> forms.ChoiceField:
    return forms.ChoiceField(label="Report", choices=ReportKind.choices, initial=ReportKind.DESK_DIGEST)


def name_of(format: str) -> str:
    return str(NAMES.get(format, words(format)))


def with_scope(said: dict[str, Any]) -> dict[str, Any]:
    """A document's report needs its document; a report of a desk takes none."""
    if said.get("kind") != ReportKind.DOCUMENT:
        said["document"] = None
    elif not said.get("document"):
        raise ValidationError({"document": "Choose the document."})
    return said


class BuildForm(ActionForm):
    kind = kinds()
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None, help_text="For the reports of a desk.")
    document = forms.ModelChoiceField(
        Document.objects.none(), required=False, help_text="For the report of a document."
    )

    def fit(self) -> None:
        self.fields["desk"].queryset = Desk.objects.visible_to(self.user)
        self.fields["document"].queryset = Document.objects.visible_to(self.user).order_by("-pk")

    def clean(self) -> dict[str, Any]:
        return with_scope(dict(super().clean() or {}))


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    new_form = BuildForm
    new_label = "Build a report now"
    new_right = "build_report"
    record_template = "factcheck/admin/report.html"
    list_display: ClassVar = ["title", "kind", "desk", "built"]
    list_filter: ClassVar = ["kind", OwnDesk, "built_at"]
    list_select_related: ClassVar = ["desk"]
    search_fields: ClassVar = ["title"]
    page_fields = ("kind", "desk", "document", "subscription", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("desk", "document", "subscription", "created_by")
        return rows.defer("data") if request.resolver_match.url_name.endswith("_changelist") else rows

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("<str:object_id>/read/", wrap(self.read), name="factcheck_report_read"),
            path("<str:object_id>/as/<slug:name>/", wrap(self.download), name="factcheck_report_download"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="built", ordering="built_at")
    def built(self, report: Any) -> str:
        return moment(report.built_at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "built", moment(record.built_at), ""
        if record.slot:
            yield "due", f"{record.slot.replace('T', ', ')} ({record.subscription.zone})", ""

    def create(self, request: HttpRequest, form: Any) -> Report:
        said = form.cleaned_data
        if said["document"]:
            return build_document_report(said["document"], by=request.user)
        return build_desk_report(said["desk"], said["kind"], by=request.user)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {
            "formats": [(name, name_of(name)) for name in formats_of(record.kind)],
            "deliveries": record.deliveries.select_related("recipient").order_by("recipient__username"),
        }

    def read(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The report as a page of its own, with its own style and nothing else: no script, no address, no frame."""
        file = render(self.find(request, object_id), ReportFormat.HTML)
        answer = HttpResponse(file.body, content_type=file.media_type)
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    def download(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        report = self.find(request, object_id)
        try:
            file = render(report, name if name in formats_of(report.kind) else "")
        except Invalid as refusal:
            raise Http404(refusal.message) from None
        answer = HttpResponse(file.body, content_type=file.media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


class ScheduleForm(ActionForm):
    """When, in which files, and to whom."""

    cron = forms.CharField(
        label="Schedule",
        max_length=100,
        initial="0 7 * * *",
        help_text="Five fields: minute, hour, day of month, month, day of week. “0 7 * * 1-5” is 07:00 on weekdays. "
        "Where both days are given, either will do. Every 15 minutes at most.",
    )
    zone = forms.ChoiceField(label="Time zone", initial="UTC")
    formats = forms.MultipleChoiceField(
        label="Files in the mail",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[ReportFormat.PDF],
        help_text="None is a mail without files.",
    )
    recipients = Several(
        None, widget=forms.CheckboxSelectMultiple, help_text="Whoever may see the desk; asked again at each sending."
    )
    active = forms.BooleanField(label="It runs", required=False, initial=True)

    def fit(self) -> None:
        self.fields["zone"].choices = [(name, name) for name in sorted(known_zones())]
        self.fields["recipients"].queryset = colleagues_of(self.user)
        kind = self.record.kind if self.record else ReportKind.DOCUMENT
        self.fields["formats"].choices = [(name, name_of(name)) for name in formats_of(kind)]
        for name in ("cron", "zone", "formats", "active") if self.record else ():
            self.fields[name].initial = getattr(self.record, name)
        if self.record:
            self.fields["recipients"].initial = self.record.recipients.all()


class SubscribeForm(BuildForm, ScheduleForm):
    """A new subscription: which report, besides."""

    def fit(self) -> None:
        ScheduleForm.fit(self)
        BuildForm.fit(self)
        desks = [desk.pk for desk in desks_open_to(self.user, "subscribe")]
        self.fields["desk"].queryset = Desk.objects.filter(pk__in=desks)
        self.order_fields(["kind", "desk", "document"])


@admin.register(ReportSubscription)
class SubscriptionAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "send_now": RecordAction(send_now, label="Send one now", done="It is being built and mailed.", versioned=False),
        "change": RecordAction(change_subscription, ScheduleForm, done="The subscription is changed."),
    }
    new_form = SubscribeForm
    new_label = "New subscription"
    record_template = "factcheck/admin/subscription.html"
    list_display: ClassVar = ["kind", "desk", "document", "cron", "zone", "shown_active"]
    list_filter: ClassVar = ["active", "kind", OwnDesk]
    list_select_related: ClassVar = ["desk", "document"]
    page_fields = ("kind", "desk", "document", "cron", "zone", "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "document", "owner")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only those who subscribe for some desk are led to the form."""
        here = super().has_add_permission(request) and on_own_pages(request, self.model)
        return here and bool(desks_open_to(request.user, "subscribe"))

    @admin.display(description="state", ordering="active")
    def shown_active(self, row: Any) -> SafeString:
        return pill("done", "runs") if row.active else pill("off")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "files", ", ".join(map(name_of, record.formats)) or "none", ""
        yield "state", self.shown_active(record), ""

    def entitled(self, user: Any, record: Any, name: str) -> bool:
        return can(user, record.desk, "subscribe")

    def create(self, request: HttpRequest, form: Any) -> ReportSubscription:
        return subscribe(by=request.user, **form.cleaned_data)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        zone = ZoneInfo(record.zone)
        coming = [at.replace(tzinfo=zone) for at in coming_slots(record, timezone.now())] if record.active else []
        return {
            "coming": [f"{at:%A %-d %B %Y, %H:%M} ({record.zone})" for at in coming],
            "recipients": record.recipients.order_by("username"),
            "reports": record.reports.defer("data").order_by("-pk")[:20],
        }
