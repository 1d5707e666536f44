"""Switches the guard named by ``GUARD_OFF`` off, in every process of the site, so that a lane is seen to notice."""

from __future__ import annotations

import os

from django.apps import AppConfig


def without_fence() -> None:
    """Who lost the lease writes on."""
    from factcheck.jobs.leases import Lease
    from factcheck.models import Job

    Lease._write = lambda self, values: Job.objects.filter(pk=self.job.pk).update(**values)


def without_reclaiming() -> None:
    """Nobody takes the jobs of the dead."""
    from factcheck.jobs import dispatcher

    dispatcher.reclaim_expired = lambda: 0


def without_announcing_again() -> None:
    """A message is sent once: the broker is the queue."""
    from factcheck.jobs import dispatcher

    dispatcher.REDISPATCH_SECONDS = 10**6
    dispatcher.UNCLAIMED_SECONDS = 10**6


def without_may_have_arrived() -> None:
    """What a dead worker was mailing is passed over in silence."""
    from factcheck.reports import deliver

    deliver.note_interrupted = lambda report: 0


def without_patience() -> None:
    """A request waits for the database for as long as it takes."""
    from newsroom import database

    database.REQUEST_SECONDS = 10**6
    database.patience.__wrapped__.__defaults__ = (10**6,)


GUARDS = {
    "fence": without_fence,
    "reclaim": without_reclaiming,
    "announce": without_announcing_again,
    "arrived": without_may_have_arrived,
    "patience": without_patience,
}


class UnguardedConfig(AppConfig):
    name = "tests.faults"
    label = "unguarded"

    def ready(self) -> None:
        if guard := os.environ.get("GUARD_OFF"):
            GUARDS[guard]()
