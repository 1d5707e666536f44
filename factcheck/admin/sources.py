"""The registry of sources: searched, recorded, changed and graded. A confidential source is shown by its code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from factcheck.errors import FactcheckError
from factcheck.language import gettext_lazy, lazy_words, told
from factcheck.models import Desk, Document, Evidence, Source, SourceKind, Topic, colleagues_of
from factcheck.workflow.sources import change_source, grade_source, grant_access, open_name, record_source
from factcheck.workflow.transitions import can

from .kit.access import person
from .kit.actions import ActionForm, RecordAction
from .kit.fields import LinesField, RecordsField, SourceField, suggest_sources, textarea
from .kit.formatting import badge, humanize
from .kit.links import admin_url, link, links
from .kit.records import RecordAdmin, http_status_of

MAX_ROWS = 20
GRADES = {
    "A": gettext_lazy("A: completely reliable"),
    "B": gettext_lazy("B: usually reliable"),
    "C": gettext_lazy("C: fairly reliable"),
    "D": gettext_lazy("D: not usually reliable"),
    "E": gettext_lazy("E: unreliable"),
    "F": gettext_lazy("F: cannot be judged"),
}
CONFIDENTIAL_FIELDS = ("name", "aliases", "domains")


class SourceForm(ActionForm):
    """What the registry holds of a source."""

    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=[(name, lazy_words(name)) for name in SourceKind.values])
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        required=False,
        help_text=gettext_lazy("Two capital letters, such as NO."),
        error_messages={"invalid": gettext_lazy("A country is two capital letters, such as NO.")},
    )
    aliases = LinesField(
        label=gettext_lazy("Other names"), help_text=gettext_lazy("One in a line, as copy refers to it.")
    )
    domains = LinesField(help_text=gettext_lazy("One in a line, such as example.org. Platforms are never a source."))
    owner = SourceField(label=gettext_lazy("Owned by"), help_text=gettext_lazy("Sources of one owner are one origin."))


class ChangeSourceForm(SourceForm):
    party_to = RecordsField(
        Topic.objects.none(),
        label=gettext_lazy("Has an interest in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def setup_fields(self) -> None:
        source = self.record
        suggest_sources(self, "owner")
        self.set_records("party_to", Topic.objects.visible_to(self.user))
        for name in ("name", "kind", "country", "owner"):
            self.fields[name].initial = getattr(source, name)
        self.fields["party_to"].initial = source.party_to.all()
        self.fields["aliases"].initial = aliases_of(source)
        self.fields["domains"].initial = [row.domain for row in source.domains.order_by("domain")]
        for name in CONFIDENTIAL_FIELDS if source.confidential else ():
            del self.fields[name]


class NewSourceForm(SourceForm):
    confidential = forms.BooleanField(
        label=gettext_lazy("The name is confidential"),
        required=False,
        help_text=gettext_lazy("It is sealed, and a code stands in its place on every page and in every report."),
    )
    people_with_access = RecordsField(
        get_user_model().objects.none(),
        label=gettext_lazy("Who may open the name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Besides the chief of the desk."),
    )
    desk = forms.ModelChoiceField(
        Desk.objects.none(), empty_label=None, help_text=gettext_lazy("The registry is shared by all.")
    )

    def setup_fields(self) -> None:
        suggest_sources(self, "owner")
        desks = [desk.pk for desk in Desk.objects.visible_to(self.user) if can(self.user, desk, "record_source")]
        self.set_records("desk", Desk.objects.filter(pk__in=desks))
        self.set_records("people_with_access", colleagues_of(self.user))

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        if cleaned_data.get("people_with_access") and not cleaned_data.get("confidential"):
            self.add_error("people_with_access", gettext("Nobody needs to open a name that is not confidential."))
        for name in ("aliases", "domains") if cleaned_data.get("confidential") else ():
            if cleaned_data.get(name):
                self.add_error(name, gettext("This would give a confidential source away."))
        return cleaned_data


class GradeSourceForm(ActionForm):
    reliability = forms.ChoiceField(widget=forms.RadioSelect, choices=list(GRADES.items()))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, widget=textarea(3))

    def setup_fields(self) -> None:
        self.fields["reliability"].initial = self.record.reliability


class AccessForm(ActionForm):
    people_with_access = RecordsField(
        get_user_model().objects.none(),
        label=gettext_lazy("Who may open the name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Besides the chief of the desk that entered the source."),
    )

    def setup_fields(self) -> None:
        self.set_records("people_with_access", colleagues_of(self.user))
        self.fields["people_with_access"].initial = self.record.people_with_access.all()


def aliases_of(source: Source) -> list[str]:
    return list(source.names.exclude(name=source.name).order_by("name").values_list("name", flat=True))


class ReliabilityFilter(admin.SimpleListFilter):
    title = gettext_lazy("reliability")
    parameter_name = "grade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*GRADES.items(), ("none", gettext("not graded"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        if self.value() is None:
            return queryset
        return queryset.filter(reliability="" if self.value() == "none" else self.value())


class CountryFilter(admin.AllValuesFieldListFilter):
    """By country, with a label for sources without one."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice if choice["display"] else {**choice, "display": gettext("none")}


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "grade": RecordAction(grade_source, GradeSourceForm, success_message=gettext_lazy("The grade is noted.")),
        "change": RecordAction(change_source, ChangeSourceForm, success_message=gettext_lazy("The source is changed.")),
        "grant_access": RecordAction(
            grant_access,
            AccessForm,
            gettext_lazy("Entrust the name"),
            gettext_lazy("It is noted who may open the name."),
        ),
        "open_name": RecordAction(open_name, label=gettext_lazy("Open the name"), versioned=False),
    }
    add_form = NewSourceForm
    add_label = gettext_lazy("New source")
    record_template = "factcheck/admin/source.html"
    list_display = ["name", "kind_label", "country", "owner", "grade"]
    list_filter: ClassVar = ["kind", ReliabilityFilter, "confidential", ("country", CountryFilter)]
    list_select_related = ["owner"]
    search_fields: ClassVar = ["name", "names__name", "domains__domain"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("owner")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only for users who may record sources for some desk."""
        desks = Desk.objects.visible_to(request.user)
        return super().has_add_permission(request) and any(
            can(person(request), desk, "record_source") for desk in desks
        )

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_label(self, source: Source) -> str:
        return humanize(source.kind)

    @admin.display(description=gettext_lazy("reliability"), ordering="reliability")
    def grade(self, source: Source) -> str:
        return GRADES.get(source.reliability, gettext("not graded"))

    def is_offered(self, record: Source, name: str) -> bool:
        return record.confidential or name not in ("grant_access", "open_name")

    def facts(self, record: Source) -> Iterable[tuple[str, Any, str]]:
        if record.confidential:
            yield gettext("name"), badge("stale", "confidential"), ""
        yield gettext("kind"), humanize(record.kind), ""
        yield gettext("country"), record.country or gettext("none"), ""
        yield gettext("other names"), ", ".join(aliases_of(record)) or gettext("none"), ""
        yield (
            gettext("domains"),
            ", ".join(row.domain for row in record.domains.order_by("domain")) or gettext("none"),
            "",
        )
        yield gettext("owned by"), link(record.owner) if record.owner else gettext("nobody"), ""
        if owned := list(record.owned.order_by("name")):
            yield gettext("owns"), links(owned), ""
        yield gettext("has an interest in"), links(list(record.party_to.order_by("title"))), ""
        yield gettext("reliability"), self.grade(record), ""
        if record.reliability_reason:
            yield gettext("graded so because"), record.reliability_reason, ""

    def page_context(self, request: HttpRequest, record: Source) -> dict[str, Any]:
        evidence = Evidence.objects.visible_to(request.user).filter(source=record).select_related("claim")
        may_see_people = can(person(request), record, "grant_access") or can(person(request), record, "open_name")
        return {
            "evidence": evidence.order_by("-pk")[:MAX_ROWS],
            "documents": Document.objects.visible_to(request.user).filter(publisher=record).order_by("-pk")[:MAX_ROWS],
            "people_with_access": record.people_with_access.order_by("pk")
            if record.confidential and may_see_people
            else None,
            "limit": MAX_ROWS,
        }

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return super().add_view(request, *args, **kwargs)

    def create_record(self, request: HttpRequest, form: Any) -> Source:
        return record_source(by=person(request), **form.cleaned_data)

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """Show an opened name in this response only: it is in no message, session or cache."""
        if action != "open_name":
            return super().action_view(request, object_id, action)
        source = self.get_record(request, object_id)
        if request.method != "POST":
            raise PermissionDenied
        context = self.base_context(
            request,
            title=gettext("The name of {source}").format(source=source),
            original=source,
            back=admin_url(source),
        )
        try:
            context["name"] = open_name(source, by=person(request))
            status = 200
        except FactcheckError as refused:
            context["refused"] = told(refused.message)
            status = http_status_of(refused)
        response = TemplateResponse(request, "factcheck/admin/source_name.html", context, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response
