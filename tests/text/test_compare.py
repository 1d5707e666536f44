"""What is noted beside a comparison: what two texts count, on whom both rest, and that a number was lowered."""

from datetime import datetime

import pytest

from factcheck.text import compare, observation_of, read

NOTES = [
    ("Police said 12 people died.", "Police said 12 people died.", ["both rest on Police"]),
    ("Police said 12 people died.", "Doctors said 12 people died.", []),
    ("Some 12 people died.", "Some 12 people died.", []),
    (
        "Police said 12 villagers died.",
        "A union said 30 people died.",
        ["counted as villagers died and as people died"],
    ),
    ("Police said 30 people died.", "Police said 12 people died.", ["both rest on Police", "a revision downward"]),
    ("Police said 12 people died.", "Police said 30 people died.", ["both rest on Police"]),
]


@pytest.mark.parametrize(("monday", "tuesday", "notes"), NOTES)
def test_what_is_noted_beside_a_comparison(monday, tuesday, notes):
    first, second = (
        observation_of(read(text, published_at=datetime(2031, 5, day)).figures[0])
        for day, text in ((12, monday), (13, tuesday))
    )
    assert list(compare(first, second).notes) == notes
    assert list(compare(second, first).notes) == notes
