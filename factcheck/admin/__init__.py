"""The admin: a module for each kind of record, named after it; ``kit`` holds what they share.

Importing the package registers every page. A record is shown to whoever may see it, is changed by the buttons of its
actions, and is never deleted. ``dashboard`` and ``document_workbench`` make the two largest pages, ``*_forms`` hold
the forms of a kind of record.
"""

from . import (
    claims,
    crosschecks,
    desks,
    discrepancies,
    documents,
    evidence,
    feeds,
    figures,
    history,
    jobs,
    judgements,
    measures,
    memberships,
    notices,
    publications,
    reports,
    sources,
    topics,
    verification,
    webhooks,
)

__all__ = [
    "claims",
    "crosschecks",
    "desks",
    "discrepancies",
    "documents",
    "evidence",
    "feeds",
    "figures",
    "history",
    "jobs",
    "judgements",
    "measures",
    "memberships",
    "notices",
    "publications",
    "reports",
    "sources",
    "topics",
    "verification",
    "webhooks",
]
