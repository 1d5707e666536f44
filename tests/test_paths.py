"""Whoever knows the noun and the layer guesses the path: a noun's file has one name wherever there is one.

A noun without a file of its own on a layer is named here with the file it lives in.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {
    "models": "factcheck/models/{}.py",
    "workflow": "factcheck/workflow/{}.py",
    "api": "factcheck/api/{}.py",
    "admin": "factcheck/admin/{}.py",
    "admin tests": "tests/admin/test_{}.py",
    "workflow tests": "tests/workflow/test_{}.py",
}
NOUNS = [
    "claims",
    "crosschecks",
    "desks",
    "discrepancies",
    "documents",
    "evidence",
    "feeds",
    "figures",
    "history",
    "jobs",
    "judgements",
    "measures",
    "memberships",
    "notices",
    "publications",
    "reports",
    "sources",
    "topics",
    "verification",
    "webhooks",
]
ELSEWHERE = {
    ("memberships", "models"): "desks: a membership is a person's role on a desk",
    ("memberships", "workflow"): "desks",
    ("memberships", "workflow tests"): "desks",
    ("discrepancies", "workflow"): "disputes: discrepancies are shown and resolved as one per measure",
    ("discrepancies", "workflow tests"): "disputes",
    ("reports", "workflow"): "reports/: a layer of its own",
    ("reports", "workflow tests"): "tests/reports",
    ("jobs", "workflow tests"): "tests/test_tasks.py, tests/test_dispatcher.py",
    ("history", "admin tests"): "test_notices and kit/test_records",
    ("verification", "workflow tests"): "test_claims and test_attended: the life of a claim",
    ("judgements", "admin tests"): "test_discrepancies and test_figures, where people judge",
}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_has_its_file_under_its_name(noun, layer):
    path = ROOT / LAYERS[layer].format(noun)
    if (noun, layer) in ELSEWHERE:
        assert not path.exists(), "it has a file of its own now: strike it from the list"
    else:
        assert path.exists(), f"{path.relative_to(ROOT)} is what a newcomer would open"


def test_no_module_has_a_name_that_says_nothing():
    names = {path.stem for path in (ROOT / "factcheck").rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "misc", "managers", "stuff", "tools", "handlers"}
