"""Whatever a client makes up from the description gets an answer that the description promises, and never a 500.

``FACTCHECK_CALLS`` says how many requests are made up for each operation; two where it is not set.
"""

import os

import pytest

from tests.marks import thorough

from .fuzzing import ask_rightly, fuzz, records_of, world_with_tokens
from .right_requests import ROLES

pytestmark = pytest.mark.django_db


def told(tally):
    """The faults, to be read."""
    return "\n\n".join(f"{name}: {fault}" for name, fault in sorted(tally.faults.items()))


@thorough
def test_every_operation_but_log_out_succeeds_for_somebody_who_may():
    world, tokens = world_with_tokens()
    tally = ask_rightly(world, tokens, as_every_role="FACTCHECK_CALLS" in os.environ)
    print(f"{tally.calls} right requests to {len(tally.asked)} operations: {dict(sorted(tally.statuses.items()))}")
    assert tally.asked - tally.reached == set()
    assert not tally.faults, told(tally)
    assert tally.server_errors == 0
    assert len(tally.asked) > 160


@thorough
def test_made_up_calls_of_every_role_find_no_server_error_and_no_answer_that_was_not_promised():
    world, tokens = world_with_tokens()
    tally = fuzz(tokens, records_of(world), examples=int(os.environ.get("FACTCHECK_CALLS", 2)))
    print(f"{tally.calls} made-up requests as {len(ROLES)} roles: {dict(sorted(tally.statuses.items()))}")
    assert not tally.faults, told(tally)
    assert tally.server_errors == 0
    assert tally.calls > 250
    assert len(tally.reached) > 40, "the actions themselves are reached, not their refusals alone"
