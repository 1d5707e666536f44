"""What every admin page of the app shares: records one may see, buttons from the table of acts, no delete.

A noun's admin names its ``acts``: each is a function of ``workflow`` and the form it takes. Whether a button is
shown comes from ``states`` and ``permissions``; whether the act happens is decided by the function alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from factcheck.errors import FactcheckError, NotAllowed, StaleRevision
from factcheck.models import Desk, Event, Membership
from factcheck.workflow.transitions import may


def belongs_to_a_desk(request: HttpRequest) -> bool:
    """Rights come from memberships; being a superuser opens nothing."""
    user = request.user
    if not hasattr(request, "belongs_to_a_desk"):
        belongs = user.is_active and user.is_staff and Membership.objects.filter(user=user.pk).exists()
        request.belongs_to_a_desk = bool(belongs)  # asked once for each model of the side bar
    return request.belongs_to_a_desk


class ActForm(forms.Form):
    """What an act asks of a person: nothing, unless a noun's form adds fields. It knows the record and who asks."""

    required_css_class = "required"

    def __init__(self, *args: Any, user: Any, record: Any = None, **kwargs: Any) -> None:
        self.user, self.record = user, record
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fit()

    def fit(self) -> None:
        """Fit choices and first values to the record; for the forms of the nouns."""


class NoteForm(ActForm):
    """An act that needs a reason."""

    note = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea({"rows": 3}))


def desks_open_to(user: Any, act: str) -> list[Desk]:
    """The desks on which a person may do this act of a desk."""
    return [desk for desk in Desk.objects.visible_to(user) if may(user, desk, act)]


def on_own_pages(request: HttpRequest, model: type[Model]) -> bool:
    """Whether the page asked for is one of this noun's: what takes queries is not asked for the side bar."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith(f"factcheck_{model._meta.model_name}_")


class Several(forms.ModelMultipleChoiceField):
    """Records to choose several of. A number that no database holds is no choice, and is not asked for."""

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if len(str(one)) > 18:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": "that"})
        return super().clean(value)


@dataclass(frozen=True)
class Act:
    """One button: the function of ``workflow``, its form, and what the button and the message say.

    ``versioned``: the function takes the version the person saw. ``grave``: it looks it.
    """

    call: Callable[..., Any]
    form: type[ActForm] = ActForm
    label: str = ""
    done: str = ""
    versioned: bool = True
    grave: bool = False

    @property
    def asks(self) -> bool:
        return bool(self.form.base_fields)


@dataclass(frozen=True)
class Button:
    """A button as a page shows it; ``asks`` leads to a form, the others act at once."""

    name: str
    label: str
    address: str
    asks: bool
    grave: bool


def words(name: str) -> str:
    return name.replace("_", " ")


def address_of(record: Model, page: str = "change") -> str:
    """Where a record stands in the admin; empty for a kind without pages."""
    try:
        return reverse(f"admin:factcheck_{record._meta.model_name}_{page}", args=[record.pk])
    except NoReverseMatch:
        return ""


class RecordAdmin(admin.ModelAdmin):
    """A list of records, a page for each, and the acts of the noun. Nothing is deleted and no column edited."""

    acts: ClassVar[dict[str, Act]] = {}
    bulk_acts: ClassVar[tuple[str, ...]] = ()
    new_form: ClassVar[type[ActForm] | None] = None
    new_label: ClassVar[str] = ""
    page_fields: ClassVar[tuple[str, ...]] = ()
    record_template = "factcheck/admin/record.html"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # counts beside each filter cost a query each
    actions = None

    # who sees what
    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return self.model._default_manager.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return belongs_to_a_desk(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return belongs_to_a_desk(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.new_form is not None and belongs_to_a_desk(request)

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
        own = [path("<str:object_id>/act/<slug:act>/", wrap(self.act_view), name=f"{name}_act")]
        return [*own, *super().get_urls()]

    def context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **more}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one record. It is changed by its acts, each at an address of its own."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        record = self.find(request, object_id)
        context = self.context(
            request, title=str(record), original=record, record=record, facts=list(self.facts(record)),
            buttons=self.buttons(request.user, record), events=self.events(request.user, record)[:10],
            **self.page(request, record),
        )  # fmt: skip
        return TemplateResponse(request, self.record_template, context)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What a noun's own template shows besides."""
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

    # acts
    def buttons(self, user: Any, record: Any) -> list[Button]:
        """The acts open to this person from the state the record is in."""
        name = f"admin:factcheck_{self.opts.model_name}_act"
        return [
            Button(key, act.label or words(key).capitalize(), reverse(name, args=[record.pk, key]), act.asks, act.grave)
            for key, act in self.acts.items()
            if self.offers(record, key) and self.open_to(user, record, key)
        ]

    def open_to(self, user: Any, record: Any, name: str) -> bool:
        """Whether a person may do it; for a noun whose rights are those of another record, a feed's desk say."""
        return may(user, record, self.right_of(name))

    def offers(self, record: Any, name: str) -> bool:
        """Whether an act makes sense for this record, where the table of states does not say it."""
        return True

    def right_of(self, name: str) -> str:
        """The act in the tables of states and rights that a button stands for."""
        return name

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Ask for what the act needs, then do it; a refusal is shown beside what was typed."""
        record, chosen = self.find(request, object_id), self.acts.get(act)
        if chosen is None:
            raise Http404("There is no such act.")
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = chosen.form(*posted, user=request.user, record=record)
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                result = self.perform(request, record, chosen, form)
            except FactcheckError as refusal:
                form.add_error(None, refusal.message)
                status = status_of(refusal)
            else:
                said = chosen.done or f"{chosen.label or words(act).capitalize()}: done."
                messages.success(request, said)
                return HttpResponseRedirect(self.way_back(request, record, result))
        elif request.method == "POST":
            status = 422
        label = chosen.label or words(act).capitalize()
        context = self.context(
            request, title=f"{label}: {record}", original=record, record=record, form=form, button=label,
            grave=chosen.grave, version=request.POST.get("version") or getattr(record, "version", ""),
            back=self.way_back(request, record, None),
        )  # fmt: skip
        return TemplateResponse(request, "factcheck/admin/act.html", context, status=status)

    def perform(self, request: HttpRequest, record: Any, act: Act, form: ActForm) -> Any:
        said = dict(form.cleaned_data)
        if act.versioned:
            seen = request.POST.get("version", "")
            said["version"] = int(seen) if seen.isdecimal() and len(seen) < 10 else None
            if said["version"] is None:
                raise StaleRevision("Open the page again: it did not say which version you saw.")
        return act.call(record, by=request.user, **said)

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        """Where to go after an act: where the person came from on this site, or the record's page."""
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
        return TemplateResponse(request, "factcheck/admin/act.html", context, status=status)

    def create(self, request: HttpRequest, form: ActForm) -> Any:
        """Make the record by an act of ``workflow``; for the nouns that have a ``new_form``."""
        raise NotImplementedError

    # acts on many records of a list
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; after an act on some of it, back to where the person chose them."""
        title = str(self.opts.verbose_name_plural).capitalize()
        answer = super().changelist_view(request, {"title": title, **(extra_context or {})})
        wanted = request.POST.get("next", "")
        if answer.status_code == 302 and url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
            answer.headers["Location"] = wanted
        return answer

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not belongs_to_a_desk(request):
            return {}
        return {name: (bulk(name), name, self.acts[name].label or words(name).capitalize()) for name in self.bulk_acts}

    def act_on_many(self, request: HttpRequest, records: QuerySet[Model], name: str) -> HttpResponse | None:
        """One form for all that were chosen; each is done or refused by itself, and counted."""
        act = self.acts[name]
        confirmed = "confirmed" in request.POST or not act.asks
        form = act.form(request.POST if confirmed else None, user=request.user)
        label = act.label or words(name).capitalize()
        if confirmed and form.is_valid():
            self.report_many(request, label, [self.try_one(request, record, act, form) for record in records])
            return None
        context = self.context(request, title=f"{label}: {len(records)} chosen", form=form, button=label)
        context |= {"chosen": records, "action": name, "grave": act.grave, "back": request.get_full_path()}
        return TemplateResponse(request, "factcheck/admin/act.html", context, status=422 if confirmed else 200)

    def try_one(self, request: HttpRequest, record: Any, act: Act, form: ActForm) -> str:
        said = {**form.cleaned_data, "version": record.version} if act.versioned else form.cleaned_data
        try:
            act.call(record, by=request.user, **said)
        except FactcheckError as refusal:
            return refusal.message
        return ""

    def report_many(self, request: HttpRequest, label: str, answers: list[str]) -> None:
        done = answers.count("")
        if done:
            messages.success(request, f"{label}: {done} done.")
        for reason in sorted({answer for answer in answers if answer}):
            messages.error(request, f"{label}: {answers.count(reason)} refused. {reason}")


def bulk(name: str) -> Callable[..., Any]:
    """The function that Django's list page calls for an act on many records."""

    def action(page: RecordAdmin, request: HttpRequest, records: QuerySet[Model]) -> HttpResponse | None:
        return page.act_on_many(request, records, name)

    return action


def status_of(refusal: FactcheckError) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409
