"""Whatever a client makes up from the description gets an answer that the description promises, and never a 500."""

import pytest

from tests.marks import thorough

from .fuzzing import fuzz, people_and_records

pytestmark = pytest.mark.django_db


@thorough
def test_made_up_calls_find_no_server_error_and_no_answer_that_was_not_promised():
    tokens, records = people_and_records()
    tally = fuzz(tokens, records, examples=2)
    assert tally.server_errors == 0, tally.faults
    assert not tally.faults, "\n\n".join(f"{name}: {fault}" for name, fault in sorted(tally.faults.items()))
    assert tally.calls > 250
    assert len(tally.reached) > 40, "the actions themselves are reached, not their refusals alone"
