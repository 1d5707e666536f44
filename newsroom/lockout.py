"""Callables for django-axes: the username and the address to count, and the response of a locked-out login."""

import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

LONGEST_NAME = 255


class GuessingHandler(AxesDatabaseHandler):  # type: ignore[misc] # axes has no types
    """Counts failures by name and address together, and besides by each alone, so that neither many names from one
    address nor many addresses for one name go unseen."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures of the pair, or the limit where the name or the address has reached one of its own."""
        pair: int = super().get_failures(request, credentials)
        name, address = username_of(request, credentials), address_of(request)
        since = timezone.now() - get_cool_off(request)
        recent = AccessAttempt.objects.filter(attempt_time__gte=since)
        many = (
            name is not None and failures_among(recent.filter(username=name)) >= settings.LOCKOUT_NAME_LIMIT,
            address is not None and failures_among(recent.filter(ip_address=address)) >= settings.LOCKOUT_ADDRESS_LIMIT,
        )
        return max(pair, settings.AXES_FAILURE_LIMIT) if any(many) else pair


def failures_among(attempts: QuerySet[Any]) -> int:
    return int(attempts.aggregate(count=Sum("failures_since_start"))["count"] or 0)


def forget_failures_of(log_in_name: str, **_: Any) -> None:
    """Delete the failed log-ins of an account that was erased, by the name it had."""
    AccessAttempt.objects.filter(username=log_in_name[:LONGEST_NAME]).delete()


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name that was tried, as much of it as the table of failures can hold."""
    name = (credentials or request.POST).get("username")
    return None if name is None else str(name)[:LONGEST_NAME]


def address_of(request: HttpRequest) -> str | None:
    """The address of the connection; behind known proxies (``PROXIES``) the one the outermost of them saw."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    seen = forwarded[-settings.PROXIES :][:1] if settings.PROXIES else []
    return next(filter(None, map(parsed_address, [*seen, request.META.get("REMOTE_ADDR", "")])), None)


def parsed_address(value: str) -> str | None:
    """An address as it is stored, or none where a header holds something else."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        return None


def lockout_response(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """429 with the reason: a page for people, the API's shape of errors for programs."""
    minutes = int(get_cool_off(request).total_seconds() // 60)
    message = gettext(
        "Too many wrong passwords. Log-in is closed from here, or for this name, for {minutes} minutes."
    ).format(minutes=minutes)
    if "/api/" in request.path:
        error: dict[str, Any] = {"code": "locked_out", "detail": message, "attr": None, "extra": {}}
        locked_response: HttpResponse = JsonResponse({"type": "client_error", "errors": [error]}, status=429)
    else:
        locked_response = render(request, "newsroom/locked.html", {"message": message}, status=429)
    locked_response["Retry-After"] = str(minutes * 60)
    return locked_response
