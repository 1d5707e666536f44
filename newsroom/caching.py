"""The production cache: Redis behind a circuit breaker; while Redis is down or slow, every lookup is a miss.

A request waits a fraction of a second at most. After a failure no request asks Redis for some seconds; then one request
tries, and the others follow once it succeeds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
ANSWER_SECONDS = 0.3
PAUSE_SECONDS = 5.0


class CircuitBreaker:
    """Opens on a failure; lets one request through after each pause; closes on success. One per server and process."""

    def __init__(self) -> None:
        self.until: float | None = None
        self.lock = threading.Lock()

    def may_ask(self) -> bool:
        if self.until is None:
            return True
        with self.lock:
            if self.until is not None and time.monotonic() < self.until:
                return False
            self.until = time.monotonic() + PAUSE_SECONDS  # this request tries; the others rest on
            return True

    def failed(self) -> None:
        if self.until is None:
            logger.warning("the cache does not answer; going on without it")
        self.until = time.monotonic() + PAUSE_SECONDS

    def answered(self) -> None:
        if self.until is not None:
            logger.warning("the cache answers again")
        self.until = None


circuit_breakers: dict[str, CircuitBreaker] = {}


def with_fallback(name: str, without: Callable[..., Any]) -> Callable[..., Any]:
    """A cache method with a fallback value for while the circuit is open."""
    ask = getattr(RedisCache, name)

    def method(self: FailSafeRedisCache, *args: Any, **kwargs: Any) -> Any:
        if self.breaker.may_ask():
            try:
                found = ask(self, *args, **kwargs)
            except RedisError:
                self.breaker.failed()
            else:
                self.breaker.answered()
                return found
        return without(*args, **kwargs)

    method.__name__ = name
    return method


def default_of(key: str, default: Any = None, version: int | None = None) -> Any:
    return default


class FailSafeRedisCache(RedisCache):
    """Holds request counts for throttling. The login lock-out is in the database."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        times = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
        super().__init__(server, {**params, "OPTIONS": {**times, **params.get("OPTIONS", {})}})
        self.breaker = circuit_breakers.setdefault(str(server), CircuitBreaker())

    get = with_fallback("get", default_of)
    set = with_fallback("set", lambda *args, **kwargs: None)
    add = with_fallback("add", lambda *args, **kwargs: False)
    touch = with_fallback("touch", lambda *args, **kwargs: False)
    delete = with_fallback("delete", lambda *args, **kwargs: False)
    has_key = with_fallback("has_key", lambda *args, **kwargs: False)
    clear = with_fallback("clear", lambda *args, **kwargs: False)
    get_many = with_fallback("get_many", lambda *args, **kwargs: {})
    set_many = with_fallback("set_many", lambda data, *args, **kwargs: list(data))
    delete_many = with_fallback("delete_many", lambda *args, **kwargs: None)
