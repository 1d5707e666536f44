"""Responses while the database is locked, unreachable or slow: 503 with ``Retry-After``; 507 where a disk is full.

Django calls the handler for any uncaught exception, also from middleware. It does not use the database: no session, no
user.
"""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.defaults import server_error

from factcheck.database_errors import RETRY_AFTER_SECONDS, is_connection_failure, is_disk_full, is_lock_conflict

BUSY = "Too many people write at this moment."
AWAY = "The database cannot be reached at this moment."
FULL = "There is no room left on the disk."


def outage_of(error: BaseException) -> tuple[int, str, str, int] | None:
    """The status, code, message and seconds to wait for an error that passes; None for any other."""
    if is_lock_conflict(error):
        return 503, "busy", BUSY, 1
    if is_connection_failure(error):
        return 503, "unavailable", AWAY, RETRY_AFTER_SECONDS
    return (507, "disk_full", FULL, RETRY_AFTER_SECONDS) if is_disk_full(error) else None


def handler500(request: HttpRequest) -> HttpResponse:
    """503 or 507 with ``Retry-After`` where the same request can succeed later; else Django's answer."""
    error = sys.exc_info()[1]
    outage = error and outage_of(error)
    if not outage:
        return server_error(request)
    status, code, message, wait = outage
    if request.path.startswith(reverse("factcheck:schema").removesuffix("schema/")):
        line: dict[str, Any] = {
            "code": code,
            "detail": message,
            "attr": None,
            "extra": {},
        }
        response: HttpResponse = JsonResponse({"type": "server_error", "errors": [line]}, status=status)
    else:
        context = {"message": message, "wait": wait, "retries": request.method in ("GET", "HEAD")}
        response = HttpResponse(render_to_string("newsroom/unavailable.html", context), status=status)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
