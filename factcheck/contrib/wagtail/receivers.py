"""Receivers: the gate before every write of a page, and comments after whatever changes a page's blockers."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from wagtail.models import Page

from factcheck import signals
from factcheck.models import Document

from .comments import sync_comments
from .publishing import ask_before_save, note_after_save


@receiver(pre_save)
def ask_gate(sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    if isinstance(instance, Page):
        ask_before_save(instance, update_fields, raw=raw)


@receiver(post_save)
def note_live_words(sender: Any, instance: Any, **_: Any) -> None:
    if isinstance(instance, Page):
        note_after_save(instance)


@receiver(signals.document_read)
@receiver(signals.document_cleared)
@receiver(signals.document_uncleared)
def comment_on_document(document: Any, **_: Any) -> None:
    sync_comments(Document.objects.get(pk=document.pk))


@receiver(signals.claim_moved)
@receiver(signals.claim_stale)
def comment_on_claim(claim: Any, **_: Any) -> None:
    sync_comments(Document.objects.get(pk=claim.document_id))
