"""What went out cleared, what was corrected and what was withdrawn, as RSS and Atom for other systems.

One entry for each publication, correction and withdrawal of a story, newest first. What is under embargo is in none,
whoever asks. Ids stay whatever the address of the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from factcheck.intake.text_cleaning import replace_unusable, with_directions_closed
from factcheck.models import Correction, Document, DocumentKind, Event, Publication
from factcheck.states import DocumentState

from .base import BaseView
from .filters import StrictFilterBackend
from .schema import describe

MOST_ENTRIES = 50
NAMESPACE = uuid5(NAMESPACE_URL, "factcheck/syndication")
DESK = OpenApiParameter("desk", str, description="The slug of a desk, for its stories alone.")


@dataclass(frozen=True)
class StoryEntry:
    """One publication, correction or withdrawal of a story, under the title and byline it went out with."""

    kind: str
    publication: Publication
    pk: int
    at: datetime
    words: str

    @property
    def document(self) -> Document:
        return self.publication.document

    @property
    def uuid(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.kind} {self.pk} of {self.document.pk} at {self.at.isoformat()}")

    @property
    def title(self) -> str:
        headline = replace_unusable(with_directions_closed(self.publication.title)) or "a text without a title"
        return headline if self.kind == "publication" else f"{self.kind.capitalize()}: {headline}"

    @property
    def story_address(self) -> str:
        """Where the story stands, where that is known; no other scheme is anything a reader may follow."""
        url = self.document.url
        return url if url.startswith(("https://", "http://")) else ""


def syndicated(user: Any) -> QuerySet[Document]:
    """The stories that went out cleared, of what a person may see; none that is under embargo."""
    cleared = Publication.objects.filter(document=OuterRef("pk"), clear=True)
    stories = Document.objects.visible_to(user).filter(Exists(cleared), kind=DocumentKind.STORY)
    return stories.exclude(embargo_until__gt=timezone.now())


def entries_of(stories: QuerySet[Document]) -> list[StoryEntry]:
    """The newest entries of these stories."""
    keys = stories.order_by().values("pk")
    published = Publication.objects.filter(document__in=keys, clear=True).select_related("document__desk")
    corrections = Correction.objects.filter(publication__document__in=keys).select_related(
        "publication__document__desk"
    )
    withdrawn = Event.objects.filter(
        record="document", record_id__in=keys, action="withdraw", from_state=DocumentState.PUBLISHED
    ).order_by("-id")[:MOST_ENTRIES]
    gone = stories.filter(state=DocumentState.WITHDRAWN)
    last = Publication.objects.filter(document__in=gone.filter(pk__in=[event.record_id for event in withdrawn]))
    last_of = {row.document_id: row for row in last.select_related("document__desk").order_by("pk")}
    found = [
        *(
            StoryEntry("publication", row, row.pk, row.at, "Checked and published.")
            for row in published.order_by("-id")[:MOST_ENTRIES]
        ),
        *(
            StoryEntry(row.correction_class, row.publication, row.pk, row.at, row.wording)
            for row in corrections.order_by("-id")[:MOST_ENTRIES]
        ),
        *(
            StoryEntry("withdrawn", last_of[event.record_id], event.pk, event.at, "Withdrawn after publication.")
            for event in withdrawn
            if event.record_id in last_of
        ),
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:MOST_ENTRIES]


class SyndicationFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")


class SyndicationFilterBackend(StrictFilterBackend):
    """There are no pages to ask for."""

    pagination_parameters = frozenset()


class BaseSyndicationView(BaseView):
    """A feed of the stories that went out; a refusal is JSON, as everywhere."""

    filterset_class = SyndicationFilter
    feed_class: ClassVar[Any]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever a reader of feeds says it accepts, it gets the feed."""
        return super().perform_content_negotiation(request, force=True)

    def answer(self, request: Request) -> HttpResponse:
        stories = SyndicationFilterBackend().filter_queryset(request, syndicated(request.user), self)
        here = request.build_absolute_uri()
        api = request.build_absolute_uri(request.path.rsplit("publications/", 1)[0])
        feed = self.feed_class(
            title="Fact-check: stories that went out",
            link=f"{api}publications/",
            description="Stories that were published cleared, and what was corrected or withdrawn.",
            author_name="Fact-check",
            feed_url=here,
            feed_guid=here,
        )
        for entry in entries_of(stories):
            add_entry(feed, entry, f"{api}documents/{entry.document.pk}/")
        return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def add_entry(feed: SyndicationFeed, entry: StoryEntry, record_address: str) -> None:
    """Add an entry; its words are escaped twice, for readers take a description for markup."""
    feed.add_item(
        title=entry.title,
        link=entry.story_address or record_address,
        description=escape(replace_unusable(entry.words)),
        author_name=replace_unusable(entry.publication.byline or entry.document.desk.name),
        unique_id=entry.uuid.urn,
        unique_id_is_permalink=False,
        pubdate=entry.at,
        updateddate=entry.at,
        categories=[entry.kind],
    )


class RssView(BaseSyndicationView):
    feed_class = Rss201rev2Feed

    @describe(200, response=OpenApiTypes.STR, media_types=("application/rss+xml",), parameters=(DESK,))
    def get(self, request: Request) -> HttpResponse:
        """Stories that went out cleared, corrections and withdrawals as RSS 2.0, newest first, at most fifty."""
        return self.answer(request)


class AtomView(BaseSyndicationView):
    feed_class = Atom1Feed

    @describe(200, response=OpenApiTypes.STR, media_types=("application/atom+xml",), parameters=(DESK,))
    def get(self, request: Request) -> HttpResponse:
        """Stories that went out cleared, corrections and withdrawals as Atom, newest first, at most fifty."""
        return self.answer(request)
