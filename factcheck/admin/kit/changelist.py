"""The change list: which lookups it allows, and actions on several records."""

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
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.errors import FactcheckError, StaleRevision
from factcheck.language import ENGLISH, told
from factcheck.models import Desk, record_name
from factcheck.permissions import can_anywhere

from .access import belongs_to_a_desk, person
from .actions import ActionForm, RecordAction
from .formatting import humanize
from .navigation import navigation
from .pagination import CountingPaginator

MAX_SELECTED = 200
MAX_VALUE_LENGTH = 100
MAX_SEARCH_WORDS = 20
"""A database joins a condition for each word, and takes so many hundred."""
DATE_PATTERN = re.compile(r"(19|20|21)\d\d-\d\d-\d\d([ T][\d:.+ ]*)?", re.ASCII)
SELECTION_PATTERN = re.compile(r"([1-9]\d{0,17})(?:\.(\d{1,9}))?", re.ASCII)
LOOKUPS = ("", "__exact", "__isnull")


class RecordListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A change list that is filtered by ``list_filter`` alone; ``bulk_actions`` are run from it."""

    record_actions: ClassVar[dict[str, RecordAction]] = {}
    bulk_actions: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    list_max_show_all = MAX_SELECTED
    show_full_result_count = False
    paginator = CountingPaginator
    show_facets = admin.ShowFacets.NEVER  # counts beside each filter cost a query each
    actions = None

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow only what ``list_filter`` names: other columns would reveal hidden records."""
        text = str(value)
        if "\0" in text or len(text) > MAX_VALUE_LENGTH:
            return False
        for one in self.list_filter:
            if isinstance(one, type):
                if lookup == getattr(one, "parameter_name", None):
                    return True
                continue
            name = str(one[0] if isinstance(one, (tuple, list)) else one)
            if lookup in (f"{name}__gte", f"{name}__lt"):
                return DATE_PATTERN.fullmatch(text) is not None
            if lookup == f"{name}__id__exact":
                return SELECTION_PATTERN.fullmatch(text) is not None and text.isdecimal()
            if lookup in [name + ending for ending in LOOKUPS]:
                return True
        return False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Search for the first words, and say so where there are more."""
        words = search_term.split()
        if len(words) > MAX_SEARCH_WORDS:
            messages.warning(
                request, gettext("Only the first {most} words are searched for.").format(most=MAX_SEARCH_WORDS)
            )
            search_term = " ".join(words[:MAX_SEARCH_WORDS])
        found = self.search_index(request, queryset, search_term)
        return super().get_search_results(request, queryset, search_term) if found is None else (found, False)

    def search_index(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> QuerySet[Any] | None:
        """What a full-text index finds, for models that have one; ``search_fields`` say what it covers."""
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list. After a bulk action, redirect to ``next`` if it is given."""
        title = str(self.opts.verbose_name_plural).capitalize()
        context = {"title": title, "navigation": navigation(request), **(extra_context or {})}
        next_url = request.POST.get("next", "")
        problem = self.read_selection(request) if request.method == "POST" else ""
        if problem:
            messages.error(request, problem)
            response: HttpResponse = HttpResponseRedirect(request.get_full_path())
        else:
            try:
                response = super().changelist_view(request, context)
            except DisallowedModelAdminLookup:
                messages.warning(request, gettext("This list cannot be narrowed in that way. All of it is shown."))
                return HttpResponseRedirect(request.path)
        if response.status_code == 302 and url_has_allowed_host_and_scheme(next_url, {request.get_host()}):
            response.headers["Location"] = next_url
        return response

    def read_selection(self, request: HttpRequest) -> str:
        """Read the selected ids and versions into the request. Returns an error message, or "".

        Replaces ``request.POST``.
        """
        posted = request.POST.copy()
        found = [SELECTION_PATTERN.fullmatch(value) for value in posted.getlist(ACTION_CHECKBOX_NAME)]
        vars(request)["seen_versions"] = {int(one[1]): int(one[2]) if one[2] else None for one in found if one}
        posted.setlist(ACTION_CHECKBOX_NAME, [str(pk) for pk in seen_versions(request)])
        posted["select_across"] = "0"
        request.POST = posted  # type: ignore[assignment]
        if len(seen_versions(request)) > MAX_SELECTED:
            return gettext("Choose at most {most} at once. Nothing was done.").format(most=MAX_SELECTED)
        return ""

    @admin.display(description="")
    def action_checkbox(self, obj: Any) -> SafeString:
        box = CheckboxInput(
            {"class": "action-select", "aria-label": gettext("Choose {obj}").format(obj=obj)}, lambda value: False
        )
        return box.render(ACTION_CHECKBOX_NAME, selection_value(obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The bulk actions that some membership of the user allows."""
        if not self.bulk_actions or not belongs_to_a_desk(request):
            return {}
        desks, kind = list(Desk.objects.visible_to(request.user)), record_name(self.model())
        return {
            name: (make_bulk_action(name), name, self.record_actions[name].label or humanize(name).capitalize())
            for name in self.bulk_actions
            if can_anywhere(request.user, kind, name, desks)
        }

    def run_bulk_action(self, request: HttpRequest, records: QuerySet[Model], name: str) -> HttpResponse | None:
        """Show one form for all selected records, then apply the action to each and report the counts."""
        action, chosen = self.record_actions[name], list(records)
        confirmed = "confirmed" in request.POST or not action.has_fields
        form = action.form(request.POST if confirmed else None, user=request.user)
        label = action.label or humanize(name).capitalize()
        if confirmed and form.is_valid():
            self.report_bulk_results(
                request, label, [self.apply_to_one(request, record, action, form) for record in chosen]
            )
            return None
        rows = [(selection_value(record, seen_versions(request).get(record.pk)), record) for record in chosen]
        context = self.base_context(
            request,
            title=gettext("{label}: {count} chosen").format(label=label, count=len(chosen)),
            form=form,
            button=label,
        )
        context |= {"chosen": rows, "action": name, "destructive": action.destructive, "back": request.get_full_path()}
        return TemplateResponse(request, "factcheck/admin/action_form.html", context, status=422 if confirmed else 200)

    def base_context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        """The context that every page needs."""
        shared = {**self.admin_site.each_context(request), "navigation": navigation(request)}
        return {**shared, "opts": self.opts, "media": self.media, **more}

    def apply_to_one(self, request: HttpRequest, record: Any, action: RecordAction, form: ActionForm) -> str:
        """Apply the action to one record at the version the user saw. Returns the error message, or ""."""
        arguments = dict(form.cleaned_data)
        try:
            if action.versioned:
                arguments["version"] = seen_versions(request).get(record.pk)
                if arguments["version"] is None:
                    raise StaleRevision(gettext(gettext("Open the page again: it did not say which version you saw.")))
            with translation.override(ENGLISH):  # what is stored is English
                action.function(record, by=person(request), **arguments)
        except FactcheckError as refusal:
            return told(refusal.message)
        return ""

    def report_bulk_results(self, request: HttpRequest, label: str, results: list[str]) -> None:
        done = results.count("")
        if done:
            messages.success(request, gettext("{label}: {count} done.").format(label=label, count=done))
        for reason in sorted({result for result in results if result}):
            messages.error(
                request,
                gettext("{label}: {count} refused. {reason}").format(
                    label=label, count=results.count(reason), reason=reason
                ),
            )


def seen_versions(request: HttpRequest) -> dict[int, int | None]:
    """The selected ids with the versions the user saw, as ``read_selection`` stored them on the request."""
    selected: dict[int, int | None] = vars(request)["seen_versions"]
    return selected


def selection_value(record: Any, version: int | None = None) -> str:
    """The value of a record's checkbox: its id, and the version the user saw if it has one."""
    version = version or getattr(record, "version", None)
    return f"{record.pk}.{version}" if version else str(record.pk)


def make_bulk_action(name: str) -> Callable[..., Any]:
    """A function in the form in which Django's change list calls an action."""

    def action(page: RecordListAdmin, request: HttpRequest, records: QuerySet[Model]) -> HttpResponse | None:
        return page.run_bulk_action(request, records, name)

    return action
