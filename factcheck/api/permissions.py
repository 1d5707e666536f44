"""The adapter between the table of rights and a request: what this person may do to this record now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from factcheck.errors import NotAllowed, WrongState
from factcheck.states import rows_of
from factcheck.workflow.transitions import kind_of, require, row_for


def require_right(user: Any, record: Any, act: str) -> None:
    """Refuse whoever may not do this, whatever the state."""
    require(user, record, act)


def require_state(user: Any, record: Any, act: str) -> None:
    """Refuse an act that does not exist from the state the record is in; some acts exist from any."""
    if rows_of(kind_of(record), act):
        row_for(record, act, user)


def open_acts(user: Any, record: Any, acts: Iterable[str]) -> list[str]:
    """Those of the acts that this person may do to this record as it stands."""
    return [act for act in acts if _open(user, record, act)]


def _open(user: Any, record: Any, act: str) -> bool:
    try:
        require_state(user, record, act)
        require_right(user, record, act)
    except (NotAllowed, WrongState):
        return False
    return True
