"""What all lanes have in common: their share and seed, a site with guards, a stream of texts, and the verdict."""

from __future__ import annotations

import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.live import ROOT, Site

SHARE = float(os.environ.get("FAULTS", "1"))
SEED = int(os.environ.get("SEED", "1"))
LEASE_SECONDS = 20
DONE_WITHIN = 25
"""After how many seconds from the last fault all work is done, on a machine that does nothing else."""


def times(full: int) -> int:
    """How often a fault happens in this run, at least once."""
    return max(1, math.ceil(full * SHARE))


class Verdict:
    """What a lane saw, beside what it must be."""

    def __init__(self, lane: str) -> None:
        self.lane, self.passed = lane, True
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and its site ends with it
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip()
        print(f"== {lane}: share {SHARE}, seed {SEED}, commit {commit}, load {os.getloadavg()[0]:.1f}", flush=True)

    def note(self, words: str) -> None:
        print(f"   {words}", flush=True)

    def check(self, name: str, seen: object, wanted: object) -> None:
        good = seen == wanted
        self.passed &= good
        print(f"   {'ok   ' if good else 'WRONG'} {name}: {seen}" + ("" if good else f", must be {wanted}"), flush=True)

    def at_most(self, name: str, seen: float, limit: float) -> None:
        self.passed &= seen <= limit
        print(f"   {'ok   ' if seen <= limit else 'WRONG'} {name}: {seen:.1f}, at most {limit}", flush=True)

    def end(self, site: Site | None = None) -> None:
        if not self.passed and site is not None:
            print(site.logs()[-6000:], flush=True)
        sys.exit(not self.passed)


class FaultSite(Site):
    """A site under the lease of production, with a second worker, whose guards can be switched off."""

    def __init__(self, lane: str, folder: Path, **factcheck: object) -> None:
        super().__init__(lane, folder, **{"LEASE_SECONDS": LEASE_SECONDS, "DISPATCH_SECONDS": 0.25, **factcheck})
        self.env["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
        self.env["PYTHONPATH"] = str(ROOT)

    def ask(self, code: str) -> dict:
        """What a few lines of Python in the site print as JSON."""
        found: dict = json.loads(self.manage("shell", "-v0", "-c", code).strip().splitlines()[-1])
        return found

    def send(self, name: str, number: int) -> None:
        """A signal to a worker and all of its processes."""
        with suppress(ProcessLookupError):
            os.killpg(self.children[name].pid, number)

    def kill_child(self, name: str, choice: random.Random) -> bool:
        """Kill a process of a worker's pool; False where it has none."""
        pid = self.children[name].pid
        listed = Path(f"/proc/{pid}/task/{pid}/children")
        pool = [int(one) for one in listed.read_text().split()] if listed.exists() else []
        if pool:
            with suppress(ProcessLookupError):
                os.kill(choice.choice(pool), signal.SIGKILL)
        return bool(pool)


@contextmanager
def site_of(lane: str, kind: type[FaultSite] = FaultSite, **factcheck: object) -> Iterator[FaultSite]:
    with (
        tempfile.TemporaryDirectory(prefix="factcheck-faults-") as folder,
        kind(lane, Path(folder), **factcheck) as site,
    ):
        yield site


class Texts(threading.Thread):
    """Files texts through the API without a pause, until told to stop; keeps what was acknowledged, and each answer."""

    def __init__(self, site: Site, token: str, *, pause: float = 1.0) -> None:
        super().__init__(daemon=True)
        self.site, self.token, self.pause = site, token, pause
        self.acknowledged: list[int] = []
        self.statuses: dict[int, int] = {}
        self.longest = 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.stopped.wait(self.pause):
            number += 1
            text = f"The council of Torvik said {100 + number} homes were flooded."
            began = time.monotonic()
            try:
                status, answer = self.site.call("POST", "documents/", {"desk": "news-desk", "text": text}, self.token)
            except OSError:
                status, answer = 0, {}
            self.longest = max(self.longest, time.monotonic() - began)
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 202:
                self.acknowledged.append(answer["document"]["id"])

    def stop(self) -> None:
        self.stopped.set()
        self.join(60)


LEDGER = """
import json
from collections import Counter
from datetime import timedelta
from django.utils import timezone
from factcheck.models import Claim, CrossCheck, Discrepancy, Document, Event, Figure, Job, Revision
ids = %s
rows = Document.objects.filter(pk__in=ids)
per = lambda model: Counter(model.objects.filter(document__in=ids).values_list("document", flat=True))
revisions, claims, figures = per(Revision), per(Claim), per(Figure)
read = Counter(Event.objects.filter(record="document", action="read").values_list("record_id", flat=True))
checked = set(CrossCheck.objects.exclude(finished_at=None).values_list("document", flat=True))
pairs = Counter(Discrepancy.objects.values_list("measure", "a_key", "b_key"))
lost = [pk for pk in ids if not (revisions[pk] and claims[pk] and figures[pk] and read[pk] and pk in checked)]
print(json.dumps({
    "lost": len(lost) + len(ids) - rows.filter(state="in_check").count(),
    "doubled": sum(max(one[pk] for one in (revisions, claims, figures, read)) > 1 for pk in ids)
    + sum(count > 1 for count in pairs.values()),
    "failed": list(Job.objects.filter(state="failed").values_list("name", "error")),
    "unfinished": Job.objects.unfinished().filter(created_at__lt=timezone.now() - timedelta(seconds=10)).count(),
    "taken_over": Job.objects.filter(attempt__gt=1).count(),
    "jobs": Job.objects.count(),
}))
"""


def wait_for_work(site: FaultSite, seconds: float) -> float:
    """How many seconds it took until no job was left, or so many."""
    began = time.monotonic()
    code = "import json; from factcheck.models import Job; print(json.dumps({'n': Job.objects.unfinished().count()}))"
    while time.monotonic() - began < seconds:
        if not site.ask(code)["n"]:
            break
        time.sleep(0.5)
    return time.monotonic() - began


def reconcile(verdict: Verdict, site: FaultSite, texts: Texts) -> None:
    """The ledger: what was acknowledged was done, once."""
    found = site.ask(LEDGER % json.dumps(texts.acknowledged))
    verdict.note(f"{len(texts.acknowledged)} texts, {found['jobs']} jobs, {found['taken_over']} of them taken over")
    for name in ("lost", "doubled", "unfinished"):
        verdict.check(name, found[name], 0)
    verdict.check("failed", found["failed"], [])
