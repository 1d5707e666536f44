"""Records of matching: figure profiles, topic statistics, people's judgements, weights.

How figures are scored is in ``text.matching``; who groups them, and when, in ``workflow.grouping``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from factcheck.states import JudgementState

from .claims import Figure
from .desks import Desk
from .measures import Topic


class FigureProfile(models.Model):
    """The features of a figure for matching, prepared once when its text is read.

    ``fingerprint`` identifies the number in its context, in copies and after later readings; ``wording`` is equal for
    figures with equal content and words.
    """

    figure = models.OneToOneField(Figure, models.CASCADE, primary_key=True, related_name="profile")
    prepared = models.JSONField()
    fingerprint = models.CharField(max_length=32, db_index=True)
    wording = models.CharField(max_length=32, db_index=True)
    dimension = models.CharField(max_length=60)
    unit = models.CharField(max_length=40)
    value = models.FloatField(help_text="in the base of its dimension")
    running = models.BooleanField(default=False)
    engine_version = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"prepared: {self.figure}"


class TopicMatching(models.Model):
    """Word and amount statistics of a topic, and the scorer and weights its figures were last grouped by."""

    topic = models.OneToOneField(Topic, models.CASCADE, primary_key=True, related_name="matching")
    stats = models.JSONField(default=dict)
    weights_version = models.CharField(max_length=40, blank=True)
    scorer = models.CharField(max_length=200, blank=True, help_text="dotted path, where the site names its own")
    regrouped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"matching in {self.topic}"


class JudgementOrigin(models.TextChoices):
    JUDGED = "judged"
    MERGED = "merged", "measures merged"
    SPLIT = "split", "measure split"
    PINNED = "pinned", "figure pinned"


class JudgementQuerySet(models.QuerySet["Judgement"]):
    def visible_to(self, user: Any) -> JudgementQuerySet:
        """Those of which one may see both figures."""
        desks = Desk.objects.visible_to(user)
        return self.filter(a__document__desk__in=desks, b__document__desk__in=desks)

    def active(self) -> JudgementQuerySet:
        return self.filter(state=JudgementState.ACTIVE)

    def within(self, topic: int | None, document: Any = None) -> JudgementQuerySet:
        """Those that bind the figures of a topic, or of a text in none: given there, or of two that are there now."""
        if topic is None:
            return self.filter(a__document=document, b__document=document)
        return self.filter(Q(topic=topic) | Q(a__document__topic=topic, b__document__topic=topic))

    def of_figures(self, *figures: Figure) -> JudgementQuerySet:
        keys = [figure.pk for figure in figures]
        return self.filter(Q(a__in=keys) | Q(b__in=keys))


class Judgement(models.Model):
    """A person's judgement that two figures count the same thing, or do not; it binds them and their copies.

    ``a_print`` and ``b_print`` know the two again wherever they stand, in order.
    """

    a = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    b = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    a_print = models.CharField(max_length=32, db_index=True)
    b_print = models.CharField(max_length=32, db_index=True)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="judgements")
    same = models.BooleanField()
    origin = models.CharField(max_length=8, choices=JudgementOrigin.choices, default=JudgementOrigin.JUDGED)
    state = models.CharField(max_length=10, choices=JudgementState.choices, default=JudgementState.ACTIVE)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(a_print=F("b_print")), name="judgement_of_two"),
            models.CheckConstraint(condition=Q(state__in=JudgementState.values), name="judgement_state_known"),
        ]

    def __str__(self) -> str:
        relation = "the same thing" if self.same else "not the same thing"
        return f"“{self.a}” and “{self.b}”: {relation}"


class MatchingWeights(models.Model):
    """Weights put in use, stored whole so that old decisions can be explained; the newest row is in use."""

    version = models.CharField(max_length=40)
    numbers = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    found = models.JSONField(default=dict, help_text="what the dry run said: per desk, what opens and what closes")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "matching weights"

    def __str__(self) -> str:
        return f"weights {self.version}"
