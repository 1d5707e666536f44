"""Feeds of a desk: kept by its chief, asked for by an editor, with what the last polls brought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from factcheck.models import Desk, Feed, Job, Source
from factcheck.workflow.feeds import MOST_MINUTES, change_feed, record_feed, request_poll
from factcheck.workflow.transitions import can

from .actions import ActionForm, RecordAction
from .base import RecordAdmin, address_of, desks_open_to, on_own_pages
from .filters import OwnDesk
from .shown import moment, pill, yes

SHOWN = 50


def minutes() -> forms.IntegerField:
    return forms.IntegerField(label="Every so many minutes", min_value=1, max_value=MOST_MINUTES, initial=15)


class ChangeFeedForm(ActionForm):
    minutes = minutes()
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label="none")
    active = forms.BooleanField(label="It is looked at", required=False)

    def fit(self) -> None:
        self.fields["publisher"].queryset = Source.objects.visible_to(self.user)
        for name in self.fields:
            self.fields[name].initial = getattr(self.record, name)


class NewFeedForm(ActionForm):
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None)
    url = forms.CharField(label="Address of the feed", max_length=2000, required=False, help_text="RSS or Atom.")
    folder = forms.CharField(
        label="or a drop folder",
        max_length=500,
        required=False,
        help_text="Its path below the folder for feeds that the site's administrators have set.",
    )
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label="none")
    minutes = minutes()

    def fit(self) -> None:
        desks = [desk.pk for desk in desks_open_to(self.user, "keep_feed")]
        self.fields["desk"].queryset = Desk.objects.filter(pk__in=desks)
        self.fields["publisher"].queryset = Source.objects.visible_to(self.user)


@admin.register(Feed)
class FeedAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "poll": RecordAction(request_poll, label="Look now", done="It is in the queue.", versioned=False),
        "change": RecordAction(change_feed, ChangeFeedForm, done="The feed is changed."),
    }
    new_form = NewFeedForm
    new_label = "New feed"
    record_template = "factcheck/admin/feed.html"
    list_display: ClassVar = ["__str__", "desk", "publisher", "every", "shown_active", "looked", "error"]
    list_filter: ClassVar = ["active", OwnDesk]
    list_select_related: ClassVar = ["desk", "publisher"]
    page_fields = ("desk", "url", "folder", "publisher")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "publisher")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only those who keep the feeds of some desk are led to the form."""
        here = super().has_add_permission(request) and on_own_pages(request, self.model)
        return here and bool(desks_open_to(request.user, "keep_feed"))

    @admin.display(description="every", ordering="minutes")
    def every(self, feed: Any) -> str:
        return f"{feed.minutes} min"

    @admin.display(description="state", ordering="active")
    def shown_active(self, feed: Any) -> SafeString:
        if not feed.active:
            return pill("off")
        return pill("failed", "failed last time") if feed.error else pill("done", "on")

    @admin.display(description="last looked at", ordering="polled_at")
    def looked(self, feed: Any) -> str:
        return moment(feed.polled_at, "never")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "looked at every", self.every(record), ""
        yield "switched on", yes(record.active), ""
        yield "last asked for", moment(record.asked_at, "never"), ""
        yield "last looked at", moment(record.polled_at, "never"), ""

    def entitled(self, user: Any, record: Any, name: str) -> bool:
        return can(user, record, "poll") if name == "poll" else can(user, record.desk, "keep_feed")

    def offers(self, record: Any, name: str) -> bool:
        return name != "poll" or bool(record.active)

    def create(self, request: HttpRequest, form: Any) -> Feed:
        return record_feed(by=request.user, **form.cleaned_data)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"items": record.items.select_related("document")[:SHOWN], "shown": SHOWN}

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        return address_of(result) if isinstance(result, Job) else super().way_back(request, record, result)
