"""The states of records, and the transitions between them: one row per action.

Who may do it is in ``permissions.py``; what an action does besides is in ``workflow``.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices


class DocumentState(TextChoices):
    ARRIVING = "arriving"
    TO_CONFIRM = "to_confirm"
    UNREADABLE = "unreadable"
    IN_CHECK = "in_check"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ClaimState(TextChoices):
    PROPOSED = "proposed"
    OPEN = "open"
    IN_VERIFICATION = "in_verification"
    IN_REVIEW = "in_review"
    SIGNED_OFF = "signed_off"
    STALE = "stale"
    DISMISSED = "dismissed"
    WAIVED = "waived"


class FigureState(TextChoices):
    FOUND = "found"
    LINKED = "linked"
    DISMISSED = "dismissed"


class TaskState(TextChoices):
    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    CANCELLED = "cancelled"


class EvidenceState(TextChoices):
    REQUESTED = "requested"
    CAPTURED = "captured"
    CAPTURE_FAILED = "capture_failed"
    LINKED = "linked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DRIFTED = "drifted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class DiscrepancyState(TextChoices):
    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


class JudgementState(TextChoices):
    PROPOSED = "proposed"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class JobState(TextChoices):
    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: ``action`` takes ``record`` from any of ``sources`` to one of ``targets``.

    ``reason``: targets that need a note. ``machine``: a job may do it; ``person``: a person may.
    """

    record: str
    action: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    reason: tuple[str, ...] = ()
    machine: bool = False
    person: bool = True


D, C, F, T = DocumentState, ClaimState, FigureState, TaskState
E, X, J = EvidenceState, DiscrepancyState, JobState
G = JudgementState
NOT_WITHDRAWN = (D.ARRIVING, D.TO_CONFIRM, D.UNREADABLE, D.IN_CHECK, D.PUBLISHED)
UNSIGNED = (C.PROPOSED, C.OPEN, C.IN_VERIFICATION, C.IN_REVIEW, C.STALE)
ASSESSABLE = (E.LINKED, E.ACCEPTED, E.REJECTED, E.DRIFTED)
OPEN_TASK = (T.UNASSIGNED, T.ASSIGNED, T.IN_PROGRESS, T.BLOCKED)

TRANSITIONS: tuple[Transition, ...] = (
    # Document: what is taken whole, pasted text and the host's own pages, is read straight into in_check
    Transition(
        "document",
        "read",
        (D.ARRIVING, D.UNREADABLE),
        (D.TO_CONFIRM, D.IN_CHECK, D.UNREADABLE),
        (D.UNREADABLE,),
        True,
        False,
    ),
    Transition("document", "confirm", (D.TO_CONFIRM,), (D.IN_CHECK,)),
    Transition("document", "publish", (D.IN_CHECK,), (D.PUBLISHED,)),
    Transition("document", "correct", (D.PUBLISHED,), (D.PUBLISHED,), (D.PUBLISHED,)),
    Transition("document", "withdraw", NOT_WITHDRAWN, (D.WITHDRAWN,), (D.WITHDRAWN,)),
    # Claim
    Transition("claim", "accept", (C.PROPOSED,), (C.OPEN,)),
    Transition("claim", "start", (C.OPEN, C.STALE), (C.IN_VERIFICATION,)),
    Transition("claim", "submit", (C.IN_VERIFICATION,), (C.IN_REVIEW,)),
    Transition("claim", "sign_off", (C.IN_REVIEW,), (C.SIGNED_OFF,)),
    Transition("claim", "countersign", (C.SIGNED_OFF,), (C.SIGNED_OFF,)),
    Transition("claim", "return", (C.IN_REVIEW,), (C.IN_VERIFICATION,), (C.IN_VERIFICATION,), True),
    Transition("claim", "recall", (C.IN_REVIEW,), (C.IN_VERIFICATION,)),
    Transition("claim", "challenge", (C.SIGNED_OFF,), (C.STALE,), (C.STALE,)),
    Transition("claim", "mark_stale", (C.SIGNED_OFF,), (C.STALE,), (C.STALE,), True, False),
    Transition("claim", "dismiss", UNSIGNED, (C.DISMISSED,), (C.DISMISSED,)),
    Transition("claim", "waive", UNSIGNED, (C.WAIVED,), (C.WAIVED,)),
    Transition("claim", "reopen", (C.DISMISSED, C.WAIVED), (C.OPEN,)),
    Transition("claim", "reopen", (C.DISMISSED, C.WAIVED), (C.OPEN,), (C.OPEN,), True, False),
    Transition("claim", "take_back", (C.OPEN, C.DISMISSED), UNSIGNED),
    # Figure: inside an accepted claim it is linked by itself
    Transition("figure", "link", (F.FOUND, F.DISMISSED), (F.LINKED,), machine=True),
    Transition("figure", "dismiss", (F.FOUND, F.LINKED), (F.DISMISSED,), (F.DISMISSED,)),
    Transition("figure", "reopen", (F.DISMISSED,), (F.FOUND,)),
    # VerificationTask
    Transition("verification_task", "assign", (T.UNASSIGNED,), (T.ASSIGNED,)),
    Transition("verification_task", "reassign", (T.ASSIGNED, T.IN_PROGRESS, T.BLOCKED), (T.ASSIGNED,)),
    Transition("verification_task", "take_up", (T.ASSIGNED,), (T.IN_PROGRESS,)),
    Transition("verification_task", "block", (T.IN_PROGRESS,), (T.BLOCKED,), (T.BLOCKED,)),
    Transition("verification_task", "unblock", (T.BLOCKED,), (T.IN_PROGRESS,)),
    Transition("verification_task", "hand_in", (T.IN_PROGRESS,), (T.DONE,)),
    Transition("verification_task", "cancel", OPEN_TASK, (T.CANCELLED,), (T.CANCELLED,)),
    Transition("verification_task", "reopen", (T.DONE,), (T.IN_PROGRESS,), machine=True),
    # Evidence
    Transition("evidence", "capture", (E.REQUESTED,), (E.CAPTURED, E.CAPTURE_FAILED), (E.CAPTURE_FAILED,), True, False),
    Transition("evidence", "capture", (E.CAPTURE_FAILED,), (E.REQUESTED,)),
    Transition("evidence", "attach", (E.REQUESTED, E.CAPTURE_FAILED), (E.CAPTURED,)),
    Transition("evidence", "link", (E.CAPTURED, E.DRIFTED), (E.LINKED,)),
    Transition("evidence", "assess", ASSESSABLE, (E.ACCEPTED, E.REJECTED), (E.REJECTED,)),
    Transition("evidence", "drift", (E.ACCEPTED,), (E.DRIFTED,), (E.DRIFTED,), True),
    Transition("evidence", "supersede", (E.ACCEPTED,), (E.SUPERSEDED,), (E.SUPERSEDED,)),
    Transition("evidence", "withdraw", (E.ACCEPTED,), (E.WITHDRAWN,), (E.WITHDRAWN,)),
    # Discrepancy: a resolved one opens again only when one of its states changes
    Transition("discrepancy", "resolve", (X.OPEN,), (X.RESOLVED,), (X.RESOLVED,)),
    Transition("discrepancy", "close", (X.OPEN,), (X.CLOSED,), (X.CLOSED,), True, False),
    Transition("discrepancy", "reopen", (X.RESOLVED, X.CLOSED), (X.OPEN,), (X.OPEN,), True, False),
    # Judgement: of an author it waits for a second person
    Transition("judgement", "confirm", (G.PROPOSED,), (G.ACTIVE,)),
    Transition("judgement", "withdraw", (G.PROPOSED, G.ACTIVE), (G.WITHDRAWN,), (G.WITHDRAWN,)),
    # Job
    Transition("job", "retry", (J.FAILED, J.CANCELLED), (J.DUE,)),
    Transition("job", "cancel", (J.DUE, J.RUNNING), (J.CANCELLED,)),
)


def rows_of(record: str, action: str = "", state: str = "") -> list[Transition]:
    """The rows of one kind of record; of one action; open from one state."""
    return [
        row
        for row in TRANSITIONS
        if row.record == record and (not action or row.action == action) and (not state or state in row.sources)
    ]
