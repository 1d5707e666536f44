"""Events sent to other systems: one delivery and one job for each webhook subscribed to the event.

Ids and states only; no text leaves, and no name. Who keeps webhooks, and how a message is signed, is in
``webhooks``.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from factcheck.jobs.keys import job_key
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue
from factcheck.models import Correction, Delivery, Document, Publication, Webhook

CHECKPOINT_EVENT = "history_checkpoint"
"""Tells the last checkpoint over the history, once a minute at most, where there is a new one."""
PING = "ping"
"""Tells nothing; sent when a keeper of a webhook tries it out, whatever it is told of."""
WEBHOOK_EVENTS = (
    "claim_stale",
    "document_cleared",
    "document_uncleared",
    "document_published",
    "correction_published",
    CHECKPOINT_EVENT,
)
"""The events a webhook can subscribe to, most of them named as the signals."""


def emit_webhook_event(event: str, document: Document, *, key: str, **facts: Any) -> int:
    """Write a delivery and its job for each active webhook of the desk that wants this, beside the action itself."""
    wanting = Webhook.objects.filter(desk=document.desk_id, active=True).select_related("desk")
    hooks = [row for row in wanting if event in row.events]
    if not hooks:
        return 0
    about = {
        "id": document.pk,
        "kind": document.kind,
        "state": document.state,
        "source_app": document.source_app,
        "source_id": document.source_id,
    }
    for hook in hooks:
        write_delivery(hook, event, key, {"document": about, **facts})
    return len(hooks)


def write_delivery(hook: Webhook, event: str, key: str, facts: dict[str, Any]) -> bool:
    """Write one delivery and its job, once for each key; whether it is new."""
    payload = {"event": event, "at": timezone.now().isoformat(), "desk": hook.desk.slug, **facts}
    row, made = Delivery.objects.get_or_create(webhook=hook, event=event, key=key, defaults={"payload": payload})
    if made:
        args = {"delivery": row.pk}
        enqueue(JobName.DELIVER_WEBHOOK, job_key(row), args, desk=hook.desk, priority=Priority.EXCHANGE)
    return made


def emit_published(publication: Publication) -> None:
    """A document went out, cleared or not."""
    number = publication.revision.number
    emit_webhook_event(
        "document_published",
        publication.document,
        key=f"publication:{publication.pk}",
        publication={"id": publication.pk, "revision": number, "clear": publication.clear},
    )


def emit_corrected(correction: Correction) -> None:
    """A correction was recorded."""
    summary = {
        "id": correction.pk,
        "class": correction.correction_class,
        "publication": correction.publication_id,
        "claim": correction.claim_id,
    }
    emit_webhook_event(
        "correction_published", correction.publication.document, key=f"correction:{correction.pk}", correction=summary
    )
