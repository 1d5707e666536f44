"""Architecture rules that the import contracts cannot check, each tested with a planted violation."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "factcheck"
INTERFACES = ("api", "admin", "contrib", "management", "tasks.py")
JOB_WRITERS = {"leases.py", "queue.py"}
LIMITS = {"module": 500, "function": 60, "class": 300, "task": 20, "command": 60}


def modules():
    return sorted(path for path in APP.rglob("*.py") if "migrations" not in path.parts)


def calls(tree, *names):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in names:
                yield node


def assigned_states(source: str):
    """Lines that write ``state`` or ``anchor_state`` of a record: by attribute, or by an update or a create."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr in ("state", "anchor_state"):
                    yield node.lineno
    for call in calls(tree, "update", "create", "get_or_create", "update_or_create", "bulk_update", "setattr"):
        if any(word.arg in ("state", "anchor_state") for word in call.keywords):
            yield call.lineno
        if any(isinstance(arg, ast.Constant) and arg.value in ("state", "anchor_state") for arg in call.args):
            yield call.lineno


def decisions_written(source: str):
    """Lines that make a Verdict, a SignOff or an Event."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            text = ast.unparse(node.func)
            if re.match(r"^(models\.)?(Verdict|SignOff|Event)(\.objects\.(create|bulk_create|get_or_create))?$", text):
                yield node.lineno


def publishes(source: str):
    """Lines that speak to the broker."""
    return [call.lineno for call in calls(ast.parse(source), "send_task", "delay", "apply_async", "delay_on_commit")]


def speaks_http(source: str):
    """Lines below the interfaces that know a request, a serializer or a status of HTTP."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and node.arg == "request":
            yield node.lineno
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = ast.unparse(node)
            if re.search(r"rest_framework|django\.http|django\.shortcuts|serializers", names):
                yield node.lineno


def lazy_imports(source: str):
    """Imports inside a function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for inner in ast.walk(node):
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    yield inner.lineno


def oversized(source: str, kind: str = ""):
    """What is longer than the limits allow."""
    tree = ast.parse(source)
    if kind != "lexicon" and source.count("\n") > LIMITS["module"]:
        yield f"module of {source.count(chr(10))} lines"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            lines = (node.end_lineno or 0) - node.lineno + 1
            limit = LIMITS["class" if isinstance(node, ast.ClassDef) else "function"]
            is_task = any("shared_task" in ast.unparse(mark) for mark in node.decorator_list)
            if lines > (LIMITS["task"] if is_task else limit):
                yield f"{node.name} of {lines} lines"


RULES = {
    "a state is assigned outside transitions": (
        assigned_states,
        lambda path: path.name == "transitions.py" or path.name in JOB_WRITERS,
        "Claim.objects.filter(pk=1).update(state='open')",
    ),
    "a decision or an event is written outside transitions": (
        decisions_written,
        lambda path: path.name == "transitions.py",
        "Verdict.objects.create(claim=claim)",
    ),
    "a message is published outside the dispatcher": (
        publishes,
        lambda path: path.name == "dispatcher.py",
        "work.delay()",
    ),
    "HTTP is known below the interfaces": (
        speaks_http,
        lambda path: path.relative_to(APP).parts[0] in (*INTERFACES, "urls.py", "intake", "middleware.py"),
        "def act(request): pass",
    ),
    "an import hides in a function": (lazy_imports, lambda path: path.name == "apps.py", "def f():\n    import os"),
    "something is longer than its limit": (oversized, lambda path: "lexicon" in path.parts, "x = 1\n" * 501),
}


@pytest.mark.parametrize("rule", RULES)
def test_no_module_breaks_the_rule(rule):
    check, exempt, _ = RULES[rule]
    broken = {
        str(path.relative_to(ROOT)): found
        for path in modules()
        if not exempt(path) and (found := list(check(path.read_text())))
    }
    assert not broken, rule


@pytest.mark.parametrize("rule", RULES)
def test_a_planted_violation_is_found(rule):
    check, _, violation = RULES[rule]
    assert list(check(violation)), rule


def test_every_module_opens_with_what_lives_there():
    silent = [
        str(path) for path in modules() if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


def test_no_module_is_called_utils():
    forbidden = {"utils", "helpers", "common", "manager", "handler"}
    assert not [path for path in modules() if path.stem in forbidden]
    bases = {str(path.relative_to(APP)) for path in modules() if path.stem == "base"}
    assert bases <= {"api/base.py"}


def lint(tmp_path: Path, config: str) -> subprocess.CompletedProcess[str]:
    settings = tmp_path / "pyproject.toml"
    settings.write_text(config)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", str(settings), "--no-cache"]
    return subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path), "PATH": ""}
    )


PLANTED = {
    "layers": ("factcheck/models/desks.py", "import factcheck.workflow.claims\n"),
    "actions": ("factcheck/workflow/claims.py", "import factcheck.workflow.sources\n"),
    "engine": ("factcheck/text/quantities/figures.py", "import django\n"),
    "plug": ("factcheck/conf.py", "import newsroom.settings\n"),
    "rest": ("factcheck/workflow/claims.py", "import rest_framework.serializers\n"),
    "plugs": ("factcheck/apps.py", "import wagtail.models\n"),
    "plugs_see_the_public_side": ("factcheck/contrib/wagtail/filing.py", "import factcheck.workflow.documents\n"),
}


@pytest.fixture(scope="module")
def copied_packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    for package in ("factcheck", "newsroom"):
        for path in (ROOT / package).rglob("*.py"):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text())
    return folder


def test_the_import_contracts_hold(copied_packages):
    done = lint(copied_packages, (ROOT / "pyproject.toml").read_text())
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_an_import_contract_catches_a_planted_import(contract, copied_packages):
    name, violation = PLANTED[contract]
    path = copied_packages / name
    whole = path.read_text()
    docstring_end = whole.index('"""', whole.index('"""') + 3) + 4
    future = whole.find("from __future__")
    at = whole.index("\n", future) + 1 if future > 0 else docstring_end
    path.write_text(whole[:at] + violation + whole[at:])
    try:
        done = lint(copied_packages, (ROOT / "pyproject.toml").read_text())
    finally:
        path.write_text(whole)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


def test_no_file_of_the_project_names_an_address_of_a_package_registry():
    for path in ROOT.glob("requirements*.txt"):
        lock = path.read_text()
        assert "--hash=sha256:" in lock, path
        assert not re.search(r"https?://|--index-url|--find-links", lock), path


def test_an_environment_behind_a_link_is_never_made_anew(tmp_path):
    """It would be emptied first, and it is somebody else's."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "kept").touch()
    (tmp_path / "var").mkdir()
    for name in (".venv", "var/docs-venv"):
        (tmp_path / name).symlink_to(theirs)
    for name in ("Makefile", "requirements.txt", "requirements-host.txt", "requirements-docs.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for target in (".venv/ready", ".venv/host", "var/docs-venv/ready"):
        done = subprocess.run(["make", target], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode != 0
        assert "is a link" in done.stdout
    assert [row.name for row in theirs.iterdir()] == ["kept"]


def test_the_lock_holds_every_dependency_of_the_project():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = settings["project"]
    wanted = [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]
    names = {re.split(r"[\[<>=!~ ]", line)[0].casefold().replace("_", "-") for line in wanted}
    locked = {
        line.split("==")[0].casefold() for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line
    }
    assert names <= locked | {"celery", "psycopg", "factcheck"} | {name.split("[")[0] for name in locked}
    docs = (ROOT / "requirements-docs.txt").read_text()
    for line in settings["dependency-groups"]["docs"]:
        assert f"\n{line.split('>=')[0]}==" in docs
    assert "mkdocs" not in locked, "the tests and a site are without it"
