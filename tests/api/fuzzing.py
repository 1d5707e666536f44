"""Calls that schemathesis makes up from the API's own description, against the real site by WSGI.

Half of what it makes up names records that are there, so that actions are reached and not their 404 alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.records import make
from tests.api.right_requests import ROLES, World, right_request

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LEFT_OUT = {"auth_login", "auth_logout", "auth_tokens_revoke_all"}
"""These would lock the door behind the fuzzer: they have tests of their own."""
NEVER_ASKED = {"auth_logout"}


@dataclass
class Tally:
    """What came of the calls: how many, with which status, and every fault with the operation it was found in."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
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
    for operation in operations(next(iter(tokens.values()))):
        name = operation.definition.raw["operationId"]
        if name not in LEFT_OUT:
            one_operation(operation, name, tokens, records(), tally, examples=examples, number=number)


def operations(token: str) -> list[Any]:
    """Every operation of the description, as the site itself gives it to whoever has a token."""
    schema = schemathesis.openapi.from_wsgi(
        "/factcheck/api/v1/schema/", WSGIHandler(), headers={"Authorization": token}
    )
    return [found.ok() for found in schema.get_all_operations()]


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
        answer(case, name, {"Authorization": tokens[who]}, tally)

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


def ask_rightly(world: World, tokens: dict[str, str], *, as_every_role: bool = False) -> Tally:
    """One right request to every operation by somebody who may, and the same as every other role where that is asked.

    Each is prepared anew and undone again, so that none depends on another.
    """
    tally = Tally()
    with connections_kept():
        for operation in operations(tokens["editor"]):
            name = operation.definition.raw["operationId"]
            if name in NEVER_ASKED:
                continue
            roles = [None, *tokens] if as_every_role else [None]
            for role in roles:
                with suppress(Undone), transaction.atomic():
                    ask(operation, name, world, tokens, role, tally)
                    raise Undone
    return tally


class Undone(Exception):
    """Ends a request, so that the next one meets the desk as it was."""


def ask(operation: Any, name: str, world: World, tokens: dict[str, str], role: str | None, tally: Tally) -> None:
    right = right_request(world, name, operation.path)
    headers = {"If-Match": "*"} if "If-Match" in str(operation.definition.raw.get("parameters")) else {}
    known: dict[str, Any] = {
        "headers": headers,
        "path_parameters": {key: str(value) for key, value in right.at.items()},
    }
    if right.query:
        known["query"] = right.query
    if right.body is not None:
        known |= {"body": right.body, "media_type": "application/json"}
    case = operation.Case(**known)
    sender = role or right.role
    sent = {} if sender == "nobody" else {"Authorization": tokens.get(sender) or token_of(world.staff.outsider)}
    answer(case, name, sent, tally)


def answer(case: Any, name: str, headers: dict[str, str], tally: Tally) -> None:
    """Send a request, and hold the answer against the description."""
    response = case.call(headers=headers)
    tally.calls += 1
    tally.asked.add(name)
    tally.statuses[response.status_code] += 1
    if response.status_code < 300:
        tally.reached.add(name)
    if "no-store" not in str(response.headers.get("cache-control")):
        tally.faults.setdefault(name, f"{response.status_code} {case.method} {case.formatted_path} may be kept")
    try:
        case.validate_response(response, checks=CHECKS, headers=headers)
    except FailureGroup as group:
        messages = "; ".join(f"{fault.title}: {fault.message}" for fault in group.exceptions)
        tally.faults.setdefault(name, f"{response.status_code} {case.method} {case.formatted_path}\n{messages[:1500]}")


def token_of(user: Any) -> str:
    return f"Token {AuthToken.objects.create(user)[1]}"


def world_with_tokens() -> tuple[World, dict[str, str]]:
    """A desk, and a token of each of its roles."""
    world = World()
    return world, {role: token_of(getattr(world.staff, role)) for role in ROLES}


def records_of(world: World) -> Callable[[], dict[str, Any]]:
    """What makes one of every noun anew, and says by what made-up requests may name it."""
    story = world.story()

    def records() -> dict[str, Any]:
        ids = make(world.desk, world.staff.editor)
        claim = story.claims.first()
        named = {
            "document": ids["documents"],
            "claim": claim.pk,
            "measure": ids["measures"],
            "into": ids["measures"],
            "figures": [ids["figures"]],
            "ids": [ids["figures"]],
            "desk": "fuzz",
            "assignee": world.staff.checker.username,
            "recipients": [world.staff.auditor.username],
            "authors": [],
            "record": "claim",
            "record_id": claim.pk,
            "note": "Because.",
            "start": 0,
            "end": 11,
            "quote": "The council",
            "parts": ["one", "another"],
        }
        return {"desks": world.desk.pk, **ids, **named}

    return records
