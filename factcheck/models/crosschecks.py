"""Cross-check runs, and the discrepancies between states of a measure that they found."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from factcheck.states import DiscrepancyState, FigureState
from factcheck.text import AnchorState, Basis

from .claims import Figure
from .desks import Desk
from .documents import Document
from .jobs import Job
from .measures import Measure, Topic


class Scope(models.TextChoices):
    DOCUMENT = "document"
    MEASURE = "measure"
    TOPIC = "topic"
    EVERYTHING = "everything"


class CrossCheckQuerySet(models.QuerySet["CrossCheck"]):
    def visible_to(self, user: Any) -> CrossCheckQuerySet:
        desks = Desk.objects.visible_to(user)
        return self.filter(Q(document__desk__in=desks) | Q(document=None, job__in=Job.objects.visible_to(user)))


class CrossCheck(models.Model):
    """One run over the measures of a document, a measure, a topic, or everything; progress is the job's."""

    scope = models.CharField(max_length=10, choices=Scope.choices)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="crosschecks")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="crosschecks")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="crosschecks")
    job = models.OneToOneField(Job, models.PROTECT, related_name="crosscheck")
    engine_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    reached = models.BigIntegerField(
        default=0, help_text="the last measure it has compared; a broken run goes on there"
    )
    found = models.JSONField(default=dict, help_text="how many of each kind this run saw")

    objects = CrossCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="document", document__isnull=False, measure=None, topic=None)
                | Q(scope="measure", document=None, measure__isnull=False, topic=None)
                | Q(scope="topic", document=None, measure=None, topic__isnull=False)
                | Q(scope="everything", document=None, measure=None, topic=None),
                name="crosscheck_scope_matches",
            )
        ]

    def __str__(self) -> str:
        return f"cross-check of {self.document or self.measure or self.topic or 'everything'}"


class DiscrepancyKind(models.TextChoices):
    CONFLICT = "conflict"
    SUPERSEDED = "superseded"
    MAGNITUDE_SLIP = "magnitude_slip"
    NOT_COMPARABLE = "not_comparable"


class ResolutionKind(models.TextChoices):
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    ACCEPTED_RISK = "accepted_risk"


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def visible_to(self, user: Any) -> DiscrepancyQuerySet:
        """Those of which one may see a figure on either side."""
        return self.filter(both_sides_of(figure__document__desk__in=Desk.objects.visible_to(user)))

    def open(self) -> DiscrepancyQuerySet:
        return self.filter(state=DiscrepancyState.OPEN)

    def of_document(self, document: Document) -> DiscrepancyQuerySet:
        return self.filter(pk__in=DiscrepancyFigure.objects.filter(figure__document=document).values("discrepancy"))

    def blocking(self, document: Document) -> DiscrepancyQuerySet:
        """Open conflicts and slips of a document's figures, and figures it gives as current that others supersede.

        A figure is given as current where the copy states no date for it.
        """
        given = DiscrepancyFigure.objects.filter(discrepancy=OuterRef("pk"), side="a", figure__document=document)
        current = given.exclude(figure__as_of_basis__in=[Basis.STATED, Basis.EVENT])
        current = current.exclude(figure__state=FigureState.DISMISSED)
        current = current.exclude(figure__anchor_state=AnchorState.ORPHANED)
        alarms = Q(kind__in=[DiscrepancyKind.CONFLICT, DiscrepancyKind.MAGNITUDE_SLIP])
        superseded = Q(Exists(current), kind=DiscrepancyKind.SUPERSEDED)
        return self.open().of_document(document).filter(alarms | superseded)

    def with_sides(self) -> DiscrepancyQuerySet:
        return self.prefetch_related(sides_with_texts())


class Discrepancy(models.Model):
    """Two states of a measure that do not go together, with the reason in one sentence.

    ``a_key`` and ``b_key`` name the states by content (interval, who says it, as-of), ``a`` the earlier.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="discrepancies")
    kind = models.CharField(max_length=16, choices=DiscrepancyKind.choices)
    state = models.CharField(max_length=10, choices=DiscrepancyState.choices, default=DiscrepancyState.OPEN)
    a_key = models.CharField(max_length=64)
    b_key = models.CharField(max_length=64)
    reason = models.TextField()
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


class DiscrepancyFigure(models.Model):
    """A figure that carries one of the two states of a discrepancy."""

    discrepancy = models.ForeignKey(Discrepancy, models.CASCADE, related_name="sides")
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    side = models.CharField(max_length=1, choices=[("a", "a"), ("b", "b")])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["discrepancy", "figure"], name="discrepancy_figure_once")]

    def __str__(self) -> str:
        return f"{self.side}: {self.figure}"


def both_sides_of(**figures: Any) -> Q:
    """Whether each side of a discrepancy has a figure of this kind; looked up row by row, by the index of the sides."""
    sides = DiscrepancyFigure.objects.filter(discrepancy=OuterRef("pk"), **figures)
    return Q(Exists(sides.filter(side="a")), Exists(sides.filter(side="b")))


def sides_with_texts() -> Prefetch[Any]:
    """Both sides with their figures and texts, joined: a prefetch of each figure breaks on SQLite at a thousand."""
    rows = DiscrepancyFigure.objects.select_related("figure__document__publisher", "figure__attribution__source")
    return Prefetch("sides", rows.order_by("pk"))
