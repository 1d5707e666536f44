"""What an error makes of a job: tried again later or failed for good, and the sentence a person reads of it."""

from __future__ import annotations

from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded

from factcheck.errors import FactcheckError
from factcheck.intake.extracts import Unreadable
from factcheck.intake.fetching import FetchFailed, FetchRefused


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a failed attempt ends. ``external``: the fault of somebody else's server or file, which its record shows."""

    message: str
    retry: bool
    external: bool = False
    expected: bool = True


def outcome_of(error: Exception) -> Outcome:
    """What follows of an error that a handler raised.

    A refusal of the workflow holds however often the job is tried; what a server could not do now may go well later;
    what nobody foresaw is tried again, and logged by the caller.
    """
    if isinstance(error, (FetchRefused, FetchFailed)):
        return Outcome(error.message, retry=error.transient, external=True)
    if isinstance(error, Unreadable):
        return Outcome(error.message, retry=False, external=True)
    if isinstance(error, FactcheckError):
        return Outcome(str(error), retry=False)
    if isinstance(error, SoftTimeLimitExceeded):
        return Outcome("One step of it takes longer than the worker allows.", retry=True)
    return Outcome(f"{type(error).__name__}: {error}"[:2000], retry=True, expected=False)
