"""Requests and jobs that run at once, each on its own connection to a database that really commits.

The database of other tests is one transaction on one connection, where nothing can overtake anything. Here it is a
migrated database of its own.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.models import Model
from django.utils import timezone

from factcheck.models import (
    Claim,
    Desk,
    Document,
    Event,
    Evidence,
    Figure,
    Job,
    Publication,
    SignOff,
    Stance,
    VerificationTask,
    record_name,
)
from factcheck.tasks import work
from factcheck.workflow.clearance import clearance
from factcheck.workflow.transitions import words_sha256
from tests.api.conftest import Caller
from tests.template import copy_migrated

REFUSALS = {403, 404, 409, 412, 422}
"""What a request that came too late may be told; each with a code and a sentence."""


@contextmanager
def committing_database(folder: Path) -> Iterator[None]:
    """While the block runs every thread's connection is to an own, migrated database."""
    tests, known = connections["default"], connections.settings["default"]
    name = f"factcheck_races_{secrets.token_hex(4)}"
    if tests.vendor == "sqlite":
        copy_migrated(folder / name)
    else:
        on_the_server(f"CREATE DATABASE {name}")
    connections.settings["default"] = {**known, "NAME": str(folder / name) if tests.vendor == "sqlite" else name}
    connections["default"] = connections.create_connection("default")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)  # two threads take turns within a request, not after it
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        sys.setswitchinterval(interval)
        connections["default"].close()
        connections.settings["default"], connections["default"] = known, tests
        if tests.vendor != "sqlite":
            on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


def on_the_server(statement: str) -> None:
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as link:
        link.execute(statement)


@dataclass
class Outcome:
    """What came of one of those who raced: the status and the code of a refusal, or the trace of what broke."""

    status: int = 0
    code: str = ""
    broke: str = ""
    answer: Any = None

    @property
    def won(self) -> bool:
        return 200 <= self.status < 300


def request_of(user: Any, path: str, body: Any = None, **headers: Any) -> Callable[[], Outcome]:
    """A POST to the API by a person, to be sent when the race begins."""
    caller = Caller(user)
    caller.client.raise_request_exception = False

    def send() -> Outcome:
        response = caller.post(path, body, **headers)
        code = response.json()["errors"][0]["code"] if 400 <= response.status_code < 500 else ""
        return Outcome(response.status_code, code, answer=response)

    return send


def worker() -> Outcome:
    """A worker that does all that is due."""
    work()
    return Outcome(200)


def after(seconds: float, runner: Callable[[], Outcome]) -> Callable[[], Outcome]:
    """The same, a moment later."""

    def wait_and_run() -> Outcome:
        time.sleep(seconds)
        return runner()

    return wait_and_run


def race(chance: Random, *runners: Callable[[], Outcome]) -> list[Outcome]:
    """Let all of them go at once, or one some milliseconds after the other; what came of each, in their order."""
    start = threading.Barrier(len(runners))
    outcomes = [Outcome() for _ in runners]
    delays = [chance.choice([0, chance.random() * 0.06]) for _ in runners]

    def run(place: int) -> None:
        try:
            start.wait()
            time.sleep(delays[place])
            outcomes[place] = runners[place]()
        except Exception:
            outcomes[place] = Outcome(broke=traceback.format_exc())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(runners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for somebody for ever"
    return outcomes


def do_all_work() -> None:
    """Everything that is due or was put off, until nothing is left."""
    for _ in range(20):
        Job.objects.unfinished().update(run_at=timezone.now())
        work()
        if not Job.objects.unfinished().exists():
            return
    raise AssertionError(f"work without an end: {list(Job.objects.unfinished().values('name', 'error'))}")


# What must hold after any race


def broken_by(outcomes: list[Outcome]) -> list[str]:
    """Whoever raced was served or told why not: nothing broke, and nobody met an error of the server."""
    return [row.broke or f"{row.status} {row.code}" for row in outcomes if not row.won and row.status not in REFUSALS]


def broken_in(desk: Desk) -> list[str]:
    """What does not hold on a desk, each in a sentence."""
    documents = list(Document.objects.filter(desk=desk))
    found = [f"job {job.name} failed: {job.error}" for job in Job.objects.filter(desk=desk, state="failed")]
    for document in documents:
        found += broken_in_document(document)
    return found


def broken_in_document(document: Document) -> Iterator[str]:
    claims = list(Claim.objects.filter(document=document))
    work_on_it = [
        document,
        *claims,
        *Figure.objects.filter(document=document),
        *Evidence.objects.filter(claim__in=claims),
        *VerificationTask.objects.filter(claim__in=claims),
    ]
    for record in work_on_it:
        yield from broken_chain_of(record)
    for claim in claims:
        yield from broken_sign_offs_of(claim)
    for published in Publication.objects.filter(document=document):
        yield from broken_publication(published)
    if document.clear is not None and document.clear != clearance(document).clear:
        yield f"{document}: people were last told clear={document.clear}, and the gate says otherwise"


def broken_chain_of(record: Model) -> Iterator[str]:
    """Every change of state has its one event: each begins where the one before ended, the last where the record is."""
    state = ""
    for event in Event.objects.of(record):
        if event.to_state:
            if state and event.from_state != state:
                yield f"{record_name(record)} {record.pk}: {event.action} from {event.from_state}, it was {state}"
            state = event.to_state
    if state and state != record.state:
        yield f"{record_name(record)} {record.pk} is {record.state}, its history ends with {state}"


def broken_sign_offs_of(claim: Claim) -> Iterator[str]:
    rows = list(SignOff.objects.filter(verdict__claim=claim).order_by("pk"))
    events = list(Event.objects.of(claim).filter(action__in=["sign_off", "countersign"]))
    if len(rows) != len(events):
        yield f"claim {claim.pk} has {len(rows)} sign-offs and {len(events)} events of one"
    if claim.state == "signed_off" and rows[-1].words_sha256 != words_sha256(claim):
        yield f"claim {claim.pk} is signed off, and its words are not those that were signed"
    for event in events:
        gone = Event.objects.filter(record="membership", action="remove", facts__user=event.actor_id, pk__lt=event.pk)
        if gone.exists():
            yield f"claim {claim.pk} was signed by somebody whose role was taken before"
        yield from broken_evidence_of(claim, event)


def broken_evidence_of(claim: Claim, signed: Event) -> Iterator[str]:
    """A verdict that says supported rests on evidence that was accepted when it was signed."""
    if claim.verdicts.latest("pk").label != "supported":
        return
    ids = claim.evidence.filter(stance=Stance.SUPPORTS).values("pk")
    last: dict[int, str] = {}
    for event in Event.objects.filter(record="evidence", record_id__in=ids, pk__lt=signed.pk).order_by("pk"):
        last[event.record_id] = event.to_state or last.get(event.record_id, "")
    if "accepted" not in last.values():
        yield f"claim {claim.pk} was signed off on evidence that was {sorted(last.values())}"


def broken_publication(published: Publication) -> Iterator[str]:
    """What was published as clear was clear at that moment: of what blocks it, all came later."""
    document, at = published.document, published.at
    events = Event.objects.of(document).filter(action="publish")
    if events.count() != document.publications.count():
        yield f"{document} has {document.publications.count()} publications and {events.count()} events of one"
    if not published.clear:
        return
    moment = events.last()
    for claim in document.claims.exclude(state="dismissed"):
        before = Event.objects.of(claim).filter(pk__lt=moment.pk).exclude(to_state="").last()
        state = before.to_state if before else "proposed"
        waiver = claim.waivers.filter(at__lte=at).last()
        if state == "waived" and not (waiver and waiver.expires_at > at):
            yield f"claim {claim.pk} was published under a waiver that had run out"
        if state not in ("waived", "signed_off", "dismissed"):
            yield f"claim {claim.pk} was published as clear while it was {state}"
