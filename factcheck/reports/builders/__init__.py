"""Queries become one plain dataclass: everything a report says, frozen at one moment. No format lives here."""

from __future__ import annotations

from collections.abc import Callable

from factcheck.models import ReportKind

from .conflicts import build_conflicts
from .corrections import build_corrections
from .digest import build_digest
from .documents import build_document
from .overdue import build_overdue
from .parts import BuiltReport, VerificationReport

OF_A_DESK: dict[str, Callable[..., BuiltReport]] = {
    ReportKind.DESK_DIGEST: build_digest,
    ReportKind.CONFLICTS: build_conflicts,
    ReportKind.OVERDUE: build_overdue,
    ReportKind.CORRECTIONS: build_corrections,
}
"""What can be told of a desk, and who builds it."""

__all__ = ["OF_A_DESK", "BuiltReport", "VerificationReport", "build_digest", "build_document"]
