"""Embedded lane: SQLite and a folder, workers killed and frozen, the broker's folder damaged, emptied, missing, no folder.

    python -m tests.faults.embedded

In full: 40 workers killed, 10 frozen past their lease and thawed, 20 times each of the faults of the folder.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from contextlib import suppress

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

FULL = {"kill": 40, "freeze": 10, "damage": 20, "empty": 20, "missing": 20, "no folder": 20}


def meet(fault: str, site: FaultSite, choice: random.Random) -> None:
    name, broker = choice.choice(["worker", "second"]), site.folder / "broker"
    if fault == "kill":
        site.kill(name)
        site.start_worker(name)
    elif fault == "freeze":
        site.send(name, signal.SIGSTOP)
        time.sleep(LEASE_SECONDS + 3)
        site.send(name, signal.SIGCONT)
    elif fault == "damage":
        broker.mkdir(exist_ok=True)
        for number in range(20):
            name = f"{number:020d}_x.celery.msg" if number % 2 else f"{number}.exchange"
            with suppress(OSError):
                (broker / name).write_bytes(choice.randbytes(200))
    elif fault == "empty":
        for path in list(broker.glob("*")):
            path.unlink(missing_ok=True)
    elif fault == "missing":
        shutil.rmtree(broker, ignore_errors=True)
    else:
        shutil.rmtree(broker, ignore_errors=True)
        with suppress(OSError):
            broker.write_text("a file in its place")
        time.sleep(3)
        with suppress(OSError):
            broker.unlink()


def main() -> None:
    choice, verdict = random.Random(SEED), Verdict("embedded")
    faults = [fault for fault, full in FULL.items() for _ in range(times(full))]
    choice.shuffle(faults)
    with site_of("embedded") as site:
        site.start_worker("second")
        texts = Texts(site, site.token("editor"))
        texts.start()
        time.sleep(5)
        for fault in faults:
            meet(fault, site, choice)
            time.sleep(choice.uniform(0.5, 4))
        texts.stop()
        took = wait_for_work(site, 180)
        verdict.note(f"faults: { ({fault: faults.count(fault) for fault in FULL}) }; texts answered {texts.statuses}")
        verdict.at_most("seconds from the last text to the last job", took, DONE_WITHIN)
        reconcile(verdict, site, texts)
        verdict.end(site)


if __name__ == "__main__":
    main()
