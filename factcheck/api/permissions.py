"""The adapter between the table of rights and a request: what this person may do to this record now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from factcheck.errors import NotAllowed, WrongState
from factcheck.models import record_name
from factcheck.states import rows_of
from factcheck.workflow.transitions import check_permission, transition_for


def require_right(user: Any, record: Any, action: str) -> None:
    """Refuse whoever may not do this, whatever the state."""
    check_permission(user, record, action)


def require_state(user: Any, record: Any, action: str) -> None:
    """Refuse an action that does not exist from the state the record is in; some actions exist from any."""
    if rows_of(record_name(record), action):
        transition_for(record, action, user)


def open_actions(user: Any, record: Any, actions: Iterable[str]) -> list[str]:
    """Those of the actions that this person may do to this record as it stands."""
    return [action for action in actions if _open(user, record, action)]


def _open(user: Any, record: Any, action: str) -> bool:
    try:
        require_state(user, record, action)
        require_right(user, record, action)
    except (NotAllowed, WrongState):
        return False
    return True
