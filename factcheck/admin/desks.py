"""Desks and their policies. A desk chief manages the own desk here.

See ``memberships``, ``feeds`` and ``webhooks`` for what belongs to a desk.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext

from factcheck.actors import Person
from factcheck.conf import MOST_ORIGINS
from factcheck.errors import Invalid
from factcheck.language import gettext_lazy, lazy_words, number_said
from factcheck.models import POLICY_FIELDS, Assessment, Desk, Eyes, Membership, Policy, Role, Webhook, by_username
from factcheck.models.labels import translated
from factcheck.workflow.desks import add_member, record_desk, set_policy
from factcheck.workflow.transitions import can, check_permission

from .kit.access import is_page_of, person
from .kit.actions import ActionForm, RecordAction
from .kit.links import admin_url
from .kit.records import RecordAdmin

ROLE_MEANINGS = {
    Role.EDITOR: gettext_lazy("takes texts in, accepts claims, assigns, resolves"),
    Role.CHECKER: gettext_lazy("checks claims and records evidence"),
    Role.REVIEWER: gettext_lazy("signs off or returns"),
    Role.DESK_CHIEF: gettext_lazy("all of these, and arranges the desk"),
    Role.AUDITOR: gettext_lazy("sees everything, decides nothing"),
    Role.SERVICE: gettext_lazy("another program: files texts, asks the gate"),
}


class NewDeskForm(ActionForm):
    name = forms.CharField(max_length=200)
    slug = forms.SlugField(
        max_length=50, help_text=gettext_lazy("Its name in addresses, in plain small letters. It never changes.")
    )


class AddMemberForm(ActionForm):
    user = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, help_text=gettext_lazy("As the person logs in.")
    )
    role = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            (str(role), format_lazy("{}: {}", lazy_words(role), meaning)) for role, meaning in ROLE_MEANINGS.items()
        ],
    )


class SetPolicyForm(ActionForm):
    """The policy of a desk. ``version`` is that of the policy; a desk without a policy starts at 1."""

    version = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    eyes = forms.ChoiceField(
        label=gettext_lazy("Four eyes"), widget=forms.RadioSelect, choices=translated(Eyes.choices)
    )
    assess = forms.ChoiceField(
        label=gettext_lazy("Who assesses evidence"),
        required=False,
        widget=forms.RadioSelect,
        choices=translated(Assessment.choices),
    )
    threshold = forms.FloatField(
        label=gettext_lazy("Check-worthiness from which a claim blocks"),
        min_value=0,
        max_value=1,
        widget=forms.NumberInput({"step": "0.05"}),
        help_text=gettext_lazy("From 0 (everything) to 1. Accepted claims always block."),
    )
    minimum_origins = forms.IntegerField(
        label=gettext_lazy("Independent origins needed for “supported”"),
        min_value=1,
        max_value=MOST_ORIGINS,
        help_text=gettext_lazy("Or one primary source."),
    )
    reliability_floor = forms.ChoiceField(
        label=gettext_lazy("Reliability floor"),
        choices=[(grade, grade) for grade in "ABCDEF"],
        help_text=gettext_lazy("A new conflict voids a sign-off only from a source graded this well or better."),
    )

    conflict_score = forms.FloatField(
        label=gettext_lazy("Score from which a difference is a conflict"),
        min_value=0,
        max_value=1,
        required=False,
        widget=forms.NumberInput({"step": "0.05"}),
        help_text=gettext_lazy("Conflicts block. Empty takes the border of the weights."),
    )
    differs_score = forms.FloatField(
        label=gettext_lazy("Score from which a difference is listed"),
        min_value=0,
        max_value=1,
        required=False,
        widget=forms.NumberInput({"step": "0.05"}),
        help_text=gettext_lazy("Listed, not blocking. Empty takes that of the weights."),
    )

    def setup_fields(self) -> None:
        policy = Policy.of(self.record)
        for name in self.fields:
            self.fields[name].initial = getattr(policy, name)


def add_member_by_name(desk: Desk, *, user: str, role: str, by: Person) -> Membership:
    """Give a role to the user with this name.

    Permission is checked first, so that nobody else learns which user names exist.
    """
    check_permission(by, desk, "arrange")
    model = get_user_model()
    found = model._default_manager.filter(**by_username(user)).first()
    if found is None:
        raise Invalid(
            gettext("Nobody logs in under this name. The site's administrators make accounts."), code="user_unknown"
        )
    return add_member(desk, found, role, by=by)


def policy_facts(policy: Policy) -> list[tuple[str, Any]]:
    return [
        (gettext("four eyes"), policy.get_eyes_display()),
        (gettext("evidence"), gettext(Assessment(policy.assessed_by).label)),
        (gettext("a claim blocks from check-worthiness"), number_said(Decimal(f"{policy.threshold:g}"))),
        (gettext("origins needed for “supported”"), policy.minimum_origins),
        (gettext("reliability floor"), policy.reliability_floor),
        (gettext("a difference is a conflict from score"), policy.conflict_score or gettext("that of the weights")),
        (gettext("a difference is listed from score"), policy.differs_score or gettext("that of the weights")),
    ]


@admin.register(Desk)
class DeskAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "add_member": RecordAction(
            add_member_by_name,
            AddMemberForm,
            gettext_lazy("Add a member"),
            gettext_lazy("The role is given."),
            versioned=False,
        ),
        "set_policy": RecordAction(
            set_policy,
            SetPolicyForm,
            gettext_lazy("Change the policy"),
            gettext_lazy("The policy is set."),
            versioned=False,
        ),
    }
    add_form = NewDeskForm
    add_label = gettext_lazy("New desk")
    record_template = "factcheck/admin/desk.html"
    list_display = ["name", "slug", "people"]
    detail_fields = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Members are counted in a subquery: the visibility filter joins memberships, too."""
        people = Membership.objects.filter(desk=OuterRef("pk")).order_by().values("desk")
        count = people.annotate(count=Count("user", distinct=True)).values("count")
        annotated: QuerySet[Any] = super().get_queryset(request).annotate(member_count=Coalesce(Subquery(count), 0))
        return annotated

    def has_add_permission(self, request: HttpRequest) -> bool:
        here = super().has_add_permission(request) and is_page_of(request, self.model)
        return here and can(person(request), Desk(), "record")

    @admin.display(description=gettext_lazy("people"), ordering="member_count")
    def people(self, desk: Any) -> int:
        return int(desk.member_count)

    def permission_action(self, name: str) -> str:
        return "arrange"

    def create_record(self, request: HttpRequest, form: Any) -> Desk:
        return record_desk(form.cleaned_data["slug"], form.cleaned_data["name"], by=person(request))

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        chiefs = can(person(request), record, "arrange")
        rows = record.memberships.select_related("user").order_by(f"user__{get_user_model().USERNAME_FIELD}", "role")
        return {
            "members": rows,
            "chief_editors": Membership.objects.filter(role=Role.CHIEF_EDITOR, user__is_active=True).select_related(
                "user"
            ),
            "policy": policy_facts(Policy.of(record)),
            "has_policy": Policy.objects.filter(desk=record).exists(),
            "feeds": record.feeds.select_related("publisher").order_by("-active", "pk"),
            "webhooks": Webhook.objects.visible_to(request.user).filter(desk=record).order_by("-active", "pk"),
            "may_arrange": chiefs,
            "may_keep_feeds": can(person(request), record, "keep_feed"),
            "may_keep_webhooks": can(person(request), record, "keep_webhook"),
            "next": admin_url(record),
        }

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        return admin_url(record) if isinstance(record, Desk) else super().return_url(request, record, result)


@admin.register(Policy)
class PolicyAdmin(RecordAdmin):
    """Read only: a policy is changed on the page of its desk."""

    list_display = ["desk", "eyes", "assessed_by", "threshold", "minimum_origins", "reliability_floor"]
    list_select_related = ["desk"]
    detail_fields = ("desk", *POLICY_FIELDS)
