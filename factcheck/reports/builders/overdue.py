"""The report of overdue checking work: whose it is, how late, on which claims."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from factcheck.models import Desk, ReportKind, VerificationTask

from .parts import LateLine, OverdueReport, PersonPart, stamp


def build_overdue(desk: Desk, *, at: datetime | None = None) -> OverdueReport:
    """The overdue work of a desk by assignee; who has waited longest comes first, and work nobody has before that."""
    now = at or timezone.now()
    rows = VerificationTask.objects.filter(claim__document__desk=desk).overdue(now)
    people: dict[str, list[LateLine]] = {}
    for row in rows.select_related("claim__document", "assignee").order_by("due_at", "pk"):
        people.setdefault(str(row.assignee or ""), []).append(late_line(row, now))
    counts = {
        "overdue": sum(map(len, people.values())),
        "nobody has it": len(people.get("", ())),
        "people": len(people.keys() - {""}),
    }
    return OverdueReport(
        kind=ReportKind.OVERDUE,
        title=f"Overdue checking work: {desk}",
        desk=desk.name,
        built_at=stamp(now),
        counts=counts,
        people=tuple(PersonPart(name, tuple(people[name])) for name in sorted(people, key=bool)),
    )


def late_line(row: VerificationTask, now: datetime) -> LateLine:
    hours = int((now - row.due_at).total_seconds() // 3600) if row.due_at else 0
    return LateLine(
        claim=row.claim.text,
        document=str(row.claim.document),
        method=row.method,
        state=row.state,
        waiting_for=row.waiting_for,
        claim_state=row.claim.state,
        due_at=stamp(row.due_at),
        hours_late=hours,
        late=duration_text(hours),
    )


def duration_text(hours: int) -> str:
    """Hours in words.

    >>> duration_text(0), duration_text(1), duration_text(26), duration_text(72)
    ('less than an hour', '1 hour', '1 day 2 hours', '3 days')
    """
    days, rest = divmod(hours, 24)
    parts = [
        ngettext("{n} day", "{n} days", days).format(n=days) if days else "",
        ngettext("{n} hour", "{n} hours", rest).format(n=rest) if rest else "",
    ]
    return " ".join(part for part in parts if part) or gettext("less than an hour")
