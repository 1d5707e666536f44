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

# ruff: noqa: PLC0415, S603  cosmic-ray and coverage are loaded only where they are needed
from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
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
PLUGINS += ["-ptime_machine", "-pbench.mutation_forks"]


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
