"""Rate limits: reads and writes are counted separately, per user and per IP address.

The rates come from the host's ``REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]``; ``None`` there means no limit.
"""

from __future__ import annotations

import hashlib
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
    "login_name": "30/minute",
}


class BaseThrottle(SimpleRateThrottle):
    """A throttle whose rate is looked up at each request, so that a changed setting takes effect at once."""

    def get_rate(self) -> str | None:
        rate: str | None = api_settings.DEFAULT_THROTTLE_RATES.get(self.scope, RATES[self.scope])
        return rate

    def allow_request(self, request: Request, view: Any) -> bool:
        return not self.applies_to(request) or bool(super().allow_request(request, view))

    def applies_to(self, request: Request) -> bool:
        return ("read" in self.scope) == (request.method in SAFE_METHODS)

    def get_cache_key(self, request: Request, view: Any) -> str:
        return str(self.cache_format % {"scope": f"factcheck_{self.scope}", "ident": self.get_ident(request)})


class UserThrottle(BaseThrottle):
    """Per user. Anonymous requests are counted per address only."""

    def applies_to(self, request: Request) -> bool:
        return bool(request.user and request.user.is_authenticated) and super().applies_to(request)

    def get_ident(self, request: Request) -> str:
        return str(request.user.pk)


class AddressThrottle(BaseThrottle):
    """Per address of the connection; ``X-Forwarded-For`` is used only where ``NUM_PROXIES`` is set."""

    def get_ident(self, request: Request) -> str:
        if api_settings.NUM_PROXIES is not None:
            return str(super().get_ident(request))
        return str(request.META.get("REMOTE_ADDR"))


class UserReadThrottle(UserThrottle):
    scope = "read"


class UserWriteThrottle(UserThrottle):
    scope = "write"


class AddressReadThrottle(AddressThrottle):
    scope = "address_read"


class AddressWriteThrottle(AddressThrottle):
    scope = "address_write"


class LoginThrottle(AddressThrottle):
    scope = "login"


class LoginNameThrottle(BaseThrottle):
    """Per name that is tried, from whatever addresses."""

    scope = "login_name"

    def get_ident(self, request: Request) -> str:
        name = request.data.get("username") if isinstance(request.data, dict) else None
        return hashlib.sha256(str(name).strip().casefold().encode("utf-8", "replace")).hexdigest()
