"""Database lane: the way to PostgreSQL cut, its sessions ended, refused and silent, while texts are filed and pages asked.

    python -m tests.faults.database

In full: 20 cuts, 5 times all sessions ended by the server, 2 silences and 2 refusals of eight seconds. What was
acknowledged is there and done once; whoever asks meanwhile is answered 503 in time, and nothing else.
"""

from __future__ import annotations

import os
import random
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.faults.lane import SEED, FaultSite, Texts, Verdict, reconcile, site_of, times, wait_for_work
from tests.link import Link

FULL = {"cut": 20, "end": 5, "silence": 2, "refuse": 2}
OUT_SECONDS = 8
ANSWERED_WITHIN = 3
BACK_WITHIN = 5
DOORS = ("documents/", "jobs/")


class LinkedSite(FaultSite):
    """A site whose way to its database the lane can cut."""

    def make_database(self) -> None:
        super().make_database()
        there = urlsplit(self.env["DATABASE_URL"])
        self.link = Link(there.hostname or "127.0.0.1", there.port or 5432)
        who = there.netloc.rpartition("@")[0]
        self.env["DATABASE_URL"] = urlunsplit(there._replace(netloc=f"{who}@127.0.0.1:{self.link.port}"))


def end_sessions(site: FaultSite) -> None:
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as link:
        sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        link.execute(sessions, [site.database])


def asked(site: FaultSite, token: str) -> tuple[float, set[int]]:
    """The longest wait at the doors, and what they answered."""
    longest, statuses = 0.0, set()
    for door in DOORS:
        began = time.monotonic()
        try:
            statuses.add(site.call("GET", door, token=token)[0])
        except OSError:  # no answer for half a minute
            statuses.add(0)
        longest = max(longest, time.monotonic() - began)
    return longest, statuses


def outage(kind: str, site: LinkedSite, token: str) -> tuple[float, set[int], float]:
    """The longest answer while it lasts, what was answered, and the seconds until all is well again."""
    site.link.silence() if kind == "silence" else site.link.refuse()
    longest, statuses, until = 0.0, set(), time.monotonic() + OUT_SECONDS
    while time.monotonic() < until:
        took, found = asked(site, token)
        longest, statuses = max(longest, took), statuses | found
    site.link.restore()
    began = time.monotonic()
    while asked(site, token)[1] != {200} and time.monotonic() - began < 60:
        time.sleep(0.1)
    return longest, statuses, time.monotonic() - began


def main() -> None:
    choice, verdict = random.Random(SEED), Verdict("database")
    faults = [fault for fault, full in FULL.items() for _ in range(times(full))]
    choice.shuffle(faults)
    longest, back, statuses = 0.0, 0.0, set()
    with site_of("production", LinkedSite) as site:
        token = site.token("editor")
        texts = Texts(site, token)
        texts.start()
        time.sleep(3)
        for fault in faults:
            if fault in ("silence", "refuse"):
                took, found, until = outage(fault, site, token)
                longest, back, statuses = max(longest, took), max(back, until), statuses | found
            else:
                site.link.cut() if fault == "cut" else end_sessions(site)
            time.sleep(choice.uniform(0.5, 3))
        texts.stop()
        took = wait_for_work(site, 180)
        verdict.note(f"faults: { ({fault: faults.count(fault) for fault in FULL}) }; texts answered {texts.statuses}")
        verdict.note(f"seconds from the last text to the last job: {took:.1f}")
        verdict.check("answers while it is out", sorted(statuses), [503])
        verdict.at_most("seconds of the longest answer while it is out", longest, ANSWERED_WITHIN)
        verdict.at_most("seconds until it is well again", back, BACK_WITHIN)
        verdict.check("other answers to who files a text", sorted(set(texts.statuses) - {202, 503}), [])
        reconcile(verdict, site, texts)
        verdict.end(site)


if __name__ == "__main__":
    main()
