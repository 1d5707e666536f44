"""Tables of the plug: what it knows of each page, and which comment stands for which blocker."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from wagtail.models import Comment, Page

from factcheck.models import Document

SOURCE_APP = "wagtail"
"""The ``source_app`` under which pages are filed; their ``source_id`` is the page's number."""


class FiledPage(models.Model):
    """What the plug knows of one page: its document, and which words of it the gate let out.

    It is no part of the page, so no revision, copy or form of the page can carry it elsewhere or bring an old one back.
    """

    page = models.OneToOneField(Page, models.CASCADE, primary_key=True, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, null=True, related_name="+")
    live_sha256 = models.CharField(max_length=64, blank=True, help_text="of the words that readers may see")
    not_filed = models.TextField(blank=True, help_text="why the newest words could not be filed")
    held_back = models.TextField(blank=True, help_text="why it did not go live when it was due")
    told_of = models.CharField(max_length=64, blank=True, help_text="the due publication that people were told of")
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[models.Manager[FiledPage]] = models.Manager()

    def __str__(self) -> str:
        return f"page {self.pk}"


class BlockerComment(models.Model):
    """A comment of Wagtail that stands for one blocker of a page, so that the next round finds it again."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="+")
    comment = models.OneToOneField(Comment, models.CASCADE, related_name="+")
    record = models.CharField(max_length=20)
    record_id = models.BigIntegerField()

    objects: ClassVar[models.Manager[BlockerComment]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "record", "record_id"], name="blocker_comment_once")]

    def __str__(self) -> str:
        return f"{self.record} {self.record_id}"


def is_factchecked(model: Any) -> bool:
    """Whether a page type, or a page, is one whose words are checked: it has the mixin of ``models``."""
    return model is not None and hasattr(model, "factcheck_fields")
