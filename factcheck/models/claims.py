"""Claims: what a text states and somebody can check."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from factcheck.intake.text_cleaning import with_directions_closed
from factcheck.states import OPEN_TASK, ClaimState
from factcheck.text import AnchorState, ClaimType

from .attributions import Attribution
from .desks import Desk
from .documents import Document, DocumentQuerySet
from .search import claims_with, terms_of

MOST_TITLED = 100
"""Of how many documents that bear the words of a search in their titles the claims are found."""


def choices_of(values: Any) -> list[tuple[str, str]]:
    return [(str(value), str(value).replace("_", " ")) for value in values]


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: Any) -> ClaimQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))

    def search(self, words: str, documents: DocumentQuerySet | None = None) -> ClaimQuerySet:
        """Those in which all these words stand, and those of the newest of ``documents`` that are titled so."""
        if not terms_of(words):
            return self.none() if words.strip() else self
        found = claims_with(words, self)
        if documents is not None:
            found |= Q(
                document__in=list(documents.titled(words).order_by("-pk").values_list("pk", flat=True)[:MOST_TITLED])
            )
        return self.filter(found)

    def anchored(self) -> ClaimQuerySet:
        """Those that still stand in the text of their document."""
        return self.exclude(anchor_state=AnchorState.ORPHANED)

    def blocking(self, threshold: float) -> ClaimQuerySet:
        """Worth checking at the desk's threshold, or accepted by a person; orphaned ones never block."""
        return self.anchored().filter(Q(checkworthiness__gte=threshold) | ~Q(state=ClaimState.PROPOSED))

    def overdue(self, at: Any) -> ClaimQuerySet:
        """Those not yet decided with checking work that should have been done."""
        decided = [ClaimState.SIGNED_OFF, ClaimState.DISMISSED, ClaimState.WAIVED]
        late = self.filter(verification_tasks__due_at__lt=at, verification_tasks__state__in=OPEN_TASK)
        return late.exclude(state__in=decided).distinct()


class Claim(models.Model):
    """A checkable statement. Work, truth, anchoring and freshness are four axes, never one list.

    ``text`` is the statement in the copy's words; its anchors hold the whole sentences it stands in.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="claims")
    claim_type = models.CharField(max_length=12, choices=choices_of(ClaimType))
    text = models.TextField()
    checkworthiness = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    attribution = models.ForeignKey(Attribution, models.PROTECT, null=True, blank=True, related_name="claims")
    state = models.CharField(max_length=16, choices=ClaimState.choices, default=ClaimState.PROPOSED)
    anchor_state = models.CharField(max_length=10, choices=choices_of(AnchorState), default=AnchorState.EXACT)
    stale_reason = models.CharField(max_length=300, blank=True)
    proposed_by_engine = models.CharField(
        max_length=20, blank=True, help_text="engine version; empty for a person's own"
    )
    words_changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_state_known"),
            models.CheckConstraint(
                condition=Q(checkworthiness__gte=0, checkworthiness__lte=1), name="claim_checkworthiness_range"
            ),
            models.CheckConstraint(condition=~Q(state="stale") | ~Q(stale_reason=""), name="claim_stale_says_why"),
        ]
        indexes = [
            models.Index(fields=["document", "state"], name="claim_by_state"),
            models.Index(fields=["-checkworthiness", "id"], name="claim_by_worth"),
        ]

    def __str__(self) -> str:
        return with_directions_closed(self.text if len(self.text) <= 80 else f"{self.text[:79]}…")
