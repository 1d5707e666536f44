"""What the database holds about one person, as plain data: themselves in full, what they did by reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.views.debug import SafeExceptionReporterFilter

from factcheck.models import (
    Event,
    Membership,
    NoticeChoice,
    Notification,
    Preferences,
    ReportSubscription,
    TokenGrant,
    record_name,
)

from .access import sessions_of

IN_FULL = (Event, Membership, NoticeChoice, Notification, Preferences, ReportSubscription)
"""Models that have a part of their own, and are left out of the references."""
TOLD_BY = ("at", "created_at", "built_at", "action_time")
"""The columns that say when a row came about, the first that a model has."""


def personal_data(user: Any) -> dict[str, Any]:
    """All that the tables hold about a person, their own and the host's; no password, digest, or other's words."""
    return {
        "profile": account_columns(user),
        "groups": [str(group) for group in user.groups.all()] if hasattr(user, "groups") else [],
        "memberships": list(user.factcheck_memberships.order_by("pk").values("id", "role", "desk__slug")),
        "tokens": list(tokens_of(user)),
        "sessions": [{"expires_at": row.expire_date} for row in sessions_of(user)],
        "subscriptions": list(
            ReportSubscription.objects.filter(models.Q(recipients=user) | models.Q(owner=user))
            .order_by("pk")
            .distinct()
            .values("id", "kind", "desk__slug", "document_id", "cron", "zone", "formats", "active")
        ),
        "notice_choices": list(user.factcheck_notice_choices.order_by("pk").values("kind", "inbox", "mail")),
        "preferences": list(Preferences.objects.filter(user=user).values("language", "zone")),
        "notices": list(
            user.factcheck_notifications.order_by("pk").values(
                "id", "kind", "text", "record", "record_id", "created_at", "read_at", "mailed_at", "mail_refused"
            )
        ),
        "actions": list(
            Event.objects.filter(actor=user).order_by("pk").values("id", "at", "action", "record", "record_id")
        ),
        "references": list(references_to(user)),
    }


def account_columns(user: Any) -> dict[str, Any]:
    """The columns of the account, those of a secret behind stars."""
    hide = SafeExceptionReporterFilter().cleanse_setting
    columns = {field.attname: field.value_from_object(user) for field in user._meta.concrete_fields}
    return {name: hide(name, value) for name, value in columns.items() if name != "password"}


def tokens_of(user: Any) -> Iterator[dict[str, Any]]:
    """The person's tokens of the API by what is told of them; the token and its digest stay unknown."""
    tokens = list(user.auth_token_set.order_by("created"))
    grants = {row.digest: row for row in TokenGrant.objects.filter(digest__in=[row.digest for row in tokens])}
    for token in tokens:
        grant = grants.get(token.digest) or TokenGrant()
        yield {
            "name": grant.name,
            "scopes": grant.scopes,
            "created_at": token.created,
            "expires_at": token.expiry,
            "last_used_at": grant.last_used_at,
        }


def references_to(user: Any) -> Iterator[dict[str, Any]]:
    """Every other row of any app that names the account: which, by which column, and when it came about.

    A key that is words is left out, for it may be a token.
    """
    relations: list[Any] = get_user_model()._meta.get_fields(include_hidden=True)
    for relation in relations:
        model = relation.related_model
        own = not (relation.auto_created and isinstance(relation, models.ForeignObjectRel))
        if own or model in (*IN_FULL, user.auth_token_set.model) or model._meta.auto_created:
            continue
        column = relation.field.name
        rows = model._base_manager.filter(**{column: user}).order_by("pk")
        told = next((name for name in TOLD_BY if name in {field.name for field in model._meta.fields}), None)
        kind = record_name(model) if model._meta.app_label == "factcheck" else model._meta.label_lower
        for pk, *at in rows.values_list("pk", *([told] if told else [])):
            number = pk if isinstance(pk, int | UUID) else None
            yield {"kind": kind, "id": number, "as": column, "at": at[0] if at else None}
