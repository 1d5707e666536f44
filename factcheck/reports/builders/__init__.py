"""Builders query the data of a report into one plain dataclass. Formats are in ``reports.render``."""

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
"""The builder of each kind of desk report."""

__all__ = ["OF_A_DESK", "BuiltReport", "VerificationReport", "build_digest", "build_document"]
