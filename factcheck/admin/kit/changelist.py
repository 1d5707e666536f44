"""The list page of a noun: by what it may be narrowed, and actions on several of its records at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.forms import CheckboxInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

from factcheck.errors import FactcheckError, StaleRevision
from factcheck.models import Desk
from factcheck.permissions import can_anywhere
from factcheck.workflow.transitions import kind_of

from .access import belongs_to_a_desk, unread_notices
from .actions import ActionForm, RecordAction
from .formatting import words

MOST_AT_ONCE = 200
LONGEST_VALUE = 100
DAY = re.compile(r"(19|20|21)\d\d-\d\d-\d\d([ T][\d:.+ ]*)?", re.ASCII)
CHOSEN = re.compile(r"([1-9]\d{0,17})(?:\.(\d{1,9}))?", re.ASCII)
LOOKUPS = ("", "__exact", "__isnull")


class RecordList(admin.ModelAdmin):
    """A list of records. What it can be narrowed by is what stands beside it; ``bulk_acts`` are done from it."""

    record_actions: ClassVar[dict[str, RecordAction]] = {}
    bulk_actions: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    list_max_show_all = MOST_AT_ONCE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # counts beside each filter cost a query each
    actions = None

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what ``list_filter`` names, whole: any other column would answer questions about what is hidden."""
        said = str(value)
        if "\0" in said or len(said) > LONGEST_VALUE:
            return False
        for one in self.list_filter:
            if isinstance(one, type):
                if lookup == one.parameter_name:
                    return True
                continue
            name = one[0] if isinstance(one, tuple) else one
            if lookup in (f"{name}__gte", f"{name}__lt"):
                return DAY.fullmatch(said) is not None
            if lookup == f"{name}__id__exact":
                return CHOSEN.fullmatch(said) is not None and said.isdecimal()
            if lookup in [name + ending for ending in LOOKUPS]:
                return True
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; after an action on some of it, back to where the person chose them."""
        title = str(self.opts.verbose_name_plural).capitalize()
        said = {"title": title, "unread": unread_notices(request.user), **(extra_context or {})}
        wanted = request.POST.get("next", "")
        refused = self.take_choice(request) if request.method == "POST" else ""
        if refused:
            messages.error(request, refused)
            answer: HttpResponse = HttpResponseRedirect(request.get_full_path())
        else:
            try:
                answer = super().changelist_view(request, said)
            except DisallowedModelAdminLookup:
                messages.warning(request, "This list cannot be narrowed in that way. All of it is shown.")
                return HttpResponseRedirect(request.path)
        if answer.status_code == 302 and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
            answer.headers["Location"] = wanted
        return answer

    def take_choice(self, request: HttpRequest) -> str:
        """Read which records were chosen, each with the version the person saw; why not, where there are too many."""
        posted = request.POST.copy()
        found = [CHOSEN.fullmatch(said) for said in posted.getlist(ACTION_CHECKBOX_NAME)]
        request.seen = {int(one[1]): int(one[2]) if one[2] else None for one in found if one}
        posted.setlist(ACTION_CHECKBOX_NAME, [str(pk) for pk in request.seen])
        posted["select_across"] = "0"
        request.POST = posted
        if len(request.seen) > MOST_AT_ONCE:
            return f"Choose at most {MOST_AT_ONCE} at once. Nothing was done."
        return ""

    @admin.display(description="")
    def action_checkbox(self, obj: Any) -> str:
        box = CheckboxInput({"class": "action-select", "aria-label": f"Choose {obj}"}, lambda value: False)
        return box.render(ACTION_CHECKBOX_NAME, choice_of(obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The actions on many that some membership of the person's allows, whatever the record."""
        if not self.bulk_actions or not belongs_to_a_desk(request):
            return {}
        desks, kind = list(Desk.objects.visible_to(request.user)), kind_of(self.model())
        return {
            name: (bulk(name), name, self.record_actions[name].label or words(name).capitalize())
            for name in self.bulk_actions
            if can_anywhere(request.user, kind, name, desks)
        }

    def do_on_many(self, request: HttpRequest, records: QuerySet[Model], name: str) -> HttpResponse | None:
        """One form for all that were chosen; each is done or refused by itself, and counted."""
        action, chosen = self.record_actions[name], list(records)
        confirmed = "confirmed" in request.POST or not action.asks
        form = action.form(request.POST if confirmed else None, user=request.user)
        label = action.label or words(name).capitalize()
        if confirmed and form.is_valid():
            self.report_many(request, label, [self.try_one(request, record, action, form) for record in chosen])
            return None
        rows = [(choice_of(record, request.seen.get(record.pk)), record) for record in chosen]
        context = self.context(request, title=f"{label}: {len(chosen)} chosen", form=form, button=label)
        context |= {"chosen": rows, "action": name, "grave": action.grave, "back": request.get_full_path()}
        return TemplateResponse(request, "factcheck/admin/action.html", context, status=422 if confirmed else 200)

    def context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        """What every page shows around its own."""
        shared = {**self.admin_site.each_context(request), "unread": unread_notices(request.user)}
        return {**shared, "opts": self.opts, "media": self.media, **more}

    def try_one(self, request: HttpRequest, record: Any, action: RecordAction, form: ActionForm) -> str:
        """Do it to one, as the person saw it; else why not."""
        said = dict(form.cleaned_data)
        try:
            if action.versioned:
                said["version"] = request.seen.get(record.pk)
                if said["version"] is None:
                    raise StaleRevision("Open the page again: it did not say which version you saw.")
            action.call(record, by=request.user, **said)
        except FactcheckError as refusal:
            return refusal.message
        return ""

    def report_many(self, request: HttpRequest, label: str, answers: list[str]) -> None:
        done = answers.count("")
        if done:
            messages.success(request, f"{label}: {done} done.")
        for reason in sorted({answer for answer in answers if answer}):
            messages.error(request, f"{label}: {answers.count(reason)} refused. {reason}")


def choice_of(record: Any, version: int | None = None) -> str:
    """A record as a form names it: with the version that the person saw, where it has one."""
    seen = version or getattr(record, "version", None)
    return f"{record.pk}.{seen}" if seen else str(record.pk)


def bulk(name: str) -> Callable[..., Any]:
    """The function that Django's list page calls for an action on many records."""

    def action(page: RecordList, request: HttpRequest, records: QuerySet[Model]) -> HttpResponse | None:
        return page.do_on_many(request, records, name)

    return action
