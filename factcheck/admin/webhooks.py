"""Webhooks of a desk and their deliveries. A secret is shown once, when it is created."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy, lazy_words
from factcheck.models import Desk, Webhook
from factcheck.workflow.transitions import can
from factcheck.workflow.webhook_events import WEBHOOK_EVENTS
from factcheck.workflow.webhooks import change_webhook, ping_webhook, record_webhook

from .kit.access import desks_allowing, is_page_of, person
from .kit.actions import ActionForm, RecordAction
from .kit.filters import OwnDeskFilter
from .kit.formatting import badge, humanize, timestamp
from .kit.links import admin_url
from .kit.records import RecordAdmin

MAX_DELIVERIES = 50


def events_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("It is told when"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, lazy_words(name)) for name in WEBHOOK_EVENTS],
    )


class NewWebhookForm(ActionForm):
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("On the public web, or a host that the settings of the site name."),
    )
    events = events_field()

    def setup_fields(self) -> None:
        desks = [desk.pk for desk in desks_allowing(self.user, "keep_webhook")]
        self.set_records("desk", Desk.objects.filter(pk__in=desks))


class ChangeWebhookForm(ActionForm):
    url = forms.CharField(label=gettext_lazy("Address"), max_length=2000)
    events = events_field()
    active = forms.BooleanField(label=gettext_lazy("Messages are sent"), required=False)
    renew_secret = forms.BooleanField(
        label=gettext_lazy("Make a new secret"),
        required=False,
        help_text=gettext_lazy("The old one is void at once; the new one is shown once."),
    )

    def setup_fields(self) -> None:
        for name in ("url", "events", "active"):
            self.fields[name].initial = getattr(self.record, name)


@admin.register(Webhook)
class WebhookAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "change": RecordAction(
            change_webhook, ChangeWebhookForm, success_message=gettext_lazy("The webhook is changed.")
        ),
        "ping": RecordAction(
            ping_webhook,
            label=gettext_lazy("Try it out"),
            success_message=gettext_lazy("A message is on its way; what is answered is listed here."),
            versioned=False,
        ),
    }
    add_form = NewWebhookForm
    add_label = gettext_lazy("New webhook")
    record_template = "factcheck/admin/webhook.html"
    list_display = ["url", "desk", "subscribed_events", "active_badge"]
    list_filter: ClassVar = ["active", OwnDeskFilter]
    list_select_related = ["desk"]
    detail_fields = ("desk", "url", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "created_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only for users who manage the webhooks of some desk."""
        here = super().has_add_permission(request) and is_page_of(request, self.model)
        return here and bool(desks_allowing(request.user, "keep_webhook"))

    @admin.display(description=gettext_lazy("told of"))
    def subscribed_events(self, hook: Any) -> str:
        return ", ".join(map(humanize, hook.events))

    @admin.display(description=gettext_lazy("state"), ordering="active")
    def active_badge(self, hook: Any) -> SafeString:
        return badge("done", gettext("on")) if hook.active else badge("off")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("told of"), self.subscribed_events(record), ""
        yield gettext("state"), self.active_badge(record), ""
        yield gettext("made"), timestamp(record.created_at), ""

    def is_permitted(self, user: Any, record: Any, name: str) -> bool:
        return can(user, record.desk, "keep_webhook")

    def create_record(self, request: HttpRequest, form: Any) -> Webhook:
        hook, vars(request)["new_secret"] = record_webhook(by=person(request), **form.cleaned_data)
        return hook

    def perform_action(self, request: HttpRequest, record: Any, action: RecordAction, form: ActionForm) -> Any:
        result = super().perform_action(request, record, action, form)
        vars(request)["new_secret"] = result if action.function is change_webhook else ""
        return record

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.with_secret(request, super().add_view(request, *args, **kwargs))

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        return self.with_secret(request, super().action_view(request, object_id, action))

    def with_secret(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Show a new secret in the response itself: it is in no session and no cache."""
        secret = vars(request).get("new_secret", "")
        if response.status_code != 302 or not secret:
            return response
        context = self.base_context(
            request, title=gettext("The secret of the webhook"), secret=secret, back=response["Location"]
        )
        response = TemplateResponse(request, "factcheck/admin/webhook_secret.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"deliveries": record.deliveries.all()[:MAX_DELIVERIES], "limit": MAX_DELIVERIES}

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        return admin_url(record)
