"""A client made by openapi-python-client from nothing but the API's description goes the journey of docs/api.md.

The tool and what it makes are in an environment of the test's own: nothing of ours is installed there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT, Site
from tests.marks import thorough

TOOL = "openapi-python-client>=0.29,<0.30"
BLOCK = re.compile(r'```json title="tool\.json"\n(.*?)```', re.DOTALL)
CONFIGURATION = json.loads(BLOCK.search((ROOT / "docs/api.md").read_text())[1])
"""As the page has it: which kinds of answers, whose names the tool does not know, are bytes and which are text."""


def run(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def tool(tmp_path_factory) -> Path:
    """An environment with the tool in it; its folder of programs."""
    folder = tmp_path_factory.mktemp("client") / "venv"
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", TOOL)
    return folder / "bin"


def generate(tool: Path, site: Site, folder: Path) -> None:
    """The client, made from what the site answers; a part that the tool does not understand fails the test."""
    status, described = site.call("GET", "schema/", token=site.token("editor"))
    assert status == 200
    (folder / "openapi.json").write_text(json.dumps(described))
    (folder / "tool.json").write_text(json.dumps({**CONFIGURATION, "post_hooks": []}))
    run(
        *(tool / "openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"),
        *("--path", folder / "openapi.json", "--config", folder / "tool.json"),
        *("--output-path", folder / "factcheck_client"),
    )


@thorough
def test_a_generated_client_goes_the_journey_and_reads_every_refusal(tool: Path, tmp_path: Path):
    journey = tmp_path / "journey.py"
    journey.write_text((Path(__file__).parent / "journey.py").read_text())
    with Site("embedded", tmp_path) as site:
        generate(tool, site, tmp_path)
        told = run(tool / "python", journey, site.base)
    assert told.splitlines() == [
        "404 not_found",
        "422 zone_unknown",
        "412 stale_revision",
        "403 role_missing",
        "409 not_cleared",
    ]
