"""Texts that nobody has sorted fall into stories: by the names they share, and the days between them."""

from datetime import datetime, timedelta

import pytest

from factcheck.text.matching import TextSummary, split_into_stories

FERRY = "Ost Arden Norland Velmora"
MILL = "Torvik Harrow Sundby Quenby"


def stories(*texts):
    """The story of each text: of its names and its day, counted from the first."""
    first = datetime(2031, 5, 14)
    known = {
        f"{number}": TextSummary(frozenset(names.split()), None if day is None else first + timedelta(days=day))
        for number, (names, day) in enumerate(texts)
    }
    return "".join(split_into_stories(known).values())


SPLIT = [
    ("two texts with the same names are one story", [(FERRY, 0), (FERRY, 1)], "00"),
    ("two with other names are two", [(FERRY, 0), (MILL, 0)], "01"),
    ("one name in common is not enough", [(FERRY, 0), ("Ost Harrow Sundby Quenby", 0)], "01"),
    ("two of four are", [(FERRY, 0), ("Ost Arden Sundby Quenby", 0)], "00"),
    ("two of eleven are not", [(FERRY + " A B C D E F G", 0), ("Ost Arden H I J K L M N O P", 0)], "01"),
    ("two of ten are", [(FERRY + " A B C D E F", 0), ("Ost Arden H I J K L M N O", 0)], "00"),
    ("sixty days later it is still the story", [(FERRY, 0), (FERRY, 60)], "00"),
    ("sixty-one days later it is another", [(FERRY, 0), (FERRY, 61)], "01"),
    ("a text without a day is of any", [(FERRY, 0), (FERRY, None)], "00"),
    ("a chain is one story", [(FERRY, 0), (MILL, 0), ("Ost Arden Torvik Harrow", 0)], "000"),
    ("a brief text is of the story it names", [(FERRY, 0), (MILL, 0), ("Torvik", 0)], "011"),
    ("a brief text that fits two stories stands alone", [(FERRY, 0), (MILL, 0), ("Elsewhere", 0)], "012"),
    ("a brief text is of the only story of its days", [(FERRY, 0), (MILL, 99), ("Elsewhere", 1)], "010"),
    ("a brief text of other days stands alone", [(FERRY, 0), ("Torvik", 99)], "01"),
    ("a brief text does not make one story of two", [(FERRY, 0), (MILL, 0), ("Ost Arden Torvik", 0)], "010"),
    ("three names are brief, four are not", [(FERRY, 0), ("Ost Arden Sundby", 0), ("Ost A B C", 0)], "002"),
    ("brief texts alone are one story", [("Ost", 0), ("Arden", 3)], "00"),
    ("brief texts of other days are two", [("Ost", 0), ("Arden", 99)], "01"),
]


@pytest.mark.parametrize(("texts", "expected"), [row[1:] for row in SPLIT], ids=[row[0] for row in SPLIT])
def test_texts_fall_into_stories(texts, expected):
    assert stories(*texts) == expected
