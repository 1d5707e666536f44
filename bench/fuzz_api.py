"""A long run of made-up calls against the API, from its own description; target: no server error.

    python bench/fuzz_api.py [--calls 5000] [--seed 1]

It runs on a database of its own, in a folder that goes when it ends; with ``TEST_DATABASE_URL`` on a new database
beside the one named. Prints the calls by status, and every answer that the description does not promise.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))

FOLDER = tempfile.TemporaryDirectory(prefix="factcheck-fuzz-")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
if "TEST_DATABASE_URL" not in os.environ:
    os.environ["TEST_DATABASE_URL"] = f"sqlite:///{FOLDER.name}/fuzz.sqlite3"

import django  # noqa: E402  the environment comes first

django.setup()

from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402

from tests.api.fuzzing import Tally, fuzz, records_of, world_with_tokens  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.getLogger("django.request").setLevel(logging.ERROR)
    connection.settings_dict["TEST"] = {**connection.settings_dict.get("TEST", {}), "NAME": None}
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{FOLDER.name}/test.sqlite3"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        return run(args.calls, args.seed)
    finally:
        runner.teardown_databases(databases)


def run(calls: int, seed: int) -> int:
    world, tokens = world_with_tokens()
    records = records_of(world)
    tally, began = Tally(), time.monotonic()
    while tally.calls < calls:
        fuzz(tokens, records, examples=12, number=seed, tally=tally)
        seed += 1
        print(
            f"{tally.calls} calls in {time.monotonic() - began:.0f} s, {tally.server_errors} server errors", flush=True
        )
    print("by status:", ", ".join(f"{status}: {count}" for status, count in sorted(tally.statuses.items())))
    print(f"{len(tally.reached)} operations answered 2xx; {len(tally.faults)} with an answer that was not promised")
    for name, fault in sorted(tally.faults.items()):
        print(f"\n{name}: {fault}")
    return 1 if tally.server_errors or tally.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
