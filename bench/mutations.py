"""Mutation run: small faults are put into the modules that decide, one at a time, and the tests must notice.

    pip install cosmic-ray
    python bench/mutations.py --save OUT.json [--modules states,matching] [--sample 300] [--seed 1] [--timeout 60]
    python bench/mutations.py --save OUT.json … --survivors

The faults are those of cosmic-ray's operators, which is installed beside what ``requirements.txt`` names. Annotations
and what is written to a log are left out. Drawn are places, by the seed and in proportion to the places of each entry
of ``TESTS``, and of each place one fault: a plus for which eleven other signs could stand is one place, not eleven.

Everything happens in a copy of the tree. The tests of these modules are traced there once, and must pass; a fault is
then tried by those that reach its line (by all where the line runs on import), up to ``--most-seconds`` of them, until
one fails. One pytest collects the tests and forks for each fault, and in the fork the code of the module's functions is
exchanged; a fault outside a function is written into the copy, for a pytest of its own. More than ``--timeout`` seconds
of computing count as killed. What is known is kept in OUT.json and the trace beside it, so that a run goes on where it
was broken off. ``--survivors`` tries those that survived once more, by the tests that are new since the trace and by
those that reach the line and were left out for time, up to ``--beyond`` seconds of them.
"""

# ruff: noqa: PLC0415, S603  this file is also the plugin of that pytest: what only one of the two needs is loaded late
from __future__ import annotations

import argparse
import ast
import difflib
import functools
import gc
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DOORS = "test_states test_permissions attack/test_matrix"
BLOCKERS = "workflow/test_clearance attack/test_blockers attack/test_policy_loosened workflow/test_rechecks"
ENGINE = (
    "text/test_matching text/test_features text/test_compare text/test_training text/test_stories text/test_measures "
    "text/test_same_party text/test_doctests text/test_cases text/test_properties"
)
TESTS = {
    "factcheck/states.py": f"{DOORS} test_tasks workflow/test_evidence",
    "factcheck/permissions.py": f"{DOORS} attack/test_other_side attack/test_evidence_vouched_for "
    "workflow/test_other_side workflow/test_measures workflow/test_sources workflow/test_judgements",
    "factcheck/workflow/clearance.py": f"{BLOCKERS} workflow/test_publications workflow/test_grouping",
    "factcheck/workflow/transitions.py": f"{DOORS} workflow/test_transitions workflow/test_claims "
    "workflow/test_figures workflow/test_history",
    "factcheck/jobs/leases.py": "test_leases test_dispatcher test_tasks test_checkpoints attack/test_blockers",
    "factcheck/text/matching/": f"{ENGINE} workflow/test_weights workflow/test_grouping workflow/test_disputes "
    "workflow/test_crosschecks",
}
"""The tests that hold a module or a folder, those that are its own first."""
PLUGINS = ["-pno:randomly", "-ppytest_django.plugin", "-p_hypothesis_pytestplugin"]
PLUGINS += ["-ptime_machine", "-pbench.mutations"]
FAILED: list[str] = []


class Fault(NamedTuple):
    """One mutation: of a module the operator's so-manieth, and the place where it is."""

    module: str
    operator: str
    occurrence: int
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.module}:{self.start[0]}:{self.start[1]} {self.operator.removeprefix('core/')} {self.occurrence}"

    @property
    def entry(self) -> str:
        return next(name for name in TESTS if self.module.startswith(name))


def modules_named(words: str = "") -> list[str]:
    """All modules of ``TESTS``, or those with one of these words in their path."""
    paths = [path for name in TESTS for path in sorted((ROOT / name).glob("*.py")) or [ROOT / name]]
    found = [str(path.relative_to(ROOT)) for path in paths]
    return [name for name in found if not words or any(word in name for word in words.split(","))]


def files_of(module: str) -> list[str]:
    """The files of tests that hold a module, in their order."""
    return [f"tests/{name}.py" for name in next(TESTS[entry] for entry in TESTS if module.startswith(entry)).split()]


def left_out(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The spans of annotations, and of what is written to a log."""
    spans: list[Any] = []
    for node in ast.walk(ast.parse(source)):
        spans += [getattr(node, "returns", None), getattr(node, "annotation", None)]
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
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
    """So many faults, each of another place, in proportion to the places of each entry of ``TESTS``, 20 at least."""
    places: dict[str, dict[Any, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in (fault for module in modules for fault in faults_of(module)):
        places[fault.entry][(fault.module, fault.start, fault.end)].append(fault)
    total = sum(map(len, places.values()))
    shares = {name: min(len(rows), max(20, size * len(rows) // total)) for name, rows in places.items()}
    shares[max(shares, key=lambda name: len(places[name]))] += size - sum(shares.values())
    draw, found = random.Random(seed), []  # noqa: S311  a sample, no secret
    for name, rows in places.items():
        keys = sorted(rows)
        draw.shuffle(keys)
        of_entry = [draw.choice(sorted(rows[key])) for key in keys]
        found += islice((row for row in of_entry if with_fault((ROOT / row.module).read_text(), row)), shares[name])
    draw.shuffle(found)
    return found


def run(copy: Path, options: list[str], *, timeout: float | None = None, **names: str) -> int:
    """The outcome of a pytest in the copy, with these names in its environment; -1 where it takes too long."""
    env = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MUTATIONS": "",
        **names,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-s", "--tb=no", "--no-header", *PLUGINS, *options]
    quiet = None if env["MUTATIONS"] else subprocess.DEVNULL
    try:
        return subprocess.run(command, cwd=copy, env=env, check=False, stdout=quiet, timeout=timeout).returncode
    except subprocess.TimeoutExpired:
        return -1


def trace(copy: Path, files: list[str], into: Path) -> None:
    """Run every test once without a fault: which lines each reaches, and how long it takes."""
    from coverage import CoverageData

    (copy / "trace.cfg").write_text("[run]\ninclude =\n" + "".join(f"    {name}\n" for name in modules_named()))
    options = ["-ppytest_cov.plugin", "--cov", "--cov-config=trace.cfg", "--cov-context=test", "--cov-report="]
    if run(copy, [*options, *files], MUTATIONS_TIMES=str(copy / "times.jsonl")):
        sys.exit("without a fault a test fails: mend that first")
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    lines: dict[str, dict[str, list[str]]] = {}
    for module in modules_named():
        by_line = data.contexts_by_lineno(str(copy / module)).items()
        lines[module] = {str(line): sorted({row.rpartition("|")[0] for row in rows if row}) for line, rows in by_line}
    seconds: dict[str, float] = defaultdict(float)
    for name, duration in map(json.loads, (copy / "times.jsonl").read_text().splitlines()):
        seconds[name] += duration
    into.write_text(json.dumps({"seconds": seconds, "lines": lines}))


def tests_for(fault: Fault, traced: dict[str, Any], most: float, *, inside: bool) -> list[str]:
    """The tests that reach the lines of a fault inside a function, else all: by file, the quick ones first."""
    files, seconds, lines = files_of(fault.module), traced["seconds"], traced["lines"][fault.module]
    names = {name for line in range(fault.start[0], fault.end[0] + 1) for name in lines.get(str(line), ())}
    of_module = [name for name in (names if inside else seconds) if name.partition("::")[0] in files]
    of_module.sort(key=lambda name: (files.index(name.partition("::")[0]), seconds.get(name, 0)))
    spent = accumulate(seconds.get(name, 0) for name in of_module)
    return [name for name, sum_of_seconds in zip(of_module, spent, strict=True) if sum_of_seconds <= most]


def is_in_function(source: str, fault: Fault) -> bool:
    """Whether a fault is in the body of a function, and not of one that the module itself calls on import."""
    tree, found, called = ast.parse(source), "", set()
    for node in (node for top in tree.body if not isinstance(top, ast.FunctionDef) for node in ast.walk(top)):
        if isinstance(node, ast.Call):
            called.add(ast.unparse(node.func))
    for node in ast.walk(tree):  # the outer ones first
        if isinstance(node, ast.FunctionDef):
            first, last = node.body[0], node.body[-1]
            if (first.lineno, first.col_offset) <= fault.start <= (last.end_lineno or 0, last.end_col_offset or 0):
                found = node.name
    return bool(found) and found not in called


def exchanged(old: CodeType, new: CodeType) -> dict[CodeType, CodeType]:
    """Each function's code and the one that takes its place."""
    pairs = {old: new} if old != new else {}
    inner = [[part for part in code.co_consts if isinstance(part, CodeType)] for code in (old, new)]
    for one, two in zip(*inner, strict=True):
        pairs |= exchanged(one, two)
    return pairs


def attempt(items: list[Any], codes: dict[CodeType, CodeType], timeout: int, told: Path) -> int:
    """Run tests in a fork with other code: 0 where all pass, 1 where one fails, -1 where it takes too long."""
    if not items:
        return 0
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (timeout, timeout))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType) and thing.__code__ in codes:
                thing.__code__ = codes[thing.__code__]
            elif isinstance(thing, functools._lru_cache_wrapper) and str(thing.__module__).startswith("factcheck"):
                thing.cache_clear()
        for item, after in zip(items, [*items[1:], items[0]], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if FAILED:
                told.write_text(FAILED[0])
                os._exit(1)
        os._exit(0)
    finally:
        os._exit(1)


def tried(copy: Path, fault: Fault, items: dict[str, Any], names: list[str], timeout: int) -> dict[str, Any]:
    path, told = copy / fault.module, copy / "failed.txt"
    source, began = path.read_text(encoding="utf-8"), time.monotonic()
    changed = with_fault(source, fault) or source
    told.write_text("")
    if is_in_function(source, fault):
        codes = exchanged(compile(source, str(path), "exec"), compile(changed, str(path), "exec"))
        code = attempt([items[name] for name in names if name in items], codes, timeout, told)
    else:
        path.write_text(changed, encoding="utf-8")
        (copy / "chosen.json").write_text(json.dumps(names))
        files = list(dict.fromkeys(name.partition("::")[0] for name in names))
        code = run(copy, ["-x", *files], timeout=5 * timeout, MUTATIONS_CHOSEN=str(copy / "chosen.json"))
        path.write_text(source, encoding="utf-8")
    diff = list(difflib.unified_diff(source.splitlines(), changed.splitlines(), n=2, lineterm=""))[2:]
    took, status = round(time.monotonic() - began, 1), "survived" if code == 0 else "killed" if code > 0 else "timeout"
    return {"status": status, "by": told.read_text(), "seconds": took, "tests": len(names), "diff": diff}


def try_all(copy: Path, items: dict[str, Any], args: argparse.Namespace) -> None:
    results: dict[str, Any] = json.loads(Path(args.save).read_text()) if Path(args.save).exists() else {}
    traced = json.loads(Path(args.save).with_suffix(".trace.json").read_text())
    sample = drawn(modules_named(args.modules), args.sample, args.seed)
    new = [name for name in items if name not in traced["seconds"]]
    for number, fault in enumerate(sample, 1):
        old = results.get(fault.name)
        if old and not (args.survivors and old["status"] == "survived"):
            continue
        inside = is_in_function((copy / fault.module).read_text(encoding="utf-8"), fault)
        names = tests_for(fault, traced, args.most_seconds, inside=inside)
        if args.survivors:
            every = tests_for(fault, traced, args.most_seconds + args.beyond, inside=inside)
            names = [*new, *every[len(names) :]]
        row = tried(copy, fault, items, names, args.timeout)
        results[fault.name] = row | {"before": old["status"] if old else row["status"]}
        Path(args.save).write_text(json.dumps(results, indent=1))
        print(f"{number}/{len(sample)} {row['status']} {row['seconds']}s {fault.name} {row['by']}", flush=True)
    for name in [*TESTS, ""]:
        killed = [results[fault.name]["status"] != "survived" for fault in sample if fault.entry.startswith(name)]
        print(f"{name or 'all':36}{len(killed):5} sampled{sum(killed):5} killed{killed.count(False):5} survived")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """As a plugin: the chosen tests in their order."""
    if "MUTATIONS_CHOSEN" in os.environ:
        names = json.loads(Path(os.environ["MUTATIONS_CHOSEN"]).read_text())
        place = {name: number for number, name in enumerate(names)}
        items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])


def pytest_runtestloop(session: Any) -> bool | None:
    """As a plugin: in place of the tests, once for each fault those that reach it; the database is there before."""
    if not os.environ.get("MUTATIONS"):
        return None
    first = next(item for item in session.items if "/workflow/" in item.nodeid or "permissions" in item.nodeid)
    elsewhere = next(item for item in session.items if item.path.parent != first.path.parent)
    session.config.hook.pytest_runtest_protocol(item=first, nextitem=elsewhere)
    if FAILED or attempt(session.items[:40], {}, 600, Path("failed.txt")):
        sys.exit(f"without a fault a test fails: {FAILED} {Path('failed.txt').read_text()}")
    args = argparse.Namespace(**json.loads(os.environ["MUTATIONS"]))
    try_all(Path.cwd(), {item.nodeid: item for item in session.items}, args)
    return True


def pytest_runtest_logreport(report: Any) -> None:
    FAILED.extend([report.nodeid] if report.failed else [])
    if "MUTATIONS_TIMES" in os.environ:
        with Path(os.environ["MUTATIONS_TIMES"]).open("a") as file:
            file.write(json.dumps([report.nodeid, report.duration]) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", type=os.path.abspath, required=True)
    for name, default in {"--sample": 300, "--seed": 1, "--timeout": 60, "--most-seconds": 40, "--beyond": 0}.items():
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--modules", default="", help="words of their paths, with commas between; all where not given")
    parser.add_argument("--survivors", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="factcheck-mutations-") as folder:
        copy, traced = Path(folder) / "tree", Path(args.save).with_suffix(".trace.json")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__"))
        files = list(dict.fromkeys(path for name in modules_named(args.modules) for path in files_of(name)))
        if not traced.exists():
            trace(copy, files, traced)
        return run(copy, files, MUTATIONS=json.dumps(vars(args)))


if __name__ == "__main__":
    sys.exit(main())
