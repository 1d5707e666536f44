"""Log in with username and password for a token, and log out. knox stores tokens hashed, with an expiry date."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from .base import BaseView
from .schema import describe
from .serializers import BodySerializer
from .throttling import LoginThrottle


class CredentialsSerializer(BodySerializer):
    username = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class NewTokenSerializer(serializers.Serializer):
    """A token for ``Authorization: Token …`` and its expiry."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField()


class LoginView(BaseView):
    """Create a token. Wrong credentials and an inactive user get the same error."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (LoginThrottle,)

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"

    @describe(200, request=CredentialsSerializer, response=NewTokenSerializer)
    def post(self, request: Request) -> Response:
        serializer = CredentialsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user: Any = authenticate(request._request, **serializer.validated_data)
        if user is None or not user.is_active:
            raise AuthenticationFailed("The name or the password is wrong.", code="wrong_credentials")
        auth_token, token = AuthToken.objects.create(user)
        user_logged_in.send(type(user), request=request._request, user=user)
        return Response({"token": token, "expiry": auth_token.expiry})


class LogoutView(BaseView):
    """Delete the token of the request."""

    @describe(204)
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, AuthToken):
            request.auth.delete()
            user_logged_out.send(type(request.user), request=request._request, user=request.user)
        return Response(status=204)
