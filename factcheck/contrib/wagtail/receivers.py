"""Receivers: the gate before every write of a page, and comments after whatever changes a page's blockers."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_save
from wagtail.models import Page

from factcheck import signals
from factcheck.models import Document

from .comments import sync_comments
from .publishing import ask_before_save, note_after_save


def connect() -> None:
    """Connect them; the app does so once the models are ready."""
    pre_save.connect(ask_gate, dispatch_uid="factcheck_wagtail.ask")
    post_save.connect(note_live_words, dispatch_uid="factcheck_wagtail.note")
    for signal in (signals.document_read, signals.document_cleared, signals.document_uncleared):
        signal.connect(comment_on_document, dispatch_uid="factcheck_wagtail.comment")
    for signal in (signals.claim_moved, signals.claim_stale):
        signal.connect(comment_on_claim, dispatch_uid="factcheck_wagtail.comment")


def ask_gate(sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **_: Any) -> None:
    if isinstance(instance, Page):
        ask_before_save(instance, update_fields, raw=raw)


def note_live_words(sender: Any, instance: Any, **_: Any) -> None:
    if isinstance(instance, Page):
        note_after_save(instance)


def comment_on_document(document: Any, **_: Any) -> None:
    sync_comments(Document.objects.get(pk=document.pk))


def comment_on_claim(claim: Any, **_: Any) -> None:
    sync_comments(Document.objects.get(pk=claim.document_id))
