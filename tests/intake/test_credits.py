"""Titles and bylines: one cleaning for every door, so that the same words come out the same."""

import json

import pytest

from factcheck.intake.readers import read_bytes
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.feed import read_feed
from tests.intake.made import SENTENCE, article, docx_file

BYLINES = [
    ("By Ana Brook, Chief Reporter", ("Ana Brook",)),
    ("by ANA BROOK and Jon Vale", ("ANA BROOK", "Jon Vale")),
    ("Ana Brook, Jon Vale and Mia Sund", ("Ana Brook", "Jon Vale", "Mia Sund")),
    ("Ana Brook & Jon Vale", ("Ana Brook", "Jon Vale")),
    ("By Ana Brook in Velmora", ("Ana Brook",)),
    ("By Ana Brook, Velmora correspondent, and Jon Vale, Political Editor", ("Ana Brook", "Jon Vale")),
    ("By Ana Brook for the Delta Post", ("Ana Brook",)),
    ("By Ana Brook | Delta Post", ("Ana Brook",)),
    ("Written by Ana Brook", ("Ana Brook",)),
    ("By: Ana Brook", ("Ana Brook",)),
    ("Martin Vale, Jr.", ("Martin Vale, Jr.",)),
    ("Ana Brook (ana.brook@post.example)", ("Ana Brook",)),
    ("ana.brook@post.example (Ana Brook)", ("Ana Brook",)),
    ("Ana O&amp;#39;Brook", ("Ana O'Brook",)),
    ("Staff reporters", ("Staff reporters",)),
    ("Byron Vale", ("Byron Vale",)),
    ("", ()),
]


@pytest.mark.parametrize(("line", "people"), BYLINES)
def test_a_byline_gives_its_names(line, people):
    assert names(line) == people


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ("A &amp;amp; B", "A & B"),
        ("A &amp; B", "A & B"),
        ("A & B", "A & B"),
        ("The &quot;flood&quot; of &#8220;Velmora&#8221;", 'The "flood" of “Velmora”'),
        ("Caf&amp;eacute; owners count 12", "Café owners count 12"),
        ("R&D;", "R&D;"),
        ("two\n lines", "two lines"),
    ],
)
def test_a_title_is_unescaped_however_often_it_was_escaped(found, title):
    assert title_of(found) == title


def linked(**node):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **node})}</script>'


def test_a_page_s_own_data_is_cleaned_as_a_title_and_a_byline():
    head = linked(headline="A &amp;amp; B", author="By Ana Brook, Chief Reporter")
    extract = read_bytes(article(SENTENCE, SENTENCE, head=head).encode())
    assert (extract.title, extract.byline) == ("A & B", ("Ana Brook",))


def test_an_author_s_job_in_a_list_of_people_is_no_name():
    head = linked(author=[{"name": "Ana Brook, Chief Reporter"}, {"name": "By Jon Vale"}])
    assert read_bytes(article(SENTENCE, SENTENCE, head=head).encode()).byline == ("Ana Brook", "Jon Vale")


def test_a_news_item_and_a_word_document_are_cleaned_alike():
    item = {"uri": "u", "headline": "A &amp;amp; B", "byline": "By Ana Brook, Chief Reporter", "body_text": SENTENCE}
    extract = read_bytes(json.dumps(item).encode())
    assert (extract.title, extract.byline) == ("A & B", ("Ana Brook",))
    extract = read_bytes(docx_file(SENTENCE, title="A &amp; B", author="Ana Brook, Chief Reporter"))
    assert (extract.title, extract.byline) == ("A & B", ("Ana Brook",))


def test_a_feed_s_title_is_unescaped():
    data = "<rss version='2.0'><channel><title>P</title><item><title>A &amp;amp;amp; B</title></item></channel></rss>"
    assert read_feed(data.encode()).entries[0].title == "A & B"


def test_both_authors_of_an_atom_entry_are_kept():
    people = "<author><name>Ada Brell</name></author><author><name>By Jon Vale, Editor</name></author>"
    data = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><entry><id>x</id><title>t</title>{people}</entry></feed>'
    assert read_feed(data.encode()).entries[0].byline == "Ada Brell, Jon Vale"


def test_two_creators_and_a_mail_address_of_an_rss_item_are_names():
    body = "<title>t</title><dc:creator>Ada Brell</dc:creator><dc:creator>Jon Vale</dc:creator>"
    data = (
        f"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item>{body}</item></channel></rss>"
    )
    assert read_feed(data.encode()).entries[0].byline == "Ada Brell, Jon Vale"
    body = "<title>t</title><author>ada@post.example (Ada Brell)</author>"
    data = f"<rss version='2.0'><channel><item>{body}</item></channel></rss>"
    assert read_feed(data.encode()).entries[0].byline == "Ada Brell"
