"""The tables and their querysets. Imports the engine (``text``), ``intake`` and the leaf modules only.

Tables hold no rule of the workflow; "who may see" is the queryset method ``visible_to(user)``.
"""

from .anchors import Anchor
from .attributions import Attribution
from .checkpoints import Checkpoint, mark_of
from .claims import Claim
from .crosschecks import CrossCheck, Scope
from .desks import Desk, Membership, Role, by_username, colleagues_of
from .discrepancies import (
    CONFLICT_KINDS,
    DISPUTED_KINDS,
    MOST_SEVERE_FIRST,
    MOST_SHOWN,
    MOST_TELLING_FIRST,
    SETTLED,
    SIDE_KEY,
    SORT,
    SUREST_FIRST,
    Discrepancy,
    DiscrepancyFigure,
    DiscrepancyKind,
    DiscrepancyQuerySet,
    DiscrepancySide,
    ResolutionKind,
    both_sides_of,
    sides_shown,
    sort_of,
)
from .documents import NINJS, Document, DocumentKind, Revision, WrittenBy
from .erased_people import ErasedPerson
from .evidence import GIVING, Evidence, EvidenceKind, EvidenceQuerySet, SourceUse, Stance
from .feeds import Feed, FeedItem
from .figures import Figure, with_visible_agreements
from .history import ERASED, Erasure, Event, EventNote, erasures_digest
from .idempotency import IdempotencyKey
from .jobs import HOUSEKEEPING, Job, JobQuerySet
from .judgements import Judgement, JudgementOrigin
from .matching import FigureProfile, MatchingWeights, TopicMatching
from .measures import Measure
from .names import record_name
from .notices import NoticeChoice, NoticeKind, Notification
from .observations import Carrier, StoredObservation
from .policies import POLICY_FIELDS, Assessment, Eyes, Policy, scored_policies
from .preferences import Preferences
from .publications import Correction, CorrectionClass, Publication
from .reports import (
    REPEATS,
    Report,
    ReportDelivery,
    ReportFormat,
    ReportKind,
    ReportSubscription,
    time_of_schedule,
)
from .sentences import Sentence, sentences_of
from .snapshots import Snapshot
from .sources import Source, SourceDomain, SourceKind, SourceName, folded
from .tokens import TokenGrant, TokenScope, every_scope
from .topics import Topic
from .touched_documents import documents_of, documents_under, figures_on_sides, keys_of_documents
from .verification import Method, SignOff, Verdict, VerdictLabel, VerificationTask, WaitingFor, Waiver
from .webhooks import Delivery, Webhook

__all__ = [
    "CONFLICT_KINDS",
    "DISPUTED_KINDS",
    "ERASED",
    "GIVING",
    "HOUSEKEEPING",
    "MOST_SEVERE_FIRST",
    "MOST_SHOWN",
    "MOST_TELLING_FIRST",
    "NINJS",
    "POLICY_FIELDS",
    "REPEATS",
    "SETTLED",
    "SIDE_KEY",
    "SORT",
    "SUREST_FIRST",
    "Anchor",
    "Assessment",
    "Attribution",
    "Carrier",
    "Checkpoint",
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
    "DiscrepancySide",
    "Document",
    "DocumentKind",
    "ErasedPerson",
    "Erasure",
    "Event",
    "EventNote",
    "Evidence",
    "EvidenceKind",
    "EvidenceQuerySet",
    "Eyes",
    "Feed",
    "FeedItem",
    "Figure",
    "FigureProfile",
    "IdempotencyKey",
    "Job",
    "JobQuerySet",
    "Judgement",
    "JudgementOrigin",
    "MatchingWeights",
    "Measure",
    "Membership",
    "Method",
    "NoticeChoice",
    "NoticeKind",
    "Notification",
    "Policy",
    "Preferences",
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
    "StoredObservation",
    "TokenGrant",
    "TokenScope",
    "Topic",
    "TopicMatching",
    "Verdict",
    "VerdictLabel",
    "VerificationTask",
    "WaitingFor",
    "Waiver",
    "Webhook",
    "WrittenBy",
    "both_sides_of",
    "by_username",
    "colleagues_of",
    "documents_of",
    "documents_under",
    "erasures_digest",
    "every_scope",
    "figures_on_sides",
    "folded",
    "keys_of_documents",
    "mark_of",
    "record_name",
    "scored_policies",
    "sentences_of",
    "sides_shown",
    "sort_of",
    "time_of_schedule",
    "with_visible_agreements",
]
