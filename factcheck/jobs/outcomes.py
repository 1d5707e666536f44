"""Classifies the error of a job: retried or failed for good, with the message for people.

A failure that passes (a machine that is busy, the limit by the clock, a database that is away) is waited out and
counts against nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded

from factcheck.database_errors import is_connection_failure, is_lock_conflict
from factcheck.errors import FactcheckError, WorkersLost
from factcheck.intake.extracts import Unreadable
from factcheck.intake.fetching import FetchFailed, FetchRefused


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a failed attempt ends. ``external``: caused by another server or a file, and shown on the record.

    ``passing``: by nothing of the job's own; it is tried again for hours and counts as no failure.
    """

    message: str
    retry: bool
    external: bool = False
    expected: bool = True
    passing: bool = False


def outcome_of(error: Exception) -> Outcome:
    """The outcome of an error that a handler raised.

    A refusal of the workflow is permanent; a transient fetch error is retried; an unexpected error is retried and
    logged by the caller.
    """
    if isinstance(error, (FetchRefused, FetchFailed)):
        return Outcome(error.message, retry=error.transient, external=True)
    if isinstance(error, Unreadable):
        return Outcome(error.message, retry=error.transient, external=True, passing=error.transient)
    if isinstance(error, WorkersLost):
        return Outcome(str(error), retry=False, external=True)
    if isinstance(error, FactcheckError):
        return Outcome(str(error), retry=False)
    if isinstance(error, SoftTimeLimitExceeded):
        return Outcome("One step of it takes longer than the worker allows.", retry=True, external=True)
    if is_connection_failure(error) or is_lock_conflict(error):
        return Outcome("The database could not be reached, or was busy.", retry=True, passing=True)
    return Outcome(f"{type(error).__name__}: {error}"[:2000], retry=True, expected=False)
