"""A person tries a failed job again. How jobs run is in ``leases`` and ``tasks``."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from factcheck.errors import WrongState
from factcheck.leases import twin_of
from factcheck.models import Job

from .transitions import move, require


def retry_job(job: Job, *, by: Any, version: int | None = None) -> None:
    """Put a failed job back into the queue, with a clean count of failures.

    Raises:
        WrongState: the same work has been asked for again, and waits already.
    """
    require(by, job, "retry")
    if twin := twin_of(job):
        raise WrongState(f"It has been asked for again, as job {twin.pk}.", code="asked_again", job=twin.pk)
    move(
        job,
        "retry",
        by=by,
        version=version,
        failures=0,
        run_at=timezone.now(),
        rung_at=None,
        finished_at=None,
    )
