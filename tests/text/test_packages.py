"""The packages of the engine are used by their entrance: paths into them are known inside them only."""

import ast
from pathlib import Path

import pytest

import factcheck.text

TEXT = Path(factcheck.text.__file__).parent
PACKAGES = sorted(path.parent.name for path in TEXT.glob("*/__init__.py"))
MAY_KNOW_PATHS = {"reading.py", "__init__.py", "__main__.py"}


def imported(source: str) -> set[str]:
    """The modules of the engine that a module imports from."""
    nodes = ast.walk(ast.parse(source))
    names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.removeprefix("factcheck.text.") for name in names if name.startswith("factcheck.text.")}


def paths_into_packages(source: str, own: str) -> set[str]:
    return {name for name in imported(source) if "." in name and name.partition(".")[0] != own}


@pytest.mark.parametrize("path", sorted(TEXT.rglob("*.py")), ids=lambda path: str(path.relative_to(TEXT)))
def test_a_module_imports_other_packages_by_their_entrance(path):
    parts = path.relative_to(TEXT).parts
    if parts[-1] in MAY_KNOW_PATHS and len(parts) == 1:
        return
    assert not paths_into_packages(path.read_text(), parts[0])


def test_the_app_imports_the_engine_by_its_entrances():
    app = [path for path in TEXT.parent.rglob("*.py") if TEXT not in path.parents]
    assert not {str(path): found for path in app if (found := paths_into_packages(path.read_text(), ""))}


def test_a_path_into_a_package_is_seen():
    assert paths_into_packages("from factcheck.text.matching.scorer import same", "dates") == {"matching.scorer"}


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "lexicon"])
def test_an_entrance_says_what_lives_behind_it(package):
    tree = ast.parse((TEXT / package / "__init__.py").read_text())
    docstring = ast.get_docstring(tree) or ""
    modules = {path.stem for path in (TEXT / package).glob("*.py")} - {"__init__"}
    assert not {name for name in modules if f"``{name}``" not in docstring}
    assert any(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" for node in tree.body)


def test_the_top_of_the_engine_is_short():
    entries = [path for path in TEXT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    assert len(entries) <= 18
