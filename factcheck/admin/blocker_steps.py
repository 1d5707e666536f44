"""What is in the way of publication as steps a person can take: each named by its act, with its place in the text.

The gate says what blocks; here each blocker becomes "Resolve 14.2 against 12.4" or "Assign claims 7 and 9". What is
alike and waits for the same act is one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from factcheck.language import name_words, short_moment_words, told
from factcheck.models import Claim, Document, Figure
from factcheck.states import ClaimState
from factcheck.workflow.clearance import DISPUTE, Blocker, blocking_in
from factcheck.workflow.disputes import Dispute, disputes

from .article_marks import MarkedClaim
from .kit.formatting import humanize, shortened

WORDS = 70
MOST_WAITED_FOR = 2


@dataclass(frozen=True)
class Step:
    """One thing before print. ``place`` is the id of the claim or figure in the page that a click brings into view.

    ``url`` is the form or page of its act; ``at_once`` acts are posted with ``version``, others open a form.
    ``claims`` are those an assignment is for; ``walk`` goes through the proposals with the keys.
    """

    title: str
    detail: str = ""
    place: str = ""
    verb: str = ""
    url: str = ""
    at_once: bool = False
    version: int = 0
    claims: tuple[int, ...] = ()
    walk: str = ""

    @property
    def assigns(self) -> str:
        return " ".join(map(str, self.claims))


def steps_of(document: Document, blockers: Iterable[Blocker], claims: Iterable[MarkedClaim]) -> list[Step]:
    """The steps that clear a document, disputes first, then what one person can do at once, then what waits."""
    rows = list(blockers)
    marked = {row.claim.pk: row for row in claims}
    own = [marked[row.record_id] for row in rows if row.record == "claim" and row.record_id in marked]
    proposed = [row for row in own if row.claim.state == ClaimState.PROPOSED]
    decided_with = {pk for row in proposed for pk in row.figures}
    figures = [row for row in rows if row.record == "figure" and row.record_id not in decided_with]
    return [
        *dispute_steps(document, [row for row in rows if row.code == DISPUTE]),
        *claim_steps(own),
        *figure_steps(figures),
        *other_steps(row for row in rows if row.record == "document" or is_elsewhere(row, marked)),
    ]


def dispute_steps(document: Document, rows: list[Blocker]) -> Iterator[Step]:
    if not rows:
        return
    found = disputes(blocking_in(document), desks=[document.desk_id], order=["pk"], most=len(rows), statements=True)
    for row in found:
        page = reverse("admin:factcheck_discrepancy_change", args=[row.leading.pk])
        if not (row.sides[0] and row.sides[1]):
            yield Step(gettext("Ask the chief editor"), told(row.message), "", gettext("Look"), page)
            continue
        own = next((one for side in row.sides for one in side.figures if one.document_id == document.pk), None)  # type: ignore[union-attr]
        says = ", ".join(dict.fromkeys(side.says or gettext("nobody named") for side in row.sides if side))
        place = f"f{own.pk}" if own else ""
        yield Step(dispute_title(row), f"{row.leading.measure}: {says}", place, gettext("Resolve"), page)


def dispute_title(row: Dispute) -> str:
    """What to do about a dispute, with its two numbers as the copy writes them."""
    a, b = (figure_words(side.first) for side in row.sides if side)
    return (
        gettext("Update {a} to {b}").format(a=a, b=b)
        if row.leading.kind == "superseded"
        else gettext("Resolve {a} against {b}").format(a=a, b=b)
    )


def figure_words(figure: Figure) -> str:
    return figure.surface if figure.hedge == "exact" else f"{humanize(figure.hedge)} {figure.surface}"


WORKED_ON = (ClaimState.OPEN, ClaimState.IN_VERIFICATION)


def assign_title(rows: list[MarkedClaim]) -> str:
    """What to do about claims that nobody has: one by its words, two by their numbers."""
    if len(rows) == 1:
        return gettext("Assign {row}").format(row=quoted_claim(rows[0]))
    if len(rows) == 2:
        return gettext("Assign claims {a} and {b}").format(a=rows[0].number, b=rows[1].number)
    return ngettext("Assign {count} claim", "Assign {count} claims", len(rows)).format(count=len(rows))


def waiting_steps(checked: list[MarkedClaim]) -> Iterator[Step]:
    """Claims that somebody checks: one by one, or in one step where there are many."""
    if len(checked) > MOST_WAITED_FOR:
        who = "; ".join(dict.fromkeys(who_checks(row.claim) for row in checked))
        yield Step(
            ngettext("Wait for {count} claim", "Wait for {count} claims", len(checked)).format(count=len(checked)),
            who,
            claim_fragment(checked[0]),
            gettext("Next"),
            walk="waiting",
        )
    else:
        for row in checked:
            yield Step(
                gettext("Wait for {row}").format(row=quoted_claim(row)),
                who_checks(row.claim),
                claim_fragment(row),
                gettext("Open"),
                claim_page(row),
            )


def claim_steps(rows: list[MarkedClaim]) -> Iterator[Step]:
    proposed = [row for row in rows if row.claim.state == ClaimState.PROPOSED]
    unassigned = [row for row in rows if row.claim.state == ClaimState.OPEN and not work_on(row.claim)]
    for row in rows:
        if row.claim.state == ClaimState.STALE:
            verb, url = act(row, "start", gettext("Start"))
            title, at_once = gettext("Check again: {row}").format(row=quoted_claim(row)), verb == gettext("Start")
            yield Step(title, told(row.claim.stale_reason), claim_fragment(row), verb, url, at_once, row.claim.version)
    if proposed:
        many = ngettext("Decide one proposal", "Decide {count} proposals", len(proposed)).format(count=len(proposed))
        yield Step(many, claim_list(proposed), claim_fragment(proposed[0]), gettext("Next"), walk="proposed")
    if unassigned:
        title = assign_title(unassigned)
        pks = tuple(row.claim.pk for row in unassigned)
        yield Step(title, claim_list(unassigned), claim_fragment(unassigned[0]), gettext("Assign"), claims=pks)
    yield from waiting_steps([row for row in rows if row.claim.state in WORKED_ON and row not in unassigned])
    for row in rows:
        if row.claim.state == ClaimState.IN_REVIEW:
            verdict = row.claim.newest_verdict  # type: ignore[attr-defined]
            detail = (
                gettext("{by} handed in “{label}”").format(by=verdict.by, label=humanize(verdict.label))
                if verdict
                else ""
            )
            yield Step(
                gettext("Sign off {row}").format(row=quoted_claim(row)),
                detail,
                claim_fragment(row),
                gettext("Open"),
                claim_page(row),
            )
        elif row.claim.state in (ClaimState.SIGNED_OFF, ClaimState.WAIVED):
            detail = gettext("Its verdict or waiver does not clear it: change the text, check it again or waive it.")
            yield Step(
                gettext("Settle {row}").format(row=quoted_claim(row)),
                detail,
                claim_fragment(row),
                gettext("Open"),
                claim_page(row),
            )


def figure_steps(rows: list[Blocker]) -> Iterator[Step]:
    loose = [row for row in rows if row.code == "figure_unattended"]
    names = {row.pk: row for row in Figure.objects.filter(pk__in=[row.record_id for row in rows])}
    for row in rows:
        figure = names.get(row.record_id or 0)
        if figure is not None and row not in loose:
            url = reverse("admin:factcheck_figure_action", args=[figure.pk, "confirm_as_of"])
            said = figure.as_of_said or gettext("given as current")
            yield Step(
                gettext("Confirm {surface} as of today").format(surface=figure.surface),
                said,
                f"f{figure.pk}",
                gettext("Confirm"),
                url,
                True,
                figure.version,
            )
    if loose:
        first, title = (
            names.get(loose[0].record_id or 0),
            ngettext("Decide {count} figure", "Decide {count} figures", len(loose)).format(count=len(loose)),
        )
        said = ", ".join(str(names[row.record_id]) for row in loose[:4] if row.record_id in names)
        if len(loose) == 1 and first is not None:
            title = gettext("Decide the figure {surface}").format(surface=first.surface)
        yield Step(title, said, f"f{loose[0].record_id}", gettext("Look"), walk="figure")


def other_steps(rows: Iterable[Blocker]) -> Iterator[Step]:
    """What is about the document itself, or about a claim that stands in another part of a long text."""
    for row in rows:
        url = "" if row.record == "document" else reverse(f"admin:factcheck_{row.record}_change", args=[row.record_id])
        yield Step(told(row.message), "", "", gettext("Open") if url else "", url)


def is_elsewhere(row: Blocker, marked: dict[int, MarkedClaim]) -> bool:
    return row.record == "claim" and row.record_id not in marked


def act(row: MarkedClaim, name: str, verb: str) -> tuple[str, str]:
    """The button of an act on a claim, where the person may do it; else the claim's page."""
    if name in row.acts.split():
        return verb, reverse("admin:factcheck_claim_action", args=[row.claim.pk, name])
    return gettext("Open"), claim_page(row)


def claim_page(row: MarkedClaim) -> str:
    return reverse("admin:factcheck_claim_change", args=[row.claim.pk])


def claim_fragment(row: MarkedClaim) -> str:
    return f"c{row.claim.pk}"


def quoted_claim(row: MarkedClaim) -> str:
    return f"“{shortened(row.claim.text, WORDS)}”"


def claim_list(rows: list[MarkedClaim]) -> str:
    more = gettext(" and {count} more").format(count=len(rows) - 3) if len(rows) > 3 else ""
    return "; ".join(f"{row.number}: {shortened(row.claim.text, 40)}" for row in rows[:3]) + more


def work_on(claim: Any) -> list[Any]:
    """The unfinished work on a claim that somebody has."""
    return [row for row in claim.verification_tasks.all() if row.assignee_id]


def who_checks(claim: Claim) -> str:
    row = next(iter(work_on(claim)), None)
    if row is None:
        return gettext("Somebody checks it.")
    due = gettext(", due {moment}").format(moment=short_moment_words(row.due_at)) if row.due_at else ""
    waits = (
        gettext(", waits for the {waiting_for}").format(waiting_for=name_words(row.waiting_for))
        if row.waiting_for
        else ""
    )
    return gettext("{assignee} checks it{due}{waits}").format(assignee=row.assignee, due=due, waits=waits)
