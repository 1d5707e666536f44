"""The refusals of the workflow, each a different thing to tell a person. No HTTP lives here."""

from __future__ import annotations

from typing import Any


class FactcheckError(Exception):
    """A refusal with a machine-readable ``code`` and a sentence for the person."""

    code = "refused"

    def __init__(self, message: str, *, code: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details


class NotAllowed(FactcheckError):
    """The person has no right to this action on this record, whatever its state."""

    code = "not_allowed"


class WrongState(FactcheckError):
    """The action does not exist from the state the record is in, or someone else was faster."""

    code = "wrong_state"


class StaleRevision(FactcheckError):
    """The person acted on a version of the record that is no longer the current one."""

    code = "stale_revision"


class Invalid(FactcheckError):
    """What was handed in cannot be taken: a missing reason, an unknown choice, an unusable file."""

    code = "invalid"


class LostLease(FactcheckError):
    """A worker tried to write for a job that another attempt has since taken over."""

    code = "lost_lease"


class GivesWay(Exception):
    """A long run gives its worker back between two steps, so that others come to theirs. No failure."""


class WorkersLost(FactcheckError):
    """A job is given up, since so many workers stopped while they had it."""

    code = "workers_lost"

    def __init__(self, count: int) -> None:
        super().__init__(f"Given up: {count} workers stopped while working on it.")
