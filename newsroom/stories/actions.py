"""Actions on a story: save it, which files it for checking, and print it, which asks the gate."""

from __future__ import annotations

from django.db import transaction

from factcheck.actors import Person
from factcheck.gate import Arrival, correct_document, ingest_document, publish_document
from factcheck.models import Document

from .models import Story, digest

SOURCE_APP = "newsroom"


class ChangedMeanwhile(Exception):
    """Somebody else has saved the story since the person opened it; nothing was written."""


def save_story(story: Story, *, by: Person, opened_digest: str = "") -> None:
    """Keep a story and file its text, both or neither. Whoever writes it is an author, and cannot clear it.

    ``opened_digest`` is the digest of the text on which the person began to write.

    Raises:
        ChangedMeanwhile: the story has another text by now.
        FactcheckError: factcheck does not take it, with the sentence for the person.
    """
    with transaction.atomic():
        if story.pk is not None:
            if digest(locked_story(story).text) != opened_digest:
                raise ChangedMeanwhile
            story.refresh_from_db(fields=["printed", "cleared", "document"])  # what others write meanwhile
        story.save()
        arrival = Arrival(
            title=story.headline,
            pasted=True,
            filename="story.txt",
            media_type="text/plain",
            source_app=SOURCE_APP,
            source_id=str(story.pk),
            authors=(story.author, by),
        )
        story.document, _ = ingest_document(story.text.encode(), arrival, desk=story.desk, by=by)
        story.save()


def locked_story(story: Story) -> Story:
    """The story's row, locked until the transaction ends. Always locked before its document, to avoid deadlocks."""
    return Story.objects.select_for_update().get(pk=story.pk)


def print_story(story: Story, *, by: Person, wording: str = "") -> None:
    """Print the text for readers. A story printed before is published again as a correction, with ``wording``.

    Raises:
        NotCleared: with what blocks it. FactcheckError: the person may not publish, or there is an embargo.
    """
    with transaction.atomic():
        locked_story(story)
        story.refresh_from_db()
        # its row is held too, so that no revision comes between the answer and the print
        filed = story.document_id
        document = Document.objects.select_for_update().filter(pk=filed).first() if filed else None
        again, story.document, story.printed = story.published, document, story.text
        story.save()  # asks the gate, as every save does that changes what readers see
        if document is not None and again:
            correct_document(document, by=by, correction_class="update", wording=wording)
        elif document is not None:
            publish_document(document, by=by, source_sha256=digest(story.printed))
