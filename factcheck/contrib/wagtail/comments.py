"""Comments of Wagtail from blockers: each at its block, once, and resolved when the blocker is gone."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Comment, Page

from factcheck.gate import Blocker
from factcheck.models import Document

from .positions import places_of_blockers
from .publishing import blockers_of_page
from .tables import SOURCE_APP, BlockerComment, FiledPage, is_factchecked
from .texts import PageText, Place, page_text

PREFIX = "Fact-check: "


def page_of_document(document: Document) -> Any:
    """The page that a document was filed for, as it was last saved; None where it is no page's."""
    filed = FiledPage.objects.filter(document=document).first() if document.source_app == SOURCE_APP else None
    page: Any = Page.objects.filter(pk=filed.pk).first() if filed else None
    specific = page.specific if page else None
    return specific.get_latest_revision_as_object() if specific is not None and is_factchecked(specific) else None


def sync_comments(document: Document) -> None:
    """Bring the comments of a page in line with what blocks it. Doing it twice changes nothing more.

    Comments stand in the name of whoever saved the page last, for Wagtail knows no comment of nobody. While the words
    of the page have not been read yet all stays as it is.
    """
    page = page_of_document(document)
    if page is None:
        return
    text = page_text(page)
    revision = document.current_revision
    if revision is None or revision.bytes_sha256 != text.digest:
        return
    found = [row for row in blockers_of_page(page, text.digest) if row.record in ("claim", "figure")]
    places = places_of_blockers(found, text, document)
    with transaction.atomic():
        FiledPage.objects.select_for_update().get(pk=page.pk)  # two workers take turns
        kept = {
            (row.record, row.record_id): row
            for row in BlockerComment.objects.filter(page_id=page.pk).select_related("comment")
        }
        for blocker in found:
            if at := places.get((blocker.record, blocker.record_id)):
                write_comment(page, text, blocker, at, kept.pop((blocker.record, int(blocker.record_id or 0)), None))
        gone = [row.comment.pk for row in kept.values()]
        Comment.objects.filter(pk__in=gone, resolved_at=None).update(resolved_at=timezone.now())


def write_comment(page: Any, text: PageText, blocker: Blocker, at: Place, known: BlockerComment | None) -> None:
    """Make the comment of one blocker, or bring the one there is up to date and open it again."""
    revision = page.latest_revision
    person = (revision.user if revision else None) or page.owner
    comment = known.comment if known else Comment(page_id=page.pk, user=person, revision_created=revision)
    values = {
        "text": PREFIX + blocker.message,
        "contentpath": at.part.path,
        "position": position_in_rich_text(text, at),
        "resolved_at": None,
        "resolved_by": None,
    }
    if person is None or (known and all(getattr(comment, name) == value for name, value in values.items())):
        return
    for name, value in values.items():
        setattr(comment, name, value)
    comment.save(update_position=True)
    if known is None:
        BlockerComment.objects.create(
            page_id=page.pk, comment=comment, record=blocker.record, record_id=blocker.record_id or 0
        )


def position_in_rich_text(text: PageText, at: Place) -> str:
    """Where Wagtail's editor of rich text marks the words; empty for other fields. It counts in UTF-16."""
    if not at.part.key:
        return ""
    own = text.own_text(at.part)
    start, end = (len(own[:index].encode("utf-16-le")) // 2 for index in (at.start, at.end))
    return json.dumps([{"key": at.part.key, "start": start, "end": end}])
