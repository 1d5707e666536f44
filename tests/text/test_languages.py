"""A text is read in its own language; figures of two languages that count one thing meet."""

from datetime import datetime

import pytest

from factcheck.text import compare, observation_of, read
from factcheck.text.matching import TopicStats, group, profiles

PUBLISHED = datetime(2031, 5, 14)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bei dem Brand wurden nach Angaben der Polizei 12 Menschen verletzt, die Schule ist nicht mehr da.", "de"),
        ("Selon la police, 12 personnes ont été blessées dans un incendie qui a détruit les deux écoles.", "fr"),
        ("Według policji w pożarze zginęło 12 osób, a do szpitala trafiło jeszcze 40 oraz ich rodziny.", "pl"),
        ("По данным полиции, погибли 12 человек, ещё сорок были ранены.", "ru"),
        ("警方表示，已有12人遇难，另有40人受伤。", ""),
    ],
)
def test_a_text_in_another_language_has_sentences_and_no_figures(text, language):
    reading = read(text, published_at=PUBLISHED)
    assert (reading.language, reading.figures, reading.claims) == (language, (), ())
    assert reading.sentences


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("Two people died.", "", "en"),
        ("Two people died.", "en-GB", "en"),
        ("Two people died.", "de", "de"),
        ("Загинуло двоє людей.", "en", "uk"),
        ("Toll 12", "", "en"),
        ("", "", "en"),
        ("12 34", "uk", "uk"),
    ],
)
def test_what_the_document_says_decides_unless_its_letters_contradict(text, said, language):
    assert read(text, published_at=PUBLISHED, language=said).language == language


def test_a_ministry_in_ukrainian_and_an_agency_in_english_meet_in_one_measure():
    ministry = (
        "Внаслідок обстрілу Харкова загинули 23 людини, ще 40 поранено, повідомило Міністерство внутрішніх справ."
    )
    agency = "Shelling of Kharkiv killed 19 people and injured 40, police said."
    figures = []
    for name, text in (("ministry", ministry), ("agency", agency)):
        figures += profiles(name, text, read(text, published_at=PUBLISHED))
    topic = TopicStats()
    topic.add(figures)
    labels = group(figures, topic)
    killed, injured, killed_there, injured_there = labels
    assert killed == killed_there
    assert injured == injured_there
    assert killed != injured


def test_two_languages_are_compared_like_one():
    first = read("Загинули 23 людини.", published_at=PUBLISHED).figures[0]
    second = read("At least 19 people were killed.", published_at=PUBLISHED).figures[0]
    assert first.measure.key == second.measure.key
    assert compare(observation_of(first), observation_of(second)).relation == "conflict"
