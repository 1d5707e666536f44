"""Floor 2: the tables and their querysets. Imports the engine, the intake and the leaves below.

Tables hold no rule of the workflow; "who may see" is the queryset method ``visible_to(user)``.
"""

from .claims import Anchor, Attribution, Claim, Figure
from .crosschecks import (
    ALARMS,
    GRAVEST_FIRST,
    SIDE_KEY,
    SORT,
    CrossCheck,
    Discrepancy,
    DiscrepancyFigure,
    DiscrepancyKind,
    DiscrepancyQuerySet,
    ResolutionKind,
    Scope,
    both_sides_of,
    sides_with_texts,
    sort_of,
)
from .desks import Desk, Eyes, Membership, Policy, Role, colleagues_of
from .documents import Document, DocumentKind, Revision
from .feeds import Feed, FeedItem
from .history import ERASED, Event, EventNote
from .jobs import QUIET_JOBS, Job
from .measures import Measure, Topic
from .outbox import (
    Delivery,
    IdempotencyKey,
    NoticeChoice,
    NoticeKind,
    Notification,
    Webhook,
)
from .publications import Correction, CorrectionClass, Publication
from .reports import Report, ReportDelivery, ReportFormat, ReportKind, ReportSubscription
from .sentences import Sentence, sentences_of
from .sources import (
    Evidence,
    EvidenceKind,
    Snapshot,
    Source,
    SourceDomain,
    SourceKind,
    SourceName,
    SourceUse,
    Stance,
    folded,
)
from .verification import (
    Method,
    SignOff,
    Verdict,
    VerdictLabel,
    VerificationTask,
    WaitingFor,
    Waiver,
)

__all__ = [
    "ALARMS",
    "ERASED",
    "GRAVEST_FIRST",
    "QUIET_JOBS",
    "SIDE_KEY",
    "SORT",
    "Anchor",
    "Attribution",
    "Claim",
    "Correction",
    "CorrectionClass",
    "CrossCheck",
    "Delivery",
    "Desk",
    "Discrepancy",
    "DiscrepancyFigure",
    "DiscrepancyKind",
    "DiscrepancyQuerySet",
    "Document",
    "DocumentKind",
    "Event",
    "EventNote",
    "Evidence",
    "EvidenceKind",
    "Eyes",
    "Feed",
    "FeedItem",
    "Figure",
    "IdempotencyKey",
    "Job",
    "Measure",
    "Membership",
    "Method",
    "NoticeChoice",
    "NoticeKind",
    "Notification",
    "Policy",
    "Publication",
    "Report",
    "ReportDelivery",
    "ReportFormat",
    "ReportKind",
    "ReportSubscription",
    "ResolutionKind",
    "Revision",
    "Role",
    "Scope",
    "Sentence",
    "SignOff",
    "Snapshot",
    "Source",
    "SourceDomain",
    "SourceKind",
    "SourceName",
    "SourceUse",
    "Stance",
    "Topic",
    "Verdict",
    "VerdictLabel",
    "VerificationTask",
    "WaitingFor",
    "Waiver",
    "Webhook",
    "both_sides_of",
    "colleagues_of",
    "folded",
    "sentences_of",
    "sides_with_texts",
    "sort_of",
]  # fmt: skip
