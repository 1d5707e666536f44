"""Liveness and readiness endpoints: is the process alive, and can the site do its work."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import defaultdict
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView

from factcheck.management.health_checks import CheckResult, run_check

KEEP_SECONDS = 5
cached: dict[str, tuple[float, CheckResult]] = {}
locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of the database or the broker."""
    return JsonResponse({"alive": True})


def cached_check(name: str) -> CheckResult:
    """A check result at most five seconds old, or the last one while another thread runs the check.

    The endpoint is public: frequent requests must neither load the broker nor block the site's threads.
    """
    at, finding = cached.get(name, (0.0, (False, f"{name} is being looked at for the first time")))
    if (at and time.monotonic() - at <= KEEP_SECONDS) or not locks[name].acquire(blocking=False):
        return finding
    try:
        finding = run_check(name)
        cached[name] = (time.monotonic(), finding)
        return finding
    finally:
        locks[name].release()


@dataclasses.dataclass(repr=False)
class SiteHealthCheck(HealthCheck):
    """One health check of ``doctor`` as a django-health-check."""

    name: str
    timeout: timedelta = dataclasses.field(default=timedelta(seconds=10), repr=False)

    def __repr__(self) -> str:
        return self.name

    async def run(self) -> None:
        good, sentence = await sync_to_async(cached_check)(self.name)
        if not good:
            raise ServiceUnavailable(sentence)


class Ready(HealthCheckView):
    """Database, jobs, broker, worker and beat, as JSON: 200 where all is well, 503 where something is not."""

    checks = [(SiteHealthCheck, {"name": name}) for name in ("migrations", "jobs", "broker", "worker", "beat")]

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.results = [await check.get_result() for check in self.get_checks()]
        return self.render_to_response_json(503 if any(row.error for row in self.results) else 200)
