"""What the matching of figures keeps: figures prepared for it, what is usual in a topic, the weights in use."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .figures import Figure
from .topics import Topic


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
