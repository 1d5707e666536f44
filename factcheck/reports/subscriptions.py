"""Who gets which report when: entered and changed by editors of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from factcheck.errors import Invalid
from factcheck.models import Desk, Document, ReportKind, ReportSubscription
from factcheck.workflow.transitions import log, require

from .deliver import check_schedule


def subscribe(
    desk: Desk,
    *,
    by: Any,
    kind: str,
    recipients: Iterable[Any],
    document: Document | None = None,
    cron: str = "0 7 * * *",
    zone: str = "UTC",
    active: bool = True,
) -> ReportSubscription:
    """Have a report built and mailed by schedule.

    Raises:
        Invalid: a schedule that cannot be read, a scope that makes no sense, or a recipient who may not see it.
    """
    require(by, desk, "subscribe")
    check_schedule(cron, zone)
    if kind not in ReportKind.values:
        raise Invalid("That is not a kind of report.", code="kind_unknown")
    if (kind == ReportKind.DOCUMENT) != (document is not None):
        raise Invalid("A document's report names its document; a digest names none.", code="scope_mismatch")
    if document is not None and document.desk_id != desk.pk:
        raise Invalid("The document is on another desk.", code="other_desk")
    people = checked(recipients, desk)
    with transaction.atomic():
        subscription = ReportSubscription.objects.create(
            kind=kind,
            desk=desk,
            document=document,
            cron=cron,
            zone=zone,
            owner=by,
            active=active,
            looked_at=timezone.now(),
        )
        subscription.recipients.set(people)
        log(subscription, "subscribe", by=by, facts={"recipients": [person.pk for person in people]})
    return subscription


def change_subscription(
    subscription: ReportSubscription, *, by: Any, recipients: Iterable[Any] | None = None, **changes: Any
) -> None:
    """Change schedule, recipients, or whether it runs. Slots from before a new schedule are not made up for."""
    require(by, subscription.desk, "subscribe")
    check_schedule(changes.get("cron", subscription.cron), changes.get("zone", subscription.zone))
    people = None if recipients is None else checked(recipients, subscription.desk)
    rescheduled = any(getattr(subscription, name) != value for name, value in changes.items())
    with transaction.atomic():
        ReportSubscription.objects.filter(pk=subscription.pk).update(
            looked_at=timezone.now() if rescheduled else subscription.looked_at, **changes
        )
        if people is not None:
            subscription.recipients.set(people)
        log(subscription, "change", by=by, facts={"changed": sorted(changes)})


def checked(recipients: Iterable[Any], desk: Desk) -> list[Any]:
    people = list(recipients)
    if not people:
        raise Invalid("A subscription needs a recipient.", code="recipients_missing")
    for person in people:
        if not Desk.objects.visible_to(person).filter(pk=desk.pk).exists():
            raise Invalid(f"{person} may not see this desk.", code="recipient_not_on_desk")
    return people
