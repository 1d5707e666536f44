"""What a person and a program are told while the database is away, taken or full: 503, and when to come again.

Django calls the handler for whatever no view has caught, also for what the middleware raises. It asks the database
nothing: no session, no user.
"""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.defaults import server_error

from factcheck.availability import AWAY_SECONDS, is_away, is_busy

BUSY = "Too many people write at this moment."
AWAY = "The database cannot be reached at this moment."


def handler500(request: HttpRequest) -> HttpResponse:
    """503 with ``Retry-After`` where the same request can succeed a moment later; else Django's answer."""
    error = sys.exc_info()[1]
    if error is None or not (is_away(error) or is_busy(error)):
        return server_error(request)
    message, wait = (BUSY, 1) if is_busy(error) else (AWAY, AWAY_SECONDS)
    if request.path.startswith(reverse("factcheck:schema").removesuffix("schema/")):
        line: dict[str, Any] = {
            "code": "busy" if is_busy(error) else "unavailable",
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
