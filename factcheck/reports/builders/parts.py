"""What a report is made of: frozen dataclasses, one for each family, of texts and numbers only. No query lives here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


def stamp(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else ""


@dataclass(frozen=True)
class Passage:
    """A stretch of the text; ``claim`` is the number of the claim it belongs to, 0 for none."""

    text: str
    claim: int = 0


@dataclass(frozen=True)
class ReportFigure:
    surface: str
    counted: str
    unit: str
    hedge: str
    modality: str
    says: str
    as_of: str
    state: str


@dataclass(frozen=True)
class ReportEvidence:
    source: str
    kind: str
    stance: str
    use: str
    state: str
    excerpt: str
    url: str
    sha256: str


@dataclass(frozen=True)
class ClaimLine:
    """One claim with all that was decided of it."""

    number: int
    id: int
    text: str
    claim_type: str
    checkworthiness: float
    state: str
    anchor_state: str
    attributed_to: str = ""
    attributed_kind: str = ""
    verdict: str = ""
    verdict_words: str = ""
    verdict_by: str = ""
    signed_by: str = ""
    signed_at: str = ""
    eyes: str = ""
    origins: int = 0
    waived_until: str = ""
    waiver_reason: str = ""
    stale_reason: str = ""
    figures: tuple[ReportFigure, ...] = ()
    evidence: tuple[ReportEvidence, ...] = ()


@dataclass(frozen=True)
class DiscrepancyLine:
    kind: str
    reason: str
    state: str
    resolution: str
    note: str
    documents: tuple[str, ...]
    why_one: str = ""


@dataclass(frozen=True)
class DocumentPart:
    """A document as it stood: text, claims, what blocks it, what went out."""

    id: int
    title: str
    kind: str
    state: str
    url: str
    language: str
    publisher: str
    byline: str
    published_at: str
    revision: int
    text_sha256: str
    clear: bool
    blockers: tuple[str, ...]
    waived_until: str
    document_waivers: tuple[str, ...]
    publications: tuple[str, ...]
    corrections: tuple[str, ...]
    passages: tuple[Passage, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    policy: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SentenceLine:
    """A sentence that carries one side of a discrepancy, and the text it stands in."""

    text: str
    surface: str
    document: str
    publisher: str
    published_at: str


@dataclass(frozen=True)
class SideLine:
    """One side of a discrepancy. ``held`` is false where its figures are another desk's; then it has no content."""

    held: bool
    says: str = ""
    as_of: str = ""
    sentences: tuple[SentenceLine, ...] = ()


@dataclass(frozen=True)
class OtherLine:
    """A further statement of a dispute: by whom, as of when, and in which texts."""

    says: str
    figure: str
    as_of: str
    documents: tuple[str, ...]


@dataclass(frozen=True)
class ChartStatement:
    """One statement of a measure as it is drawn: ``day`` is empty without a date, a bound is None where it is open.

    The bounds are in the unit of the chart; those of "about 40" are 38 and 42, those of "at least 40" are 40 and None.
    """

    says: str
    words: str
    day: str
    low: float | None
    high: float | None
    disputed: bool = False
    modality: str = "reported"


@dataclass(frozen=True)
class Chart:
    """The statements of one measure over time, and how many are not among them."""

    title: str
    unit: str
    statements: tuple[ChartStatement, ...]
    more: int = 0


@dataclass(frozen=True)
class ConflictLine:
    """A dispute: its most telling pair with both sentences, and what others say."""

    id: int
    kind: str
    reason: str
    found_at: str
    sides: tuple[SideLine, ...]
    others: tuple[OtherLine, ...] = ()
    why_one: str = ""
    chart: Chart | None = None


@dataclass(frozen=True)
class LateLine:
    """A piece of checking work that should have been done."""

    claim: str
    document: str
    method: str
    state: str
    waiting_for: str
    claim_state: str
    due_at: str
    hours_late: int
    late: str


@dataclass(frozen=True)
class PersonPart:
    """Who has the work, and what of it is overdue; no name for work that nobody has."""

    name: str
    tasks: tuple[LateLine, ...]


@dataclass(frozen=True)
class PublicationLine:
    """One publication; ``reason`` is why it was published uncleared, ``blockers`` what was open then."""

    at: str
    document: str
    revision: int
    by: str
    clear: bool
    waived_until: str
    reason: str
    blockers: tuple[str, ...]


@dataclass(frozen=True)
class CorrectionLine:
    at: str
    document: str
    correction_class: str
    wording: str
    claim: str
    by: str


@dataclass(frozen=True)
class BuiltReport:
    """What every report has: its kind, title, desk, moment, and numbers at a glance."""

    kind: str
    title: str
    desk: str
    built_at: str
    counts: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class VerificationReport(BuiltReport):
    """Of one document, or of a desk's day."""

    documents: tuple[DocumentPart, ...] = ()
    discrepancies: tuple[DiscrepancyLine, ...] = ()
    overdue: tuple[str, ...] = ()
    judgements: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConflictsReport(BuiltReport):
    """What figures do not go together, both sentences side by side."""

    conflicts: tuple[ConflictLine, ...] = ()
    judgements: tuple[str, ...] = ()


@dataclass(frozen=True)
class OverdueReport(BuiltReport):
    """What checking work is late, and whose."""

    people: tuple[PersonPart, ...] = ()


@dataclass(frozen=True)
class CorrectionsReport(BuiltReport):
    """What went out in a period, cleared or not, and what was put right."""

    since: str = ""
    publications: tuple[PublicationLine, ...] = ()
    corrections: tuple[CorrectionLine, ...] = ()
