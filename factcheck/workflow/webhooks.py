"""Webhooks of a desk: recorded and changed by its chief; their messages signed, and what came of each noted.

What happens, and the deliveries that tell of it, is in ``webhook_events``; the network is the task's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Person
from factcheck.conf import settings
from factcheck.encryption import decrypt, encrypt
from factcheck.errors import Invalid, WrongState
from factcheck.intake.addresses import AllowedHosts, FetchRefused, parse_public_target
from factcheck.models import Delivery, Desk, Webhook

from .transitions import change, check_permission, log, require_storable
from .webhook_events import PING, WEBHOOK_EVENTS, write_delivery


def record_webhook(desk: Desk, url: str, events: Iterable[str], *, by: Person) -> tuple[Webhook, str]:
    """Create a webhook for events of a desk; returns it with its secret, which is shown only now.

    Raises:
        Invalid: the address is neither on the public web nor one of ``WEBHOOK_HOSTS``, or an event is unknown.
    """
    check_permission(by, desk, "keep_webhook")
    check_address(url)
    wanted = checked_events(events)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        webhook = Webhook.objects.create(desk=desk, url=url, events=wanted, secret=encrypt(secret), created_by=by)
        log(webhook, "record", by=by, facts={"events": wanted})
    return webhook, secret


def change_webhook(
    webhook: Webhook,
    *,
    by: Person,
    url: str | None = None,
    events: Iterable[str] | None = None,
    active: bool | None = None,
    renew_secret: bool = False,
    version: int | None = None,
) -> str:
    """Change a webhook; what is not named stays. Returns the new secret where one was asked for, else nothing.

    Raises:
        Invalid: as for a new one. StaleRevision: it has changed since ``version``.
    """
    check_permission(by, webhook.desk, "keep_webhook")
    values: dict[str, Any] = {}
    if url is not None:
        check_address(url)
        values["url"] = url
    if events is not None:
        values["events"] = checked_events(events)
    if active is not None:
        values["active"] = active
    secret = secrets.token_urlsafe(32) if renew_secret else ""
    if secret:
        values["secret"] = encrypt(secret)
    with transaction.atomic():
        change(webhook, version=version, **values)
        log(webhook, "change", by=by, facts={"changed": sorted(values)})
    return secret


def ping_webhook(webhook: Webhook, *, by: Person) -> Delivery:
    """Send a message that tells of nothing, to try a webhook out; one a minute, however often it is asked for.

    Raises:
        WrongState: the webhook is switched off.
    """
    check_permission(by, webhook, "ping")
    if not webhook.active:
        raise WrongState("The webhook is switched off.", state="off")
    minute = timezone.now().strftime("%Y-%m-%dT%H:%M")
    with transaction.atomic():
        if write_delivery(webhook, PING, minute, {"webhook": {"id": webhook.pk}}):
            log(webhook, "ping", by=by)
    return Delivery.objects.get(webhook=webhook, event=PING, key=minute)


def check_address(url: str) -> None:
    """Refuse what the guarded client would refuse without looking the host up.

    Raises:
        Invalid: with its reason.
    """
    require_storable(url)
    if len(url) > 2000:
        raise Invalid("The address is longer than 2,000 characters.", code="url_too_long")
    try:
        parse_public_target(url, AllowedHosts.of(settings().WEBHOOK_HOSTS))
    except FetchRefused as refused:
        raise Invalid(refused.message, code=refused.code) from None


def checked_events(events: Iterable[str]) -> list[str]:
    """The events in the order of the list, each once.

    Raises:
        Invalid: none, or one that is unknown.
    """
    wanted = set(events)
    if not wanted or wanted - set(WEBHOOK_EVENTS):
        raise Invalid(f"Choose among: {', '.join(WEBHOOK_EVENTS)}.", code="event_unknown")
    return [name for name in WEBHOOK_EVENTS if name in wanted]


def signed_message(delivery: Delivery, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body of a delivery and its headers."""
    return sign_payload({"delivery": delivery.pk, **delivery.payload}, decrypt(delivery.webhook.secret), at)


def sign_payload(payload: Mapping[str, Any], secret: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body of a payload and its headers; the signature is over the time, a dot and the body."""
    body = json.dumps(payload, sort_keys=True).encode()
    moment = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, {
        "X-Factcheck-Event": payload["event"],
        "X-Factcheck-Delivery": str(payload["delivery"]),
        "X-Factcheck-Timestamp": moment,
        "X-Factcheck-Signature": f"sha256={digest}",
    }


def note_delivery(delivery: Delivery, *, status: int | None = None, error: str = "") -> None:
    """Write down what the other side answered, or why it could not be asked."""
    took = timezone.now() if status is not None and not error else None
    Delivery.objects.filter(pk=delivery.pk, delivered_at=None).update(
        status=status, error=error[:500], delivered_at=took
    )
    delivery.refresh_from_db()
