"""Desks, who works on them in which role, and the policy each desk checks by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from factcheck.conf import settings as factcheck_settings


class Role(models.TextChoices):
    EDITOR = "editor"
    CHECKER = "checker"
    REVIEWER = "reviewer"
    DESK_CHIEF = "desk_chief"
    AUDITOR = "auditor"
    SERVICE = "service"
    CHIEF_EDITOR = "chief_editor"


class DeskQuerySet(models.QuerySet["Desk"]):
    def visible_to(self, user: Any) -> DeskQuerySet:
        """The desks a person belongs to; all of them for a chief editor; none for anyone else."""
        if not getattr(user, "is_active", False) or user.pk is None:
            return self.none()
        roles = set(Membership.objects.filter(user=user).values_list("role", flat=True))
        if Role.CHIEF_EDITOR in roles and Role.SERVICE not in roles:
            return self
        return self.filter(memberships__user=user).distinct()


class Desk(models.Model):
    """A group of people who check stories together."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of(self, user: Any) -> MembershipQuerySet:
        """The effective roles of a person: a service account has no other role, even where one was given."""
        machines = Membership.objects.filter(user=user.pk, role=Role.SERVICE)
        return self.filter(user=user.pk).exclude(~Q(role=Role.SERVICE) & Q(user__in=machines.values("user")))

    def service_accounts_with_other_roles(self) -> MembershipQuerySet:
        """The service roles of accounts that also have another role, which should not happen."""
        people = Membership.objects.exclude(role=Role.SERVICE).values("user")
        return self.filter(role=Role.SERVICE, user__in=people)

    def visible_to(self, user: Any) -> MembershipQuerySet:
        return self.filter(Q(desk__in=Desk.objects.visible_to(user)) | Q(user=user.pk))


class Membership(models.Model):
    """A user's role on a desk; the chief editor's role spans all desks and names none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="factcheck_memberships")
    desk = models.ForeignKey(Desk, models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "desk", "role"], name="membership_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(desk=None), name="chief_editor_once"),
            models.CheckConstraint(
                condition=Q(role=Role.CHIEF_EDITOR, desk=None) | (~Q(role=Role.CHIEF_EDITOR) & Q(desk__isnull=False)),
                name="membership_desk_unless_chief_editor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()} on {self.desk or 'all desks'}"


def by_username(name: str, relation: str = "") -> dict[str, str]:
    """The lookup of a user by what the host's users log in with, also across a relation."""
    field = get_user_model().USERNAME_FIELD
    return {f"{relation}__{field}" if relation else field: name}


def colleagues_of(user: Any) -> models.QuerySet[Any]:
    """The people who share a desk with this person, and the chief editors: whom work may be given to."""
    share = Q(factcheck_memberships__desk__in=Desk.objects.visible_to(user))
    chief = Q(factcheck_memberships__role=Role.CHIEF_EDITOR)
    model = get_user_model()
    return model._default_manager.filter(share | chief, is_active=True).order_by(model.USERNAME_FIELD).distinct()


class Eyes(models.TextChoices):
    THREE = "three", "submitter, signer and author are three people"
    TWO = "two", "one person who is not an author may submit and sign"


def default_threshold() -> float:
    return factcheck_settings().CHECKWORTHINESS_THRESHOLD


def default_origins() -> int:
    return factcheck_settings().MINIMUM_ORIGINS


POLICY_FIELDS = ("eyes", "threshold", "minimum_origins", "reliability_floor", "conflict_score", "differs_score")
"""The rules of a policy, by name."""


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, user: Any) -> PolicyQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Policy(models.Model):
    """By which rules a desk checks. A desk without a row checks by the defaults."""

    desk = models.OneToOneField(Desk, models.PROTECT, related_name="policy")
    eyes = models.CharField(max_length=5, choices=Eyes.choices, default=Eyes.THREE)
    threshold = models.FloatField(default=default_threshold)
    minimum_origins = models.PositiveSmallIntegerField(default=default_origins)
    reliability_floor = models.CharField(
        max_length=1,
        choices=[(grade, grade) for grade in "ABCDEF"],
        default="C",
        help_text="A new conflict voids a sign-off only from a source graded this well or better.",
    )
    conflict_score = models.FloatField(
        null=True,
        blank=True,
        help_text="From which score on figures that differ are a conflict and block; empty takes that of the weights.",
    )
    differs_score = models.FloatField(
        null=True,
        blank=True,
        help_text="From which score on they are listed as differing; empty takes that of the weights.",
    )
    version = models.PositiveIntegerField(default=1)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gte=0, threshold__lte=1), name="policy_threshold_range"),
            models.CheckConstraint(condition=Q(minimum_origins__gte=1), name="policy_origins_positive"),
            models.CheckConstraint(
                condition=(Q(conflict_score=None) | Q(conflict_score__gt=0, conflict_score__lte=1))
                & (Q(differs_score=None) | Q(differs_score__gt=0, differs_score__lte=1)),
                name="policy_scores_range",
            ),
        ]

    def __str__(self) -> str:
        return f"policy of {self.desk}"

    def as_dict(self) -> dict[str, Any]:
        """The rules alone, as an answer of the gate keeps them."""
        return {name: getattr(self, name) for name in POLICY_FIELDS}

    @classmethod
    def of(cls, desk: Desk) -> Policy:
        """The desk's policy, or the defaults for a desk that has set none."""
        return cls.objects.filter(desk=desk).first() or cls(desk=desk)
