"""By which rules a desk checks, and which of them hold for one text.

A stricter rule holds at once. A looser one holds for what is filed after it: nobody loosens a rule, lets a text
through, and tightens it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from factcheck.conf import settings

from .desks import Desk
from .documents import Document
from .history import Event


class Eyes(models.TextChoices):
    THREE = "three", "submitter, signer and author are three people"
    TWO = "two", "one person who is not an author may submit and sign"


class Assessment(models.TextChoices):
    BY_EYES = "", "as four eyes say: by a second person with three, by whoever checks with two"
    SECOND = "second", "evidence is assessed by somebody who did not record it"
    SELF = "self", "whoever recorded evidence may assess it"


def default_threshold() -> float:
    return settings().CHECKWORTHINESS_THRESHOLD


def default_origins() -> int:
    return settings().MINIMUM_ORIGINS


POLICY_FIELDS = (
    "eyes",
    "assess",
    "threshold",
    "minimum_origins",
    "reliability_floor",
    "conflict_score",
    "differs_score",
)
"""The rules of a policy, by name."""


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, user: Any) -> PolicyQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Policy(models.Model):
    """By which rules a desk checks. A desk without a row checks by the defaults."""

    desk = models.OneToOneField(Desk, models.PROTECT, related_name="policy")
    eyes = models.CharField(max_length=5, choices=Eyes.choices, default=Eyes.THREE)
    assess = models.CharField(
        max_length=6,
        choices=Assessment.choices,
        default=Assessment.BY_EYES,
        blank=True,
        help_text="Who may assess evidence; empty follows the pairs of eyes.",
    )
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
        return gettext("policy of {desk}").format(desk=self.desk)

    @property
    def assessed_by(self) -> str:
        """Who assesses evidence, ``second`` or ``self``, also where the desk left it to the pairs of eyes."""
        return self.assess or (Assessment.SELF if self.eyes == Eyes.TWO else Assessment.SECOND)

    def as_dict(self) -> dict[str, Any]:
        """The rules alone, as an answer of the gate keeps them."""
        return {name: getattr(self, name) for name in POLICY_FIELDS} | {"assess": self.assessed_by}

    @classmethod
    def of(cls, desk: Desk) -> Policy:
        """The desk's policy, or the defaults for a desk that has set none: what holds for a text filed now."""
        return cls.objects.filter(desk=desk).first() or cls(desk=desk)

    @classmethod
    def for_document(cls, document: Document) -> Policy:
        """The strictest of the rules by which the desk has checked since the text was filed; not to be saved.

        ``conflict_score`` alone is the desk's present one, for what is stricter depends on the weights in use.
        """
        held = cls.held_since(document)
        return cls(
            desk=document.desk,
            eyes=Eyes.THREE if any(row.eyes == Eyes.THREE for row in held) else Eyes.TWO,
            assess=Assessment.SECOND if any(row.assessed_by == Assessment.SECOND for row in held) else Assessment.SELF,
            threshold=min(row.threshold for row in held),
            minimum_origins=max(row.minimum_origins for row in held),
            reliability_floor=max(row.reliability_floor for row in held),
            conflict_score=held[0].conflict_score,
            differs_score=held[0].differs_score,
        )

    @classmethod
    def held_since(cls, document: Document) -> list[Policy]:
        """The policies of the desk from now back to when the text was filed, as its history tells them; unsaved."""
        now = cls.of(document.desk)
        if now.pk is None or document.created_at is None:
            return [now]
        return [row for until, row in policies_held([now])[now.pk] if until is None or until > document.created_at]

    def stricter_than(self, other: Policy) -> list[str]:
        """The rules that differ from another policy: those of a text filed before the desk loosened them."""
        mine, others = self.as_dict(), other.as_dict()
        return [name for name in POLICY_FIELDS if mine[name] != others[name]]


def policies_held(policies: Iterable[Policy]) -> dict[int, list[tuple[datetime | None, Policy]]]:
    """For each policy its rules of now and before, as its history tells them, newest first, and until when each held.

    None for those of now. One query; the rows are not to be saved.
    """
    now = {row.pk: row for row in policies}
    rules = {pk: {name: getattr(row, name) for name in POLICY_FIELDS} for pk, row in now.items()}
    held: dict[int, list[tuple[datetime | None, Policy]]] = {pk: [(None, row)] for pk, row in now.items()}
    changes = Event.objects.filter(record="policy", record_id__in=now, action="set").order_by("-id")
    for pk, at, facts in changes.values_list("record_id", "at", "facts"):
        rules[pk] |= {name: was["from"] for name, was in facts.items() if name in POLICY_FIELDS}
        held[pk].append((at, Policy(desk_id=now[pk].desk_id, **rules[pk])))
    return held


def scored_policies() -> dict[int, list[tuple[datetime | None, Policy]]]:
    """The same by desk, of the desks that have, or had, a score of their own for conflicts or differences."""
    found = policies_held(Policy.objects.all()).values()
    return {
        rows[0][1].desk_id: rows for rows in found if any(row.conflict_score or row.differs_score for _, row in rows)
    }
