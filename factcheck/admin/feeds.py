"""Feeds of a desk: configured by its chief, polled on request of an editor, with their newest items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import Desk, Feed, Job, Source
from factcheck.workflow.feeds import MOST_MINUTES, change_feed, record_feed, request_poll
from factcheck.workflow.transitions import can

from .kit.access import desks_allowing, is_page_of, person
from .kit.actions import ActionForm, RecordAction
from .kit.filters import OwnDeskFilter
from .kit.formatting import badge, timestamp, yes_no
from .kit.links import admin_url
from .kit.records import RecordAdmin

MAX_ITEMS = 50


def minutes_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Every so many minutes"), min_value=1, max_value=MOST_MINUTES, initial=15
    )


class ChangeFeedForm(ActionForm):
    minutes = minutes_field()
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label=gettext_lazy("none"))
    active = forms.BooleanField(label=gettext_lazy("It is looked at"), required=False)

    def setup_fields(self) -> None:
        self.set_records("publisher", Source.objects.visible_to(self.user))
        for name in self.fields:
            self.fields[name].initial = getattr(self.record, name)


class NewFeedForm(ActionForm):
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None)
    url = forms.CharField(
        label=gettext_lazy("Address of the feed"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("RSS or Atom."),
    )
    folder = forms.CharField(
        label=gettext_lazy("or a drop folder"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Its path below the folder for feeds that the site's administrators have set."),
    )
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label=gettext_lazy("none"))
    minutes = minutes_field()

    def setup_fields(self) -> None:
        desks = [desk.pk for desk in desks_allowing(self.user, "keep_feed")]
        self.set_records("desk", Desk.objects.filter(pk__in=desks))
        self.set_records("publisher", Source.objects.visible_to(self.user))


@admin.register(Feed)
class FeedAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "poll": RecordAction(
            request_poll,
            label=gettext_lazy("Look now"),
            success_message=gettext_lazy("It is in the queue."),
            versioned=False,
        ),
        "change": RecordAction(change_feed, ChangeFeedForm, success_message=gettext_lazy("The feed is changed.")),
    }
    add_form = NewFeedForm
    add_label = gettext_lazy("New feed")
    record_template = "factcheck/admin/feed.html"
    list_display = ["__str__", "desk", "publisher", "every", "active_badge", "looked", "error"]
    list_filter: ClassVar = ["active", OwnDeskFilter]
    list_select_related = ["desk", "publisher"]
    detail_fields = ("desk", "url", "folder", "publisher")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "publisher")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only for users who manage the feeds of some desk."""
        here = super().has_add_permission(request) and is_page_of(request, self.model)
        return here and bool(desks_allowing(request.user, "keep_feed"))

    @admin.display(description=gettext_lazy("every"), ordering="minutes")
    def every(self, feed: Any) -> str:
        return gettext("{minutes} min").format(minutes=feed.minutes)

    @admin.display(description=gettext_lazy("state"), ordering="active")
    def active_badge(self, feed: Any) -> SafeString:
        if not feed.active:
            return badge("off")
        return badge("failed", gettext("failed last time")) if feed.error else badge("done", "on")

    @admin.display(description=gettext_lazy("last looked at"), ordering="polled_at")
    def looked(self, feed: Any) -> str:
        return timestamp(feed.polled_at, "never")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("looked at every"), self.every(record), ""
        yield gettext("switched on"), yes_no(record.active), ""
        yield gettext("last asked for"), timestamp(record.asked_at, "never"), ""
        yield gettext("last looked at"), timestamp(record.polled_at, "never"), ""

    def is_permitted(self, user: Any, record: Any, name: str) -> bool:
        return can(user, record, "poll") if name == "poll" else can(user, record.desk, "keep_feed")

    def is_offered(self, record: Any, name: str) -> bool:
        return name != "poll" or bool(record.active)

    def create_record(self, request: HttpRequest, form: Any) -> Feed:
        return record_feed(by=person(request), **form.cleaned_data)

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"items": record.items.select_related("document")[:MAX_ITEMS], "limit": MAX_ITEMS}

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        return admin_url(result) if isinstance(result, Job) else super().return_url(request, record, result)
