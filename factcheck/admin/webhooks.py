"""Webhooks of a desk and what came of their messages. The secret of one is shown once, when it is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from factcheck.models import Desk, Webhook
from factcheck.workflow.happenings import HAPPENINGS
from factcheck.workflow.transitions import can
from factcheck.workflow.webhooks import change_webhook, record_webhook

from .kit.access import desks_open_to, on_own_pages
from .kit.actions import ActionForm, RecordAction
from .kit.filters import OwnDesk
from .kit.formatting import moment, pill, words
from .kit.links import address_of
from .kit.records import RecordAdmin

SHOWN = 50


def events() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="It is told when",
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, words(name)) for name in HAPPENINGS],
    )


class NewWebhookForm(ActionForm):
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None)
    url = forms.CharField(label="Address", max_length=2000, help_text="On the public web; its host must answer there.")
    events = events()

    def fit(self) -> None:
        desks = [desk.pk for desk in desks_open_to(self.user, "keep_webhook")]
        self.fields["desk"].queryset = Desk.objects.filter(pk__in=desks)


class ChangeWebhookForm(ActionForm):
    url = forms.CharField(label="Address", max_length=2000)
    events = events()
    active = forms.BooleanField(label="Messages are sent", required=False)
    renew_secret = forms.BooleanField(
        label="Make a new secret", required=False, help_text="The old one is void at once; the new one is shown once."
    )

    def fit(self) -> None:
        for name in ("url", "events", "active"):
            self.fields[name].initial = getattr(self.record, name)


@admin.register(Webhook)
class WebhookAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "change": RecordAction(change_webhook, ChangeWebhookForm, done="The webhook is changed.")
    }
    new_form = NewWebhookForm
    new_label = "New webhook"
    record_template = "factcheck/admin/webhook.html"
    list_display: ClassVar = ["url", "desk", "told_of", "shown_active"]
    list_filter: ClassVar = ["active", OwnDesk]
    list_select_related: ClassVar = ["desk"]
    page_fields = ("desk", "url", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "created_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only those who keep the webhooks of some desk are led to the form."""
        here = super().has_add_permission(request) and on_own_pages(request, self.model)
        return here and bool(desks_open_to(request.user, "keep_webhook"))

    @admin.display(description="told of")
    def told_of(self, hook: Any) -> str:
        return ", ".join(map(words, hook.events))

    @admin.display(description="state", ordering="active")
    def shown_active(self, hook: Any) -> SafeString:
        return pill("done", "on") if hook.active else pill("off")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "told of", self.told_of(record), ""
        yield "state", self.shown_active(record), ""
        yield "made", moment(record.created_at), ""

    def entitled(self, user: Any, record: Any, name: str) -> bool:
        return can(user, record.desk, "keep_webhook")

    def create(self, request: HttpRequest, form: Any) -> Webhook:
        hook, request.new_secret = record_webhook(by=request.user, **form.cleaned_data)
        return hook

    def perform(self, request: HttpRequest, record: Any, action: RecordAction, form: ActionForm) -> Any:
        request.new_secret = super().perform(request, record, action, form)
        return record

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.with_secret(request, super().add_view(request, *args, **kwargs))

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        return self.with_secret(request, super().action_view(request, object_id, action))

    def with_secret(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        """Show a secret in the answer itself: it is kept in no session, and by no cache."""
        secret = getattr(request, "new_secret", "")
        if answer.status_code != 302 or not secret:
            return answer
        context = self.context(request, title="The secret of the webhook", secret=secret, back=answer["Location"])
        shown = TemplateResponse(request, "factcheck/admin/secret.html", context)
        shown.headers["Cache-Control"] = "no-store"
        return shown

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"deliveries": record.deliveries.all()[:SHOWN], "shown": SHOWN}

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        return address_of(record)
