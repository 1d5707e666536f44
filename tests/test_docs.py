"""The documentation is held against the code: every action, setting, signal, job and command is on its page."""

import re
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.dispatch import Signal

from factcheck import signals, states
from factcheck.conf import VALIDATORS, Settings
from factcheck.jobs.names import JobName
from factcheck.permissions import PERMISSIONS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def words(name: str) -> str:
    return name.replace("_", " ")


def who_may(row: states.Transition) -> str:
    """The guards of an action in words, and the machine where it may."""
    guards = [guard.message for guard in PERMISSIONS.get((row.record, row.action), ())] if row.person else []
    roles = [
        message.removeprefix("This needs the role ").removesuffix(" on the desk.").rstrip(".") for message in guards[:1]
    ]
    eyes = [EYES[guard.code] for guard in PERMISSIONS.get((row.record, row.action), ())[1:]] if row.person else []
    machine = ["the machine"] if row.machine else []
    return "; ".join([*roles, *eyes, *machine])


EYES = {
    "four_eyes_author": "not an author",
    "four_eyes_other_side": "not an author of what it is compared with",
    "four_eyes_submitter": "not the submitter",
    "four_eyes_evidence": "not who recorded or linked it",
    "four_eyes_signer": "who may sign off its claim",
    "four_eyes_words": "not who last changed the words",
    "four_eyes_judge": "not who judged it",
    "not_submitter": "the submitter only",
    "not_last_actor": "whoever did it last",
    "not_assignee": "the assignee only",
    "not_its_own": "a service account only what it filed",
}


def table_of_actions() -> str:
    """docs/workflow.md's table, from states.py and permissions.py."""
    lines = ["| record | action | from | to | who |", "|---|---|---|---|---|"]
    for row in states.TRANSITIONS:
        targets = ", ".join(words(target) + (" (reason)" if target in row.reason else "") for target in row.targets)
        sources = ", ".join(map(words, row.sources))
        lines.append(f"| {words(row.record)} | {words(row.action)} | {sources} | {targets} | {who_may(row)} |")
    return "\n".join(lines)


def table_of_settings() -> str:
    """docs/settings.md's table, from the docstrings and the forms in conf.py."""
    source = (ROOT / "factcheck" / "conf.py").read_text(encoding="utf-8")
    lines = ["| setting | default | allowed | meaning |", "|---|---|---|---|"]
    for row in fields(Settings):
        meaning = re.search(rf'    {row.name}:.*\n    """(.*)"""', source)
        assert meaning, f"{row.name} has no docstring"
        lines.append(
            f"| `{row.name}` | `{getattr(Settings(), row.name)!r}` | {VALIDATORS[row.name].description} | {meaning[1]} |"
        )
    return "\n".join(lines)


def test_the_page_of_the_workflow_shows_the_table_of_acts():
    assert table_of_actions() in page("workflow.md"), f"docs/workflow.md should hold:\n{table_of_actions()}"


def test_the_page_of_settings_shows_every_setting():
    assert table_of_settings() in page("settings.md"), f"docs/settings.md should hold:\n{table_of_settings()}"


def test_every_message_of_the_system_check_is_on_the_page_of_settings():
    modules = [(ROOT / "factcheck" / name).read_text(encoding="utf-8") for name in ("conf.py", "host_checks.py")]
    error_ids = set(re.findall(r'id="(factcheck\.[EW][0-9]+)"', "".join(modules)))
    assert error_ids
    assert set(re.findall(r"^\| `(factcheck\.[EW][0-9]+)` \|", page("settings.md"), re.MULTILINE)) == error_ids


def test_every_signal_is_documented_with_its_arguments():
    for name, value in vars(signals).items():
        if isinstance(value, Signal):
            assert f"| `{name}` |" in page("extending.md")


@pytest.mark.parametrize("job", JobName.values)
def test_every_job_is_documented(job):
    assert f"| `{job}` |" in page("operations.md")


def test_every_command_is_documented():
    commands = {path.stem for path in (ROOT / "factcheck/management/commands").glob("[a-z]*.py")}
    documented = set(re.findall(r"^\| `(\w+)` \| ", page("operations.md").split("## Commands")[1], re.MULTILINE))
    assert commands == documented


def test_every_variable_that_the_settings_read_is_documented():
    source = (ROOT / "newsroom" / "settings.py").read_text()
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source))
    missing = {name for name in read if name not in page("operations.md")}
    assert not missing


def test_every_page_is_in_the_index_and_every_link_leads_somewhere():
    for path in DOCS.glob("*.md"):
        assert path.name == "index.md" or f"({path.name})" in page("index.md"), path.name
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def pages_in(nav) -> list[str]:
    """The pages of a part of the navigation, and of the parts in it."""
    if isinstance(nav, str):
        return [nav]
    return [page for row in (nav.values() if isinstance(nav, dict) else nav) for page in pages_in(row)]


def test_every_page_stands_once_in_the_navigation_of_the_site():
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert sorted(pages_in(nav)) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
    assert [next(iter(row)) for row in nav[1:]] == ["For the newsroom", "For the operator", "For the developer"]


def test_the_navigation_and_the_index_put_a_page_before_the_same_readers():
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"][1:]
    parts = re.split(r"^## ", page("index.md"), flags=re.MULTILINE)[1:]
    for row, part in zip(nav, parts, strict=True):
        ((readers, pages),) = row.items()
        assert part.startswith(f"{readers}\n")
        listed = re.findall(r"^\| \[.*?\]\(([^)]+)\)", part, re.MULTILINE)
        assert listed == [name for name in pages_in(pages) if not name.startswith("adr/0")]


def test_every_decision_is_listed_with_its_title():
    for path in sorted((DOCS / "adr").glob("0*.md")):
        number, title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(". ", 1)
        assert f"{number}. [{title}]({path.name})\n" in page("adr/index.md")


def test_lists_and_code_are_written_so_that_the_site_shows_them_too():
    """The site wants an empty line before a list, and options behind the language of code, as other readers do not."""
    for path in DOCS.rglob("*.md"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, (before, line) in enumerate(pairwise(lines), 2):
            begins = line.startswith("- ") and before and not before.startswith(("- ", "  "))
            assert not begins, f"{path.name}:{number}"
            assert not re.match(r"```\w+ (?!\w+=)", line), f"{path.name}:{number}"


def test_the_readme_names_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_a_changed_table_would_be_seen():
    assert table_of_actions().replace("sign off", "sign") not in page("workflow.md")


LOOKS_LIKE_A_PATH = re.compile(
    r"`((?:[a-z_0-9]+/)+[A-Za-z_0-9][A-Za-z_0-9.-]*/?|[a-z_]+\.py|(?:factcheck|newsroom|workflow|text|jobs|reports|intake)\.[a-z_.]+)`"
)
FOLDERS = [ROOT / name for name in (".", "factcheck", "factcheck/text", "factcheck/workflow", "docs", "tests")]
NO_PATHS = {
    "var/demo",
    "var/newsroom.sqlite3",
    "var/secret_key",
    "var/site",
    "var/docs-venv",
    "multipart/form-data",
    "factcheck/api/v1/",
}  # made by the demo and make docs; a media type; an address


def is_there(name: str) -> bool:
    """Whether a page names a file, a folder, a module, or something in a module."""
    if name.endswith(".py") and "/" not in name:
        return any(
            path
            for app in ("factcheck", "newsroom", ".")
            for path in (ROOT / app).rglob(name)
            if ".venv" not in path.parts
        )
    if any((folder / name).exists() or (folder / f"{name}.py").exists() for folder in FOLDERS):
        return True
    module, _, attribute = name.replace(".", "/").rpartition("/")
    places = [folder / suffix for folder in FOLDERS for suffix in (module, f"{module}.py", f"{module}/__init__.py")]
    return any(path.is_file() and attribute in path.read_text(encoding="utf-8") for path in places) or any(
        path.with_suffix("").exists() or path.with_suffix(".py").exists()
        for path in (folder / f"{module}/{attribute}" for folder in FOLDERS)
    )


@pytest.mark.parametrize("path", sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]), ids=lambda path: path.name)
def test_every_path_in_the_docs_is_there(path):
    if path.name == "changelog.md":  # tells of what was
        return
    named = set(LOOKS_LIKE_A_PATH.findall(path.read_text(encoding="utf-8")))
    gone = {name for name in named - NO_PATHS if not is_there(name)}
    assert not gone


def test_a_path_that_is_gone_is_seen():
    assert not is_there("factcheck/outbox.py")
    assert not is_there("workflow.outbox.send")
    assert is_there("workflow.transitions.move")


SECTIONS = {  # how many requirements each section of ASVS 5.0.0 has, of which levels 1 and 2 come first
    "V1": {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    "V2": {1: 3, 2: 3, 3: 4, 4: 1},
    "V3": {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    "V4": {1: 3, 2: 1, 3: 2, 4: 4},
    "V5": {1: 1, 2: 3, 3: 2, 4: 3},
    "V6": {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    "V7": {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    "V8": {1: 2, 2: 3, 3: 1, 4: 1},
    "V9": {1: 3, 2: 4},
    "V11": {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    "V12": {1: 3, 2: 2, 3: 4},
    "V13": {1: 1, 2: 5, 3: 2, 4: 5},
    "V14": {1: 2, 2: 4, 3: 3},
    "V15": {1: 3, 2: 3, 3: 7},
    "V16": {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
}


def rows_of_asvs():
    """The rows of docs/asvs.md: the numbers each stands for, and its last cell."""
    for line in page("asvs.md").splitlines():
        if found := re.match(r"\| (V[0-9]+\.[0-9]+)\.([0-9]+)(?:–V[0-9]+\.[0-9]+\.([0-9]+))? \| ", line):
            section, first, last = found[1], int(found[2]), int(found[3] or found[2])
            yield [f"{section}.{number}" for number in range(first, last + 1)], line.split(" | ")[-1]


def test_every_requirement_of_levels_1_and_2_has_its_row():
    named = [number for numbers, _ in rows_of_asvs() for number in numbers]
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    ]
    assert named == wanted


def test_every_row_of_the_requirements_names_its_test_or_the_reason():
    for numbers, last in rows_of_asvs():
        assert len(last) > 4, numbers
        for path, name in re.findall(r"`(tests/[a-z_0-9/]+(?:\.py)?)(?:::(\w+))?`", last):
            assert (ROOT / path).exists(), (numbers, path)
            assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (numbers, name)
