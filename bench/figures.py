"""Speed of the text engine, as ratios of what is measured in one run.

    python bench/figures.py [--figures 1000000] [--seed 1] [--peer PYTHON] [--adversarial]

Prints the reading speed on the starter articles, beside quantulum3 where ``--peer`` names a Python that has it; the
time per MB of a text of 10 MB against one of 100 kB, and the memory that takes; the time to import; comparing at
scale against sorting the same measure keys; and, when asked, every adversarial string at 1 MB against 100 kB.
Nothing here is a test: a slow machine is no defect.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))

from factcheck.text import (  # noqa: E402  the house is not installed
    Basis,
    Hedge,
    MeasureIdentity,
    Modality,
    Observation,
    Period,
    Quantity,
    Relation,
    compare,
    read,
)
from tests.text.adversarial import PIECES, grown  # noqa: E402

MOST_STATES = 20
CONFLICTING = 0.05


def articles() -> list[str]:
    """The bodies of the starter articles."""
    folder = HOUSE / "factcheck" / "starter" / "articles"
    return [path.read_text(encoding="utf-8").partition("\n\n")[2] for path in sorted(folder.glob("*.md"))]


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def reading(bodies: list[str]) -> None:
    """Reading speed on whole articles, and how it holds as one text grows."""
    size = sum(len(b.encode()) for b in bodies)
    rounds = max(1, 2_000_000 // size)
    read(bodies[0])
    took = seconds(lambda: [read(body) for _ in range(rounds) for body in bodies])
    print(f"reading            {rounds * size / took / 1e6:8.2f} MB/s   ({rounds * len(bodies)} articles)")
    joined = "\n\n".join(bodies) + "\n\n"
    short, long = ((joined * (count // len(joined) + 1))[:count] for count in (100_000, 10_000_000))
    per_short = min(seconds(lambda: read(short)) for _ in range(3)) / len(short)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    per_long = seconds(lambda: read(long)) / len(long)
    print(f"10 MB to 100 kB    {per_long / per_short:8.2f} times the time per MB")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"memory of 10 MB    {grown / 1024:8.0f} MB above what the process held before")


PEER = """
import sys, time
from quantulum3 import parser
bodies = sys.stdin.read().split("\\x00")
parser.parse(bodies[0])
start = time.perf_counter()
for body in bodies:
    parser.parse(body)
print(sum(len(b.encode()) for b in bodies) / (time.perf_counter() - start) / 1e6)
"""


def beside(peer: str, bodies: list[str]) -> None:
    """The reading speed as a multiple of quantulum3's on the same articles."""
    took = min(seconds(lambda: [read(body) for body in bodies]) for _ in range(5))
    ours = sum(len(b.encode()) for b in bodies) / took / 1e6
    done = subprocess.run(  # noqa: S603  our own words, in the Python the person named
        [peer, "-c", PEER], input="\x00".join(bodies), capture_output=True, text=True, check=True
    )
    print(f"to quantulum3      {ours / float(done.stdout.split()[-1]):8.0f} times its speed")


def adversarial() -> None:
    """Every piece of the adversarial list grown to 1 MB, its time per MB against 100 kB; the slowest first."""
    rows = []
    for name, piece in PIECES.items():
        short, long = (grown(piece, count) for count in (100_000, 1_000_000))
        base, full = seconds(lambda text=short: read(text)), seconds(lambda text=long: read(text))
        rows.append((full / base / 10, full, name))
    for ratio, full, name in sorted(rows, reverse=True):
        print(f"{name:24} {full:8.2f} s at 1 MB {ratio:8.2f} times the time per MB")


def start(code: str) -> None:
    """Run one line in a Python of its own."""
    subprocess.run([sys.executable, "-c", code], cwd=HOUSE, check=True)  # noqa: S603  our own words


def importing() -> None:
    """What importing the engine costs beyond starting Python."""
    bare = min(seconds(lambda: start("pass")) for _ in range(5))
    full = min(seconds(lambda: start("import factcheck.text")) for _ in range(5))
    print(f"import             {(full - bare) * 1000:8.0f} ms")


def states(count: int, seed: int) -> list[Observation]:
    """Figures over Zipf-distributed measures, at most twenty distinct states a measure, some conflicting."""
    chance = random.Random(seed)  # noqa: S311  a generator of test data
    measures = max(10, count // 10)
    weights = [1 / rank for rank in range(1, measures + 1)]
    day = datetime(2031, 5, 1, tzinfo=UTC)
    out = []
    for index in chance.choices(range(measures), weights, k=count):
        which = chance.randrange(MOST_STATES)
        value = 100 + index % 900 + which // 5 * 10
        if chance.random() < CONFLICTING:
            value, which = value * 2, 0
        start = day + timedelta(days=which // 5)
        period = Period(start, start + timedelta(days=1), "day", Basis.STATED)
        measure = MeasureIdentity(f"count|measure {index}", "people", "count", running=True)
        quantity = Quantity(Decimal(value))
        out.append(
            Observation(measure, quantity, Hedge.EXACT, Modality.REPORTED, period, f"party {which % 5}", "people")
        )
    return out


def comparing(count: int, seed: int) -> None:
    """Every figure placed in its state, every pair of states in one as-of window compared with its reason."""
    figures = states(count, seed)
    keys = [figure.measure.key for figure in figures]
    plain = min(seconds(lambda: sorted(keys)) for _ in range(3))
    found: dict[str, int] = defaultdict(int)

    def run() -> None:
        held: dict[tuple[str, datetime | None], dict[tuple[object, ...], Observation]] = defaultdict(dict)
        for figure in figures:
            window = figure.as_of.start if figure.as_of else None
            held[figure.measure.key, window].setdefault((figure.quantity.value, figure.hedge, figure.says), figure)
        for distinct in held.values():
            for a, b in combinations(list(distinct.values())[:MOST_STATES], 2):
                found[compare(a, b).relation] += 1

    took = seconds(run)
    pairs = sum(found.values())
    print(f"comparing          {took / plain:8.1f} times sorted() of {count:,} keys   ({pairs:,} pairs)")
    print(f"                   {pairs / took:8,.0f} pairs a second, {found[Relation.CONFLICT]:,} conflicts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--figures", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", metavar="PYTHON", help="a Python with quantulum3, to be measured in the same run")
    parser.add_argument("--adversarial", action="store_true", help="also every adversarial string at 1 MB")
    options = parser.parse_args()
    reading(articles())
    if options.peer:
        beside(options.peer, articles())
    if options.adversarial:
        adversarial()
    importing()
    comparing(options.figures, options.seed)


if __name__ == "__main__":
    main()
