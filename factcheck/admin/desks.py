"""Desks: who works on them in which role, and by which policy they check. Chiefs arrange their own desk here.

Their feeds and webhooks are in ``feeds`` and ``webhooks``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from factcheck.errors import Invalid
from factcheck.models import POLICY_FIELDS, Desk, Eyes, Membership, Policy, Role, Webhook
from factcheck.workflow.desks import MOST_ORIGINS, add_member, record_desk, remove_member, set_policy
from factcheck.workflow.transitions import can, check_permission

from .actions import ActionForm, RecordAction, words
from .base import RecordAdmin, address_of, on_own_pages
from .filters import OwnDesk

MEANT = {
    Role.EDITOR: "takes texts in, accepts claims, assigns, resolves",
    Role.CHECKER: "checks claims and records evidence",
    Role.REVIEWER: "signs off or returns",
    Role.DESK_CHIEF: "all of these, and arranges the desk",
    Role.AUDITOR: "sees everything, decides nothing",
    Role.SERVICE: "another program: files texts, asks the gate",
}


class NewDeskForm(ActionForm):
    name = forms.CharField(max_length=200)
    slug = forms.SlugField(max_length=50, help_text="Its name in addresses, in plain small letters. It never changes.")


class MemberForm(ActionForm):
    user = forms.CharField(label="User name", max_length=150, help_text="As the person logs in.")
    role = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[(str(role), f"{words(role)}: {meant}") for role, meant in MEANT.items()]
    )


class PolicyForm(ActionForm):
    """The rules of a desk; the version is that of its policy, which a desk without one counts from 1."""

    version = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    eyes = forms.ChoiceField(label="Four eyes", widget=forms.RadioSelect, choices=Eyes.choices)
    threshold = forms.FloatField(
        label="Check-worthiness from which a claim blocks",
        min_value=0,
        max_value=1,
        widget=forms.NumberInput({"step": "0.05"}),
        help_text="From 0 (everything) to 1. Accepted claims always block.",
    )
    minimum_origins = forms.IntegerField(
        label="Independent origins needed for “supported”",
        min_value=1,
        max_value=MOST_ORIGINS,
        help_text="Or one primary source.",
    )
    reliability_floor = forms.ChoiceField(
        label="Reliability floor",
        choices=[(grade, grade) for grade in "ABCDEF"],
        help_text="A new conflict voids a sign-off only from a source graded this well or better.",
    )

    conflict_score = forms.FloatField(
        label="Score from which a difference is a conflict",
        min_value=0,
        max_value=1,
        required=False,
        widget=forms.NumberInput({"step": "0.05"}),
        help_text="Conflicts block. Empty takes the border of the weights.",
    )
    differs_score = forms.FloatField(
        label="Score from which a difference is listed",
        min_value=0,
        max_value=1,
        required=False,
        widget=forms.NumberInput({"step": "0.05"}),
        help_text="Listed, not blocking. Empty takes that of the weights.",
    )

    def fit(self) -> None:
        policy = Policy.of(self.record)
        for name in self.fields:
            self.fields[name].initial = getattr(policy, name)


def add(desk: Desk, *, user: str, role: str, by: Any) -> Membership:
    """Give a role to the person of this name; whether there is one is told to those alone who may give it."""
    check_permission(by, desk, "arrange")
    model = get_user_model()
    found = model.objects.filter(**{model.USERNAME_FIELD: user}).first()
    if found is None:
        raise Invalid("Nobody logs in under this name. The site's administrators make accounts.", code="user_unknown")
    return add_member(desk, found, role, by=by)


def policy_facts(policy: Policy) -> list[tuple[str, Any]]:
    return [
        ("four eyes", policy.get_eyes_display()),
        ("a claim blocks from check-worthiness", f"{policy.threshold:g}"),
        ("origins needed for “supported”", policy.minimum_origins),
        ("reliability floor", policy.reliability_floor),
        ("a difference is a conflict from score", policy.conflict_score or "that of the weights"),
        ("a difference is listed from score", policy.differs_score or "that of the weights"),
    ]


@admin.register(Desk)
class DeskAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "add_member": RecordAction(add, MemberForm, "Add a member", "The role is given.", versioned=False),
        "set_policy": RecordAction(set_policy, PolicyForm, "Change the policy", "The policy is set.", versioned=False),
    }
    new_form = NewDeskForm
    new_label = "New desk"
    record_template = "factcheck/admin/desk_page.html"
    list_display: ClassVar = ["name", "slug", "people"]
    page_fields = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Counted apart from the memberships by which the person sees the desk."""
        people = Membership.objects.filter(desk=OuterRef("pk")).order_by().values("desk")
        count = people.annotate(count=Count("user", distinct=True)).values("count")
        return super().get_queryset(request).annotate(held=Coalesce(Subquery(count), 0))

    def has_add_permission(self, request: HttpRequest) -> bool:
        here = super().has_add_permission(request) and on_own_pages(request, self.model)
        return here and can(request.user, Desk(), "record")

    @admin.display(description="people", ordering="held")
    def people(self, desk: Any) -> int:
        return int(desk.held)

    def right_of(self, name: str) -> str:
        return "arrange"

    def create(self, request: HttpRequest, form: Any) -> Desk:
        return record_desk(form.cleaned_data["slug"], form.cleaned_data["name"], by=request.user)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        chiefs = can(request.user, record, "arrange")
        rows = record.memberships.select_related("user").order_by("user__username", "role")
        return {
            "members": rows,
            "meant": MEANT,
            "everywhere": Membership.objects.filter(role=Role.CHIEF_EDITOR, user__is_active=True).select_related(
                "user"
            ),
            "policy": policy_facts(Policy.of(record)),
            "own_policy": Policy.objects.filter(desk=record).exists(),
            "feeds": record.feeds.select_related("publisher").order_by("-active", "pk"),
            "webhooks": Webhook.objects.visible_to(request.user).filter(desk=record).order_by("-active", "pk"),
            "may_arrange": chiefs,
            "may_keep_feeds": can(request.user, record, "keep_feed"),
            "may_keep_webhooks": can(request.user, record, "keep_webhook"),
            "next": address_of(record),
        }

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        return address_of(record) if isinstance(record, Desk) else super().way_back(request, record, result)


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "remove": RecordAction(
            remove_member, label="Take the role away", done="The role is taken away.", versioned=False, grave=True
        )
    }
    list_display: ClassVar = ["user", "shown_role", "desk"]
    list_filter: ClassVar = ["role", OwnDesk]
    list_select_related: ClassVar = ["user", "desk"]
    search_fields: ClassVar = ["user__username"]
    ordering: ClassVar = ["desk__name", "user__username", "role"]
    page_fields = ("user", "role", "desk")

    @admin.display(description="role", ordering="role")
    def shown_role(self, row: Any) -> str:
        return words(row.role)

    def offers(self, record: Any, name: str) -> bool:
        return record.desk_id is not None

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        """A role that was taken away has no page any more."""
        return address_of(record.desk) if record.desk else super().way_back(request, record, result)


@admin.register(Policy)
class PolicyAdmin(RecordAdmin):
    """A policy is changed on the page of its desk."""

    list_display: ClassVar = ["desk", "eyes", "threshold", "minimum_origins", "reliability_floor"]
    list_select_related: ClassVar = ["desk"]
    page_fields = ("desk", *POLICY_FIELDS)
