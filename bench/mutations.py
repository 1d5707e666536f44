"""Mutation run: small faults are put into the modules that decide, one at a time, and the tests must notice.

    pip install cosmic-ray
    python bench/mutations.py --save OUT.json [--sample 300] [--seed 1] [--modules states,matching] [--timeout 180]
    python bench/mutations.py --save OUT.json --survivors

The faults are those of cosmic-ray's operators, which is installed beside what ``requirements.txt`` names. Annotations
and what is written to a log are left out. Drawn are places, by the seed and in proportion to the places of each module,
and of each place one fault: where a plus could be replaced by eleven other signs that is one place, not eleven.

Each fault is tried in a copy of the tree, never in the tree itself. Once at the beginning all tests named in ``TESTS``
are traced there, and must pass; a fault is then tried by those of its module's tests that reach its line (by all, where
the line runs on import), up to ``--most-seconds`` of them, until one fails. A run that takes longer than ``--timeout``
counts as killed. What is known is kept in OUT.json, and the trace beside it, so that a run goes on where it was broken
off. ``--survivors`` tries those that survived once more with the tests as they are now: new ones are always taken.
"""

# ruff: noqa: PLC0415, S603  this file is also the plugin of pytest that picks the tests, and there cosmic-ray is not loaded
from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = [f"tests/workflow/{path.name}" for path in sorted((ROOT / "tests/workflow").glob("test_*.py"))]
DOORS = ["tests/test_states.py", "tests/test_permissions.py", "tests/attack/test_matrix.py"]
DOORS += [f"tests/attack/test_{name}.py" for name in ("other_side", "evidence_vouched_for", "oracle", "doors")]
ENGINE = [f"tests/text/test_{name}.py" for name in ("matching", "same_party", "doctests", "cases", "properties")]
JOBS = ["tests/test_dispatcher.py", "tests/test_tasks.py", "tests/test_checkpoints.py", "tests/test_job_keys.py"]
BLOCKERS = ["tests/workflow/test_clearance.py", "tests/attack/test_blockers.py", "tests/attack/test_policy_loosened.py"]

TESTS: dict[str, list[str]] = {
    "factcheck/states.py": [*DOORS, "tests/test_tasks.py", *WORKFLOW],
    "factcheck/permissions.py": [*DOORS, *WORKFLOW],
    "factcheck/workflow/clearance.py": [*BLOCKERS, *WORKFLOW],
    "factcheck/workflow/transitions.py": [*DOORS, *WORKFLOW],
    "factcheck/jobs/leases.py": [*JOBS, *BLOCKERS, *WORKFLOW],
    "factcheck/text/matching/": [*ENGINE, *WORKFLOW],
}
"""The tests that hold a module or a folder, those that are its own first."""
AT_LEAST = 20
"""Places drawn of each entry of ``TESTS``."""
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "pytest_django.plugin"]
PYTEST += ["-p", "_hypothesis_pytestplugin", "-p", "bench.mutations"]


@dataclass(frozen=True, order=True)
class Fault:
    """One mutation: the operator's so-manieth of a module, and the place where it is."""

    module: str
    operator: str
    occurrence: int
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.module}:{self.start[0]}:{self.start[1]} {self.operator.removeprefix('core/')} {self.occurrence}"


def entry_of(module: str) -> str:
    """The entry of ``TESTS`` for a module."""
    return next(name for name in TESTS if module.startswith(name))


def modules_named(words: str) -> list[str]:
    """All modules of ``TESTS``, or those with one of these words in their path."""
    found = [path for name in TESTS for path in ([name] if name.endswith(".py") else files_in(name))]
    return [path for path in found if not words or any(word in path for word in words.split(","))]


def files_in(folder: str) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / folder).glob("*.py"))]


def left_out(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The spans of annotations, and of what is written to a log."""
    spans: list[Any] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            spans.append(node.returns)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            spans.append(node.annotation)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
            spans.append(node)
    return [((row.lineno, row.col_offset), (row.end_lineno, row.end_col_offset)) for row in spans if row]


def faults_of(module: str) -> Iterator[Fault]:
    """Every fault that cosmic-ray can put into a module, but in annotations and logging."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast

    source = (ROOT / module).read_text(encoding="utf-8")
    without, nodes = left_out(source), list(ast_nodes(get_ast(source)))
    for name in sorted(plugins.operator_names()):
        operator = plugins.get_operator(name)
        if operator.arguments() or name == "core/NoOp":
            continue
        places = [place for node in nodes for place in operator().mutation_positions(node)]
        for occurrence, (start, end) in enumerate(places):
            if not any(first <= start and end <= last for first, last in without):
                yield Fault(module, name, occurrence, start, end)


def with_fault(source: str, fault: Fault) -> str | None:
    """The source with the fault in it; None where that is no Python, or no change."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import mutate_code

    changed = mutate_code(source, plugins.get_operator(fault.operator)(), fault.occurrence)
    try:
        same = changed is None or ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source))
    except SyntaxError:
        return None
    return None if same else changed


def drawn(modules: list[str], size: int, seed: int) -> list[Fault]:
    """So many faults, each of another place, in proportion to the places of each entry of ``TESTS``."""
    places: dict[str, dict[Any, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for module in modules:
        for fault in faults_of(module):
            places[entry_of(module)][(module, fault.start, fault.end)].append(fault)
    total = sum(map(len, places.values()))
    shares = {name: min(len(rows), max(AT_LEAST, size * len(rows) // total)) for name, rows in places.items()}
    largest = max(shares, key=lambda name: len(places[name]))
    shares[largest] += size - sum(shares.values())
    draw, found = random.Random(seed), []  # noqa: S311  a sample, no secret
    for name, rows in places.items():
        keys, taken = sorted(rows), 0
        draw.shuffle(keys)
        for key in keys:
            fault = draw.choice(sorted(rows[key]))
            if taken < shares[name] and with_fault((ROOT / fault.module).read_text(encoding="utf-8"), fault):
                found.append(fault)
                taken += 1
    draw.shuffle(found)
    return found


def copy_of_the_tree(folder: str) -> Path:
    """A copy to put faults into."""
    copy = Path(folder) / "tree"
    names = (".git", ".venv", "var", "node_modules", "__pycache__", "*.sqlite3")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*names))
    return copy


def compile_the_rest(copy: Path) -> None:
    """Bytecode of all but the modules of ``TESTS``: it saves time, and none of theirs can hide a fault."""
    env = {**os.environ, **ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([*PYTEST, "--collect-only", "-qq"], cwd=copy, env=env, check=True, capture_output=True)
    for module in modules_named(""):
        for path in (copy / module).parent.glob(f"__pycache__/{Path(module).stem}.*"):
            path.unlink()


def trace(copy: Path, modules: list[str], into: Path) -> dict[str, Any]:
    """Run every test of these modules once without a fault: which lines each reaches, and how long it takes."""
    from coverage import CoverageData

    if into.exists():
        return dict(json.loads(into.read_text()))
    files = list(dict.fromkeys(path for module in modules for path in TESTS[entry_of(module)]))
    (copy / "trace.cfg").write_text("[run]\ninclude =\n" + "".join(f"    {name}\n" for name in modules_named("")))
    options = ["-p", "pytest_cov.plugin", "--cov", "--cov-config=trace.cfg", "--cov-context=test", "--cov-report="]
    env = {**os.environ, **ENVIRONMENT, "MUTATIONS_TIMES": str(copy / "times.json"), "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([*PYTEST, *options, *files], cwd=copy, env=env, check=True)
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    lines: dict[str, dict[str, list[str]]] = {}
    for module in modules_named(""):
        by_line = data.contexts_by_lineno(str(copy / module)).items()
        lines[module] = {str(line): sorted({row.rpartition("|")[0] for row in rows if row}) for line, rows in by_line}
    found = {"seconds": json.loads((copy / "times.json").read_text()), "lines": lines}
    into.write_text(json.dumps(found))
    return found


def tests_for(fault: Fault, traced: dict[str, Any], most: float) -> list[str]:
    """The tests that reach the lines of a fault, those of the module first and the quick ones first of each file."""
    files, seconds = TESTS[entry_of(fault.module)], traced["seconds"]
    lines = traced["lines"][fault.module]
    names = {name for line in range(fault.start[0], fault.end[0] + 1) for name in lines.get(str(line), ())}
    of_module = [name for name in names or seconds if name.partition("::")[0] in files]
    of_module.sort(key=lambda name: (files.index(name.partition("::")[0]), seconds.get(name, 0)))
    chosen, spent = [], 0.0
    for name in of_module:
        if spent + seconds.get(name, 0) <= most:
            chosen.append(name)
            spent += seconds.get(name, 0)
    return chosen


def tried(copy: Path, fault: Fault, tests: list[str], known: list[str], timeout: float) -> dict[str, Any]:
    """Whether the tests notice a fault: killed, by which test; survived; or a run that did not end in time."""
    path, files = copy / fault.module, list(dict.fromkeys(name.partition("::")[0] for name in tests))
    source, began = path.read_text(encoding="utf-8"), time.monotonic()
    changed = with_fault(source, fault) or source
    (copy / "chosen.json").write_text(json.dumps({"tests": tests, "known": known}))
    env = {**os.environ, **ENVIRONMENT, "MUTATIONS_CHOSEN": str(copy / "chosen.json")}
    path.write_text(changed, encoding="utf-8")
    try:
        command = [*PYTEST, "-x", "--tb=line", *(TESTS[entry_of(fault.module)] if known or not files else files)]
        done = subprocess.run(command, cwd=copy, env=env, check=False, capture_output=True, text=True, timeout=timeout)
        status, told = "survived" if done.returncode in (0, 5) else "killed", done.stdout[-600:] + done.stderr[-300:]
    except subprocess.TimeoutExpired:
        status, told = "timeout", ""
    finally:
        path.write_text(source, encoding="utf-8")
    diff = difflib.unified_diff(source.splitlines(), changed.splitlines(), n=2, lineterm="")
    took = round(time.monotonic() - began, 1)
    return {"status": status, "seconds": took, "tests": len(tests), "diff": list(diff)[2:], "told": told}


def table(rows: list[tuple[Fault, dict[str, Any]]]) -> None:
    print(f"\n{'module':42}{'sampled':>9}{'killed':>8}{'survived':>10}")
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for fault, row in rows:
        for name in (entry_of(fault.module), "all"):
            groups[name]["survived" if row["status"] == "survived" else "killed"] += 1
    for name, count in sorted(groups.items()):
        print(f"{name:42}{count.total():9}{count['killed']:8}{count['survived']:10}")
    print(f"killed: {100 * groups['all']['killed'] / max(1, groups['all'].total()):.1f} %")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--modules", default="", help="words of their paths, with commas between; all where not given")
    parser.add_argument("--timeout", type=float, default=180)
    parser.add_argument("--most-seconds", type=float, default=40)
    parser.add_argument("--survivors", action="store_true")
    args = parser.parse_args()
    modules = modules_named(args.modules)
    results: dict[str, Any] = json.loads(args.save.read_text()) if args.save.exists() else {}
    sample = drawn(modules, args.sample, args.seed)
    with tempfile.TemporaryDirectory(prefix="factcheck-mutations-") as folder:
        copy = copy_of_the_tree(folder)
        traced = trace(copy, modules, args.save.with_suffix(".trace.json"))
        compile_the_rest(copy)
        for number, fault in enumerate(sample, 1):
            old = results.get(fault.name)
            if old and not (args.survivors and old["status"] == "survived"):
                continue
            tests = tests_for(fault, traced, args.most_seconds)
            row = tried(copy, fault, tests, list(traced["seconds"]) if args.survivors else [], args.timeout)
            results[fault.name] = row | {"before": old["status"] if old else row["status"]}
            args.save.write_text(json.dumps(results, indent=1))
            print(f"{number}/{len(sample)} {row['status']} {row['seconds']}s {fault.name}", flush=True)
    table([(fault, results[fault.name]) for fault in sample])
    return 0


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """As a plugin: the chosen tests in their order; before them, where asked, those that the trace does not know."""
    if "MUTATIONS_CHOSEN" not in os.environ:
        return
    chosen = json.loads(Path(os.environ["MUTATIONS_CHOSEN"]).read_text())
    place, known = {name: number for number, name in enumerate(chosen["tests"])}, set(chosen["known"])
    new = {item.nodeid for item in items if known and item.nodeid not in known}
    items[:] = [item for item in items if item.nodeid in place or item.nodeid in new]
    items.sort(key=lambda item: place.get(item.nodeid, -1) if item.nodeid not in new else -1)


TIMES: dict[str, float] = {}


def pytest_runtest_logreport(report: Any) -> None:
    TIMES[report.nodeid] = TIMES.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    if "MUTATIONS_TIMES" in os.environ:
        Path(os.environ["MUTATIONS_TIMES"]).write_text(json.dumps(TIMES))


if __name__ == "__main__":
    sys.exit(main())
