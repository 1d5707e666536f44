"""What size costs: one document added, everything compared, and the hottest measure.

    python bench/crosscheck.py [--figures 10000,100000] [--seed 1] [--only add,full,hottest] [--keep]

``DATABASE_URL`` names a PostgreSQL server; a database ``bench_crosscheck_N`` is made on it for each size, filled by
COPY from the generator of ``bench/figures.py``: figures over Zipf-distributed measures, thirty to a document, a tenth
as many measures as figures. ``--keep`` uses one that an earlier run has made. CPU is that of this process and of its
connection's server process together (Linux only); ratios of one run, with the machine's load beside them.
"""

# ruff: noqa: PLC0415  Django is set up for a database before its models can be imported
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))
sys.path.insert(0, str(HOUSE / "bench"))

PER_DOCUMENT = 30
PER_TOPIC = 10_000
"""Figures of a topic on average; the one of the hottest measure has far more."""
DESKS = 20
NOW = datetime(2031, 6, 1, 12, tzinfo=UTC)
PARTIES = [f"party {number}" for number in range(5)]


def set_up(url: str) -> None:
    """Django on this database, with nothing kept beside it."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("NEWSROOM_DATA", "/tmp/factcheck-bench")  # noqa: S108  a folder for a key and a broker
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    import django

    django.setup()


def database_url(server: str, name: str) -> str:
    return server.rpartition("/")[0] + "/" + name


def make_database(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]


class Copier:
    """Writes rows of one model by COPY; columns that a row does not name have the defaults of the model."""

    def __init__(self, model: Any) -> None:
        from django.db import models

        self.table = model._meta.db_table
        self.fields = [field for field in model._meta.concrete_fields if not field.generated]
        self.json = {field.attname for field in self.fields if isinstance(field, models.JSONField)}
        self.defaults = {
            field.attname: NOW if getattr(field, "auto_now_add", False) else field.get_default()
            for field in self.fields
            if not field.primary_key or field.remote_field
        }

    def prepared(self, row: dict[str, Any]) -> list[Any]:
        """The values of a row as SQLite takes them."""
        from django.db import connection

        values = self.defaults | row
        return [field.get_db_prep_save(values[field.attname], connection) for field in self.fields]

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        from django.db import connection

        names = [field.attname for field in self.fields]
        columns = ", ".join(f'"{field.column}"' for field in self.fields)
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(names))
            with connection.cursor() as cursor:
                insert = f'INSERT INTO "{self.table}" ({columns}) VALUES ({marks})'  # noqa: S608  our own table
                cursor.executemany(insert, (self.prepared(row) for row in rows))
            return
        with connection.cursor() as cursor, cursor.copy(f'COPY "{self.table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                values = self.defaults | row
                copy.write_row([json.dumps(values[name]) if name in self.json else values[name] for name in names])
        if "id" in names:
            last = f"SELECT setval(pg_get_serial_sequence('{self.table}', 'id'), max(id)) FROM \"{self.table}\""  # noqa: S608  our own table
            with connection.cursor() as cursor:
                cursor.execute(last)


def sentence_of(index: int, value: object) -> str:
    return f"Some {value} people of district {index} were counted."


def prepared_for(index: int) -> dict[str, Any]:
    """What a figure of this measure is matched by: what the engine prepares of one such sentence."""
    from factcheck.text import read
    from factcheck.text.matching import profiles

    text = "Some 312 people of Oberfurt were counted, the council said on Monday."
    row = profiles("1", text, read(text, published_at=NOW))[0].as_dict()
    return {**row, "noun": [*row["noun"], f"district{index}"], "places": [f"district{index}"]}


def build(figures: int, seed: int) -> None:
    """Make the tables of an empty database and fill them with an archive of so many figures."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(figures, seed)


def fill(figures: int, seed: int) -> None:
    """Write an archive of so many figures into empty tables, and have PostgreSQL count them."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from figures import states

    from factcheck import models as m

    chance = Random(seed)  # noqa: S311  a generator of test data
    people = get_user_model()
    chief = people.objects.create(username="chief", is_staff=True)
    m.Membership.objects.create(user=chief, role=m.Role.CHIEF_EDITOR)
    editor = people.objects.create(username="editor", is_staff=True)
    desks = [m.Desk.objects.create(slug=f"desk-{n}", name=f"Desk {n}") for n in range(DESKS)]
    m.Membership.objects.create(user=editor, desk=desks[0], role=m.Role.EDITOR)
    rows = states(figures, seed)
    indexes = [int(str(row.measure.key).rpartition(" ")[2]) for row in rows]
    topics = max(1, figures // PER_TOPIC)
    Copier(m.Topic).write({"id": n + 1, "slug": f"topic-{n}", "title": f"Topic {n}"} for n in range(topics))
    used = sorted(set(indexes))
    Copier(m.Measure).write(
        {
            "id": index + 1,
            "topic_id": index % topics + 1,
            "key": f"count|measure {index}",
            "parts": {"dimension": "count", "noun": f"measure {index}"},
            "counted": f"people {index}",
            "dimension": "count",
            "running": True,
        }
        for index in used
    )
    in_topic: dict[int, list[int]] = defaultdict(list)
    for at, index in enumerate(indexes):
        in_topic[index % topics].append(at)
    documents: list[tuple[int, list[int]]] = []
    for topic, members in sorted(in_topic.items()):
        chance.shuffle(members)
        documents += [(topic, members[at : at + PER_DOCUMENT]) for at in range(0, len(members), PER_DOCUMENT)]
    chance.shuffle(documents)
    build_documents(documents, rows, indexes, [desk.pk for desk in desks])
    build_figures(documents, rows, indexes)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"built: {figures:,} figures, {len(used):,} measures, {len(documents):,} documents, {topics:,} topics")


def build_documents(documents: list[tuple[int, list[int]]], rows: Any, indexes: list[int], desks: list[int]) -> None:
    """Texts with their topics, and the parties that each of them cites."""
    from factcheck import models as m
    from factcheck.text import ENGINE_VERSION

    day = datetime(2031, 5, 1, tzinfo=UTC)
    Copier(m.Document).write(
        {
            "id": number,
            "desk_id": desks[number % DESKS],
            "topic_id": topic + 1,
            "kind": "coverage" if number % 3 else "story",
            "title": f"Report {number} of topic {topic}",
            "publisher_name": f"Paper {number % 40}",
            "published_at": day + timedelta(hours=number % 700),
            "state": "published" if number % 4 else "in_check",
            "arrival_key": f"{number:064d}",
        }
        for number, (topic, _) in enumerate(documents, 1)
    )
    Copier(m.Revision).write(
        {
            "id": number,
            "document_id": number,
            "number": 1,
            "text": " ".join(sentence_of(indexes[at], rows[at].quantity.value) for at in members),
            "text_sha256": f"{number:064d}",
            "words_sha256": f"{number:064d}",
            "bytes_sha256": f"{number:064d}",
            "engine_version": ENGINE_VERSION,
            "language": "en",
        }
        for number, (_, members) in enumerate(documents, 1)
    )
    Copier(m.Attribution).write(
        {"id": (number - 1) * len(PARTIES) + at + 1, "document_id": number, "cue": "said", "party": party}
        for number in range(1, len(documents) + 1)
        for at, party in enumerate(PARTIES)
    )


def build_figures(documents: list[tuple[int, list[int]]], rows: Any, indexes: list[int]) -> None:
    """A claim, a figure with its profile, and the anchors of both for each sentence."""
    from factcheck import models as m
    from factcheck.text import ENGINE_VERSION

    places = [(number, at) for number, (_, members) in enumerate(documents, 1) for at in members]
    Copier(m.Claim).write(
        {
            "id": pk,
            "document_id": number,
            "claim_type": "figure",
            "text": sentence_of(indexes[at], rows[at].quantity.value),
            "state": "proposed" if pk % 3 else "open",
            "checkworthiness": 0.5 + pk % 50 / 100,
        }
        for pk, (number, at) in enumerate(places, 1)
    )

    def figure(pk: int, number: int, at: int) -> dict[str, Any]:
        row = rows[at]
        return {
            "id": pk,
            "document_id": number,
            "claim_id": None if pk % 3 else pk,
            "state": "found" if pk % 3 else "linked",
            "measure_id": indexes[at] + 1,
            "surface": str(row.quantity.value),
            "value": row.quantity.value,
            "unit": "count",
            "dimension": "count",
            "counted": "people",
            "as_of_start": row.as_of.start,
            "as_of_end": row.as_of.end,
            "as_of_granularity": "day",
            "as_of_basis": "stated",
            "attribution_id": (number - 1) * len(PARTIES) + PARTIES.index(row.says) + 1,
            "step": Decimal(1),
            "engine_version": ENGINE_VERSION,
        }

    Copier(m.Figure).write(figure(pk, *place) for pk, place in enumerate(places, 1))
    prepared = prepared_for(0)

    def profile(pk: int, at: int) -> dict[str, Any]:
        value, index = float(rows[at].quantity.value or 0), indexes[at]
        own = {"noun": [*prepared["noun"], f"district{index}"], "places": [f"district{index}"]}
        return {
            "figure_id": pk,
            "prepared": {**prepared, **own, "value": value, "least": value, "most": value, "says": rows[at].says},
            "fingerprint": f"{pk:032x}",
            "wording": f"{index:016x}{int(value):016x}",
            "dimension": "count",
            "unit": "count",
            "value": value,
            "running": True,
            "engine_version": ENGINE_VERSION,
        }

    Copier(m.FigureProfile).write(profile(pk, at) for pk, (_, at) in enumerate(places, 1))

    def anchors() -> Iterator[dict[str, Any]]:
        pk, start, last = 0, 0, 0
        for record, (number, at) in enumerate(places, 1):
            start = 0 if number != last else start
            words, last = sentence_of(indexes[at], rows[at].quantity.value), number
            common = {"revision_id": number, "anchor_state": "exact"}
            yield {**common, "id": pk + 1, "claim_id": record, "start": start, "end": start + len(words)}
            yield {**common, "id": pk + 2, "figure_id": record, "start": start + 5, "end": start + 8}
            pk, start = pk + 2, start + len(words) + 1

    Copier(m.Anchor).write(anchors())


class Clock:
    """CPU and wall seconds, queries and the largest memory of what runs inside."""

    def __init__(self) -> None:
        from django.db import connection

        connection.ensure_connection()
        self.backend = connection.connection.info.backend_pid
        self.cpu = self.wall = 0.0
        self.server = 0.0

    def backend_cpu(self) -> float:
        parts = Path(f"/proc/{self.backend}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Clock:
        self.start = time.process_time(), self.backend_cpu(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        own, server, wall = self.start
        self.server = self.backend_cpu() - server
        self.cpu = time.process_time() - own + self.server
        self.wall = time.perf_counter() - wall

    def __str__(self) -> str:
        return f"{self.cpu:8.2f} s CPU ({self.server:.2f} of it the server) {self.wall:8.2f} s"


def tell(what: str, clock: object, more: str = "") -> None:
    load = os.getloadavg()[0]
    print(f"  {what:<46} {clock}   {more}  load {load:.1f}", flush=True)


def run_jobs(most: int = 100_000) -> int:
    """Do what is due, one by one, in this process."""
    from factcheck.jobs.leases import claim_job
    from factcheck.tasks import run_job

    count = 0
    while count < most and (lease := claim_job("work")):
        run_job(lease)
        count += 1
    return count


def text_about(indexes: Iterable[int], chance: Random) -> str:
    return " ".join(sentence_of(index, 100 + chance.randrange(900)) for index in indexes)


def add(seed: int, rounds: int = 3) -> None:
    """A document of thirty figures is filed in the hottest topic: its reading, its cross-check, and what they ask for.

    Its figures are put under the hottest measures of the topic, as copy about the story of the day is.
    """
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from factcheck.models import Desk, Document, Figure, Job, Measure, Topic
    from factcheck.workflow.arrivals import Arrival
    from factcheck.workflow.documents import ingest_document

    chance = Random(seed)  # noqa: S311
    topic = Topic.objects.get(pk=1)
    hottest = list(Measure.objects.filter(topic=topic).order_by("pk").values_list("pk", flat=True)[:PER_DOCUMENT])
    editor = get_user_model().objects.get(username="chief")
    for number in range(rounds):
        Job.objects.filter(state="due").delete()
        text = text_about((pk - 1 for pk in hottest), chance) + f" This is text {number} of {time.time()}."
        arrival = Arrival(kind="coverage", title=f"Added {number}", topic=topic, pasted=True)
        ingest_document(text.encode(), arrival, desk=Desk.objects.order_by("pk")[0], by=editor)
        with Clock() as reading:
            run_jobs(1)
        document = Document.objects.latest("pk")
        figures = list(document.figures.order_by("pk")[:PER_DOCUMENT])
        asked = Job.objects.filter(state="due").exclude(name="crosscheck", args__document=document.pk)
        after_reading = asked.count()
        asked.delete()
        with transaction.atomic():
            for figure, measure in zip(figures, hottest, strict=False):
                Figure.objects.filter(pk=figure.pk).update(measure=measure)
        with Clock() as crosscheck:
            run_jobs(1)
        jobs = Job.objects.filter(state="due").count()
        tell(f"add one document ({len(figures)} figures), reading", reading, f"jobs asked for {after_reading}")
        tell("add one document, its cross-check", crosscheck, f"jobs asked for {jobs}")
    Job.objects.filter(state="due").delete()


def ordered_select() -> Clock:
    from factcheck.models import Figure

    with Clock() as clock:
        for _ in Figure.objects.order_by("measure", "pk").values_list().iterator(chunk_size=5000):
            pass
    return clock


def full() -> None:
    """Everything compared once and again, against an ordered SELECT of all figures."""
    from factcheck.actors import Machine
    from factcheck.models import Job
    from factcheck.workflow.crosschecks import request_crosscheck

    Job.objects.filter(state="due").delete()
    select = min((ordered_select() for _ in range(3)), key=lambda clock: clock.cpu)
    tell("ordered SELECT of all figures", select)
    for which in ("full cross-check", "full cross-check, second run"):
        request_crosscheck("everything", by=Machine("bench"))
        with Clock() as clock:
            jobs = run_jobs(1)
            while Job.objects.filter(name="crosscheck", key__startswith="everything", state="due").exists():
                jobs += run_jobs(1)
        asked = Job.objects.filter(state="due").count()
        tell(which, clock, f"{clock.cpu / select.cpu:.1f} times the SELECT, jobs asked for {asked}")
        Job.objects.filter(state="due").delete()
    counts()


def counts() -> None:
    from factcheck import models as m

    names = [
        name for name in ("Discrepancy", "DiscrepancySide", "DiscrepancyFigure", "Observation") if hasattr(m, name)
    ]
    print("  " + ", ".join(f"{getattr(m, name).objects.count():,} {name}" for name in names))


def hottest() -> None:
    """The measure with most figures, compared by itself."""
    import resource

    from factcheck.jobs.queue import enqueue_crosscheck
    from factcheck.models import Figure, Job, Measure

    Job.objects.filter(state="due").delete()
    measure = Measure.objects.get(pk=1)
    for which in ("hottest measure", "hottest measure again"):
        enqueue_crosscheck("measure", measure)
        with Clock() as clock:
            run_jobs(1)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures = Figure.objects.filter(measure=measure).count()
        tell(f"{which} ({figures:,} figures)", clock, f"{memory} MB")
        Job.objects.filter(state="due").delete()
    counts()


def measure_one(options: argparse.Namespace, figures: int) -> None:
    name = f"bench_crosscheck_{figures}"
    server = os.environ["BENCH_SERVER"]
    url = database_url(server, name)
    if not options.keep:
        make_database(server, name)
    set_up(url)
    if not options.keep:
        build(figures, options.seed)
    print(f"{figures:,} figures, seed {options.seed}")
    parts: dict[str, Callable[[], None]] = {
        "hottest": hottest,
        "full": full,
        "add": lambda: add(options.seed),
    }
    for part, action in parts.items():
        if part in options.only.split(","):
            action()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--figures", default="10000,100000", help="sizes, with commas between")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="hottest,full,add")
    parser.add_argument("--keep", action="store_true", help="measure the archive that an earlier run has built")
    options = parser.parse_args()
    os.environ.setdefault("BENCH_SERVER", os.environ.get("DATABASE_URL", "postgres://localhost/postgres"))
    sizes = [int(size) for size in options.figures.split(",")]
    if len(sizes) == 1:
        measure_one(options, sizes[0])
        return
    for size in sizes:  # a process of its own for each, so that memory is told apart
        arguments = ["--figures", str(size), "--seed", str(options.seed), "--only", options.only]
        arguments += ["--keep"] if options.keep else []
        subprocess.run([sys.executable, __file__, *arguments], check=True)  # noqa: S603  our own words


if __name__ == "__main__":
    main()
