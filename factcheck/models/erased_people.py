"""People whose account no longer says who they were; what they decided stays, under a pseudonym."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ErasedPerson(models.Model):
    """One account made nameless. Who decided it, when and why is in the history of this record."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "erased people"

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def pseudonym(self) -> str:
        """What the person is called from now on."""
        return f"erased-{self.pk}"
