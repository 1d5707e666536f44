"""Figures: numbers that a text states, typed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from factcheck.intake.text_cleaning import with_directions_closed
from factcheck.states import FigureState
from factcheck.text import AnchorState, Hedge, Modality

from .attributions import Attribution
from .claims import Claim, choices_of
from .desks import Desk
from .documents import Document
from .measures import Measure


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, user: Any) -> FigureQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))

    def anchored(self) -> FigureQuerySet:
        return self.exclude(anchor_state=AnchorState.ORPHANED)

    def compared(self) -> FigureQuerySet:
        """Those that take part in cross-checks: anchored, not dismissed, in a document not withdrawn."""
        return self.anchored().exclude(state=FigureState.DISMISSED).exclude(document__state="withdrawn")


def with_visible_agreements(measures: QuerySet[Measure], user: Any) -> QuerySet[Measure]:
    """Measures with ``visible_agreements``: how many pairs agree; None where a figure is hidden from the person.

    A number made of hidden figures would tell of them.
    """
    hidden = Figure.objects.compared().exclude(document__desk__in=Desk.objects.visible_to(user))
    beside = Exists(hidden.filter(measure=OuterRef("held_against")))
    anywhere = Q(Exists(hidden.filter(measure__key=OuterRef("key"))), general=True)
    unseen = Q(Exists(hidden.filter(measure=OuterRef("pk")))) | anywhere | Q(beside, held_against__isnull=False)
    return measures.annotate(visible_agreements=Case(When(unseen, then=None), default=F("agreements")))


class Figure(models.Model):
    """A typed number in a text. An edited number is a new figure; what was misread a person corrects."""

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
    machine_reading = models.JSONField(
        default=dict, blank=True, help_text="what the machine read of the parts that a person corrected"
    )
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who corrected its reading last",
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
        indexes = [
            models.Index(fields=["measure", "document"], name="figure_by_measure"),
            models.Index(fields=["-checkworthiness", "-id"], name="figure_by_worth"),
        ]

    def __str__(self) -> str:
        return f"{with_directions_closed(self.surface)} {with_directions_closed(self.counted)}".strip()
