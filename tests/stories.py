"""Stories filed through the public API, and the people of a desk who act on them.

Rows alone are in ``factories``; here documents are ingested and read by the real engine, only without the child
process that a worker puts around a reader (half a second each), and claims move by the actions of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.test import TestCase
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.intake.readers import read_bytes
from factcheck.intake.snapshots import response_of
from factcheck.jobs.leases import claim_job as take_job
from factcheck.jobs.names import QUEUE, JobName
from factcheck.models import (
    Claim,
    Desk,
    Document,
    Evidence,
    Job,
    Membership,
    Role,
    Snapshot,
    Source,
    SourceDomain,
    SourceName,
    SourceUse,
    Stance,
    folded,
)
from factcheck.tasks import run_job
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import accept_claim, dismiss_figure
from factcheck.workflow.documents import ingest_document, revise_document
from factcheck.workflow.evidence import assess_evidence, link_evidence, record_evidence
from factcheck.workflow.reading import read_again, read_text, store_reading, store_second_reading
from factcheck.workflow.verification import sign_off, start_claim, submit_verdict
from tests.factories import DeskFactory, SourceFactory, UserFactory

TUESDAY = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
"""When the stories of the tests were published."""


def person(role: str, desk: Desk | None = None, **values: Any) -> Any:
    """A user with one role: on a desk, or across all of them for a chief editor."""
    user = UserFactory(**values)
    Membership.objects.create(user=user, desk=None if role == Role.CHIEF_EDITOR else desk, role=role)
    return user


class Staff:
    """One person for each role of a desk, by the name of the role; ``outsider`` has none."""

    def __init__(self, desk: Desk | None = None) -> None:
        self.desk = desk or DeskFactory()
        self.editor = person(Role.EDITOR, self.desk)
        self.checker = person(Role.CHECKER, self.desk)
        self.reviewer = person(Role.REVIEWER, self.desk)
        self.desk_chief = person(Role.DESK_CHIEF, self.desk)
        self.auditor = person(Role.AUDITOR, self.desk)
        self.service = person(Role.SERVICE, self.desk)
        self.chief_editor = person(Role.CHIEF_EDITOR)
        self.outsider = UserFactory()
        self.superuser = UserFactory(is_superuser=True, is_staff=True)


def registered(name: str, *, aliases: tuple[str, ...] = (), domains: tuple[str, ...] = (), **values: Any) -> Source:
    """A source known under its name, its aliases and its domains."""
    source = SourceFactory(name=name, **values)
    for alias in (name, *aliases):
        SourceName.objects.create(source=source, name=alias, folded=folded(alias))
    for domain in domains:
        SourceDomain.objects.create(source=source, domain=domain)
    return source


def file_text(text: str, *, desk: Desk, by: Any, read: bool = True, **particulars: Any) -> Document:
    """A pasted text of a desk, read and marked unless told otherwise."""
    particulars = {"pasted": True, "published_at": TUESDAY, "title": "Untitled", **particulars}
    document, _ = ingest_document(text.encode(), Arrival(**particulars), desk=desk, by=by)
    return do_jobs(document) if read else document


def revise_text(document: Document, text: str, *, by: Any, **values: Any) -> Document:
    """A new text for a document, read and marked."""
    revise_document(document, text.encode(), by=by, **values)
    return do_jobs(document)


def do_jobs(document: Document | None = None) -> Any:
    """Do all that is due as a worker would, but read in this process."""
    while lease := take_job(QUEUE):
        args = lease.job.args
        if lease.job.name != JobName.READ_DOCUMENT:
            run_job(lease)
            continue
        snapshot = Snapshot.objects.get(pk=args["snapshot"])
        extract = read_bytes(response_of(bytes(snapshot.warc)), filename="pasted.txt", media_type="text/plain")
        owner = Document.objects.get(pk=args["document"])
        if stored := owner.revisions.filter(snapshot=snapshot).first():
            lease.finish(store_second_reading(stored, read_again(stored), by=Machine(JobName.READ_DOCUMENT)))
            continue
        reading = read_text(owner, extract)
        counts = store_reading(owner, snapshot, extract, reading, by=Machine(JobName.READ_DOCUMENT), person=args["by"])
        lease.finish(counts)
    if document is not None:
        document.refresh_from_db()
    return document


def give_evidence(
    claim: Claim,
    *,
    by: Any,
    source: Source | None = None,
    stance: str = Stance.SUPPORTS,
    use: str = SourceUse.SECONDARY,
    accepted_by: Any = None,
    **values: Any,
) -> Evidence:
    """What a source said on the telephone, linked to the claim, and accepted by ``accepted_by`` where one is named."""
    if use == SourceUse.PRIMARY and source is None:
        source = SourceFactory()
    evidence = record_evidence(claim, "call", by=by, source=source, note="They confirmed it.", source_use=use, **values)
    link_evidence(evidence, stance=stance, by=by)
    if accepted_by is not None:
        assess_evidence(evidence, accepted=True, by=accepted_by)
    return evidence


def bring_to(claim: Claim, state: str, staff: Staff, label: str = "supported", **signing: Any) -> Claim:
    """Take a claim to a state by the actions of the people of its desk, as they would."""
    way = ["proposed", "open", "in_verification", "in_review", "signed_off"]
    steps = {
        "open": lambda: accept_claim(claim, by=staff.editor),
        "in_verification": lambda: start_claim(claim, by=staff.checker),
        "in_review": lambda: submit(claim, staff, label),
        "signed_off": lambda: sign_off(claim, by=staff.reviewer, **signing),
    }
    claim.refresh_from_db()
    at = "open" if claim.state == "stale" else claim.state
    for step in way[way.index(at) + 1 : way.index(state) + 1]:
        steps[step]()
    claim.refresh_from_db()
    return claim


def submit(claim: Claim, staff: Staff, label: str) -> None:
    """The checker finds what the verdict needs, and submits it."""
    if label == "supported":
        give_evidence(claim, by=staff.checker, use=SourceUse.PRIMARY)
    if label == "refuted":
        give_evidence(claim, by=staff.checker, stance=Stance.REFUTES)
    submit_verdict(claim, label, by=staff.checker)


def clear_document(document: Document, staff: Staff) -> Document:
    """Check every claim of a document and dismiss what figures are left, so that the gate opens."""
    for claim in document.claims.anchored().exclude(state__in=["dismissed", "waived", "signed_off"]):
        bring_to(claim, "signed_off", staff)
    for figure in document.figures.anchored().filter(state="found"):
        dismiss_figure(figure, by=staff.editor, note="background")
    document.refresh_from_db()
    return document


def in_hours(hours: float) -> datetime:
    return timezone.now() + timedelta(hours=hours)


@contextmanager
def committed() -> Iterator[None]:
    """Run the on-commit hooks at the end of the block: rechecks are queued and signals sent."""
    connection.run_on_commit.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
    connection.run_on_commit.clear()


def settle(document: Document | None = None) -> Any:
    """Do all that is due, and what follows from its commit, until nothing is."""
    for _ in range(10):
        if Job.objects.filter(state="due", run_at__lte=Now()).exists():
            with committed():
                do_jobs()
    if document is not None:
        document.refresh_from_db()
    return document
