"""Classifies the error of a job: retried or failed for good, with the message for people."""

from __future__ import annotations

from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded

from factcheck.errors import FactcheckError
from factcheck.intake.extracts import Unreadable
from factcheck.intake.fetching import FetchFailed, FetchRefused


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a failed attempt ends. ``external``: caused by another server or a file, and shown on the record."""

    message: str
    retry: bool
    external: bool = False
    expected: bool = True


def outcome_of(error: Exception) -> Outcome:
    """The outcome of an error that a handler raised.

    A refusal of the workflow is permanent; a transient fetch error is retried; an unexpected error is retried and
    logged by the caller.
    """
    if isinstance(error, (FetchRefused, FetchFailed)):
        return Outcome(error.message, retry=error.transient, external=True)
    if isinstance(error, Unreadable):
        return Outcome(error.message, retry=error.transient, external=True)
    if isinstance(error, FactcheckError):
        return Outcome(str(error), retry=False)
    if isinstance(error, SoftTimeLimitExceeded):
        return Outcome("One step of it takes longer than the worker allows.", retry=True)
    return Outcome(f"{type(error).__name__}: {error}"[:2000], retry=True, expected=False)
