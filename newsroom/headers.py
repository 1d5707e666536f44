"""Security headers on every answer, static files included, also where Django refuses before it sets its own."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse


class HeadersMiddleware:
    """No page can be read by a page of another site. What a page may use of a device is in PERMISSIONS_POLICY."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


class NoPlainApiMiddleware:
    """A program that sends its token by plain HTTP is told so: led on to HTTPS, nobody would see that it does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if plain and request.path.startswith("/factcheck/api/"):
            error = {"code": "https_only", "detail": "The API is served by HTTPS alone.", "attr": None}
            return JsonResponse({"type": "client_error", "errors": [error]}, status=403)
        return self.get_response(request)
