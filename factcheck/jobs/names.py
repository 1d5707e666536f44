"""Every kind of job: its name, how soon it is done, how often it is tried."""

from __future__ import annotations

from enum import IntEnum

from django.db.models import TextChoices

from factcheck.conf import settings

QUEUE = "work"


class JobName(TextChoices):
    """Every kind of background work; docs/operations.md says what each does."""

    READ_DOCUMENT = "read_document"
    FETCH_DOCUMENT = "fetch_document"
    POLL_FEED = "poll_feed"
    CROSSCHECK = "crosscheck"
    REGROUP = "regroup"
    CAPTURE_EVIDENCE = "capture_evidence"
    SEND_REPORT = "send_report"
    SWEEP = "sweep"
    RECHECK_CLEARANCE = "recheck_clearance"
    SEND_NOTICES = "send_notices"
    DELIVER_WEBHOOK = "deliver_webhook"


class Priority(IntEnum):
    """Which of two due jobs is done first: the one with the lower number."""

    STORY = 2
    EVIDENCE = 3
    COVERAGE = 4
    DEFAULT = 5
    EXCHANGE = 6
    """With other systems: feeds and webhooks."""
    MAIL = 7
    RECHECK = 8
    SWEEP = 9


PASSING_DELAYS = (5, 15, 60, 300, 900, 1800, 3600, 3600, 3600)
"""After how many seconds work is tried again that met a failure that passes; it is given up after the last."""
RETRY_DELAYS: dict[str, tuple[int, ...]] = {
    JobName.DELIVER_WEBHOOK: (60, 300, 1800, 7200),
    JobName.FETCH_DOCUMENT: (60, 300, 1800),
    JobName.CAPTURE_EVIDENCE: (2, 10, 60, 300, 1800),
}
"""After how many seconds work that rests on somebody else's server is tried again; other work is within seconds."""


def max_attempts(name: str) -> int:
    """How often work of this name is tried before it stays failed."""
    return len(RETRY_DELAYS[name]) + 1 if name in RETRY_DELAYS else settings().MAX_ATTEMPTS


def most_lost_workers(name: str) -> int:
    """How many workers work of this name may lose: two more than it may fail, since they stop for their own reasons."""
    return max_attempts(name) + 2


def retry_delay(name: str, failures: int) -> int:
    """How many seconds work of this name rests after so many failures."""
    return RETRY_DELAYS[name][failures - 1] if name in RETRY_DELAYS else 2**failures
