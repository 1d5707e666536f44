"""Filing the words of a page for checking, each time a revision of it is kept."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from factcheck.gate import Arrival, FactcheckError, ingest_document

from .tables import SOURCE_APP, FiledPage
from .texts import page_text

logger = logging.getLogger("factcheck.contrib.wagtail")


def file_page(page: Any, *, by: Any) -> FiledPage:
    """File the words of a page as they are in memory, with its owner and whoever writes as authors.

    What cannot be filed raises nothing, so that no work of a writer is lost: the reason is kept for the panel, and the
    gate stays shut for these words.
    """
    with transaction.atomic():
        FiledPage.objects.get_or_create(page_id=page.pk)
        filed = FiledPage.objects.select_for_update(of=("self",)).select_related("document__desk").get(pk=page.pk)
        desk = filed.document.desk if filed.document else page.get_factcheck_desk()
        try:
            filed.not_filed = ""
            if by is None:
                filed.not_filed = "Nobody is named who wrote it: save it as a person."
            elif desk is None:
                filed.not_filed = f"There is no desk “{page.factcheck_desk}” to check it."
            else:
                with transaction.atomic():
                    filed.document, _ = ingest_document(page_text(page).data, arrival_of(page, by), desk=desk, by=by)
        except FactcheckError as refusal:
            filed.not_filed = refusal.message
        if filed.not_filed:
            logger.warning("page %s was not filed for checking: %s", page.pk, filed.not_filed)
        filed.save(update_fields=["document", "not_filed"])
    return filed


def arrival_of(page: Any, by: Any) -> Arrival:
    owner = page.owner
    return Arrival(
        title=page.title,
        pasted=True,
        filename="page.txt",
        media_type="text/plain",
        source_app=SOURCE_APP,
        source_id=str(page.pk),
        topic=page.get_factcheck_topic(),
        authors=(by,) if owner is None or owner == by else (owner, by),
    )
