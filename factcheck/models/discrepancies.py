"""Discrepancies: observations of one measure that do not go together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from factcheck.states import DiscrepancyState, FigureState
from factcheck.text import AnchorState, Basis

from .desks import Desk
from .documents import Document
from .figures import Figure
from .measures import Measure
from .observations import StoredObservation


class DiscrepancyKind(models.TextChoices):
    CONFLICT = "conflict"
    SUPERSEDED = "superseded"
    MAGNITUDE_SLIP = "magnitude_slip"
    DIFFERS = "differs"
    NOT_COMPARABLE = "not_comparable"


CONFLICT_KINDS = (DiscrepancyKind.CONFLICT, DiscrepancyKind.MAGNITUDE_SLIP)
"""The kinds that shut the gate and void sign-offs."""

DISPUTED_KINDS = (*CONFLICT_KINDS, DiscrepancyKind.DIFFERS)
"""The kinds that are one dispute of their measure; what only differs is listed with it, and never blocks."""

SORT = Case(When(kind__in=DISPUTED_KINDS, then=Value("dispute")), default=F("kind"), output_field=CharField())
"""How discrepancies of a measure are grouped into disputes: disputed, superseded, not comparable."""

SETTLED = Case(
    When(state=DiscrepancyState.RESOLVED, then=F("resolved_at")),
    default=Value(None),
    output_field=models.DateTimeField(),
)
"""Separates resolved disputes by the time of their resolution."""

MOST_SEVERE_FIRST = Case(
    *(When(kind=kind, then=Value(place)) for place, kind in enumerate((*DISPUTED_KINDS, DiscrepancyKind.SUPERSEDED))),
    default=Value(9),
)

MOST_TELLING_FIRST = (
    Case(When(kind=DiscrepancyKind.DIFFERS, then=1), default=0).asc(),
    F("two_parties").desc(),
    MOST_SEVERE_FIRST.asc(),
    F("distance").asc(),
    F("pk").asc(),
)
"""What only differs comes last; else two named parties against each other, then the graver kind, then the two numbers
closest to each other."""

SUREST_FIRST = (MOST_SEVERE_FIRST.asc(), F("score").desc(nulls_first=True), F("pk").desc())
"""In which order disputes are listed: the graver kind, then what is surest to be of one measure."""


class ResolutionKind(models.TextChoices):
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    ACCEPTED_RISK = "accepted_risk"


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def visible_to(self, user: Any) -> DiscrepancyQuerySet:
        """Those with a visible figure on each side, and a visible text where the measure is embargoed."""
        desks = Desk.objects.visible_to(user)
        visible = Q(measure__embargoed=None) | Q(measure__embargoed__desk__in=desks)
        return self.filter(both_sides_of(figure__document__desk__in=desks), visible)

    def open(self) -> DiscrepancyQuerySet:
        return self.filter(state=DiscrepancyState.OPEN)

    def of_document(self, document: Document) -> DiscrepancyQuerySet:
        """Those with a figure of this document, without those of the private measures of other embargoed texts."""
        own = Q(measure__embargoed=None) | Q(measure__embargoed=document)
        return self.filter(
            own, pk__in=DiscrepancyFigure.objects.filter(figure__document=document).values("discrepancy")
        )

    def of_desk(self, desk: Desk) -> DiscrepancyQuerySet:
        """Those of which a desk holds a side, whoever holds the other; another desk's text under embargo is unseen."""
        own = Q(measure__embargoed=None) | Q(measure__embargoed__desk=desk)
        return self.filter(
            own, pk__in=DiscrepancyFigure.objects.filter(figure__document__desk=desk).values("discrepancy")
        )

    def in_same_dispute(self, row: Discrepancy) -> DiscrepancyQuerySet:
        """Those of the same dispute as this one, resolved together with it: same measure, sort and state."""
        kinds = DISPUTED_KINDS if row.kind in DISPUTED_KINDS else [row.kind]
        rows = self.filter(measure=row.measure_id, kind__in=kinds, state=row.state)
        return rows.filter(resolved_at=row.resolved_at) if row.state == DiscrepancyState.RESOLVED else rows

    def number_of_disputes(self) -> int:
        rows = self.order_by().annotate(sort=SORT, settled=SETTLED)
        return rows.values("measure", "sort", "state", "settled").distinct().count()

    def leading(self, *, preferring: Q | None = None) -> DiscrepancyQuerySet:
        """One for each dispute among these: its most telling pair, one that matches ``preferring`` before any other.

        What is asked of the answer afterwards no longer changes which pair stands for the others.
        """
        order = (
            MOST_TELLING_FIRST
            if preferring is None
            else (Case(When(preferring, then=0), default=1).asc(), *MOST_TELLING_FIRST)
        )
        place = Window(RowNumber(), partition_by=[F("measure"), SORT, F("state"), SETTLED], order_by=order)
        first = self.order_by().annotate(place=place).filter(place=1)
        return Discrepancy.objects.filter(pk__in=first.values("pk"))

    def blocking(
        self, document: Document, *, conflict_score: float = 0.0, superseded_score: float = 0.0
    ) -> DiscrepancyQuerySet:
        """Open conflicts and slips of a document's figures, and figures it gives as current that others supersede.

        Only pairs scored at ``conflict_score`` or more, superseded ones at ``superseded_score`` or more, and unscored
        ones. A figure is given as current where the copy states no date for it.
        """
        carriers = DiscrepancyFigure.objects.filter(discrepancy=OuterRef("pk"), side="a", figure__document=document)
        current = carriers.exclude(figure__as_of_basis__in=[Basis.STATED, Basis.EVENT])
        current = current.exclude(figure__state=FigureState.DISMISSED)
        current = current.exclude(figure__anchor_state=AnchorState.ORPHANED)
        alarms = Q(Q(score=None) | Q(score__gte=conflict_score), kind__in=CONFLICT_KINDS)
        sure = Q(score=None) | Q(score__gte=superseded_score)
        superseded = Q(Exists(current), sure, kind=DiscrepancyKind.SUPERSEDED)
        return self.open().of_document(document).filter(alarms | superseded)


class Discrepancy(models.Model):
    """Two states of a measure that do not go together, with the reason in one sentence.

    ``a_key`` and ``b_key`` name the states by content (interval, who says it, as-of), ``a`` the earlier.
    ``two_parties`` and ``distance`` say how telling it is beside the others of its dispute.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="discrepancies")
    kind = models.CharField(max_length=16, choices=DiscrepancyKind.choices)
    state = models.CharField(max_length=10, choices=DiscrepancyState.choices, default=DiscrepancyState.OPEN)
    a_key = models.CharField(max_length=64)
    b_key = models.CharField(max_length=64)
    two_parties = models.BooleanField(default=False, help_text="two different named parties stand against each other")
    distance = models.FloatField(default=0, help_text="how far apart the numbers are, as a share of the larger")
    reason = models.TextField()
    why_one = models.TextField(blank=True, help_text="why both were held to be of one measure, in a sentence")
    score = models.FloatField(null=True, blank=True, help_text="how sure that is; empty where nothing was scored")
    notes = models.JSONField(default=list)
    figures: models.ManyToManyField[Figure, DiscrepancyFigure] = models.ManyToManyField(
        Figure, through="DiscrepancyFigure", related_name="discrepancies"
    )
    resolution = models.CharField(max_length=14, choices=ResolutionKind.choices, blank=True)
    resolution_note = models.TextField(blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    engine_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(fields=["measure", "a_key", "b_key"], name="discrepancy_once"),
            models.CheckConstraint(condition=~Q(a_key=F("b_key")), name="discrepancy_of_two_states"),
            models.CheckConstraint(condition=Q(state__in=DiscrepancyState.values), name="discrepancy_state_known"),
            models.CheckConstraint(
                condition=~Q(state="resolved") | (~Q(resolution="") & ~Q(resolution_note="")),
                name="discrepancy_resolved_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


def sort_of(row: Discrepancy) -> str:
    """The sort of one row, as ``SORT`` tells it in the database."""
    return "dispute" if row.kind in DISPUTED_KINDS else row.kind


class DiscrepancySide(models.Model):
    """An observation on one side of a discrepancy; several where one party says it under two names."""

    discrepancy = models.ForeignKey(Discrepancy, models.CASCADE, related_name="stored_sides")
    observation = models.ForeignKey(StoredObservation, models.PROTECT, related_name="sides")
    side = models.CharField(max_length=1, choices=[("a", "a"), ("b", "b")])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["discrepancy", "observation"], name="discrepancy_side_once"),
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.observation}"


class DiscrepancyFigure(models.Model):
    """A figure that carries one of the two sides of a discrepancy: a view over sides and carriers, read only."""

    discrepancy = models.ForeignKey(Discrepancy, models.DO_NOTHING, related_name="sides")
    observation = models.ForeignKey(StoredObservation, models.DO_NOTHING, related_name="+")
    figure = models.ForeignKey(Figure, models.DO_NOTHING, related_name="+")
    side = models.CharField(max_length=1, choices=[("a", "a"), ("b", "b")])

    class Meta:
        managed = False

    def __str__(self) -> str:
        return f"{self.side}: {self.figure}"


def both_sides_of(**figures: Any) -> Q:
    """Whether each side of a discrepancy has a figure of this kind; looked up row by row, by the index of the sides.

    The ``Coalesce`` keeps PostgreSQL from making a join of it, which it plans by what it last counted in the tables.
    """
    sides = DiscrepancyFigure.objects.filter(discrepancy=OuterRef("pk"), **figures)
    return Q(*(Coalesce(Exists(sides.filter(side=side)), Value(False)) for side in "ab"))


SIDE_KEY = Case(When(side="a", then=F("discrepancy__a_key")), default=F("discrepancy__b_key"))
"""The state that a figure carries in a discrepancy, by its name."""


MOST_SHOWN = 20
"""Of each side at most so many figures are shown."""


def sides_shown(desks: Any, *, most: int = MOST_SHOWN) -> models.QuerySet[DiscrepancyFigure]:
    """The first figures on each side that these desks hold, each with ``total``: how many they hold there in all."""
    side = [F("discrepancy"), F("side")]
    rows = DiscrepancyFigure.objects.filter(figure__document__desk__in=desks).annotate(
        place=Window(RowNumber(), partition_by=side, order_by=F("figure").asc()),
        total=Window(Count("figure"), partition_by=side),
    )
    related = ("figure__document__publisher", "figure__attribution__source", "figure__claim")
    return rows.filter(place__lte=most).order_by("figure").select_related(*related)
