"""A person's own tokens: what each may do and when it was used last; and revoking them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from knox.models import AuthToken, get_token_model
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import TokenGrant, TokenScope
from factcheck.workflow.access import end_access

from .base import BaseView
from .schema import describe


class TokenSerializer(serializers.Serializer):
    """One of the user's tokens. ``id`` is its beginning; the whole was shown once, at the log-in."""

    id = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(TokenScope.choices))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    current = serializers.BooleanField(help_text="Whether it is the token of this request.")


def token_data(token: Any, grant: TokenGrant | None, current: Any) -> dict[str, Any]:
    return {
        "id": token.token_key,
        "name": grant.name if grant else "",
        "scopes": grant.scopes if grant else list(TokenScope.values),
        "created_at": token.created,
        "expires_at": token.expiry,
        "last_used_at": grant.last_used_at if grant else None,
        "current": isinstance(current, AuthToken) and current.digest == token.digest,
    }


class TokensView(BaseView):
    any_scope = True

    @describe(200, response=TokenSerializer, many=True)
    def get(self, request: Request) -> Response:
        """The user's own tokens, newest first."""
        tokens = list(get_token_model().objects.filter(user=request.user).order_by("-created"))
        grants = {row.digest: row for row in TokenGrant.objects.filter(digest__in=[row.digest for row in tokens])}
        rows = [token_data(token, grants.get(token.digest), request.auth) for token in tokens]
        return Response(TokenSerializer(rows, many=True).data)


class RevokeAllView(BaseView):
    any_scope = True

    @describe(204)
    def post(self, request: Request) -> Response:
        """Revoke every token of the user, and end every session."""
        end_access(request.user)
        return Response(status=204)


class RevokeView(BaseView):
    any_scope = True

    @describe(204)
    def post(self, request: Request, token_key: str) -> Response:
        """Revoke one of the user's tokens."""
        tokens = get_token_model().objects.filter(user=request.user, token_key=token_key)
        digests = list(tokens.values_list("digest", flat=True))
        if not digests:
            raise Http404
        TokenGrant.objects.filter(digest__in=digests).delete()
        tokens.delete()
        return Response(status=204)
