"""The response to too many wrong passwords, and the name and address that axes counts by."""

import ipaddress
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

LONGEST_NAME = 255


def name_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name that was tried, as much of it as the table of failures can hold."""
    name = (credentials or request.POST).get("username")
    return None if name is None else str(name)[:LONGEST_NAME]


def address_of(request: HttpRequest) -> str | None:
    """The address of the connection; behind known proxies (``PROXIES``) the one the outermost of them saw."""
    came = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    forwarded = came[-settings.PROXIES :][:1] if settings.PROXIES else []
    return next(filter(None, map(as_address, [*forwarded, request.META.get("REMOTE_ADDR", "")])), None)


def as_address(text: str) -> str | None:
    """An address as it is stored, or none where a header holds something else."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def answer(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """429 with the reason: a page for people, the API's shape of errors for programs."""
    minutes = int(get_cool_off(request).total_seconds() // 60)
    message = f"Too many wrong passwords. Log-in for this name is closed from here for {minutes} minutes."
    if "/api/" in request.path:
        error = {"code": "locked_out", "detail": message, "attr": None, "extra": {}}
        locked: HttpResponse = JsonResponse({"type": "client_error", "errors": [error]}, status=429)
    else:
        locked = render(request, "newsroom/locked.html", {"message": message}, status=429)
    locked["Retry-After"] = str(minutes * 60)
    return locked
