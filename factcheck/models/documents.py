"""Documents and their revisions: the texts a newsroom holds, each text immutable and hashed."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import StrIndex
from django.utils.translation import gettext

from factcheck.intake.text_cleaning import with_directions_closed
from factcheck.states import DocumentState

from .desks import Desk
from .search import documents_with
from .topics import Topic

NINJS = "ninjs"
"""The ``source_app`` of items filed as ninjs: an agency's, not the host's own."""


class DocumentKind(models.TextChoices):
    STORY = "story"
    COVERAGE = "coverage"
    REFERENCE = "reference"


class WrittenBy(models.TextChoices):
    """Who wrote a text, as whoever files it says."""

    ME = "me", "I wrote it"
    COLLEAGUE = "colleague", "a colleague, named as an author"
    SOMEONE_ELSE = "someone_else", "somebody outside, named in the byline"
    OUTLET = "outlet", "another outlet"


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Any) -> DocumentQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))

    def in_check(self) -> DocumentQuerySet:
        return self.filter(state=DocumentState.IN_CHECK)

    def search(self, words: str) -> DocumentQuerySet:
        """Those whose title, byline, publisher, address or newest text hold all these words."""
        return cast(DocumentQuerySet, documents_with(words, self))

    def titled(self, words: str) -> DocumentQuerySet:
        """Those whose title holds all these words."""
        return cast(DocumentQuerySet, documents_with(words, self, titles_only=True))


class Document(models.Model):
    """A text the newsroom holds. ``authors`` are those named as its writers; filing is not writing."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="documents")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="documents")
    kind = models.CharField(max_length=10, choices=DocumentKind.choices, default=DocumentKind.STORY)
    title = models.CharField(max_length=500, blank=True)
    publisher = models.ForeignKey("factcheck.Source", models.PROTECT, null=True, blank=True, related_name="documents")
    publisher_name = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    byline = models.CharField(max_length=500, blank=True)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=64, default="UTC", help_text="time zone of the dateline")
    language = models.CharField(max_length=10, blank=True)
    embargo_until = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(
        default=list, blank=True, help_text="what does not come out inside its text, a sentence each"
    )
    source_app = models.CharField(max_length=100, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=DocumentState.choices, default=DocumentState.ARRIVING)
    state_reason = models.CharField(max_length=500, blank=True)
    arrival_key = models.CharField(max_length=64, unique=True)
    clear = models.BooleanField(
        null=True, help_text="what the gate last answered; asked anew by a job after each action"
    )
    same_text_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reprints")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DocumentState.values), name="document_state_known"),
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known"),
            models.UniqueConstraint(
                fields=["desk", "source_app", "source_id"], condition=~Q(source_id=""), name="document_host_object_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="unreadable") | ~Q(state_reason=""), name="document_unreadable_says_why"
            ),
        ]

    def __str__(self) -> str:
        return with_directions_closed(self.title or self.url or gettext("a text without a title"))

    @property
    def is_of_host(self) -> bool:
        """Whether it is the host's own text, whose whole page is checked and not only the extracted article."""
        return self.source_id != "" and self.source_app != NINJS

    @property
    def current_revision(self) -> Revision | None:
        return self.revisions.order_by("-number").first()

    def writer_of(self, words: str) -> Any:
        """Who brought these words into the text by revising it; None where they stood from the first.

        Filing a text is not writing it, but changing one is.
        """
        told = self.revisions.annotate(place=StrIndex("text", Value(words))).filter(place__gt=0)
        first = told.order_by("number").select_related("created_by").defer("text").first()
        return first.created_by if first and first.number > 1 else None


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: Any) -> RevisionQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))


class Revision(models.Model):
    """One immutable text of a document. Offsets everywhere are code points in this text."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64, db_index=True)
    words_sha256 = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="of its words without typography; empty where it has none"
    )
    bytes_sha256 = models.CharField(max_length=64, db_index=True, help_text="of the bytes the host sent")
    snapshot = models.ForeignKey("factcheck.Snapshot", models.PROTECT, null=True, related_name="revisions")
    reader_notes = models.JSONField(default=list)
    engine_version = models.CharField(
        max_length=20, blank=True, help_text="of the reading that marked it; empty before"
    )
    language = models.CharField(
        max_length=10, blank=True, help_text="of the text, as it was read; empty where it is not known"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="revision_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_positive"),
        ]

    def __str__(self) -> str:
        return gettext("{document}, revision {number}").format(document=self.document, number=self.number)
