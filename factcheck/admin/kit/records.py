"""What every admin page of the app shares: records one may see, buttons from the table of actions, no delete.

A noun's admin names its ``actions``: each is a function of ``workflow`` and the form it takes. Whether a button is
shown comes from ``states`` and ``permissions``; whether the action happens is decided by the function alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from factcheck.errors import FactcheckError, NotAllowed, StaleRevision
from factcheck.models import Event
from factcheck.permissions import refusal
from factcheck.states import rows_of
from factcheck.workflow.transitions import kind_of

from .access import belongs_to_a_desk, desks_open_to, on_own_pages
from .actions import ActionForm, Button, RecordAction
from .changelist import RecordList
from .formatting import words
from .links import address_of


class RecordAdmin(RecordList):
    """A list of records, a page for each, and the actions of the noun. Nothing is deleted and no column edited."""

    new_form: ClassVar[type[ActionForm] | None] = None
    new_label: ClassVar[str] = ""
    page_fields: ClassVar[tuple[str, ...]] = ()
    record_template = "factcheck/admin/record.html"
    waiting_template: ClassVar[str] = ""
    """The part of the page that says how far work is; a page whose work is under way asks for it again and again."""

    new_right: ClassVar[str] = ""
    """The action of a desk that making one is; a person who may do it nowhere is not led to the form."""

    # who sees what
    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return self.model._default_manager.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return belongs_to_a_desk(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return belongs_to_a_desk(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        if self.new_form is None or not belongs_to_a_desk(request):
            return False
        if not self.new_right:
            return True
        return on_own_pages(request, self.model) and bool(desks_open_to(request.user, self.new_right))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def find(self, request: HttpRequest, pk: str) -> Any:
        """The record, or 404 for one that does not exist for this person."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
        if found is None:
            raise Http404("There is no such record, or you may not see it.")
        return found

    # pages
    def get_urls(self) -> list[Any]:
        name = f"factcheck_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        own = [path("<str:object_id>/action/<slug:action>/", wrap(self.action_view), name=f"{name}_action")]
        if self.waiting_template:
            own.append(path("<str:object_id>/waiting/", wrap(self.waiting_view), name=f"{name}_waiting"))
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one record. It is changed by its actions, each at an address of its own."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        record = self.find(request, object_id)
        context = self.context(
            request,
            title=str(record),
            original=record,
            record=record,
            facts=list(self.facts(record)),
            buttons=self.buttons(request.user, record),
            events=self.events(request.user, record)[:10],
            **self.page(request, record),
        )
        return TemplateResponse(request, self.record_template, context)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What a noun's own template shows besides."""
        return {}

    def waiting_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far the work on a record is: a few rows, whatever the size of its page."""
        record = self.find(request, object_id)
        return TemplateResponse(request, self.waiting_template, {"record": record, **self.waiting(request, record)})

    def waiting(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What the ``waiting_template`` of a noun shows."""
        return {}

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        """Label, value and address of each line at the head of the page; what is empty is left out."""
        for name in self.page_fields:
            shown = getattr(record, f"get_{name}_display", None)
            value = shown() if shown else getattr(record, name)
            value = value() if callable(value) else value
            if value is None or value in ("", []):
                continue
            label = str(self.opts.get_field(name).verbose_name) if hasattr(type(record), name) else name
            yield words(label), value, address_of(value) if isinstance(value, Model) else ""

    def events(self, user: Any, record: Any) -> Any:
        return Event.objects.visible_to(user).of(record).reverse().select_related("actor", "note")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.find(request, object_id)
        context = self.context(request, title=f"History: {record}", original=record, record=record)
        context["events"] = self.events(request.user, record)[:500]
        return TemplateResponse(request, "factcheck/admin/history.html", context)

    # actions
    def buttons(self, user: Any, record: Any) -> list[Button]:
        """The actions open to this person from the state the record is in."""
        name = f"admin:factcheck_{self.opts.model_name}_action"
        return [
            Button(
                key,
                action.label or words(key).capitalize(),
                reverse(name, args=[record.pk, key]),
                action.asks or warns(action, user, record),
                action.grave,
            )
            for key, action in self.record_actions.items()
            if self.offers(record, key) and self.open_to(user, record, key)
        ]

    def open_to(self, user: Any, record: Any, name: str) -> bool:
        """Whether a person may do it to the record as it stands."""
        kind, action = kind_of(record), self.right_of(name)
        rows = rows_of(kind, action)
        stands = not rows or any(row.person for row in rows_of(kind, action, record.state))
        return stands and self.entitled(user, record, name)

    def entitled(self, user: Any, record: Any, name: str) -> bool:
        """Whether it is theirs to do, whatever the state; for rights that are those of another record, too."""
        return refusal(user, record, kind_of(record), self.right_of(name)) is None

    def why_not(self, user: Any, record: Any, name: str) -> str:
        """The sentence for a person whose action it is not; empty for everybody else."""
        if self.entitled(user, record, name):
            return ""
        guard = refusal(user, record, kind_of(record), self.right_of(name))
        return "You may not do this here." if guard is None or guard.code == "not_allowed" else guard.message

    def offers(self, record: Any, name: str) -> bool:
        """Whether an action makes sense for this record, where the table of states does not say it."""
        return True

    def right_of(self, name: str) -> str:
        """The action in the tables of states and rights that a button stands for."""
        return name

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """Ask for what the action needs, then do it; a refusal is shown beside what was typed."""
        record, chosen = self.find(request, object_id), self.record_actions.get(action)
        if chosen is None:
            raise Http404("There is no such action.")
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = chosen.form(*posted, user=request.user, record=record)
        if not form.is_valid() and (refused := self.why_not(request.user, record, action)):
            return self.refused_view(request, record, action, refused)
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                result = self.perform(request, record, chosen, form)
            except FactcheckError as refusal:
                form.add_error(None, refusal.message)
                status = status_of(refusal)
            else:
                said = chosen.done or f"{chosen.label or words(action).capitalize()}: done."
                messages.success(request, said)
                return HttpResponseRedirect(self.way_back(request, record, result))
        elif request.method == "POST":
            status = 422
        label = chosen.label or words(action).capitalize()
        context = self.context(
            request,
            title=f"{label}: {record}",
            original=record,
            record=record,
            form=form,
            button=label,
            grave=chosen.grave,
            version=request.POST.get("version") or getattr(record, "version", ""),
            back=self.way_back(request, record, None),
        )
        return TemplateResponse(request, "factcheck/admin/action.html", context, status=status)

    def refused_view(self, request: HttpRequest, record: Any, action: str, message: str) -> HttpResponse:
        """Why an action is not theirs. Its form is not shown: what it offers to choose from tells of the record."""
        label = self.record_actions[action].label or words(action).capitalize()
        context = self.context(
            request,
            title=f"{label}: {record}",
            original=record,
            record=record,
            refused=message,
            back=self.way_back(request, record, None),
        )
        return TemplateResponse(request, "factcheck/admin/refused.html", context, status=403)

    def perform(self, request: HttpRequest, record: Any, action: RecordAction, form: ActionForm) -> Any:
        said = dict(form.cleaned_data)
        if action.versioned:
            seen = request.POST.get("version", "")
            said["version"] = int(seen) if seen.isdecimal() and len(seen) < 10 else None
            if said["version"] is None:
                raise StaleRevision("Open the page again: it did not say which version you saw.")
        return action.call(record, by=request.user, **said)

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        """Where to go after an action: where the person came from on this site, or the record's page."""
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            return wanted
        return address_of(record)

    # new records
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.new_form is None or not self.has_add_permission(request):
            raise PermissionDenied
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = self.new_form(*posted, user=request.user)
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                made = self.create(request, form)
            except FactcheckError as refusal:
                form.add_error(None, refusal.message)
                status = status_of(refusal)
            else:
                return HttpResponseRedirect(self.way_back(request, made, made))
        elif request.method == "POST":
            status = 422
        label = self.new_label or f"New {self.opts.verbose_name}"
        back = reverse(f"admin:factcheck_{self.opts.model_name}_changelist")
        context = self.context(request, title=label, form=form, button=label, back=back, add=True)
        return TemplateResponse(request, "factcheck/admin/action.html", context, status=status)

    def create(self, request: HttpRequest, form: ActionForm) -> Any:
        """Make the record by an action of ``workflow``; for the nouns that have a ``new_form``."""
        raise NotImplementedError


def warns(action: RecordAction, user: Any, record: Any) -> bool:
    """Whether an action that asks nothing has something to say before it is done."""
    return hasattr(action.form, "warning") and bool(action.form(user=user, record=record).warning)


def status_of(refusal: FactcheckError) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409
