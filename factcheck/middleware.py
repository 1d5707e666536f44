"""The language and the clock of whoever is logged in, for the pages they see; an API is the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from factcheck.language import ENGLISH
from factcheck.workflow.preferences import chosen_language, chosen_zone, preferences_of


def same_for_everybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that is no page for a person: nothing is asked of the database to find out who reads it."""
    view.same_for_everybody = True  # type: ignore[attr-defined]
    return view


class ReaderMiddleware:
    """Stands below ``LocaleMiddleware`` and ``AuthenticationMiddleware``, and overrules the browser's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = translation.get_language() or str(settings.LANGUAGE_CODE)
        with translation.override(before), timezone.override(timezone.get_default_timezone()):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or before)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Activate what the person chose, before their page is made."""
        if hasattr(view, "cls"):  # a view of REST framework: programs read it
            translation.activate(ENGLISH)
            return
        if getattr(view, "same_for_everybody", False) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        if not request.user.is_authenticated:
            return
        chosen = preferences_of(request.user)
        if chosen.language:
            translation.activate(chosen_language(chosen))
        if zone := chosen_zone(chosen):
            timezone.activate(zone)
