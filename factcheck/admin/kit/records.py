"""``RecordAdmin``, the base of all pages: visible records only, changed by actions, never deleted.

A subclass declares ``record_actions``: functions of ``workflow`` with their forms. ``states`` and ``permissions``
decide whether a button is shown; the function itself decides whether the action is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from factcheck.errors import FactcheckError, Invalid, NotAllowed, StaleRevision
from factcheck.language import ENGLISH, told
from factcheck.models import Event, record_name
from factcheck.permissions import refusal
from factcheck.states import rows_of

from .access import belongs_to_a_desk, desks_allowing, is_page_of, person
from .actions import ActionForm, Button, RecordAction
from .changelist import RecordListAdmin
from .formatting import humanize, paragraphs
from .links import admin_url

ACTION_FORM = "factcheck/admin/action_form.html"


class RecordAdmin(RecordListAdmin):
    """The list of a model, the page of a record, and its actions. Nothing is deleted, no field is edited directly."""

    add_form: ClassVar[type[ActionForm] | None] = None
    add_label: ClassVar[str] = ""
    detail_fields: ClassVar[tuple[str, ...]] = ()
    record_template = "factcheck/admin/record.html"
    progress_template: ClassVar[str] = ""
    """The fragment that shows progress. Pages with unfinished work poll it."""

    add_action: ClassVar[str] = ""
    """The action on a desk that creating a record needs. Users who may do it on no desk get no link to the form."""

    # who sees what
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
        return visible

    def has_module_permission(self, request: HttpRequest) -> bool:
        return belongs_to_a_desk(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return belongs_to_a_desk(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        if self.add_form is None or not belongs_to_a_desk(request):
            return False
        if not self.add_action:
            return True
        return is_page_of(request, self.model) and bool(desks_allowing(request.user, self.add_action))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_record(self, request: HttpRequest, pk: str) -> Any:
        """The record. Raises Http404 if it does not exist or the user may not see it."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
        if found is None:
            raise Http404(gettext("There is no such record, or you may not see it."))
        return found

    # pages
    def get_urls(self) -> list[Any]:
        name = f"factcheck_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        own = [path("<str:object_id>/action/<slug:action>/", wrap(self.action_view), name=f"{name}_action")]
        if self.progress_template:
            own.append(path("<str:object_id>/waiting/", wrap(self.progress_view), name=f"{name}_progress"))
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of a record. It is read only; each action has its own URL."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        record = self.get_record(request, object_id)
        context = self.base_context(
            request,
            title=str(record),
            original=record,
            record=record,
            facts=list(self.facts(record)),
            buttons=self.buttons(request.user, record),
            events=self.events(request.user, record)[:10],
            **self.page_context(request, record),
        )
        return TemplateResponse(request, self.record_template, context)

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Extra context for the template of a model."""
        return {}

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The progress of the work on a record, as a fragment for polling."""
        record = self.get_record(request, object_id)
        return TemplateResponse(
            request, self.progress_template, {"record": record, **self.progress_context(request, record)}
        )

    def progress_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """Extra context for ``progress_template``."""
        return {}

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        """Label, value and URL of each entry in the summary of the page. Empty values are left out."""
        for name in self.detail_fields:
            display = getattr(record, f"get_{name}_display", None)
            value = display() if display else getattr(record, name)
            value = value() if callable(value) else value
            if value is None or value in ("", []):
                continue
            if isinstance(value, list):
                value = paragraphs(value)
            label = (
                str(getattr(self.opts.get_field(name), "verbose_name", name)) if hasattr(type(record), name) else name
            )
            yield humanize(label), value, admin_url(value) if isinstance(value, Model) else ""

    def events(self, user: Any, record: Any) -> Any:
        return Event.objects.visible_to(user).of(record).reverse().select_related("actor", "note")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_record(request, object_id)
        context = self.base_context(
            request, title=gettext("History: {record}").format(record=record), original=record, record=record
        )
        context["events"] = self.events(request.user, record)[:500]
        return TemplateResponse(request, "factcheck/admin/history.html", context)

    # actions
    def buttons(self, user: Any, record: Any) -> list[Button]:
        """Buttons for the actions the user may do in the record's state."""
        name = f"admin:factcheck_{self.opts.model_name}_action"
        return [
            Button(
                key,
                action.label or humanize(key).capitalize(),
                reverse(name, args=[record.pk, key]),
                action.has_fields or has_warning(action, user, record),
                action.destructive,
            )
            for key, action in self.record_actions.items()
            if self.is_offered(record, key) and self.is_available(user, record, key)
        ]

    def is_available(self, user: Any, record: Any, name: str) -> bool:
        """Whether the user may do it in the record's state."""
        kind, action = record_name(record), self.permission_action(name)
        rows = rows_of(kind, action)
        possible = not rows or any(row.person for row in rows_of(kind, action, record.state))
        return possible and self.is_permitted(user, record, name)

    def is_permitted(self, user: Any, record: Any, name: str) -> bool:
        """Whether the user has the permission, whatever the state. Overridden where another record decides."""
        return refusal(user, record, record_name(record), self.permission_action(name)) is None

    def refusal_message(self, user: Any, record: Any, name: str) -> str:
        """Why the user may not do it; empty if they may."""
        if self.is_permitted(user, record, name):
            return ""
        refused = refusal(user, record, record_name(record), self.permission_action(name))
        return (
            gettext("You may not do this here.")
            if refused is None or refused.code == "not_allowed"
            else told(refused.message)
        )

    def is_offered(self, record: Any, name: str) -> bool:
        """Conditions on the record that the table of transitions does not hold."""
        return True

    def permission_action(self, name: str) -> str:
        """The action in the tables of transitions and permissions that a button stands for."""
        return name

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """Show the form of an action, or run it. Errors are shown next to the submitted values."""
        record, chosen = self.get_record(request, object_id), self.record_actions.get(action)
        if chosen is None:
            raise Http404(gettext("There is no such action."))
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = chosen.form(*posted, user=request.user, record=record)
        if not form.is_valid() and (refused := self.refusal_message(request.user, record, action)):
            return self.refusal_view(request, record, action, refused)
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                result = self.perform_action(request, record, chosen, form)
            except FactcheckError as refusal:
                form.add_error(None, told(refusal.message))
                status = http_status_of(refusal)
            else:
                message = chosen.success_message or gettext("{label}: done.").format(
                    label=chosen.label or humanize(action).capitalize()
                )
                if wants_fragment(request):
                    return JsonResponse({"message": message})
                messages.success(request, message)
                return HttpResponseRedirect(self.return_url(request, record, result))
        elif request.method == "POST":
            status = 422
        label = chosen.label or humanize(action).capitalize()
        context = self.base_context(
            request,
            title=f"{label}: {record}",
            original=record,
            record=record,
            form=form,
            button=label,
            destructive=chosen.destructive,
            version=request.POST.get("version") or getattr(record, "version", ""),
            back=self.return_url(request, record, None),
        )
        context["posts_to"] = reverse(f"admin:factcheck_{self.opts.model_name}_action", args=[record.pk, action])
        template = "factcheck/admin/action_fragment.html" if wants_fragment(request) else ACTION_FORM
        return TemplateResponse(request, template, context, status=status)

    def refusal_view(self, request: HttpRequest, record: Any, action: str, message: str) -> HttpResponse:
        """Say why the user may not do it. The form is not shown, because its choices may reveal hidden records."""
        label = self.record_actions[action].label or humanize(action).capitalize()
        context = self.base_context(
            request,
            title=f"{label}: {record}",
            original=record,
            record=record,
            refused=message,
            back=self.return_url(request, record, None),
        )
        template = (
            "factcheck/admin/refusal_fragment.html"
            if wants_fragment(request)
            else "factcheck/admin/action_refused.html"
        )
        return TemplateResponse(request, template, context, status=403)

    def perform_action(self, request: HttpRequest, record: Any, action: RecordAction, form: ActionForm) -> Any:
        arguments = dict(form.cleaned_data)
        if action.versioned:
            version = request.POST.get("version", "")
            arguments["version"] = int(version) if version.isdecimal() and len(version) < 10 else None
            if arguments["version"] is None:
                raise StaleRevision(gettext("Open the page again: it did not say which version you saw."))
        with translation.override(ENGLISH):  # what is stored is English
            return action.function(record, by=person(request), **arguments)

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        """The URL to go to after an action: ``next`` if it is on this site, else the record's page."""
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            return wanted
        return admin_url(record)

    # new records
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.add_form is None or not self.has_add_permission(request):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = self.add_form(*posted, user=request.user)
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                with translation.override(ENGLISH):  # what is stored is English
                    record = self.create_record(request, form)
            except FactcheckError as refusal:
                form.add_error(None, told(refusal.message))
                status = http_status_of(refusal)
            else:
                return HttpResponseRedirect(self.return_url(request, record, record))
        elif request.method == "POST":
            status = 422
        label = self.add_label or gettext("New {verbose_name}").format(verbose_name=self.opts.verbose_name)
        back = reverse(f"admin:factcheck_{self.opts.model_name}_changelist")
        context = self.base_context(request, title=label, form=form, button=label, back=back, add=True)
        return TemplateResponse(request, ACTION_FORM, context, status=status)

    def create_record(self, request: HttpRequest, form: ActionForm) -> Any:
        """Create the record by a function of ``workflow``; for subclasses with an ``add_form``."""
        raise NotImplementedError


def has_warning(action: RecordAction, user: Any, record: Any) -> bool:
    """Whether an action without fields has a warning to show first."""
    return bool(action.form(user=user, record=record).warning)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether the page's own script asks: it is given the form alone, and a message instead of another page."""
    return "X-Factcheck-Fragment" in request.headers


def http_status_of(refusal: FactcheckError) -> int:
    """As the API answers: 422 for what was handed in, 409 for what the record does not allow as it is now."""
    return 403 if isinstance(refusal, NotAllowed) else 422 if isinstance(refusal, Invalid) else 409
