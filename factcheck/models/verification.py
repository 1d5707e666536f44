"""Pieces of checking work, and the append-only decisions: verdicts, sign-offs, waivers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from factcheck.states import TaskState

from .claims import Claim
from .desks import Desk
from .documents import Revision
from .policies import Eyes


class Method(models.TextChoices):
    FIND_PRIMARY_SOURCE = "find_primary_source"
    RING_THE_SOURCE = "ring_the_source"
    CHECK_FIGURE = "check_figure"
    CHECK_QUOTE = "check_quote"
    GEOLOCATE = "geolocate"
    EXPERT = "expert"


class WaitingFor(models.TextChoices):
    SOURCE = "source"
    AUTHOR = "author"
    EXPERT = "expert"
    DOCUMENT = "document"


class VerificationTaskQuerySet(models.QuerySet["VerificationTask"]):
    def visible_to(self, user: Any) -> VerificationTaskQuerySet:
        return self.filter(claim__document__desk__in=Desk.objects.visible_to(user))

    def unfinished(self) -> VerificationTaskQuerySet:
        return self.exclude(state__in=[TaskState.DONE, TaskState.CANCELLED])

    def overdue(self, at: Any) -> VerificationTaskQuerySet:
        return self.unfinished().filter(due_at__lt=at)


class VerificationTask(models.Model):
    """A piece of checking work on a claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="verification_tasks")
    state = models.CharField(max_length=12, choices=TaskState.choices, default=TaskState.UNASSIGNED)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="factcheck_verification_tasks"
    )
    method = models.CharField(max_length=24, choices=Method.choices, default=Method.CHECK_FIGURE)
    due_at = models.DateTimeField(null=True, blank=True)
    waiting_for = models.CharField(max_length=10, choices=WaitingFor.choices, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    due_soon_told = models.DateTimeField(null=True, editable=False, help_text="the deadline its assignee was told of")
    overdue_told = models.DateTimeField(null=True, editable=False, help_text="the missed deadline people were told of")
    version = models.PositiveIntegerField(default=1)

    objects = VerificationTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="verification_task_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["unassigned", "cancelled"]) | Q(assignee__isnull=False),
                name="verification_task_has_assignee",
            ),
            models.CheckConstraint(
                condition=~Q(state="blocked") | ~Q(waiting_for=""), name="verification_task_blocked_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.claim}"


class VerdictLabel(models.TextChoices):
    SUPPORTED = "supported"
    REFUTED = "refuted"
    CONFLICTING_EVIDENCE = "conflicting_evidence"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    OUTDATED = "outdated"


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def visible_to(self, user: Any) -> VerdictQuerySet:
        return self.filter(claim__document__desk__in=Desk.objects.visible_to(user))


class Verdict(models.Model):
    """What the submitter holds of a claim. Append-only; the newest counts."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="verdicts")
    label = models.CharField(max_length=24, choices=VerdictLabel.choices)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VerdictQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(label__in=VerdictLabel.values), name="verdict_label_known")]

    def __str__(self) -> str:
        return self.get_label_display()

    @property
    def sign_off(self) -> SignOff | None:
        """The newest sign-off of it; prefetch ``sign_offs`` to ask this of many verdicts."""
        return max(self.sign_offs.all(), key=lambda row: row.pk, default=None)


class SignOffQuerySet(models.QuerySet["SignOff"]):
    def visible_to(self, user: Any) -> SignOffQuerySet:
        return self.filter(verdict__claim__document__desk__in=Desk.objects.visible_to(user))


class SignOff(models.Model):
    """Approval of a verdict by another person, bound to the words and figures it was given on; the newest counts."""

    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="sign_offs")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    words_sha256 = models.CharField(max_length=64)
    eyes = models.CharField(max_length=5, choices=Eyes.choices)
    attributed_in_copy = models.BooleanField(
        default=False, help_text="the signer confirmed that the copy attributes the claim"
    )
    origins = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["verdict", "by"], name="sign_off_once_by_a_person")]

    def __str__(self) -> str:
        return f"signed off by {self.by}"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def visible_to(self, user: Any) -> WaiverQuerySet:
        desks = Desk.objects.visible_to(user)
        return self.filter(Q(claim__document__desk__in=desks) | Q(revision__document__desk__in=desks))

    def running(self, at: Any) -> WaiverQuerySet:
        return self.filter(expires_at__gt=at)


class Waiver(models.Model):
    """Publish without a check: of one claim, or of a revision as a whole (at most a day)."""

    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="waivers")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="waivers")
    reason = models.TextField()
    expires_at = models.DateTimeField()
    covers = models.JSONField(default=list, help_text="what a waiver of a whole revision covers, as blockers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim=None, revision__isnull=False) | Q(claim__isnull=False, revision=None),
                name="waiver_of_one_record",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_says_why"),
        ]

    def __str__(self) -> str:
        return f"waived until {self.expires_at:%Y-%m-%d %H:%M}"
