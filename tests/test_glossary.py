"""The glossary is true: its paths are there, and words that are gone are in no name of the code."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
KEPT, GONE = PAGE.split("## Words that are gone")
CODE = [
    path
    for folder in ("factcheck", "newsroom")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and "lexicon" not in path.parts
]


def rows(part: str) -> list[list[str]]:
    lines = (line.strip("|").split("|") for line in part.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in cells] for cells in lines if not set("".join(cells)) <= {"-", " "}]


def words_of(name: str) -> set[str]:
    """The words a name is made of: ``is_twin_of`` and ``TwinOf`` are of "twin" and "of"."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


@cache
def names_in(path: Path) -> set[str]:
    found = {path.stem}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for field in ("id", "name", "attr", "arg"):
            if isinstance(value := getattr(node, field, None), str):
                found.add(value)
    return found


@pytest.mark.parametrize("row", [row for row in rows(KEPT) if row[0] not in ("word", "term")], ids=lambda row: row[0])
def test_what_a_word_means_is_to_be_found_where_the_page_says(row):
    assert (ROOT / row[2].strip("`")).exists()


@pytest.mark.parametrize("row", [row for row in rows(GONE) if row[0] != "gone"], ids=lambda row: row[0])
def test_a_word_that_is_gone_is_in_no_name(row):
    gone = {form for word in row[0].split(",") for form in (word.strip(), f"{word.strip()}s")}
    found = {
        str(path.relative_to(ROOT)): hits
        for path in CODE
        if (hits := {n for n in names_in(path) if words_of(n) & gone})
    }
    assert not found, f"use {row[1]}"


def test_a_planted_word_is_seen():
    assert words_of("is_twin_of") & {"twin"}
    assert words_of("TwinOf") & {"twin"}


SAME_THING = {
    "find_attributions, find_dates, find_numbers, main_place": "the same step of reading, for each language",
    "judge_figure, strike_named_author": "one action at several entry points",
    "main": "the entrance of a command line",
    "told, verdict_words": "the filter of templates calls the function of this name",
}
FRAMEWORK = {"Command", "Migration", "Meta"}


def test_no_two_things_have_one_name():
    """A class or function of a module is found by its name alone; one name in two places is one thing in both."""
    places: dict[str, list[str]] = {}
    for path in CODE:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    same = {name for names in SAME_THING for name in names.split(", ")}
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in same | FRAMEWORK} == {}
    assert same <= set(shared), "what is not shared any more leaves the table"
