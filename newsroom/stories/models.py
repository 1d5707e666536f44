"""A story of the site: the text its writers edit, and the printed text readers see, which must pass the gate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models

from factcheck.gate import Blocker, clearance
from factcheck.models import Desk, Document


def digest(text: str) -> str:
    """The SHA-256 of the bytes that are filed and printed."""
    return hashlib.sha256(text.encode()).hexdigest()


class NotCleared(Exception):
    """The gate is shut for the text that was about to be printed; ``blockers`` say why."""

    def __init__(self, blockers: Iterable[Blocker]) -> None:
        self.blockers = tuple(blockers)
        super().__init__("; ".join(row.message for row in self.blockers))


class StoryQuerySet(models.QuerySet["Story"]):
    """Bulk writes bypass ``save`` and so may not change the printed text."""

    def update(self, **values: Any) -> int:
        if "printed" in values:
            raise NotCleared([Blocker("not_asked", "story", None, "Stories are printed one by one, by save().")])
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Story], *args: Any, **kwargs: Any) -> list[Story]:
        stories = list(objs)
        for story in stories:
            story.refuse_unless_cleared()
        return super().bulk_create(stories, *args, **kwargs)


class Story(models.Model):
    headline = models.CharField(max_length=200)
    body = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name="fact-check desk")
    document = models.OneToOneField(Document, models.PROTECT, null=True, editable=False, related_name="+")
    cleared = models.BooleanField(default=False, editable=False, help_text="for lists only: the gate is asked anew")
    printed = models.TextField(blank=True, editable=False, help_text="what readers see")
    changed_at = models.DateTimeField(auto_now=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        verbose_name_plural = "stories"

    def __str__(self) -> str:
        return self.headline

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_unless_cleared()
        super().save(*args, **kwargs)

    @property
    def text(self) -> str:
        """The words that are filed, checked and printed: the same string each time, or no hash would ever agree."""
        return f"{self.headline}\n\n{self.body}".replace("\r\n", "\n")

    @property
    def published(self) -> bool:
        return bool(self.printed)

    @property
    def printed_headline(self) -> str:
        return self.printed.partition("\n\n")[0]

    def blockers(self, text: str) -> tuple[Blocker, ...]:
        """Why this text may not be printed now; nothing where it may."""
        if self.document is None:
            return (Blocker("not_filed", "story", self.pk, "The story has not been filed for checking."),)
        answer = clearance(self.document, source_sha256=digest(text))
        return () if answer.clear else answer.blockers

    def refuse_unless_cleared(self) -> None:
        """Ask the gate. Every write ends in ``save`` and so here: views, the admin, a shell, a script.

        Raises:
            NotCleared: what readers would see changes, and the gate is shut for it.
        """
        before = Story.objects.filter(pk=self.pk).values_list("printed", flat=True).first() or ""
        if self.printed not in ("", before) and (found := self.blockers(self.printed)):
            raise NotCleared(found)
