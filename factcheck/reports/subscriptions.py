"""Report subscriptions: created and changed by editors of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.models import Desk, Document, Job, ReportKind, ReportSubscription
from factcheck.models.reports import default_formats
from factcheck.workflow.transitions import change, check_permission, log

from .deliver import request_slot
from .render import formats_of
from .schedules import check_schedule


def subscribe(
    desk: Desk,
    *,
    by: Person,
    kind: str,
    recipients: Iterable[Any],
    document: Document | None = None,
    cron: str = "0 7 * * *",
    zone: str = "UTC",
    formats: Iterable[str] | None = None,
    active: bool = True,
) -> ReportSubscription:
    """Create a subscription to a report, mailed by schedule with attachments; a PDF by default.

    Raises:
        Invalid: a schedule that cannot be read, a scope or a format that makes no sense, or a recipient who may
        not see it.
    """
    check_permission(by, desk, "subscribe")
    check_schedule(cron, zone)
    if kind not in ReportKind.values:
        raise Invalid("That is not a kind of report.", code="kind_unknown")
    if (kind == ReportKind.DOCUMENT) != (document is not None):
        raise Invalid("A document's report names its document; a report of a desk names none.", code="scope_mismatch")
    if document is not None and document.desk_id != desk.pk:
        raise Invalid("The document is on another desk.", code="other_desk")
    usual = [name for name in default_formats() if name in formats_of(kind)]
    attached = usual if formats is None else checked_formats(formats, kind)
    people = checked(recipients, desk)
    with transaction.atomic():
        subscription = ReportSubscription.objects.create(
            kind=kind,
            desk=desk,
            document=document,
            cron=cron,
            zone=zone,
            formats=attached,
            owner=by,
            active=active,
            looked_at=timezone.now(),
        )
        subscription.recipients.set(people)
        log(subscription, "subscribe", by=by, facts={"recipients": [person.pk for person in people]})
    return subscription


def change_subscription(
    subscription: ReportSubscription,
    *,
    by: Person,
    cron: str | None = None,
    zone: str | None = None,
    formats: Iterable[str] | None = None,
    recipients: Iterable[Any] | None = None,
    active: bool | None = None,
    version: int | None = None,
) -> ReportSubscription:
    """Change schedule, formats, recipients, or whether it runs. What is not named stays as it is.

    Slots from before a new schedule, or from while it was off, are not made up for.

    Raises:
        Invalid: as for a new one. StaleRevision: it has changed since ``version``.
    """
    check_permission(by, subscription.desk, "subscribe")
    wanted: dict[str, Any] = {"cron": cron, "zone": zone, "active": active}
    changes = {name: value for name, value in wanted.items() if value not in (None, getattr(subscription, name))}
    if changes.keys() & {"cron", "zone"}:  # one from before these rules can still be switched off
        check_schedule(changes.get("cron", subscription.cron), changes.get("zone", subscription.zone))
    if changes:
        changes["looked_at"] = timezone.now()
    if formats is not None:
        changes["formats"] = checked_formats(formats, subscription.kind)
    people = None if recipients is None else checked(recipients, subscription.desk)
    named = sorted({*changes, *(["recipients"] if people is not None else [])} - {"looked_at"})
    with transaction.atomic():
        change(subscription, version=version, **changes)
        if people is not None:
            subscription.recipients.set(people)
        log(subscription, "change", by=by, facts={"changed": named})
    return subscription


def send_now(subscription: ReportSubscription, *, by: Person) -> Job:
    """Queue a report for the current minute, in addition to the schedule; at most once a minute.

    Raises:
        NotAllowed: the person keeps no subscriptions on the desk.
    """
    check_permission(by, subscription, "send_now")
    slot = timezone.now().astimezone(ZoneInfo(subscription.zone)).strftime("%Y-%m-%dT%H:%M")
    with transaction.atomic():
        log(subscription, "send_now", by=by, facts={"slot": slot})
        return request_slot(subscription, slot)


def checked_formats(formats: Iterable[str], kind: str) -> list[str]:
    """The formats to attach, each once, in the order given; none is a mail without files."""
    wanted = list(dict.fromkeys(formats))
    known = formats_of(kind)
    for name in wanted:
        if name not in known:
            raise Invalid(
                f"“{str(name)[:40]}” is no format of this report. There are: {', '.join(known)}.", code="format_unknown"
            )
    return wanted


def checked(recipients: Iterable[Any], desk: Desk) -> list[Any]:
    people = list(recipients)
    if not people:
        raise Invalid("A subscription needs a recipient.", code="recipients_missing")
    for person in people:
        if not Desk.objects.visible_to(person).filter(pk=desk.pk).exists():
            raise Invalid(f"{person} may not see this desk.", code="recipient_not_on_desk")
    return people
