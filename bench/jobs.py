"""How long a person's job waits: on an idle site, and behind a long run, with one worker process.

    python bench/jobs.py [--rounds 30] [--stories 20]

A site of its own: PostgreSQL and Redis where TEST_DATABASE_URL and TEST_REDIS_URL name them, else SQLite and a folder.
The wait is from the row of the job to its start, by the site's own rows. The long run is a cross-check of everything,
asked for again as soon as it ends.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.live import Site, wait_until

FILL = """
from datetime import UTC, datetime
from django.contrib.auth import get_user_model
from factcheck.models import Desk, Topic
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
desk = Desk.objects.get(slug="news-desk")
editor = get_user_model().objects.get(username="editor")
things = "goats tents trucks bridges schools wells lamps barrels blankets boats buses cows dogs engines farms".split()
for story in range({stories}):
    topic = Topic.objects.create(slug=f"story-{{story}}", title=f"Story {{story}}")
    for paper in range(4):
        lines = [f"Inspectors counted {{99 + 37 * paper + at}} {{thing}} in Torvik." for at, thing in enumerate(things)]
        arrival = Arrival(
            kind="coverage", topic=topic, publisher_name=f"Paper {{paper}}", pasted=True, title="A count",
            published_at=datetime(2025, 3, 4, 12, tzinfo=UTC),
        )
        ingest_document(" ".join(lines).encode(), arrival, desk=desk, by=editor)
"""
STATE = """
import json
from factcheck.models import Job
rows = Job.objects.filter(name="read_document", pk__gt={after}).exclude(started_at=None)
print(json.dumps({{
    "unfinished": Job.objects.unfinished().count(),
    "last": Job.objects.order_by("pk").values_list("pk", flat=True).last() or 0,
    "waits": [(row.started_at - row.created_at).total_seconds() for row in rows],
    "runs": list(Job.objects.filter(key__startswith="everything:").values_list("state", "attempt", "done")),
}}))
"""


def state(site: Site, after: int = 0) -> dict:
    return json.loads(site.manage("shell", "-v0", "-c", STATE.format(after=after)).strip().splitlines()[-1])


def file_text(site: Site, token: str, number: int) -> None:
    text = f"The council of Torvik said {number} homes were flooded."
    status, answer = site.call("POST", "documents/", {"desk": "news-desk", "text": text}, token)
    if status != 202:
        raise SystemExit(f"the site did not take a text: {answer}")


def told(name: str, waits: list[float]) -> str:
    ordered = sorted(waits)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return (
        f"{name}: {len(waits)} jobs, p50 {statistics.median(waits):.2f} s, p95 {p95:.2f} s, longest {ordered[-1]:.2f} s"
        f" (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
    )


def measure(site: Site, rounds: int, stories: int) -> None:
    token = site.token("editor")
    file_text(site, token, 7)  # the first of a worker loads what it needs
    wait_until(lambda: state(site)["unfinished"] == 0, 120, site.logs())
    after = state(site)["last"]
    for number in range(rounds):
        time.sleep(1.1 + 0.13 * (number % 7))
        file_text(site, token, 100 + number)
    print(told("idle", state(site, after)["waits"]))
    site.manage("shell", "-v0", "-c", FILL.format(stories=stories))
    wait_until(lambda: state(site)["unfinished"] == 0, 1800, site.logs())
    site.call("POST", "crosschecks/", {"scope": "everything", "desk": "news-desk"}, token)
    after = state(site)["last"]
    for number in range(rounds):
        time.sleep(1.1 + 0.13 * (number % 7))
        file_text(site, token, 1000 + number)
        jobs = site.call("GET", "jobs/?name=crosscheck", token=token)[1]["results"]
        if not any(job["key"].startswith("everything:") and job["state"] in ("due", "running") for job in jobs):
            site.call("POST", "crosschecks/", {"scope": "everything", "desk": "news-desk"}, token)
    wait_until(lambda: state(site)["unfinished"] == 0, 1800, site.logs())
    found = state(site, after)
    print(told("behind a long run", found["waits"]))
    print(f"the long runs (state, slices, measures compared): {found['runs']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--stories", type=int, default=20)
    given = parser.parse_args()
    lane = "production" if os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL") else "embedded"
    with tempfile.TemporaryDirectory(prefix="factcheck-bench-") as folder:
        site = Site(lane, Path(folder), LEASE_SECONDS=20, DISPATCH_SECONDS=0.25)
        site.processes = 1
        with site:
            print(f"lane: {lane}, one worker process")
            measure(site, given.rounds, given.stories)


if __name__ == "__main__":
    main()
