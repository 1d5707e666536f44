"""Two addresses for whatever watches the site: is the process alive, and can the site do its work."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from factcheck.management.checkup import Finding, look

KEEP_SECONDS = 5
CHECKED = ("migrations", "jobs", "broker", "worker", "beat")
seen: dict[str, tuple[float, Finding]] = {}
looking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing of the database or the broker."""
    return JsonResponse({"alive": True})


def looked_at(name: str) -> Finding:
    """A finding not older than five seconds, or the last one while somebody looks anew.

    The address is open to anybody: asking often must neither wear out the broker nor keep the site's threads waiting.
    """
    at, finding = seen.get(name, (0.0, (False, f"{name} is being looked at for the first time")))
    if (at and time.monotonic() - at <= KEEP_SECONDS) or not looking[name].acquire(blocking=False):
        return finding
    try:
        finding = look(name)
        seen[name] = (time.monotonic(), finding)
        return finding
    finally:
        looking[name].release()


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, jobs, broker, worker and beat, as JSON: 200 where all is well, 503 where something is not."""
    findings = {name: looked_at(name) for name in CHECKED}
    answer = {name: "OK" if good else sentence for name, (good, sentence) in findings.items()}
    return JsonResponse(answer, status=200 if all(good for good, _ in findings.values()) else 503)
