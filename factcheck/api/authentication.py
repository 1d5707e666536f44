"""A request is known by a token of knox: while its account is active and its password is the one it was made under."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from knox.auth import TokenAuthentication
from knox.models import get_token_model
from rest_framework.exceptions import AuthenticationFailed

from factcheck.models import TokenGrant, every_scope
from factcheck.workflow.access import end_access

TOUCHED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a token is kept: a request need not write each time."""


def create_token(user: Any, *, scopes: list[str] | None = None, name: str = "", **expiry: Any) -> tuple[Any, str]:
    """Create a token with some scopes, or with all; returns its row and the token, which is shown this once.

    ``expiry``: a timedelta under this name; without it that of the host's settings.
    """
    row, token = get_token_model().objects.create(user, **expiry)
    TokenGrant.objects.create(
        digest=row.digest,
        name=name,
        scopes=every_scope() if scopes is None else sorted(set(scopes)),
        password_digest=user.get_session_auth_hash(),
    )
    return row, token


def grant_of(token: Any) -> TokenGrant:
    """The grant of a token; one that knox's own views made has every scope, under the password of its first use."""
    found = TokenGrant.objects.filter(digest=token.digest).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return TokenGrant.objects.create(digest=token.digest, password_digest=token.user.get_session_auth_hash())
    except IntegrityError:
        return TokenGrant.objects.get(digest=token.digest)


def is_of_present_password(grant: TokenGrant, user: Any) -> bool:
    """Whether the password is the one under which the token was made, also after the site's secret key was rotated."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(grant.password_digest, known) for known in hashes)


class ScopedTokenAuthentication(TokenAuthentication):
    """Knox's, with the scopes of the token at hand as ``request.auth.grant``."""

    def validate_user(self, auth_token: Any) -> tuple[Any, Any]:
        user = auth_token.user
        if not user.is_active:
            end_access(user)
            raise AuthenticationFailed("The token is not valid.", code="not_authenticated")
        grant = grant_of(auth_token)
        if not is_of_present_password(grant, user):
            grant.delete()
            auth_token.delete()
            raise AuthenticationFailed("The password was changed since; log in again.", code="not_authenticated")
        now = timezone.now()
        if grant.last_used_at is None or now - grant.last_used_at > TOUCHED_EVERY:
            TokenGrant.objects.filter(pk=grant.pk).update(last_used_at=now)
        auth_token.grant = grant
        return user, auth_token
