"""A worker is killed in the middle of a cross-check and another started: the job finishes, nothing is doubled."""

import json
from pathlib import Path

import pytest

from tests.live import ONCE, Site, wait_until

THINGS = [
    "goats",
    "tents",
    "trucks",
    "bridges",
    "schools",
    "wells",
    "lamps",
    "barrels",
    "blankets",
    "boats",
    "buses",
    "cows",
    "dogs",
    "engines",
    "farms",
    "ferries",
    "generators",
    "helmets",
    "horses",
    "hospitals",
    "hotels",
    "houses",
    "kitchens",
    "ladders",
    "mills",
    "mines",
    "mirrors",
    "ovens",
    "parcels",
    "pianos",
    "pumps",
    "radios",
    "rafts",
    "rifles",
    "roofs",
    "saddles",
    "shops",
    "shovels",
    "stoves",
    "tables",
    "tankers",
    "towers",
    "tractors",
    "trains",
    "trees",
    "vans",
    "wagons",
    "windows",
]
FILL = """
import json
from datetime import datetime, UTC
from factcheck.models import Desk, Topic
from django.contrib.auth import get_user_model
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
desk = Desk.objects.get(slug="news-desk")
editor = get_user_model().objects.get(username="editor")
things = json.loads('''%s''')
for story in range(6):
    topic = Topic.objects.create(slug=f"story-{story}", title=f"Story {story}")
    for paper in range(4):
        lines = [f"Inspectors counted {100 + 37 * paper + at} {thing} in Vellmar." for at, thing in enumerate(things)]
        arrival = Arrival(
            kind="coverage", topic=topic, publisher_name=f"Paper {paper}", pasted=True, title="A count",
            published_at=datetime(2025, 3, 4, 12, tzinfo=UTC),
        )
        ingest_document(" ".join(lines).encode(), arrival, desk=desk, by=editor)
"""
COUNT = """
import json
from factcheck.models import CrossCheck, Discrepancy, DiscrepancyFigure, Event, Job
print(json.dumps({
    "discrepancies": Discrepancy.objects.count(),
    "pairs": Discrepancy.objects.values("measure", "a_key", "b_key").distinct().count(),
    "sides": DiscrepancyFigure.objects.count(),
    "runs": CrossCheck.objects.filter(scope="everything").count(),
    "unfinished": Job.objects.unfinished().count(),
    "failed": list(Job.objects.filter(state="failed").values_list("name", "error")),
    "moves": Event.objects.filter(record="discrepancy").count(),
}))
"""


def counts(site: Site) -> dict:
    return json.loads(site.manage("shell", "-v0", "-c", COUNT).strip().splitlines()[-1])


@pytest.mark.parametrize("lane", ONCE)
def test_a_killed_cross_check_is_finished_by_another_worker_and_nothing_is_doubled(lane: str, tmp_path: Path):
    with Site(lane, tmp_path) as site:
        site.manage("shell", "-v0", "-c", FILL % json.dumps(THINGS))
        wait_until(lambda: counts(site)["unfinished"] == 0, 150, f"the documents were not read\n{site.logs()}")
        token = site.token("editor")
        site.manage("shell", "-v0", "-c", "from factcheck.models import Measure; Measure.objects.update(compared='')")
        status, job = site.call("POST", "crosschecks/", {"scope": "everything", "desk": "news-desk"}, token)
        assert status == 202, job
        path = f"jobs/{job['job']}/"
        seen = {}

        def in_the_middle() -> bool:
            seen.update(site.call("GET", path, token=token)[1])
            assert seen["state"] != "done", f"the cross-check was too fast to be killed in the middle: {seen}"
            return 0 < seen["done"] < seen["total"]

        wait_until(in_the_middle, 60, f"the cross-check did not start\n{site.logs()}")
        site.kill("worker")
        stopped_at = site.call("GET", path, token=token)[1]
        assert stopped_at["state"] == "running"
        assert stopped_at["done"] < stopped_at["total"]
        site.start_worker()

        def done() -> bool:
            seen.update(site.call("GET", path, token=token)[1])
            assert seen["state"] != "failed", seen
            return seen["state"] == "done"

        wait_until(done, 90, f"the job was not finished: {seen}\n{site.logs()}")
        assert seen["done"] == seen["total"]
        found = counts(site)
        assert found["discrepancies"] == found["pairs"] > 0
        assert found["runs"] == 1
        assert found["failed"] == []

        again = site.call("POST", "crosschecks/", {"scope": "everything", "desk": "news-desk"}, token)[1]
        wait_until(
            lambda: site.call("GET", f"jobs/{again['job']}/", token=token)[1]["state"] == "done", 90, "no second run"
        )
        assert counts(site) == {**found, "runs": 2}, "a second run of the same figures changes nothing"
