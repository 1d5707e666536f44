"""The plugin of ``bench/mutations.py`` for pytest: it tries each fault by the tests that reach it, in a fork.

The tests are collected once. In the fork the code of the module's functions is exchanged for that with the fault; a
fault outside the functions is written into the copy of the tree, for a pytest of its own.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import gc
import json
import os
import resource
import sys
import time
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from bench.mutations import TESTS, Fault, drawn, files_of, modules_named, run, with_fault

FAILED: list[str] = []


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
