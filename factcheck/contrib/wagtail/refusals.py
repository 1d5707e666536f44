"""The refusal of the plug: a page's words do not go live."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from factcheck.gate import Blocker, FactcheckError


class PageNotCleared(FactcheckError, PermissionDenied):
    """The gate is shut for the words that were about to go live; ``blockers`` say why.

    It is a ``PermissionDenied``, so the admin and the API of Wagtail answer it as one.
    """

    code = "not_cleared"

    def __init__(self, blockers: Iterable[Blocker]) -> None:
        self.blockers = tuple(blockers)
        super().__init__(" ".join(row.message for row in self.blockers))
