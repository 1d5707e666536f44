"""In which language and on which clock a person reads."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Preferences(models.Model):
    """One person's language and time zone; what is empty is left to the browser and to the site."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factcheck_preferences")
    language = models.CharField(max_length=16, blank=True)
    zone = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"{self.user}: {self.language or '–'}, {self.zone or '–'}"
