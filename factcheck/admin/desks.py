"""Desks and their policies. A desk chief manages the own desk here.

See ``memberships``, ``feeds`` and ``webhooks`` for what belongs to a desk.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from factcheck.actors import Person
from factcheck.conf import MOST_ORIGINS
from factcheck.errors import Invalid
from factcheck.models import POLICY_FIELDS, Assessment, Desk, Eyes, Membership, Policy, Role, Webhook, by_username
from factcheck.workflow.desks import add_member, record_desk, set_policy
from factcheck.workflow.transitions import can, check_permission

from .kit.access import is_page_of, person
from .kit.actions import ActionForm, RecordAction
from .kit.formatting import humanize
from .kit.links import admin_url
from .kit.records import RecordAdmin

ROLE_MEANINGS = {
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


class AddMemberForm(ActionForm):
    user = forms.CharField(label="User name", max_length=150, help_text="As the person logs in.")
    role = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[(str(role), f"{humanize(role)}: {meaning}") for role, meaning in ROLE_MEANINGS.items()],
    )


class SetPolicyForm(ActionForm):
    """The policy of a desk. ``version`` is that of the policy; a desk without a policy starts at 1."""

    version = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    eyes = forms.ChoiceField(label="Four eyes", widget=forms.RadioSelect, choices=Eyes.choices)
    assess = forms.ChoiceField(
        label="Who assesses evidence", required=False, widget=forms.RadioSelect, choices=Assessment.choices
    )
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
        raise Invalid("Nobody logs in under this name. The site's administrators make accounts.", code="user_unknown")
    return add_member(desk, found, role, by=by)


def policy_facts(policy: Policy) -> list[tuple[str, Any]]:
    return [
        ("four eyes", policy.get_eyes_display()),
        ("evidence", Assessment(policy.assessed_by).label),
        ("a claim blocks from check-worthiness", f"{policy.threshold:g}"),
        ("origins needed for “supported”", policy.minimum_origins),
        ("reliability floor", policy.reliability_floor),
        ("a difference is a conflict from score", policy.conflict_score or "that of the weights"),
        ("a difference is listed from score", policy.differs_score or "that of the weights"),
    ]


@admin.register(Desk)
class DeskAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "add_member": RecordAction(
            add_member_by_name, AddMemberForm, "Add a member", "The role is given.", versioned=False
        ),
        "set_policy": RecordAction(
            set_policy, SetPolicyForm, "Change the policy", "The policy is set.", versioned=False
        ),
    }
    add_form = NewDeskForm
    add_label = "New desk"
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

    @admin.display(description="people", ordering="member_count")
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
