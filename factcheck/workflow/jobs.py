"""A person tries a failed job again. How jobs run is in ``leases`` and ``tasks``."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from factcheck.models import Job

from .transitions import move


def retry_job(job: Job, *, by: Any, version: int | None = None) -> None:
    """Put a failed job back into the queue, with a clean count of failures."""
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
