"""The journey of docs/api.md, run as it is written there, against a real server and worker, in both lanes."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.live import ONCE, ROOT, Site

PAGE = ROOT / "docs" / "api.md"


def journey() -> str:
    """The shell blocks under the heading of the journey, in order."""
    part = PAGE.read_text().split("## The journey", 1)[1].split("\n## ", 1)[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", part, re.DOTALL))


@pytest.mark.parametrize("lane", ONCE)
def test_the_journey_over_http_goes_as_the_page_says(lane: str, tmp_path: Path):
    with Site(lane, tmp_path) as site:
        people = {
            name: value
            for role, prefix in (
                ("editor", "EDITOR"),
                ("checker", "CHECKER"),
                ("reviewer", "REVIEWER"),
                ("desk_chief", "CHIEF"),
            )
            for name, value in ((prefix, role), (f"{prefix}_PASSWORD", f"pass-{role}-word"))
        }
        env = {**site.env, **people, "BASE": site.base, "DESK": "news-desk"}
        script = tmp_path / "journey.sh"
        script.write_text(journey())
        done = subprocess.run(["bash", str(script)], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}\n{site.logs()}"
        assert "events verify" in site.manage("verify_history")
