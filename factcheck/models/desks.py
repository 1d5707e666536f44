"""Desks, and who works on them in which role. By which rules a desk checks is in ``policies``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from factcheck.intake.text_cleaning import with_directions_closed


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
        return with_directions_closed(self.name)


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
        return gettext("{user} as {role} on {desk}").format(
            user=self.user, role=self.get_role_display(), desk=self.desk or gettext("all desks")
        )


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
