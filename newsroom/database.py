"""How long a request waits for PostgreSQL: seconds in all, whatever the database does or leaves undone.

A database that is silent, or slow, holds up no request for longer: it is answered with 503. Workers and commands have
no such limit; their connections are given up by the system.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.http import HttpRequest, HttpResponse
from psycopg.errors import _WaitTimeout

REQUEST_SECONDS = 2.5
"""How long one request waits for answers of the database, all of them together."""
_patience: ContextVar[list[float] | None] = ContextVar("patience", default=None)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is closed once the request that waits for it has waited for too long."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait as psycopg does, within the patience of the request.

        Raises:
            psycopg.OperationalError: the request's patience is over; the connection is closed.
        """
        patience = _patience.get()
        if patience is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        began = time.monotonic()
        try:
            return super().wait(gen, interval, max(0.0, patience[0]))
        except _WaitTimeout as late:
            self.close()
            raise psycopg.OperationalError("the database did not answer in time") from late
        finally:
            patience[0] -= time.monotonic() - began


@contextmanager
def patience(seconds: float = REQUEST_SECONDS) -> Iterator[None]:
    """Inside, the database is waited for so long, all in all; a block inside another has the other's."""
    if _patience.get() is not None:
        yield
        return
    mark = _patience.set([seconds])
    try:
        yield
    finally:
        _patience.reset(mark)


class PatienceMiddleware:
    """Gives each request its patience."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with patience():
            return self.get_response(request)
