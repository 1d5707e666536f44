"""The messages of webhooks in the OpenAPI schema: what a receiver is sent, by event, and how it is signed.

OpenAPI 3.0 has no place for them; they stand under ``x-webhooks``, in the form that 3.1 has under ``webhooks``.
"""

from __future__ import annotations

from typing import Any

from factcheck.workflow.webhook_events import CHECKPOINT_EVENT, PING

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
CLEAR = {"type": "boolean"}


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def object_of(**properties: Any) -> dict[str, Any]:
    """An object that has these properties, all of them and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


DOCUMENT = object_of(
    id=NUMBER, kind=reference("DocumentKind"), state=reference("DocumentState"), source_app=TEXT, source_id=TEXT
)
BLOCKER = object_of(code=TEXT, record=TEXT, record_id={**NUMBER, "nullable": True})
CLEARANCE = object_of(
    clear=CLEAR,
    revision={**NUMBER, "nullable": True},
    source_sha256={"type": "string", "pattern": "^([0-9a-f]{64})?$"},
    blockers={"type": "array", "items": reference("WebhookBlocker")},
)
CORRECTION = object_of(
    **{"id": NUMBER, "class": reference("CorrectionClass"), "publication": NUMBER},
    claim={**NUMBER, "nullable": True},
)
EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "claim_stale": (
        "A sign-off no longer holds.",
        {"document": reference("WebhookDocument"), "claim": object_of(id=NUMBER, state=reference("ClaimState"))},
    ),
    "document_cleared": (
        "The gate, asked anew after an action, answers yes where it answered no.",
        {"document": reference("WebhookDocument"), "clearance": reference("WebhookClearance")},
    ),
    "document_uncleared": (
        "The gate, asked anew after an action, answers no where it answered yes.",
        {"document": reference("WebhookDocument"), "clearance": reference("WebhookClearance")},
    ),
    "document_published": (
        "A document went out, cleared or not.",
        {
            "document": reference("WebhookDocument"),
            "publication": object_of(id=NUMBER, revision=NUMBER, clear=CLEAR),
        },
    ),
    "correction_published": (
        "A correction was recorded.",
        {"document": reference("WebhookDocument"), "correction": CORRECTION},
    ),
    CHECKPOINT_EVENT: (
        "The last checkpoint over the history, once a minute at most.",
        {"checkpoint": object_of(number=NUMBER, last_event=NUMBER, digest=DIGEST)},
    ),
    PING: ("Tells nothing; sent when a keeper of the webhook tries it out.", {"webhook": object_of(id=NUMBER)}),
}
"""Each event: what it says, and what its message holds besides the envelope."""

HEADERS = {
    "X-Factcheck-Event": ("The event.", TEXT),
    "X-Factcheck-Delivery": ("The number of the delivery; the same when a message comes again.", TEXT),
    "X-Factcheck-Timestamp": ("When it was sent, in seconds since 1970.", {"type": "string", "pattern": "^[0-9]+$"}),
    "X-Factcheck-Signature": (
        "HMAC-SHA256 under the webhook's secret, over the timestamp, a dot and the body as it came.",
        {"type": "string", "pattern": "^sha256=[0-9a-f]{64}$"},
    ),
}


def component_name(event: str) -> str:
    """Such as ``DocumentClearedMessage``."""
    return "".join(word.capitalize() for word in event.split("_")) + "Message"


def message(event: str) -> dict[str, Any]:
    """The schema of a whole message."""
    told, held = EVENTS[event]
    envelope = {"delivery": NUMBER, "event": {"type": "string", "enum": [event]}, "at": {**TEXT, "format": "date-time"}}
    return {**object_of(**envelope, desk=TEXT, **held), "description": told}


def operation(event: str) -> dict[str, Any]:
    """What is sent to a receiver, and what it should answer."""
    return {
        "operationId": f"webhook_{event}",
        "summary": EVENTS[event][0].rstrip("."),
        "description": f"{EVENTS[event][0]} Ids and states only: no text, and no name.",
        "tags": ["webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": words, "schema": schema}
            for name, (words, schema) in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": reference(component_name(event))}},
        },
        "responses": {
            "2XX": {"description": "It was taken. Any other answer, and none within ten seconds, is tried again."}
        },
    }


def add_webhooks(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook over the whole schema: every message that a webhook may get."""
    parts = {"WebhookDocument": DOCUMENT, "WebhookBlocker": BLOCKER, "WebhookClearance": CLEARANCE}
    result["components"]["schemas"] |= {**parts, **{component_name(event): message(event) for event in EVENTS}}
    return {**result, "x-webhooks": {event: {"post": operation(event)} for event in EVENTS}}
