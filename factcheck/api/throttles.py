"""How often one may ask: reads and writes, counted for each person and for each address a request comes from.

The rates are those of the host's ``REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]``; ``None`` there counts nothing.
"""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

RATES = {
    "read": "600/minute",
    "write": "240/minute",
    "address_read": "3000/minute",
    "address_write": "1200/minute",
    "login": "30/minute",
}


class Rate(SimpleRateThrottle):
    """One rate by its scope, looked up at each request so that a changed setting counts at once."""

    def get_rate(self) -> str | None:
        rate: str | None = api_settings.DEFAULT_THROTTLE_RATES.get(self.scope, RATES[self.scope])
        return rate

    def allow_request(self, request: Request, view: Any) -> bool:
        return not self.counts(request) or bool(super().allow_request(request, view))

    def counts(self, request: Request) -> bool:
        return ("read" in self.scope) == (request.method in SAFE_METHODS)

    def get_cache_key(self, request: Request, view: Any) -> str:
        return str(self.cache_format % {"scope": f"factcheck_{self.scope}", "ident": self.get_ident(request)})


class ByPerson(Rate):
    """By the person; who is nobody is counted by address alone."""

    def counts(self, request: Request) -> bool:
        return bool(request.user and request.user.is_authenticated) and super().counts(request)

    def get_ident(self, request: Request) -> str:
        return str(request.user.pk)


class ByAddress(Rate):
    """By the address of the connection; a header that names another is believed behind known proxies only."""

    def get_ident(self, request: Request) -> str:
        if api_settings.NUM_PROXIES is not None:
            return str(super().get_ident(request))
        return str(request.META.get("REMOTE_ADDR"))


class Reads(ByPerson):
    scope = "read"


class Writes(ByPerson):
    scope = "write"


class AddressReads(ByAddress):
    scope = "address_read"


class AddressWrites(ByAddress):
    scope = "address_write"


class LoginThrottle(ByAddress):
    scope = "login"
