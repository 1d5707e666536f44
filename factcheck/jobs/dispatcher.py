"""The dispatcher: a thread in every worker and in beat that publishes a Celery message where Job rows are due.

The only module that publishes messages. A lost, duplicated or late message is harmless: the row is the queue. Where
the broker is a folder, a second thread of the worker runs jobs whose message nobody has consumed. Another thread
writes the checkpoints over the history.
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
from factcheck.jobs.checkpoints import write_checkpoints
from factcheck.jobs.leases import reclaim_expired
from factcheck.jobs.stopping import note_stopping
from factcheck.models import Job
from factcheck.states import JobState

logger = logging.getLogger(__name__)
WORK = "factcheck.work"
REDISPATCH_SECONDS = 30
MAX_MESSAGES = 8
UNCLAIMED_SECONDS = 5
"""How long a job of the embedded lane waits for Celery before the worker does it without a message."""
FINISH_SECONDS = 30
CHECKPOINT_SECONDS = 5
"""How often checkpoints are written, where there are new events."""


def dispatch() -> int:
    """Publish a message for each job that is due and had none lately; returns how many went out."""
    try:
        reclaim_expired()
    except Exception:
        logger.exception("expired leases could not be reclaimed; dispatching goes on")
    unannounced = Q(dispatched_at=None) | Q(dispatched_at__lt=Now() - timedelta(seconds=REDISPATCH_SECONDS))
    due = Job.objects.filter(unannounced, state=JobState.DUE, run_at__lte=Now())
    sent = 0
    for pk, queue in due.order_by("priority", "run_at").values_list("pk", "queue")[:MAX_MESSAGES]:
        if due.filter(pk=pk).update(dispatched_at=Now()):
            current_app.send_task(WORK, args=[queue], retry=False, ignore_result=True)
            sent += 1
    return sent


def unclaimed_queues() -> set[str]:
    """The queues with due jobs whose message nobody has consumed."""
    long_ago = Now() - timedelta(seconds=UNCLAIMED_SECONDS)
    due = Job.objects.filter(state=JobState.DUE, run_at__lte=Now(), dispatched_at__lt=long_ago)
    return set(due.values_list("queue", flat=True))


def run_unclaimed() -> int:
    """Do the jobs of those queues; returns how many that were."""
    return sum(current_app.tasks[WORK](queue) for queue in sorted(unclaimed_queues()))


class PeriodicThread(threading.Thread):
    """Calls a function every ``DISPATCH_SECONDS``, or more seldom, until stopped; exceptions are logged."""

    def __init__(self, name: str, action: Callable[[], Any], *, seconds: float = 0) -> None:
        super().__init__(name=name, daemon=True)
        self.action = action
        self.seconds = seconds
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(max(settings().DISPATCH_SECONDS, self.seconds)):
            try:
                self.action()
            except Exception:
                logger.exception("%s failed; it will be tried again", self.name)
            finally:
                close_old_connections()


threads: list[PeriodicThread] = []


def start_dispatcher(**_: Any) -> None:
    """Start the dispatcher and the checkpoints of this process, once."""
    note_stopping(False)
    if not threads:
        threads.append(PeriodicThread("factcheck dispatcher", dispatch))
        threads.append(PeriodicThread("factcheck checkpoints", write_checkpoints, seconds=CHECKPOINT_SECONDS))
        for thread in threads:
            thread.start()


def start_fallback(**_: Any) -> None:
    """In a worker whose broker is a folder: start doing jobs without a message."""
    if current_app.connection_for_read().transport.driver_type == "filesystem":
        threads.append(PeriodicThread("factcheck fallback", run_unclaimed))
        threads[-1].start()


def stop_dispatcher(**_: Any) -> None:
    """The worker was told to stop: nothing more is announced or claimed."""
    note_stopping()
    for thread in threads:
        thread.stopped.set()


def join_threads(**_: Any) -> None:
    """Wait for the jobs in hand, as Celery does for its own threads."""
    for thread in threads:
        thread.join(FINISH_SECONDS)


worker_ready.connect(start_dispatcher)
worker_ready.connect(start_fallback)
beat_init.connect(start_dispatcher)
worker_shutting_down.connect(stop_dispatcher)
worker_shutdown.connect(join_threads)
