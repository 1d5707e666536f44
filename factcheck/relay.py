"""The relay: a thread in every worker and in beat that rings Celery where Job rows are due.

The only place that publishes a message. A lost, doubled or late one changes nothing: the row is the queue. Where the
broker is a folder, a second thread of the worker does what was rung for and nobody came for, so that no state of that
folder keeps work waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import current_app
from celery.signals import beat_init, worker_ready, worker_shutdown, worker_shutting_down
from django.db import close_old_connections
from django.db.models import Q
from django.db.models.functions import Now

from factcheck.conf import settings
from factcheck.leases import take_back
from factcheck.models import Job
from factcheck.states import JobState

logger = logging.getLogger(__name__)
WORK = "factcheck.work"
RING_AGAIN_SECONDS = 30
MOST_RINGS = 8
UNHEARD_SECONDS = 5
"""How long after its ring a job of the embedded lane waits for Celery before the worker takes it without a message."""
FINISH_SECONDS = 30


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
            current_app.send_task(WORK, args=[queue], retry=False, ignore_result=True)
            rung += 1
    return rung


def unheard() -> set[str]:
    """The queues with work that was rung for and that nobody has come for."""
    long_ago = Now() - timedelta(seconds=UNHEARD_SECONDS)
    due = Job.objects.filter(state=JobState.DUE, run_at__lte=Now(), rung_at__lt=long_ago)
    return set(due.values_list("queue", flat=True))


def take_unheard() -> int:
    """Do the work that nobody has come for; returns how many jobs that were."""
    return sum(current_app.tasks[WORK](queue) for queue in sorted(unheard()))


class Repeated(threading.Thread):
    """Does one thing every ``RELAY_SECONDS`` until told to stop; what fails is logged and tried again."""

    def __init__(self, name: str, action: Callable[[], Any]) -> None:
        super().__init__(name=name, daemon=True)
        self.action = action
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(settings().RELAY_SECONDS):
            try:
                self.action()
            except Exception:
                logger.exception("%s failed; it will be tried again", self.name)
            finally:
                close_old_connections()


threads: list[Repeated] = []


def start_relay(**_: Any) -> None:
    """Start the relay of this process, once."""
    if not threads:
        threads.append(Repeated("factcheck relay", ring))
        threads[0].start()


def start_taking(**_: Any) -> None:
    """In a worker whose broker is a folder: start taking what nobody comes for."""
    if current_app.connection_for_read().transport.driver_type == "filesystem":
        threads.append(Repeated("factcheck timer", take_unheard))
        threads[-1].start()


def stop_relay(**_: Any) -> None:
    for thread in threads:
        thread.stopped.set()


def wait_for_work(**_: Any) -> None:
    """What the timer has begun it finishes, as Celery's own threads do."""
    for thread in threads:
        thread.join(FINISH_SECONDS)


worker_ready.connect(start_relay)
worker_ready.connect(start_taking)
beat_init.connect(start_relay)
worker_shutting_down.connect(stop_relay)
worker_shutdown.connect(wait_for_work)
