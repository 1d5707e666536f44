"""What each pattern of the text engine earns: each is switched off once, and the texts that change are counted.

    python bench/ablation.py GOLD [--extraction FOLDER] [--most N]

GOLD is a folder of labelled events (``documents.jsonl``); FOLDER has further sets, a JSON object with ``text`` a line.
The case files of the tests are read too: each case there is a text. Printed are the patterns that change at most N
texts (default 1), those of ``dates`` left out, and how many there are. A pattern is looked for only in the texts in
which it matched, so that a run takes minutes.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import factcheck.text  # noqa: E402  the house is not installed
from factcheck.text import Reading, read  # noqa: E402
from factcheck.text.patterns import Pattern  # noqa: E402

METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub")
NEVER = re.compile(r"(?!)")
PUBLISHED = datetime(2031, 5, 14)


def named_patterns() -> dict[str, Pattern]:
    """Every pattern of the engine outside ``dates``, by module and name."""
    found: dict[str, Pattern] = {}
    for info in pkgutil.walk_packages(factcheck.text.__path__, "factcheck.text."):
        if info.name.endswith("__main__") or ".dates" in info.name:
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            if isinstance(value, Pattern) and value not in found.values():
                found[f"{info.name.removeprefix('factcheck.text.')}.{name}"] = value
    return found


def texts(gold: Path, extraction: Path | None) -> dict[str, tuple[str, datetime]]:
    """All texts by a name of their own, with the day of printing."""
    out: dict[str, tuple[str, datetime]] = {}
    for row in lines(gold / "documents.jsonl"):
        out[f"news {row['id']}"] = (row["text"], datetime.fromisoformat(row["published_at"]))
    for path in sorted(extraction.glob("*.jsonl")) if extraction else []:
        out |= {f"{path.stem} {row['id']}": (row["text"], PUBLISHED) for row in lines(path)[:400]}
    for path in sorted((ROOT / "tests/text/cases").glob("*.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            if line.startswith("> "):
                out[f"case {path.stem} {number}"] = (line[2:].replace("\\n", "\n"), PUBLISHED)
    return out


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@contextmanager
def replaced(pattern: Pattern, methods: dict[str, Any]) -> Iterator[None]:
    """A pattern with other methods, and its own again afterwards."""
    own = {name: getattr(pattern, name) for name in METHODS}
    for name, method in methods.items():
        setattr(pattern, name, method)
    try:
        yield
    finally:
        for name, method in own.items():
            setattr(pattern, name, method)


class Hits:
    """In which texts each pattern matched."""

    def __init__(self, patterns: dict[str, Pattern]) -> None:
        self.texts: dict[str, set[str]] = {name: set() for name in patterns}
        self.now = ""
        for name, pattern in patterns.items():
            for method in METHODS:
                setattr(pattern, method, self._noted(name, method, getattr(pattern, method)))

    def _noted(self, name: str, method: str, own: Any) -> Any:
        def call(*given: Any) -> Any:
            found = own(*given)
            if method == "finditer":
                found = list(found)
            if found if method != "sub" else found != given[1]:
                self.texts[name].add(self.now)
            return iter(found) if method == "finditer" else found

        return call


def reading_of(text: str, published: datetime) -> Reading:
    return read(text, published_at=published)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--extraction", type=Path)
    parser.add_argument("--most", type=int, default=1)
    given = parser.parse_args()
    patterns, every = named_patterns(), texts(given.gold, given.extraction)
    hits, usual = Hits(patterns), {}
    for name, (text, published) in every.items():
        hits.now = name
        usual[name] = reading_of(text, published)
    off = {method: getattr(NEVER, method) for method in METHODS}
    changed: dict[str, list[str]] = {}
    for name, pattern in patterns.items():
        with replaced(pattern, off):
            changed[name] = [at for at in sorted(hits.texts[name]) if reading_of(*every[at]) != usual[at]]
    few = {name: found for name, found in changed.items() if len(found) <= given.most}
    for name, found in sorted(few.items(), key=lambda row: (len(row[1]), row[0])):
        print(f"{len(found):>3}  {name}  {', '.join(found)}")
    print(f"{len(few)} of {len(patterns)} patterns change at most {given.most} of {len(every)} texts")


if __name__ == "__main__":
    main()
