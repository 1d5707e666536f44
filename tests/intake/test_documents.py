"""Reading web pages, PDF and Word: the article without what surrounds it, and nothing lost in silence."""

import json
import logging
import time
from datetime import UTC, datetime

import pytest

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE, article, docx_file, docx_with, locked, page, pdf_file, rezipped, zip_file

SECOND = "Thirty-seven bridges were closed between Velmora and Ardun, the district council added."


def refusal(data, **said):
    with pytest.raises(Unreadable) as unreadable:
        read_bytes(data, **said)
    return unreadable.value.code


def linked(**node):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **node})}</script>'


# Web pages


def test_a_page_gives_its_article_without_menu_and_comments():
    extract = read_bytes(article(SENTENCE, SECOND).encode(), url="https://post.example/flood")
    assert extract.text == f"{SENTENCE}\n{SECOND}"
    assert extract.media_type == "text/html" and not extract.plain and extract.language == "en"


def test_a_page_says_when_and_by_whom_it_was_published():
    head = linked(
        headline="Velmora floods",
        datePublished="2025-03-04T07:30:00+03:00",
        author=[{"@type": "Person", "name": "Ana Brook"}, {"name": "Jon Vale"}],
        publisher={"name": "Delta Post Ltd"},
    )
    head += '<meta property="og:site_name" content="The Delta Post"><link rel="canonical" href="/flood">'
    extract = read_bytes(article(SENTENCE, SECOND, head=head).encode(), url="https://post.example/x?utm=1")
    assert (extract.title, extract.byline) == ("Velmora floods", ("Ana Brook", "Jon Vale"))
    assert extract.published_at == datetime(2025, 3, 4, 4, 30, tzinfo=UTC)
    assert (extract.zone, extract.published_text) == ("+03:00", "2025-03-04T07:30:00+03:00")
    assert (extract.site_name, extract.publisher) == ("The Delta Post", "Delta Post Ltd")
    assert extract.canonical_url == "https://post.example/flood"


def test_a_time_in_a_meta_tag_is_found():
    head = '<meta property="article:published_time" content="2025-03-04T07:30:00Z">'
    head += '<meta name="author" content="Ana Brook">'
    extract = read_bytes(article(SENTENCE, SECOND, head=head).encode())
    assert extract.published_at == datetime(2025, 3, 4, 7, 30, tzinfo=UTC)
    assert extract.zone == "" and extract.byline == ("Ana Brook",)


def test_years_in_the_text_are_not_taken_for_the_date_of_the_page():
    extract = read_bytes(
        article("In 2002 the river rose to 1996 centimetres above the mark of 12 May 2001.", SECOND).encode()
    )
    assert extract.published_at is None


def test_a_page_that_lies_about_its_date_is_not_believed():
    extract = read_bytes(article(SENTENCE, SECOND, head=linked(datePublished="2999-01-01T00:00:00Z")).encode())
    assert extract.published_at is None and any("cannot be right" in note for note in extract.notes)


@pytest.mark.parametrize(
    "json_ld", ["{", "[" * 50_000, '{"@type": 12}', "[]", '{"@type":"Article","author":[[1],null,{"name":[2]}]}']
)
def test_damaged_metadata_does_not_cost_the_text(json_ld):
    head = f'<script type="application/ld+json">{json_ld}</script><meta name="date" content="][">'
    assert read_bytes(article(SENTENCE, SECOND, head=head).encode()).text == f"{SENTENCE}\n{SECOND}"


def test_a_page_in_windows_1251_comes_right():
    text = "Река Вельмора вышла из берегов, затоплено 1204 дома, сообщили власти города."
    marked = article(text, text[:-1] + " вчера.", head='<meta charset="windows-1251">')
    for data, said in ((marked.encode("cp1251"), {}), (marked.encode("cp1251"), {"charset": "windows-1251"})):
        assert text in read_bytes(data, **said).text
    unmarked = article(text, text[:-1] + " вчера.")
    assert text in read_bytes(unmarked.encode("cp1251")).text
    assert text in read_bytes(unmarked.encode("cp1251"), charset="iso-8859-1").text


@pytest.mark.parametrize("pump", ["a", " ", "a.", "x@", "(", "by ", "\t"])
def test_a_very_long_author_does_not_hold_up_the_reading(pump):
    began = time.monotonic()
    head = f'<meta name="author" content="{pump * 30_000}!"><title>{pump * 30_000}</title>'
    read_bytes(article(SENTENCE, SECOND, head=head).encode())
    assert time.monotonic() - began < 5


def test_a_script_in_a_title_is_only_characters():
    head = "<title>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; floods</title>"
    assert read_bytes(article(SENTENCE, SECOND, head=head).encode()).title.startswith("</script><script>alert(1)")


def test_a_short_page_is_read_without_its_script():
    extract = read_bytes(
        b"<p>The figure is <b>42</b></p><script>var x = 1</script><!-- no --> today", media_type="text/html"
    )
    assert extract.text == "The figure is 42\ntoday"


def test_a_page_without_an_article_is_shown_whole_and_said_so():
    extract = read_bytes(b"<table><tr><td>Velmora<td>1,204</table>", media_type="text/html")
    assert "Velmora" in extract.text and "1,204" in extract.text
    assert "all of the page's text" in extract.notes[0]


def test_a_page_without_text_is_refused():
    assert refusal(page("<div id=app></div><script>draw('1,204 homes')</script>").encode()) == "no_text"


def test_a_hundred_thousand_nested_tags_end_in_a_clear_message():
    assert refusal(page("<div>" * 100_000 + SENTENCE + "</div>" * 100_000).encode()) == "malformed"
    assert refusal(page("<b>" * 100_000 + SENTENCE).encode()) == "malformed"


def test_a_few_hundred_nested_tags_are_read():
    assert SENTENCE in read_bytes(page("<div>" * 400 + f"<p>{SENTENCE}</p>" + "</div>" * 400).encode()).text


@pytest.mark.parametrize("flood", [b"<", b"<a ", b"<!--", b"<p>", b"<script>", b"&amp;", b"<a<b", b'<a b="'])
def test_a_megabyte_of_markup_debris_is_read_or_refused(flood):
    data = (b"<html>" + flood * (1_000_000 // len(flood)))[:1_000_000]
    try:
        assert read_bytes(data).text.strip()
    except Unreadable as unreadable:
        assert unreadable.code in ("no_text", "malformed", "too_large", "empty")


# PDF


def test_a_pdf_gives_the_text_of_its_pages():
    extract = read_bytes(pdf_file(SENTENCE, SECOND, title="Velmora floods", author="Ana Brook"), filename="flood.pdf")
    assert extract.text == f"{SENTENCE}\n\n{SECOND}"
    assert (extract.title, extract.byline, extract.media_type) == ("Velmora floods", ("Ana Brook",), "application/pdf")
    assert not extract.plain and extract.notes == ()


def test_pages_without_text_are_counted_aloud():
    extract = read_bytes(pdf_file(SENTENCE, "", SECOND, ""))
    assert extract.notes == ("2 of 4 pages had no text; they may be pictures.",)


def test_a_scan_is_refused():
    assert refusal(pdf_file("", "")) == "no_text"


def test_a_locked_pdf_is_refused_and_one_open_for_reading_is_read():
    assert refusal(locked(pdf_file(SENTENCE), "secret")) == "encrypted"
    assert read_bytes(locked(pdf_file(SENTENCE), "")).text == SENTENCE


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7 nothing more", pdf_file(SENTENCE)[:120]])
def test_a_damaged_pdf_is_refused(data, caplog):
    with caplog.at_level(logging.ERROR):
        assert refusal(data) in ("malformed", "no_text")
    assert not caplog.records


# Word


def test_a_word_document_gives_its_paragraphs():
    extract = read_bytes(docx_file(SENTENCE, SECOND, title="Velmora floods", author="Ana Brook"), filename="flood.docx")
    assert extract.text == f"{SENTENCE}\n{SECOND}"
    assert (extract.title, extract.byline) == ("Velmora floods", ("Ana Brook",))
    assert not extract.plain


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_tracked_insertions_stay_and_deletions_go():
    inner = (
        "<w:p><w:r><w:t xml:space='preserve'>The toll is </w:t></w:r>"
        "<w:del w:id='1' w:author='x'><w:r><w:delText>11</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='x'><w:r><w:t>12</w:t></w:r></w:ins></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a</w:t><w:tab/><w:t>field</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    extract = read_bytes(docx_with(docx_file(SECOND), inner))
    assert extract.text == f"The toll is 12\nIn a\tfield\n{SECOND}"
    assert "tracked changes" in extract.notes[0]


def test_a_table_row_is_a_line():
    inner = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Velmora</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>1,204</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert read_bytes(docx_with(docx_file(SECOND), inner)).text == f"Velmora\t1,204\n{SECOND}"


def test_an_empty_word_document_is_refused():
    assert refusal(docx_file("", " ")) == "no_text"


def test_a_zip_bomb_in_a_word_document_is_refused_unopened():
    good = docx_file(SENTENCE)
    assert refusal(rezipped(good, "word/document.xml", lambda xml: xml + b" " * 40_000_000)) == "bomb"
    many = {f"word/media/{number}": b"" for number in range(3100)}
    assert refusal(zip_file(**{"[Content_Types].xml": b"", "word/document.xml": b"", **many})) == "bomb"


def test_entities_that_multiply_are_not_unfolded():
    laughs = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]>'
    laughing = rezipped(
        docx_file(SENTENCE), "word/document.xml", lambda xml: laughs + xml.split(b"?>", 1)[1].replace(b"river", b"&c;")
    )
    try:
        assert len(read_bytes(laughing).text) < 200
    except Unreadable as unreadable:
        assert unreadable.code == "malformed"


def test_a_word_document_without_its_parts_is_refused():
    assert refusal(zip_file(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})) == "malformed"
    assert refusal(docx_file(SENTENCE)[:-200]) == "malformed"
