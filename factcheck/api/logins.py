"""Log in with username and password for a token, and log out. knox stores tokens hashed, with an expiry date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import TokenGrant, TokenScope

from .authentication import create_token
from .base import BaseView
from .schema import describe
from .serializers import BodySerializer
from .throttling import LoginNameThrottle, LoginThrottle


class CredentialsSerializer(BodySerializer):
    """Name and password, and what the token may do: everything, where no scope is named."""

    username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(TokenScope.choices), required=False, min_length=1, max_length=10
    )
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, help_text="What it is for.")
    hours = serializers.IntegerField(
        required=False, min_value=1, max_value=24 * 366, help_text="How long it lasts; the host's setting is the most."
    )


class NewTokenSerializer(serializers.Serializer):
    """A token for ``Authorization: Token …`` and its expiry."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    scopes = serializers.ListField(child=serializers.ChoiceField(TokenScope.choices))


class LoginView(BaseView):
    """Create a token. Wrong credentials and an inactive user get the same error."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (LoginThrottle, LoginNameThrottle)

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"

    @describe(200, request=CredentialsSerializer, response=NewTokenSerializer)
    def post(self, request: Request) -> Response:
        serializer = CredentialsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data
        user: Any = authenticate(request._request, username=wanted["username"], password=wanted["password"])
        if user is None or not user.is_active:
            raise AuthenticationFailed("The name or the password is wrong.", code="wrong_credentials")
        auth_token, token = create_token(
            user, scopes=wanted.get("scopes"), name=wanted.get("name", ""), **expiry_of(wanted.get("hours"))
        )
        user_logged_in.send(type(user), request=request._request, user=user)
        scopes = TokenGrant.objects.get(digest=auth_token.digest).scopes
        return Response({"token": token, "expiry": auth_token.expiry, "scopes": scopes})


def expiry_of(hours: int | None) -> dict[str, timedelta]:
    """How long a token lasts that was asked for by the hour: never longer than the host lets one."""
    most = knox_settings.TOKEN_TTL
    if hours is None:
        return {}
    return {"expiry": min(timedelta(hours=hours), most) if most else timedelta(hours=hours)}


class LogoutView(BaseView):
    """Delete the token of the request."""

    any_scope = True

    @describe(204)
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, AuthToken):
            TokenGrant.objects.filter(digest=request.auth.digest).delete()
            request.auth.delete()
            user_logged_out.send(type(request.user), request=request._request, user=request.user)
        return Response(status=204)
