"""Receivers of factcheck's signals. The ``cleared`` flag is for lists; the gate is asked before printing."""

import logging
from typing import Any

from django.dispatch import receiver

from factcheck import signals

from .models import Story

logger = logging.getLogger("newsroom.stories")


@receiver(signals.document_cleared)
def mark_cleared(document: Any, **_: Any) -> None:
    if Story.objects.filter(document=document).update(cleared=True):
        logger.info("a story may go out", extra={"document": document.pk})


@receiver(signals.document_uncleared)
def mark_uncleared(document: Any, **_: Any) -> None:
    if Story.objects.filter(document=document).update(cleared=False):
        logger.info("a story may no longer go out", extra={"document": document.pk})


@receiver(signals.claim_stale)
def warn_of_stale_claim(claim: Any, reason: str, **_: Any) -> None:
    if Story.objects.filter(document=claim.document_id).exclude(printed="").exists():
        logger.warning("a claim of a printed story is stale", extra={"claim": claim.pk})


@receiver(signals.correction_published)
def log_published_correction(correction: Any, **_: Any) -> None:
    logger.info("a correction is recorded", extra={"document": correction.publication.document_id})
