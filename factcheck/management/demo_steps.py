"""The steps of the ``demo`` command: create people, file articles, wait for the worker, print the findings."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click
from django.contrib.auth import get_user_model
from django.core.management.base import OutputWrapper
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.management.starter import header_of, starter_articles, starter_sources, without_demo_headers
from factcheck.models import (
    Desk,
    Discrepancy,
    DiscrepancyKind,
    Document,
    Job,
    Measure,
    ReportSubscription,
    Role,
    Source,
    Topic,
    by_username,
)
from factcheck.states import JobState
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.comparisons import agreements_of
from factcheck.workflow.crosschecks import request_crosscheck
from factcheck.workflow.desks import give_role, set_up_desk
from factcheck.workflow.disputes import Dispute, disputes
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.sources import load_registry

pause = time.sleep
DESK = "demo-desk"
TITLES = {"kursk-2024": "Kursk, August and September 2024", "larkmoor-flood-2025": "The Larkmoor flood"}
HEADINGS = {
    DiscrepancyKind.CONFLICT: "Conflicts",
    DiscrepancyKind.MAGNITUDE_SLIP: "Slips of magnitude",
    DiscrepancyKind.SUPERSEDED: "Superseded",
    DiscrepancyKind.NOT_COMPARABLE: "Alike, but not comparable",
}

EXPECTED_FINDINGS = (
    (DiscrepancyKind.CONFLICT, ("74 settlements", "41 settlements", "Institute for the Study of War")),
    (DiscrepancyKind.CONFLICT, ("$340 million", "$430 million")),
    (DiscrepancyKind.MAGNITUDE_SLIP, ("3,200 homes", "32,000 homes")),
    (DiscrepancyKind.SUPERSEDED, ("100 towns", "74 settlements")),
    ("agreement", ("386 square miles", "1,000 square km")),
)
"""Findings promised in the README: a kind, and words that one sentence of that kind must contain."""


def create_people() -> dict[str, tuple[str, str]]:
    """The desk, the registry and one person per role, with new passwords; log-in name to role and password."""
    desk, _ = set_up_desk(DESK, "Demo desk", by=Machine("demo"))
    load_registry(starter_sources(), by=Machine("demo"))
    people = {}
    for role in Role.values:
        accounts = get_user_model()._default_manager
        user, _ = accounts.get_or_create(**by_username(demo_name_of(role)), defaults=account_values(role))
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.is_staff = role != Role.SERVICE
        user.save()
        give_role(user, role, desk=desk, by=Machine("demo"))
        people[demo_name_of(role)] = (role.replace("_", " "), password)
    subscribe_to_digest(desk)
    return people


def demo_name_of(role: str) -> str:
    """By what the person of a role logs in: the name of the role, as a mail address where hosts have that."""
    model = get_user_model()
    return demo_mail_of(role) if isinstance(model._meta.get_field(model.USERNAME_FIELD), models.EmailField) else role


def demo_mail_of(role: str) -> str:
    return f"{role}@newsroom.example"


def account_values(role: str) -> dict[str, str]:
    """The mail address of a person, and what else the host's user model asks for."""
    model = get_user_model()
    fields = [model._meta.get_field(name) for name in model.REQUIRED_FIELDS]
    values = {row.name: demo_mail_of(role) if isinstance(row, models.EmailField) else role for row in fields}
    mail = model.get_email_field_name()
    known = {row.name for row in model._meta.concrete_fields} - {model.USERNAME_FIELD}
    return {**values, mail: demo_mail_of(role)} if mail in known else values


def missing_for_people() -> str:
    """Why the demo cannot make people on this host, in a sentence; empty where it can."""
    model = get_user_model()
    asked = [model._meta.get_field(name) for name in (model.USERNAME_FIELD, *model.REQUIRED_FIELDS)]
    odd = [row.name for row in asked if not isinstance(row, models.CharField | models.TextField)]
    return f"The demo makes people by name and mail address, and the user model asks for {odd[0]}." if odd else ""


def demo_account_of(role: str) -> Any:
    return get_user_model()._default_manager.get(**by_username(demo_name_of(role)))


def subscribe_to_digest(desk: Desk) -> None:
    """The chief editor gets the desk digest every morning."""
    chief = demo_account_of(Role.CHIEF_EDITOR)
    row, new = ReportSubscription.objects.get_or_create(
        desk=desk,
        kind="desk_digest",
        owner=chief,
        defaults={"cron": "0 7 * * *", "zone": "Europe/Kyiv", "looked_at": timezone.now()},
    )
    if new:
        row.recipients.add(chief)


def count_sources() -> int:
    return Source.objects.count()


def file_articles(out: OutputWrapper) -> None:
    """Hand in every article as the editor would; those filed before are the same documents."""
    desk = Desk.objects.get(slug=DESK)
    editor = demo_account_of(Role.EDITOR)
    for path in starter_articles():
        data = path.read_bytes()
        header = header_of(data)
        topic, _ = Topic.objects.get_or_create(
            slug=header["topic"], defaults={"title": TITLES.get(header["topic"], header["topic"])}
        )
        arrival = Arrival(kind=header["kind"], filename=path.name, topic=topic)
        ingest_document(without_demo_headers(data), arrival, desk=desk, by=editor)
    out.write(
        f"{len(starter_articles())} articles on {Topic.objects.count()} topics are filed; the worker reads them.\n"
    )


def request_full_crosscheck() -> None:
    request_crosscheck("everything", by=Machine("demo"))


def wait_for_jobs(check: Callable[[], None], label: str, seconds: float = 300) -> None:
    """Show a progress bar until no job is due or running.

    Raises:
        RuntimeError: a job failed, or it takes too long.
    """
    until = time.monotonic() + seconds
    started = set(Job.objects.unfinished().values_list("pk", flat=True))
    with click.progressbar(length=max(len(started), 1), label=label, width=30) as bar:
        displayed = 0
        while left := Job.objects.unfinished().count():
            check()
            if time.monotonic() > until:
                raise RuntimeError("The worker took too long; see its log.")
            started |= set(Job.objects.unfinished().values_list("pk", flat=True))
            bar.length = len(started)
            bar.update(len(started) - left - displayed)
            displayed = len(started) - left
            pause(0.1)
        bar.update(max((bar.length or 0) - displayed, 0))
    if failed := Job.objects.filter(pk__in=started, state=JobState.FAILED).first():
        raise RuntimeError(f"Job {failed} failed: {failed.error}")


def print_findings(out: OutputWrapper) -> dict[str, list[str]]:
    """Print what was found, each dispute once; returns what was printed of each kind."""
    found: dict[str, list[str]] = {}
    found_disputes = disputes(Discrepancy.objects.open(), desks=Desk.objects.all(), order=["pk"], statements=True)
    for kind, heading in HEADINGS.items():
        found[kind] = [dispute_text(row) for row in found_disputes if row.leading.kind == kind]
        print_all(out, heading, found[kind])
    measures = Measure.objects.filter(merged_into=None)
    found["agreement"] = [sentence for measure in measures for sentence in agreements_of(measure)]
    print_all(out, "Agreements", found["agreement"])
    stories = Document.objects.filter(kind="story").count()
    out.write(f"\n{Document.objects.count()} documents, {stories} of them our own stories, are in check.\n")
    return found


def dispute_text(dispute: Dispute) -> str:
    """A dispute in words: its leading pair, then the other statements."""
    others = [
        f"{says or 'nobody named'}: {', '.join(str(row.first) for row in rows)}" for says, rows in dispute.by_party
    ]
    return f"{dispute.leading.reason} Also {'; '.join(others)}." if others else dispute.leading.reason


def missing_findings(found: dict[str, list[str]]) -> list[str]:
    """The expected findings that no printed sentence contains."""
    return [
        f"{kind.replace('_', ' ')} of {' and '.join(names)}"
        for kind, names in EXPECTED_FINDINGS
        if not any(all(name in sentence for name in names) for sentence in found.get(kind, []))
    ]


def print_all(out: OutputWrapper, heading: str, sentences: list[str]) -> None:
    if sentences:
        out.write(f"\n{heading} ({len(sentences)})\n")
        for sentence in sentences:
            out.write(click.wrap_text(sentence, width=100, initial_indent="  - ", subsequent_indent="    ") + "\n")


def first_page() -> str:
    return reverse("admin:factcheck_dashboard")


def print_people(out: OutputWrapper, address: str, people: dict[str, tuple[str, str]]) -> None:
    """Where the site is, and who may log in to what."""
    out.write(f"\nDesk    {address}{first_page()}\n")
    with suppress(NoReverseMatch):  # without the files of that page, or where its address has a name in it
        out.write(f"API     {address}{reverse('factcheck:docs')}\n")
    out.write("\n")
    width = max(len(name) for name in people)
    for name, (_, password) in people.items():
        out.write(f"  {name:{width}}  {password}\n")
