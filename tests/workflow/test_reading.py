"""A text is read on the clock of its own dateline, also where only the text says which that is."""

from factcheck.intake.readers import read_bytes
from factcheck.models import Document
from factcheck.workflow.reading import read_text

TEXT = (
    "Title: The count\nPublished: 2025-03-04T18:00:00+02:00\nZone: Europe/Kyiv\n\n"
    "The mayor of Larkmoor said that 74 houses were lost as of Tuesday."
)


def test_a_day_is_a_day_on_the_clock_that_the_text_names():
    extract = read_bytes(TEXT.encode(), filename="count.md", media_type="text/markdown")
    figure = read_text(Document(zone="UTC"), extract).figures[0]
    assert figure.as_of.start.isoformat() == "2025-03-04T00:00:00+02:00"


def test_the_zone_a_person_named_goes_before_the_one_in_the_text():
    extract = read_bytes(TEXT.encode(), filename="count.md", media_type="text/markdown")
    figure = read_text(Document(zone="Europe/Oslo"), extract).figures[0]
    assert figure.as_of.start.isoformat() == "2025-03-04T00:00:00+01:00"
