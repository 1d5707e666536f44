"""The relay: a thread in every worker and in beat that rings Celery where Job rows are due.

The only place that publishes a message. A lost, doubled or late one changes nothing: the row is the queue.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from celery import current_app
from celery.signals import beat_init, worker_ready, worker_shutting_down
from django.db import close_old_connections
from django.db.models import Q
from django.db.models.functions import Now

from factcheck.conf import settings
from factcheck.leases import take_back
from factcheck.models import Job
from factcheck.states import JobState

logger = logging.getLogger(__name__)
RING_AGAIN_SECONDS = 30
MOST_RINGS = 8


def ring() -> int:
    """Ring once for each job that is due and was not rung for lately; returns how many messages went out."""
    try:
        take_back()
    except Exception:
        logger.exception("the jobs of silent workers could not be taken back; ringing goes on")
    quiet = Q(rung_at=None) | Q(rung_at__lt=Now() - timedelta(seconds=RING_AGAIN_SECONDS))
    due = Job.objects.filter(quiet, state=JobState.DUE, run_at__lte=Now())
    rung = 0
    for pk, queue in due.order_by("priority", "run_at").values_list("pk", "queue")[:MOST_RINGS]:
        if due.filter(pk=pk).update(rung_at=Now()):
            current_app.send_task("factcheck.work", args=[queue], retry=False, ignore_result=True)
            rung += 1
    return rung


class Relay(threading.Thread):
    """Looks every ``RELAY_SECONDS`` until told to stop; a failing database or broker is logged and tried again."""

    def __init__(self) -> None:
        super().__init__(name="factcheck relay", daemon=True)
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(settings().RELAY_SECONDS):
            try:
                ring()
            except Exception:
                logger.exception("the relay could not ring; it will try again")
            finally:
                close_old_connections()


relays: list[Relay] = []


def start_relay(**_: Any) -> None:
    """Start the relay of this process, once."""
    if not relays:
        relays.append(Relay())
        relays[0].start()


def stop_relay(**_: Any) -> None:
    for relay in relays:
        relay.stopped.set()


worker_ready.connect(start_relay)
beat_init.connect(start_relay)
worker_shutting_down.connect(stop_relay)
