"""Which measures move from day to day, so that a later number replaces an earlier one."""

from datetime import datetime

import pytest

from factcheck.text import read

MOVES = [
    ("Oil closed at $36 a barrel.", True),
    ("Unemployment stands at 6 percent.", True),
    ("Police said 12 people died.", True),
    ("The flood of 1987 killed 900 people.", False),
    ("The pier is 300 metres long.", False),
    ("The fire burned 386 square miles.", True),
    ("The council has 40 seats.", False),
]


@pytest.mark.parametrize(("text", "moves"), MOVES)
def test_a_toll_and_a_price_move_with_time_and_a_length_and_an_old_toll_do_not(text, moves):
    assert read(text, published_at=datetime(2031, 5, 14)).figures[-1].measure.running is moves
