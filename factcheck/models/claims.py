"""Claims, figures, to whom they are attributed, and where they stand in each revision."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from factcheck.states import OPEN_TASK, ClaimState, FigureState
from factcheck.text import AnchorState, ClaimType, Hedge, Modality

from .desks import Desk
from .documents import Document, Revision
from .measures import Measure


def choices_of(values: Any) -> list[tuple[str, str]]:
    return [(str(value), str(value).replace("_", " ")) for value in values]


class AttributionQuerySet(models.QuerySet["Attribution"]):
    def visible_to(self, user: Any) -> AttributionQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))


class Attribution(models.Model):
    """To whom the copy attributes a statement: cue, party, relay, and the matching source."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="attributions")
    cue = models.CharField(max_length=200, blank=True)
    party = models.CharField(max_length=300)
    relay = models.CharField(max_length=300, blank=True)
    source = models.ForeignKey("factcheck.Source", models.PROTECT, null=True, blank=True, related_name="attributions")

    objects = AttributionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "cue", "party", "relay"], name="attribution_once")]

    def __str__(self) -> str:
        return f"{self.party}, quoted by {self.relay}" if self.relay else self.party


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: Any) -> ClaimQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))

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
        indexes = [models.Index(fields=["document", "state"], name="claim_by_state")]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, user: Any) -> FigureQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))

    def anchored(self) -> FigureQuerySet:
        return self.exclude(anchor_state=AnchorState.ORPHANED)

    def compared(self) -> FigureQuerySet:
        """Those that take part in cross-checks: anchored, not dismissed, in a document not withdrawn."""
        return self.anchored().exclude(state=FigureState.DISMISSED).exclude(document__state="withdrawn")


class Figure(models.Model):
    """A typed number in a text. Its values never change; an edited number is a new figure."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="figures")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="figures")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="figures")
    state = models.CharField(max_length=10, choices=FigureState.choices, default=FigureState.FOUND)
    anchor_state = models.CharField(max_length=10, choices=choices_of(AnchorState), default=AnchorState.EXACT)
    surface = models.CharField(max_length=300)
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    low = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    high = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    as_written = models.TextField(blank=True, help_text="the words of a number too long to be kept as a value")
    step = models.DecimalField(max_digits=30, decimal_places=10, default=1)
    unit = models.CharField(max_length=40)
    dimension = models.CharField(max_length=40)
    counted = models.CharField(max_length=300, blank=True)
    definition = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=100, blank=True)
    hedge = models.CharField(max_length=10, choices=choices_of(Hedge), default=Hedge.EXACT)
    modality = models.CharField(max_length=10, choices=choices_of(Modality), default=Modality.REPORTED)
    place = models.CharField(max_length=200, blank=True)
    party = models.CharField(max_length=200, blank=True)
    as_of_start = models.DateTimeField(null=True, blank=True)
    as_of_end = models.DateTimeField(null=True, blank=True)
    as_of_granularity = models.CharField(max_length=10, blank=True)
    as_of_basis = models.CharField(max_length=12, blank=True)
    as_of_said = models.CharField(max_length=200, blank=True)
    attribution = models.ForeignKey(Attribution, models.PROTECT, null=True, blank=True, related_name="figures")
    checkworthiness = models.FloatField(default=0)
    flags = models.JSONField(default=list)
    engine_version = models.CharField(max_length=20, blank=True)
    pinned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    dated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who said its as-of",
    )
    version = models.PositiveIntegerField(default=1)

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FigureState.values), name="figure_state_known"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, low=None, high=None)
                | Q(value=None, low__isnull=False, high__isnull=False, low__lte=F("high"))
                | (Q(value=None, low=None, high=None) & ~Q(as_written="")),
                name="figure_value_or_range_or_words",
            ),
            models.CheckConstraint(
                condition=Q(as_of_start=None, as_of_end=None) | Q(as_of_start__lte=F("as_of_end")),
                name="figure_as_of_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="linked") | Q(claim__isnull=False), name="figure_linked_has_claim"
            ),
        ]
        indexes = [models.Index(fields=["measure", "document"], name="figure_by_measure")]

    def __str__(self) -> str:
        return f"{self.surface} {self.counted}".strip()


class AnchorQuerySet(models.QuerySet["Anchor"]):
    def visible_to(self, user: Any) -> AnchorQuerySet:
        return self.filter(revision__document__desk__in=Desk.objects.visible_to(user))

    def in_text_order(self) -> AnchorQuerySet:
        return self.order_by(Coalesce("start", 0), "id")


class Anchor(models.Model):
    """Where a claim or a figure stands in one revision: exactly one of the two."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="anchors")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="anchors")
    figure = models.ForeignKey(Figure, models.PROTECT, null=True, blank=True, related_name="anchors")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    anchor_state = models.CharField(max_length=10, choices=choices_of(AnchorState))
    changes = models.JSONField(default=list, help_text="classes of change against the revision before")
    candidates = models.JSONField(default=list, help_text="[start, end] pairs put before a person")

    objects = AnchorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "claim"], name="anchor_claim_once"),
            models.UniqueConstraint(fields=["revision", "figure"], name="anchor_figure_once"),
            models.CheckConstraint(
                condition=Q(claim=None, figure__isnull=False) | Q(claim__isnull=False, figure=None),
                name="anchor_of_one_record",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__isnull=False, start__lte=F("end")),
                name="anchor_span_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.anchor_state} at {self.start}-{self.end}"
