"""Reports: built on request, viewed and downloaded; and subscriptions that mail them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.errors import Invalid
from factcheck.language import gettext_lazy, told, weekday_words
from factcheck.models import (
    REPEATS,
    Desk,
    Document,
    Report,
    ReportFormat,
    ReportKind,
    ReportSubscription,
    colleagues_of,
    time_of_schedule,
)
from factcheck.models.labels import translated
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.render import formats_of, render
from factcheck.reports.schedules import coming_slots
from factcheck.reports.subscriptions import change_subscription, send_now, subscribe
from factcheck.workflow.arrivals import known_zones
from factcheck.workflow.transitions import can

from .kit.access import desks_allowing, is_page_of, person
from .kit.actions import ActionForm, RecordAction
from .kit.downloads import SANDBOX_POLICY
from .kit.fields import RecordsField
from .kit.filters import OwnDeskFilter
from .kit.formatting import badge, humanize, timestamp
from .kit.records import RecordAdmin

FORMAT_LABELS = dict(translated(ReportFormat.choices))


def report_kind_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Report"), choices=translated(ReportKind.choices), initial=ReportKind.DESK_DIGEST
    )


def format_label(format: str) -> str:
    return str(FORMAT_LABELS.get(format, humanize(format)))


def check_report_scope(cleaned_data: dict[str, Any]) -> dict[str, Any]:
    """A report of a document needs one; a report of a desk has none. Raises ValidationError."""
    if cleaned_data.get("kind") != ReportKind.DOCUMENT:
        cleaned_data["document"] = None
    elif not cleaned_data.get("document"):
        raise ValidationError({"document": gettext("Choose the document.")})
    return cleaned_data


class BuildReportForm(ActionForm):
    kind = report_kind_field()
    desk = forms.ModelChoiceField(
        Desk.objects.none(), empty_label=None, help_text=gettext_lazy("For the reports of a desk.")
    )
    document = forms.ModelChoiceField(
        Document.objects.none(), required=False, help_text=gettext_lazy("For the report of a document.")
    )

    def setup_fields(self) -> None:
        self.set_records("desk", Desk.objects.visible_to(self.user))
        self.set_records("document", Document.objects.visible_to(self.user).order_by("-pk"))

    def clean(self) -> dict[str, Any]:
        return check_report_scope(dict(super().clean() or {}))


@admin.register(Report)
class ReportAdmin(RecordAdmin):
    add_form = BuildReportForm
    add_label = gettext_lazy("Build a report now")
    add_action = "build_report"
    record_template = "factcheck/admin/report.html"
    list_display = ["told_title", "kind", "desk", "built"]
    list_filter: ClassVar = ["kind", OwnDeskFilter, "built_at"]
    list_select_related = ["desk"]
    search_fields: ClassVar = ["title"]
    detail_fields = ("kind", "desk", "document", "subscription", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("desk", "document", "subscription", "created_by")
        match = request.resolver_match
        return rows.defer("data") if match and str(match.url_name).endswith("_changelist") else rows

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("<str:object_id>/read/", wrap(self.read), name="factcheck_report_read"),
            path("<str:object_id>/as/<slug:name>/", wrap(self.download), name="factcheck_report_download"),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def told_title(self, report: Any) -> str:
        return str(report)

    @admin.display(description=gettext_lazy("built"), ordering="built_at")
    def built(self, report: Any) -> str:
        return timestamp(report.built_at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("built"), timestamp(record.built_at), ""
        if record.slot:
            yield gettext("due"), f"{record.slot.replace('T', ', ')} ({record.subscription.zone})", ""

    def create_record(self, request: HttpRequest, form: Any) -> Report:
        cleaned_data = form.cleaned_data
        if cleaned_data["document"]:
            return build_document_report(cleaned_data["document"], by=person(request))
        return build_desk_report(cleaned_data["desk"], cleaned_data["kind"], by=person(request))

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {
            "formats": [(name, format_label(name)) for name in formats_of(record.kind)],
            "deliveries": record.deliveries.select_related("recipient").order_by(
                f"recipient__{get_user_model().USERNAME_FIELD}"
            ),
        }

    def read(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The report as a page of its own, sandboxed: no scripts, no external addresses."""
        file = render(self.get_record(request, object_id), ReportFormat.HTML)
        response = HttpResponse(file.body, content_type=file.media_type)
        response.headers["Content-Security-Policy"] = SANDBOX_POLICY
        return response

    def download(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        report = self.get_record(request, object_id)
        try:
            file = render(report, name if name in formats_of(report.kind) else "")
        except Invalid as refusal:
            raise Http404(told(refusal.message)) from None
        response = HttpResponse(file.body, content_type=file.media_type)
        response.headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
        response.headers["Content-Security-Policy"] = SANDBOX_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class ChangeSubscriptionForm(ActionForm):
    """Schedule, file formats and recipients."""

    repeats = forms.ChoiceField(
        label=gettext_lazy("How often"),
        required=False,
        choices=[*translated(REPEATS.items()), ("", gettext_lazy("otherwise, by the five fields below"))],
    )
    at = forms.TimeField(
        label=gettext_lazy("At"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    cron = forms.CharField(
        label=gettext_lazy("Or in five fields"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "As cron has them, for any other rhythm: minute, hour, day of month, month, day of week. "
            "“0 7,19 * * 1-5” is 07:00 and 19:00 on weekdays. Where both days are given, either will do. "
            "Every 15 minutes at most."
        ),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), initial="UTC")
    formats = forms.MultipleChoiceField(
        label=gettext_lazy("Files in the mail"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[ReportFormat.PDF],
        help_text=gettext_lazy("None is a mail without files."),
    )
    recipients = RecordsField(
        None,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whoever may see the desk; asked again at each sending."),
    )
    active = forms.BooleanField(label=gettext_lazy("It runs"), required=False, initial=True)

    def setup_fields(self) -> None:
        self.set_choices("zone", [(name, name) for name in sorted(known_zones())])
        self.set_records("recipients", colleagues_of(self.user))
        kind = self.record.kind if self.record else ReportKind.DOCUMENT
        self.set_choices("formats", [(name, format_label(name)) for name in formats_of(kind)])
        cron = self.record.cron if self.record else "0 7 * * *"
        known = time_of_schedule(cron)
        for name, value in zip(("repeats", "at", "cron"), (*known, "") if known else ("", None, cron), strict=True):
            self.fields[name].initial = value
        for name in ("zone", "formats", "active") if self.record else ():
            self.fields[name].initial = getattr(self.record, name)
        if self.record:
            self.fields["recipients"].initial = self.record.recipients.all()

    def clean(self) -> dict[str, Any]:
        """The schedule as five fields: from the words, or from the fields where those alone were filled in."""
        cleaned_data = super().clean() or {}
        days, at = cleaned_data.pop("repeats", ""), cleaned_data.pop("at", None)
        changed = set(self.changed_data)
        in_fields = not days or (
            "cron" in changed and bool(cleaned_data.get("cron")) and not changed & {"repeats", "at"}
        )
        if in_fields and not cleaned_data.get("cron") and "cron" not in self.errors:
            self.add_error("cron", gettext("Say when, in words above or in five fields."))
        elif not in_fields and at is not None:
            cleaned_data["cron"] = f"{at.minute} {at.hour} {days}"
        elif not in_fields and "at" not in self.errors:
            self.add_error("at", gettext("Say at what time."))
        return cleaned_data


class NewSubscriptionForm(BuildReportForm, ChangeSubscriptionForm):
    """A new subscription: the fields of a report, and of its schedule."""

    def setup_fields(self) -> None:
        ChangeSubscriptionForm.setup_fields(self)
        BuildReportForm.setup_fields(self)
        desks = [desk.pk for desk in desks_allowing(self.user, "subscribe")]
        self.set_records("desk", Desk.objects.filter(pk__in=desks))
        self.order_fields(["kind", "desk", "document"])


@admin.register(ReportSubscription)
class SubscriptionAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "send_now": RecordAction(
            send_now,
            label=gettext_lazy("Send one now"),
            success_message=gettext_lazy("It is being built and mailed."),
            versioned=False,
        ),
        "change": RecordAction(
            change_subscription, ChangeSubscriptionForm, success_message=gettext_lazy("The subscription is changed.")
        ),
    }
    add_form = NewSubscriptionForm
    add_label = gettext_lazy("New subscription")
    record_template = "factcheck/admin/reportsubscription.html"
    list_display = ["kind", "desk", "document", "when", "zone", "active_badge"]
    list_filter: ClassVar = ["active", "kind", OwnDeskFilter]
    list_select_related = ["desk", "document"]
    detail_fields = ("kind", "desk", "document", "zone", "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "document", "owner")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only for users who may subscribe for some desk."""
        here = super().has_add_permission(request) and is_page_of(request, self.model)
        return here and bool(desks_allowing(request.user, "subscribe"))

    @admin.display(description=gettext_lazy("comes"), ordering="cron")
    def when(self, row: Any) -> str:
        return str(row.schedule)

    @admin.display(description=gettext_lazy("state"), ordering="active")
    def active_badge(self, row: Any) -> SafeString:
        return badge("done", gettext("runs")) if row.active else badge("off")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("comes"), record.schedule, ""
        yield gettext("files"), ", ".join(map(format_label, record.formats)) or gettext("none"), ""
        yield gettext("state"), self.active_badge(record), ""

    def is_permitted(self, user: Any, record: Any, name: str) -> bool:
        return can(user, record.desk, "subscribe")

    def create_record(self, request: HttpRequest, form: Any) -> ReportSubscription:
        return subscribe(by=person(request), **form.cleaned_data)

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        zone = ZoneInfo(record.zone)
        coming = [at.replace(tzinfo=zone) for at in coming_slots(record, timezone.now())] if record.active else []
        return {
            "coming": [f"{weekday_words(at)} ({record.zone})" for at in coming],
            "recipients": record.recipients.order_by(get_user_model().USERNAME_FIELD),
            "reports": record.reports.defer("data").order_by("-pk")[:20],
        }
