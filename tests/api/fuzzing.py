"""Calls that schemathesis makes up from the API's own description, against the real site by WSGI.

Half of what it makes up names records that are there, so that actions are reached and not their 404 alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LEFT_OUT = {"auth_login", "auth_logout", "auth_tokens_revoke_all"}
"""These would lock the door behind the fuzzer: they have tests of their own."""


@dataclass
class Tally:
    """What came of the calls: how many, with which status, and every fault with the operation it was found in."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


def fuzz(
    tokens: dict[str, str],
    records: Callable[[], dict[str, Any]],
    *,
    examples: int,
    number: int = 1,
    tally: Tally | None = None,
) -> Tally:
    """Call every operation ``examples`` times, as each of the people in turn; ``number`` is the seed.

    ``records`` makes one of every noun anew and returns what each is named by in addresses and bodies.
    """
    tally = tally or Tally()
    with connections_kept():
        call_every_operation(tokens, records, tally, examples=examples, number=number)
    return tally


@contextmanager
def connections_kept() -> Iterator[None]:
    """As Django's own test client does: a request must not close the connection whose transaction holds the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def call_every_operation(
    tokens: dict[str, str], records: Callable[[], dict[str, Any]], tally: Tally, *, examples: int, number: int
) -> None:
    header = next(iter(tokens.values()))
    schema = schemathesis.openapi.from_wsgi(
        "/factcheck/api/v1/schema/", WSGIHandler(), headers={"Authorization": header}
    )
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name not in LEFT_OUT:
            one_operation(operation, name, tokens, records(), tally, examples=examples, number=number)


def one_operation(
    operation: Any,
    name: str,
    tokens: dict[str, str],
    known: dict[str, Any],
    tally: Tally,
    *,
    examples: int,
    number: int,
) -> None:
    @seed(number)
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), who=st.sampled_from(sorted(tokens)), real=st.sampled_from([True, True, False]))
    def call(case: Any, who: str, real: bool) -> None:
        if real:
            name_what_is_there(case, known)
        response = case.call(headers={"Authorization": tokens[who]})
        tally.calls += 1
        tally.statuses[response.status_code] += 1
        if response.status_code < 300:
            tally.reached.add(name)
        try:
            case.validate_response(response, checks=CHECKS, headers={"Authorization": tokens[who]})
        except FailureGroup as group:
            messages = "; ".join(f"{fault.title}: {fault.message}" for fault in group.exceptions)
            tally.faults.setdefault(
                name, f"{response.status_code} {case.method} {case.formatted_path}\n{messages[:1500]}"
            )

    call()


def name_what_is_there(case: Any, known: dict[str, Any]) -> None:
    """Put real names in the places of made-up ones."""
    noun = case.path.strip("/").split("/")[0]
    if "id" in case.path_parameters and noun in known:
        case.path_parameters["id"] = known[noun]
    for place in (case.query, case.body):
        if isinstance(place, dict):
            place.update({key: known[key] for key in place if key in known})
    if isinstance(case.body, dict) and case.body.get("items"):
        case.body["items"] = [{"id": known[noun], "version": "*"}]
    if case.headers is not None and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"


def people_and_records() -> tuple[dict[str, str], Callable[[], dict[str, Any]]]:
    """An editor and a chief editor with their tokens, on a desk with a story; and one of every noun for each call."""
    from knox.models import AuthToken

    from tests import factories as f
    from tests.api.records import make
    from tests.stories import Staff, file_text

    staff = Staff(f.DeskFactory(slug="fuzz", name="Fuzz"))
    text = "The mayor of Oberfurt said on Sunday that 40 houses were flooded. About 60 people were brought to safety."
    story = file_text(text, desk=staff.desk, by=staff.editor)
    people = {"editor": staff.editor, "chief_editor": staff.chief_editor}
    tokens = {name: f"Token {AuthToken.objects.create(user)[1]}" for name, user in people.items()}

    def records() -> dict[str, Any]:
        ids = make(staff.desk, staff.editor)
        claim = story.claims.first()
        named = {
            "document": ids["documents"],
            "claim": claim.pk,
            "measure": ids["measures"],
            "into": ids["measures"],
            "figures": [ids["figures"]],
            "ids": [ids["figures"]],
            "desk": "fuzz",
            "assignee": staff.checker.username,
            "recipients": [staff.auditor.username],
            "authors": [],
            "record": "claim",
            "record_id": claim.pk,
            "note": "Because.",
            "start": 0,
            "end": 9,
            "quote": "The mayor",
            "parts": ["one", "another"],
        }
        return {"desks": staff.desk.pk, **ids, **named}

    return tokens, records
