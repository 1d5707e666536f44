"""People's word on whether two figures count the same thing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from factcheck.states import JudgementState

from .desks import Desk
from .figures import Figure
from .topics import Topic


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

    ``a_fingerprint`` and ``b_fingerprint`` identify the two figures in every text that carries them.
    """

    a = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    b = models.ForeignKey(Figure, models.PROTECT, related_name="+")
    a_fingerprint = models.CharField(max_length=32, db_index=True)
    b_fingerprint = models.CharField(max_length=32, db_index=True)
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
            models.CheckConstraint(condition=~Q(a_fingerprint=F("b_fingerprint")), name="judgement_of_two"),
            models.CheckConstraint(condition=Q(state__in=JudgementState.values), name="judgement_state_known"),
        ]

    def __str__(self) -> str:
        relation = gettext("the same thing") if self.same else gettext("not the same thing")
        return gettext("“{a}” and “{b}”: {relation}").format(a=self.a, b=self.b, relation=relation)
