"""Responses while the database is locked, unreachable or full: 503 with ``Retry-After``.

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

from factcheck.database_errors import RETRY_AFTER_SECONDS, is_connection_failure, is_lock_conflict

BUSY = "Too many people write at this moment."
AWAY = "The database cannot be reached at this moment."


def handler500(request: HttpRequest) -> HttpResponse:
    """503 with ``Retry-After`` where the same request can succeed a moment later; else Django's answer."""
    error = sys.exc_info()[1]
    if error is None or not (is_connection_failure(error) or is_lock_conflict(error)):
        return server_error(request)
    message, wait = (BUSY, 1) if is_lock_conflict(error) else (AWAY, RETRY_AFTER_SECONDS)
    if request.path.startswith(reverse("factcheck:schema").removesuffix("schema/")):
        line: dict[str, Any] = {
            "code": "busy" if is_lock_conflict(error) else "unavailable",
            "detail": message,
            "attr": None,
            "extra": {},
        }
        response: HttpResponse = JsonResponse({"type": "server_error", "errors": [line]}, status=503)
    else:
        context = {"message": message, "wait": wait, "retries": request.method in ("GET", "HEAD")}
        response = HttpResponse(render_to_string("newsroom/unavailable.html", context), status=503)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
