"""Which scope a request needs of its token: to read, to check, to file texts, or to decide.

What is not named here decides: a new action is closed to narrow tokens until somebody says what it is. A session of the
browser has every scope.
"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from factcheck.models import TokenScope

INGEST = frozenset({"document.create", "document.revise", "document.fetch", "feed.poll"})
CHECK = frozenset(
    {
        "claim.challenge",
        "claim.create",
        "claim.place",
        "claim.recall",
        "claim.start",
        "claim.submit",
        "crosscheck.create",
        "desk.report",
        "document.reread",
        "document.report",
        "evidence.attach",
        "evidence.capture",
        "evidence.create",
        "evidence.drift",
        "evidence.link",
        "evidence.supersede",
        "evidence.withdraw",
        "figure.judge",
        "figure.link",
        "noticechoice.partial_update",
        "noticechoice.update",
        "notification.read",
        "notification.read_all",
        "source.create",
        "verificationtask.block",
        "verificationtask.hand_in",
        "verificationtask.take_up",
        "verificationtask.unblock",
    }
)
"""The unsafe requests that a token with the scope ``check`` may send, as model and action."""


def needed_scope(request: Request, view: Any) -> str:
    """The scope that a request needs."""
    if request.method in SAFE_METHODS:
        return TokenScope.READ
    name = scoped_name(view)
    if name in INGEST:
        return TokenScope.INGEST
    return TokenScope.CHECK if name in CHECK else TokenScope.REVIEW


def scoped_name(view: Any) -> str:
    """What an unsafe request does, such as ``claim.sign_off``; the same for one record and for many."""
    queryset = getattr(view, "queryset", None)
    model = queryset.model._meta.model_name if queryset is not None else type(view).__name__.casefold()
    action = (getattr(view, "action", "") or "").removeprefix("action_").removeprefix("batch_")
    return f"{model}.{action}"


def check_token_scope(request: Request, view: Any) -> None:
    """Refuse a token that lacks the scope of the request.

    Raises:
        PermissionDenied: naming the scope.
    """
    grant = getattr(request.auth, "grant", None)
    if grant is None or getattr(view, "any_scope", False):
        return
    scope = needed_scope(request, view)
    if scope not in grant.scopes:
        raise PermissionDenied(f"This token lacks the scope “{scope}”.", code="scope_missing")
