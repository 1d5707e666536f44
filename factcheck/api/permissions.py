"""Checks of the workflow's permissions and states for the user of a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from factcheck.errors import NotAllowed, WrongState
from factcheck.models import record_name
from factcheck.states import rows_of
from factcheck.workflow.transitions import check_permission, transition_for


def check_right(user: Any, record: Any, action: str) -> None:
    """Whether the user may do this to the record, in whatever state it is.

    Raises:
        NotAllowed: the user may not.
    """
    check_permission(user, record, action)


def check_state(user: Any, record: Any, action: str) -> None:
    """Whether the action exists from the record's state. An action without transitions exists from every state.

    Raises:
        WrongState: it does not.
    """
    if rows_of(record_name(record), action):
        transition_for(record, action, user)


def available_actions(user: Any, record: Any, actions: Iterable[str]) -> list[str]:
    """Those of the actions that the user may do to the record in its present state."""
    return [action for action in actions if is_available(user, record, action)]


def is_available(user: Any, record: Any, action: str) -> bool:
    try:
        check_state(user, record, action)
        check_right(user, record, action)
    except (NotAllowed, WrongState):
        return False
    return True
