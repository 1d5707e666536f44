"""A person's notices: mark them read, choose the channels per kind. Not logged in the history.

Notices are written in ``notices``.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from factcheck.actors import Actor, Person
from factcheck.errors import Invalid
from factcheck.models import NoticeChoice, NoticeKind, Notification

from .transitions import check_permission


def mark_read(notification: Notification, *, by: Actor) -> None:
    """Put one notice of one's own inbox aside as read; doing it twice changes nothing."""
    check_permission(by, notification, "read")
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=timezone.now())
    notification.refresh_from_db()


def mark_all_read(*, by: Actor) -> int:
    """Put all of one's notices aside as read; returns how many were not."""
    return Notification.objects.visible_to(by).unread().update(read_at=timezone.now())


def notice_choices(user: Any) -> list[NoticeChoice]:
    """The channels a person chose for each kind of notice; inbox and mail where nothing was chosen."""
    rows = {row.kind: row for row in NoticeChoice.objects.filter(user=user)}
    return [rows.get(kind) or NoticeChoice(user=user, kind=kind) for kind in NoticeKind.values]


def choose_notices(kind: str, *, by: Person, inbox: bool | None = None, mail: bool | None = None) -> NoticeChoice:
    """Choose the channels for a kind of notice; None leaves a channel as it is.

    Raises:
        Invalid: there is no such kind of notice.
    """
    if kind not in NoticeKind.values:
        raise Invalid("There is no such kind of notice.", code="notice_kind_unknown")
    wanted = {"inbox": inbox, "mail": mail}
    values = {name: value for name, value in wanted.items() if value is not None}
    choice, _ = NoticeChoice.objects.update_or_create(user=by, kind=kind, defaults=values)
    return choice
