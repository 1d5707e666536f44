"""A message of a webhook to try a receiver out with: made-up ids, the true form, signed with a secret of one's own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from factcheck.workflow.webhook_events import CHECKPOINT_EVENT, PING, WEBHOOK_EVENTS
from factcheck.workflow.webhooks import sign_payload

CLEARANCE = {"revision": 3, "source_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"}
BLOCKER = {"code": "claim_stale", "record": "claim", "record_id": 812}
FACTS: dict[str, dict[str, Any]] = {
    "claim_stale": {"claim": {"id": 812, "state": "stale"}},
    "document_cleared": {"clearance": {"clear": True, **CLEARANCE, "blockers": []}},
    "document_uncleared": {"clearance": {"clear": False, **CLEARANCE, "blockers": [BLOCKER]}},
    "document_published": {"publication": {"id": 64, "revision": 3, "clear": True}},
    "correction_published": {"correction": {"id": 9, "class": "correction", "publication": 64, "claim": 812}},
    CHECKPOINT_EVENT: {"checkpoint": {"number": 2041, "last_event": 98120, "digest": CLEARANCE["source_sha256"]}},
    PING: {"webhook": {"id": 5}},
}
DOCUMENT = {"id": 4071, "kind": "story", "state": "in_check", "source_app": "cms", "source_id": "article-4071"}
WITHOUT_DOCUMENT = {CHECKPOINT_EVENT, PING}
"""Events of the whole site, or of the webhook itself."""


class Command(BaseCommand):
    help = "Print a message as a webhook sends it, headers and body, signed with --secret; nothing is sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("event", choices=[*WEBHOOK_EVENTS, PING])
        parser.add_argument("--secret", default="a-secret-of-your-own", help="what the receiver verifies with")

    def handle(self, *args: Any, **options: Any) -> None:
        body, headers = sign_payload(sample(options["event"]), options["secret"], timezone.now())
        for name, value in headers.items():
            self.stdout.write(f"{name}: {value}")
        self.stdout.write(f"Content-Type: application/json\n\n{body.decode()}")


def sample(event: str) -> dict[str, Any]:
    """The payload of an event, of records that are made up."""
    about = {} if event in WITHOUT_DOCUMENT else {"document": DOCUMENT}
    at = timezone.now().isoformat()
    return {"delivery": 1, "event": event, "at": at, "desk": "news-desk", **about, **FACTS[event]}
