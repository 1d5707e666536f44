"""Reading web pages, PDF and Word: the article without what surrounds it, and nothing lost in silence."""

import json
import logging
import time
from datetime import UTC, datetime

import pytest

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import (
    SENTENCE,
    article,
    docx_file,
    docx_with,
    locked,
    page,
    pdf_drawn,
    pdf_file,
    rezipped,
    zip_file,
)

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
    assert extract.media_type == "text/html"
    assert not extract.plain
    assert extract.language == "en"


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
    assert extract.zone == ""
    assert extract.byline == ("Ana Brook",)


def test_years_in_the_text_are_not_taken_for_the_date_of_the_page():
    extract = read_bytes(
        article("In 2002 the river rose to 1996 centimetres above the mark of 12 May 2001.", SECOND).encode()
    )
    assert extract.published_at is None


def test_a_page_that_lies_about_its_date_is_not_believed():
    extract = read_bytes(article(SENTENCE, SECOND, head=linked(datePublished="2999-01-01T00:00:00Z")).encode())
    assert extract.published_at is None
    assert any("cannot be right" in note for note in extract.notes)


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
    assert "Velmora" in extract.text
    assert "1,204" in extract.text
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


MARKS = [  # what is written, what is read
    ("12<sup>3</sup> people", "12³ people"),
    ("1,200<sup><a href='#n1'>1</a></sup> homes", "1,200¹ homes"),
    ("1,200<a class='footnote-ref' href='#n12'>12</a> homes", "1,200¹² homes"),
    ("1,200<a role='doc-noteref' href='#n1'>1</a> homes", "1,200¹ homes"),
    ("1,200<a href='#fn:1'>1</a> homes", "1,200¹ homes"),
    ("1,200<span style='font-size:70%; vertical-align: super'>1</span> homes", "1,200¹ homes"),
    ("40<sup> 1, 2 </sup>barns", "40¹,² barns"),
    ("10<sup>6</sup> pounds", "10⁶ pounds"),
    ("10<sup>-3</sup> grams", "10⁻³ grams"),
    ("1,200 km<sup>2</sup> of forest", "1,200 km² of forest"),
    ("80 m<sup>3</sup> of water", "80 m³ of water"),
    ("6<sup>1</sup>/<sub>2</sub> metres", "6¹/₂ metres"),
    ("40 tonnes of CO<sub>2</sub> and 12<sub>3</sub> cars", "40 tonnes of CO2 and 12₃ cars"),
    ("the 1<sup>st</sup> of 12 mills", "the 1st of 12 mills"),
    ("12<sup>[3]</sup> people", "12[3] people"),
    ("12<sup>3)</sup> people", "12³⁾ people"),
    ("12<sup>3.</sup> people", "12³. people"),
    ("12<sup>3*</sup> people", "12³* people"),
    ("12<sup>3;4</sup> people", "12³;⁴ people"),
    ("12<sup>3note</sup> people", "12³ note people"),
    (
        "12<sup>3 <a>see the note below for the details</a></sup> people",
        "12³ see the note below for the details people",
    ),
    ("12<sup>1234</sup> people", "12¹²³⁴ people"),
    ("5 million<sup>3)</sup> people", "5 million³⁾ people"),
    ("12<a href='https://x.example/story#fn3'>3</a> people", "12³ people"),
    ("12<a href='/story.html#cite_note-3'>3</a> people", "12³ people"),
    ("12<a href='#sdfootnote3sym'>3</a> people", "12³ people"),
    ("12<a id='fnref3' href='#x'>3</a> people", "12³ people"),
    ("12<a class='footnote-ref' href='#x'>3)</a> people", "12³⁾ people"),
    ("12[<a href='#cite_note-3'>3</a>] people", "12[3] people"),
    ("12<span class='footnote-ref'>3</span> people", "12³ people"),
    ("12<span class='superscript'>3</span> people", "12³ people"),
    ("12<span id='cite_ref-3'>3</span> people", "12³ people"),
    ("the 12<sup>th</sup> and x<sup>n</sup>", "the 12th and xn"),
    ("<a href='/budget'>12</a> people", "12 people"),
    ("12 of <a href='/budget#notebook'>40</a> people", "12 of 40 people"),
    ("12 <span class='superb'>40</span> people", "12 40 people"),
    ("12 of <a href='/a#note-3'>40 people who slept in Ost</a>", "12 of 40 people who slept in Ost"),
]


@pytest.mark.parametrize(("written", "words"), MARKS)
def test_a_raised_digit_is_kept_apart_from_a_number(written, words):
    sentence = "The river office in Velmora counted {} on Tuesday, it said in the evening."
    paged = article(sentence.format(written), SECOND).encode()
    assert read_bytes(paged).text == f"{sentence.format(words)}\n{SECOND}"
    assert sentence.format(words) in read_bytes(paged, whole=True).text
    short = page(f"<p>{sentence.format(written)}</p>").encode()
    assert sentence.format(words) in read_bytes(short).text
    item = {"uri": "urn:x:1", "headline": "Flood", "body_html": f"<p>{sentence.format(written)}</p>"}
    assert read_bytes(json.dumps(item).encode()).text == sentence.format(words)


@pytest.mark.parametrize(
    "written", ["12<b><sup>3)</sup></b> people", "<b>12</b><i></i><!-- 9 --><sup><!-- 8 -->3)</sup> people"]
)
def test_what_stands_before_a_mark_may_be_in_another_element(written):
    item = {"uri": "urn:x:1", "headline": "Flood", "body_html": f"<p>The office counted {written}.</p>"}
    assert read_bytes(json.dumps(item).encode()).text == "The office counted 12³⁾ people."


def test_a_link_to_no_note_is_no_mark():
    text = read_bytes(article("The office counted 12<a href='#map'>3</a> people on Tuesday.", SECOND).encode()).text
    assert text.startswith("The office counted 123 people")


def test_a_page_that_has_marks_loses_no_paragraph_for_them():
    extract = read_bytes(article("At least 1,200<sup>3</sup> homes in Velmora were lost on Tuesday.", SECOND).encode())
    assert not [note for note in extract.notes if "not in the text" in note]


# PDF

RAISED = [  # how the mark is drawn
    "(At least 1,200) Tj /F1 7 Tf 5 Ts (1) Tj 0 Ts /F1 12 Tf ( homes were lost.) Tj",
    "(At least 1,200) Tj /F1 7 Tf 73.5 4 Td (1) Tj /F1 12 Tf 7.3 -4 Td (homes were lost.) Tj",
    "(At least 1,200) Tj ET BT /F1 7 Tf 1 0 0 1 123.5 704 Tm (1) Tj ET BT /F1 12 Tf 130.8 700 Td (homes were lost.) Tj",
    "/F1 1 Tf 12 0 0 12 50 700 Tm (At least 1,200) Tj 7 0 0 7 123.5 704 Tm (1) Tj"
    " 12 0 0 12 130.8 700 Tm (homes were lost.) Tj",
    "(At ) Tj q /F2 9 Tf Q (least 1,200) Tj /F1 7 Tf 1 0 0 1 123.5 704 Tm (1) Tj"
    " /F1 12 Tf 1 0 0 1 130.8 700 Tm (homes were lost.) Tj",
    "(At least 1,200) Tj /F1 7 Tf 5 Ts [(1)] TJ 0 Ts /F1 12 Tf [( homes)-20( were lost.)] TJ",
]


@pytest.mark.parametrize("drawn", RAISED)
def test_a_small_raised_digit_in_a_pdf_is_kept_apart_from_a_number(drawn):
    data = pdf_drawn(f"BT /F1 12 Tf 50 700 Td {drawn} ET")
    assert read_bytes(data).text == "At least 1,200¹ homes were lost."


PLAIN = [
    ("(Lost: 1,200) Tj /F1 7 Tf 140 4 Td (12) Tj /F1 12 Tf 20 -4 Td (Homes) Tj", "Lost: 1,200 12 Homes"),
    ("(At least 1,200) Tj /F1 7 Tf ( 1) Tj /F1 12 Tf ( homes were lost.) Tj", "At least 1,200 1 homes were lost."),
    ("(At least 1,200) Tj 5 Ts (1) Tj 0 Ts ( homes were lost.) Tj", "At least 1,2001 homes were lost."),
    ("(On the 1) Tj /F1 7 Tf 5 Ts (st) Tj 0 Ts /F1 12 Tf ( of May.) Tj", "On the 1st of May."),
    ("(Some CO) Tj /F1 7 Tf -3 Ts (2) Tj 0 Ts /F1 12 Tf ( leaked.) Tj", "Some CO2 leaked."),
    ("(Notes below.) Tj /F1 7 Tf 0 -40 Td (1) Tj ( The office) Tj", "Notes below.\n1 The office"),
]


@pytest.mark.parametrize(("drawn", "words"), PLAIN)
def test_what_is_not_both_small_and_raised_stays_as_it_is_in_a_pdf(drawn, words):
    assert read_bytes(pdf_drawn(f"BT /F1 12 Tf 50 700 Td {drawn} ET")).text == words


@pytest.mark.parametrize(
    "odd", ["(x) Ts", "[(y)] Ts Ts", "Q Q q", "/F9 7 Tf", "5 5 Tm", "/F1 Tf", "(z) 0 0 0 0 0 Tm", "(1) Tf"]
)
def test_operators_that_make_no_sense_cost_no_text_in_a_pdf(odd):
    assert "Forty homes." in read_bytes(pdf_drawn(f"BT /F1 12 Tf 50 700 Td (Forty homes.) Tj {odd} (1) Tj ET")).text


@pytest.mark.parametrize(("mark", "words"), [("3\\)", "³⁾"), ("3*", "³*"), ("[3]", "[3]"), ("1234", "¹²³⁴")])
def test_a_raised_mark_of_more_than_digits_in_a_pdf_is_kept_apart_from_a_number(mark, words):
    drawn = f"(At least 12) Tj /F1 7 Tf 5 Ts ({mark}) Tj 0 Ts /F1 12 Tf ( homes were lost.) Tj"
    assert read_bytes(pdf_drawn(f"BT /F1 12 Tf 50 700 Td {drawn} ET")).text == f"At least 12{words} homes were lost."


def test_a_power_in_a_pdf_is_a_power():
    drawn = "(Some 10) Tj /F1 7 Tf 5 Ts (6) Tj 0 Ts /F1 12 Tf ( pounds.) Tj"
    assert read_bytes(pdf_drawn(f"BT /F1 12 Tf 50 700 Td {drawn} ET")).text == "Some 10⁶ pounds."


def test_a_pdf_gives_the_text_of_its_pages():
    extract = read_bytes(pdf_file(SENTENCE, SECOND, title="Velmora floods", author="Ana Brook"), filename="flood.pdf")
    assert extract.text == f"{SENTENCE}\n\n{SECOND}"
    assert (extract.title, extract.byline, extract.media_type) == ("Velmora floods", ("Ana Brook",), "application/pdf")
    assert not extract.plain
    assert extract.notes == ()


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


def run(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    "raised",
    [
        '<w:vertAlign w:val="superscript"/>',
        '<w:position w:val="6"/><w:sz w:val="14"/>',
        '<w:rStyle w:val="Mark"/>',
        '<w:rStyle w:val="ChildOfMark"/>',
    ],
)
def test_a_raised_digit_in_a_word_document_is_kept_apart_from_a_number(raised):
    styles = (
        '<w:style w:type="character" w:styleId="Mark"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="ChildOfMark"><w:basedOn w:val="Mark"/></w:style></w:styles>'
    )
    body = (
        f"<w:p>{run('At least 1,200')}{run('1', raised)}{run(' homes and 10')}{run('6', raised)}{run(' barns')}</w:p>"
    )
    body += f"<w:p>{run('On the 1')}{run('st', raised)}{run(' of May')}</w:p>"
    data = rezipped(
        docx_with(docx_file("End."), body),
        "word/styles.xml",
        lambda xml: xml.replace(b"</w:styles>", styles.encode()),
    )
    assert read_bytes(data).text == "At least 1,200¹ homes and 10⁶ barns\nOn the 1st of May\nEnd."


@pytest.mark.parametrize(
    ("mark", "words"), [("3)", "³⁾"), ("3*", "³*"), ("[3]", "[3]"), ("1234", "¹²³⁴"), ("3 see below", "³ see below")]
)
def test_a_raised_mark_of_more_than_digits_in_a_word_document_is_kept_apart(mark, words):
    raised = '<w:vertAlign w:val="superscript"/>'
    body = f"<w:p>{run('At least 12')}{run('')}{run(mark, raised)}{run(' homes')}</w:p>"
    assert read_bytes(docx_with(docx_file("End."), body)).text == f"At least 12{words} homes\nEnd."


def test_lowered_digits_and_upright_runs_in_a_word_document():
    lowered = '<w:vertAlign w:val="subscript"/>'
    upright = '<w:rStyle w:val="No"/><w:vertAlign w:val="baseline"/><w:position w:val="0"/>'
    body = (
        f"<w:p>{run('CO')}{run('2', lowered)}{run(' and 12')}{run('3', lowered)}{run(' of 4')}{run('5', upright)}</w:p>"
    )
    assert read_bytes(docx_with(docx_file("End."), body)).text == "CO2 and 12₃ of 45\nEnd."


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
