"""Liveness and readiness endpoints: is the process alive, and can the site do its work."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from factcheck.database_errors import RETRY_AFTER_SECONDS
from factcheck.management.health_checks import CheckResult, run_check, run_checks_in_time
from factcheck.middleware import same_for_everybody
from newsroom.database import patience

KEEP_SECONDS = 5
CHECKED = ("database", "disk", "migrations", "jobs", "broker", "worker", "beat")
cached: dict[str, tuple[float, CheckResult]] = {}
locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@same_for_everybody
@require_safe
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
        with patience():  # also in a thread of its own, so that none hangs on a database that is silent
            finding = run_check(name)
        cached[name] = (time.monotonic(), finding)
        return finding
    finally:
        locks[name].release()


@same_for_everybody
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, disk, jobs, broker, worker and beat, as JSON: 200 where all is well, 503 where something is not."""
    findings = run_checks_in_time(CHECKED, cached_check)
    answer = {name: "OK" if good else sentence for name, (good, sentence) in findings.items()}
    response = JsonResponse(answer, status=200 if all(good for good, _ in findings.values()) else 503)
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
