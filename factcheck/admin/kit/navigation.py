"""The navigation of the app's own pages: which of them one is on, and how much waits there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from factcheck.models import Claim, Desk, Discrepancy, DiscrepancyKind, Eyes, Membership, Role, VerificationTask
from factcheck.states import ClaimState

from .access import count_unread

PLACES = {
    "dashboard": "desk",
    "document": "stories",
    "verificationtask": "work",
    "check": "work",
    "review": "review",
    "discrepancy": "disputes",
    "measure": "measures",
    "source": "sources",
    "report": "reports",
    "reportsubscription": "reports",
    "notification": "inbox",
    "preferences": "preferences",
}


@dataclass(frozen=True)
class Navigation:
    """What the bar under the header shows. The counts are asked for only where a page is rendered."""

    user: Any
    current: str

    @property
    def mine(self) -> int:
        return VerificationTask.objects.visible_to(self.user).unfinished().filter(assignee=self.user.pk).count()

    @property
    def review(self) -> int:
        return waiting_for(self.user).count()

    @property
    def disputes(self) -> int:
        rows = Discrepancy.objects.visible_to(self.user).open().exclude(kind=DiscrepancyKind.NOT_COMPARABLE)
        return rows.number_of_disputes()

    @property
    def unread(self) -> int:
        return count_unread(self.user)


def navigation(request: HttpRequest) -> Navigation:
    """The navigation of a page; a page of records that has no place of its own is one of "All records"."""
    match = request.resolver_match
    name = (match.url_name or "").removeprefix("factcheck_").partition("_")[0] if match else ""
    return Navigation(request.user, PLACES.get(name, "records"))


def waiting_for(user: Any) -> QuerySet[Claim]:
    """Claims that wait for a sign-off this person may give, the most check-worthy first.

    Their own verdicts and texts, and what they last worded, are left out; whoever signs is asked again by the action.
    """
    memberships = Membership.objects.of(user)
    desks = Desk.objects.visible_to(user)
    if not memberships.filter(role=Role.CHIEF_EDITOR).exists():
        signing = memberships.filter(role__in=[Role.REVIEWER, Role.DESK_CHIEF])
        desks = desks.filter(pk__in=signing.values("desk"))
    waiting = Claim.objects.filter(state=ClaimState.IN_REVIEW, document__desk__in=desks).anchored()
    others = waiting.exclude(document__authors=user.pk).exclude(words_changed_by=user.pk)
    own = others.filter(verdicts__by=user.pk, verdicts__sign_offs=None).exclude(document__desk__policy__eyes=Eyes.TWO)
    rows: QuerySet[Claim] = others.exclude(pk__in=own.values("pk"))
    return rows.select_related("document").order_by("-checkworthiness", "pk")
