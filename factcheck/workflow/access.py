"""The end of access: a deactivated account loses its tokens and sessions for good, and does not find them again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.utils import timezone

from factcheck.models import TokenGrant

logger = logging.getLogger(__name__)


def end_access(user: Any) -> tuple[int, int]:
    """Delete every token and every stored session of an account; returns how many of each.

    Sessions are found where the host keeps them in its database, as Django does by default; those in a cache alone or
    in cookies end with the account, and would come back with it.
    """
    tokens = user.auth_token_set.all()
    digests = list(tokens.values_list("digest", flat=True))
    TokenGrant.objects.filter(digest__in=digests).delete()
    tokens.delete()
    sessions = end_sessions(user)
    if digests or sessions:
        logger.info("an account lost its tokens and sessions", extra={"user": user.pk})
    return len(digests), sessions


def end_sessions(user: Any) -> int:
    rows = list(sessions_of(user))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for row in rows:
        store(row.session_key).delete()
    return len(rows)


def sessions_of(user: Any) -> Iterator[Any]:
    """The stored sessions of an account that have not run out."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return
    wanted = get_user_model()._meta.pk.value_to_string(user)
    for row in store.get_model_class().objects.filter(expire_date__gt=timezone.now()).iterator():
        if str(row.get_decoded().get(SESSION_KEY, "")) == wanted:
            yield row


def end_access_of_inactive() -> int:
    """End the access of accounts that were deactivated behind the back of their ``save``; returns how many."""
    accounts = get_user_model()._default_manager.filter(is_active=False, auth_token_set__isnull=False).distinct()
    for user in accounts:
        end_access(user)
    return len(accounts)
