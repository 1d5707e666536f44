"""Liveness and readiness endpoints: is the process alive, and can the site do its work."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from factcheck.management.health_checks import CheckResult, run_check

KEEP_SECONDS = 5
CHECKED = ("migrations", "jobs", "broker", "worker", "beat")
cached: dict[str, tuple[float, CheckResult]] = {}
locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


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
        finding = run_check(name)
        cached[name] = (time.monotonic(), finding)
        return finding
    finally:
        locks[name].release()


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, jobs, broker, worker and beat, as JSON: 200 where all is well, 503 where something is not."""
    findings = {name: cached_check(name) for name in CHECKED}
    answer = {name: "OK" if good else sentence for name, (good, sentence) in findings.items()}
    return JsonResponse(answer, status=200 if all(good for good, _ in findings.values()) else 503)
