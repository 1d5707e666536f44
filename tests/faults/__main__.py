"""All lanes, one after the other; those that need PostgreSQL and Redis where both are named."""

from __future__ import annotations

import os
import subprocess
import sys

LANES = ("embedded", "crash", "database", "mail")


def main() -> None:
    both = os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL")
    failed = []
    for lane in LANES if both else LANES[:1]:
        if subprocess.run([sys.executable, "-m", f"tests.faults.{lane}"], check=False).returncode:
            failed.append(lane)
    if not both:
        print("the other lanes need TEST_DATABASE_URL and TEST_REDIS_URL")
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
