"""What people do with a story: save it, which files it for checking, and print it, which asks the gate."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from factcheck.gate import Arrival, correct_document, ingest_document, publish_document
from factcheck.models import Document

from .models import Story, digest

SOURCE_APP = "newsroom"


def save_story(story: Story, *, by: Any) -> None:
    """Keep a story and file its text, both or neither. Whoever writes it is an author, and cannot clear it.

    Raises:
        FactcheckError: factcheck does not take it, with the sentence for the person.
    """
    with transaction.atomic():
        story.save()
        arrival = Arrival(
            title=story.headline, pasted=True, filename="story.txt", media_type="text/plain",
            source_app=SOURCE_APP, source_id=str(story.pk), authors=(story.author, by),
        )  # fmt: skip
        story.document, _ = ingest_document(story.text.encode(), arrival, desk=story.desk, by=by)
        story.save()


def print_story(story: Story, *, by: Any, wording: str = "") -> None:
    """Put the text before the readers. A story printed before goes out again as a correction, in ``wording``.

    Raises:
        NotCleared: with what blocks it. FactcheckError: the person may not publish, or there is an embargo.
    """
    with transaction.atomic():
        # the row is held so that no revision comes between the answer and the print
        held = Document.objects.select_for_update().filter(pk=story.document_id).first()
        again, story.document, story.printed = story.published, held, story.text
        story.save()  # asks the gate, as every save does that changes what readers see
        if held is not None and again:
            correct_document(held, by=by, correction_class="update", wording=wording)
        elif held is not None:
            publish_document(held, by=by, source_sha256=digest(story.printed))
