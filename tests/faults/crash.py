"""Crash lane: workers and their processes killed and frozen, the broker emptied, messages tripled; nothing lost or doubled.

    python -m tests.faults.crash

In full: 100 workers killed, 50 processes of the pool, 20 brokers emptied, 20 workers frozen past their lease and
thawed, each message sent three times. Needs TEST_DATABASE_URL and TEST_REDIS_URL.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import closing, suppress

import redis

from tests.faults.lane import (
    DONE_WITHIN,
    LEASE_SECONDS,
    SEED,
    FaultSite,
    Texts,
    Verdict,
    reconcile,
    site_of,
    times,
    wait_for_work,
)

FULL = {"kill": 100, "child": 50, "wipe": 20, "freeze": 20}


def wipe(site: FaultSite) -> None:
    """Everything in the broker of this site is gone."""
    with closing(redis.Redis.from_url(os.environ["TEST_REDIS_URL"])) as link:
        for key in link.scan_iter(f"{site.database}:*"):
            link.delete(key)


class Tripling(threading.Thread):
    """Sends each message that waits in the broker twice more."""

    def __init__(self, site: FaultSite) -> None:
        super().__init__(daemon=True)
        self.queue, self.sent = f"{site.database}:celery", 0
        self.stopped = threading.Event()

    def run(self) -> None:
        seen: set[bytes] = set()
        with closing(redis.Redis.from_url(os.environ["TEST_REDIS_URL"])) as link:
            while not self.stopped.wait(0.02):
                with suppress(redis.RedisError):
                    for message in set(link.lrange(self.queue, 0, -1)) - seen:
                        seen.add(message)
                        link.rpush(self.queue, message, message)
                        self.sent += 2


def meet(fault: str, site: FaultSite, choice: random.Random) -> None:
    name = choice.choice(["worker", "second"])
    if fault == "kill":
        site.kill(name)
        site.start_worker(name)
    elif fault == "child":
        site.kill_child(name, choice)
    elif fault == "wipe":
        wipe(site)
    else:
        site.send(name, signal.SIGSTOP)
        time.sleep(LEASE_SECONDS + 3)
        site.send(name, signal.SIGCONT)


def main() -> None:
    choice, verdict = random.Random(SEED), Verdict("crash")
    faults = [fault for fault, full in FULL.items() for _ in range(times(full))]
    choice.shuffle(faults)
    with site_of("production") as site:
        site.start_worker("second")
        texts, tripling = Texts(site, site.token("editor")), Tripling(site)
        texts.start(), tripling.start()
        time.sleep(5)
        for fault in faults:
            meet(fault, site, choice)
            time.sleep(choice.uniform(0.5, 4))
        texts.stop()
        took = wait_for_work(site, 180)
        tripling.stopped.set()
        verdict.note(
            f"faults: { ({fault: faults.count(fault) for fault in FULL}) }; {tripling.sent} messages sent again"
        )
        verdict.at_most("seconds from the last text to the last job", took, DONE_WITHIN)
        reconcile(verdict, site, texts)
        verdict.end(site)


if __name__ == "__main__":
    main()
