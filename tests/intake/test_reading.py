"""Reading plain text, Markdown and ninjs; and what is refused, each with a reason an editor understands."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factcheck.intake.extracts import MAX_BYTES, Extract
from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE, article, docx_file, odt_file, pdf_file, xlsx_file, zip_file


def refusal(data, **said):
    with pytest.raises(Unreadable) as unreadable:
        read_bytes(data, **said)
    assert unreadable.value.message == str(unreadable.value)
    return unreadable.value.code


# Plain text and its encodings


def test_pasted_text_is_stored_as_it_is_and_needs_no_confirmation():
    extract = read_bytes(SENTENCE.encode())
    assert extract == Extract(text=SENTENCE, media_type="text/plain", plain=True)


RUSSIAN = "Река Вельмора вышла из берегов, затоплено 1204 дома, сообщили власти."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_whatever_its_form(encoding):
    extract = read_bytes(RUSSIAN.encode(encoding))
    assert extract.text == RUSSIAN
    assert extract.plain


@pytest.mark.parametrize(
    ("encoding", "declared"), [("cp1251", "windows-1251"), ("koi8-r", "KOI8-R"), ("utf-16-le", "utf-16-le")]
)
def test_a_declared_encoding_is_used(encoding, declared):
    assert read_bytes(RUSSIAN.encode(encoding), charset=declared).text == RUSSIAN


def test_an_undeclared_encoding_is_guessed_and_the_guess_is_said():
    extract = read_bytes(RUSSIAN.encode("cp1251"))
    assert extract.text == RUSSIAN
    assert not extract.plain
    assert "windows-1251" in extract.notes[0]


def test_a_wrong_declaration_does_not_make_mojibake():
    assert read_bytes(RUSSIAN.encode("cp1251"), charset="iso-8859-1").text == RUSSIAN
    assert read_bytes(RUSSIAN.encode(), charset="windows-1251").text == RUSSIAN
    assert read_bytes(RUSSIAN.encode(), charset="no such thing").text == RUSSIAN


def test_codecs_that_are_no_charsets_are_never_used():
    for name in ("base64", "zlib", "idna", "unicode_escape", "utf-7", "\x00", "rot13"):
        assert read_bytes(b"+ADw-b+AD4-  \\u0041 YWJj", charset=name).text == "+ADw-b+AD4-  \\u0041 YWJj"


def test_a_few_broken_bytes_are_shown_and_said():
    extract = read_bytes(RUSSIAN.encode() + b" \xff \xed\xa0\x80")
    assert extract.text.startswith(RUSSIAN + " \ufffd")
    assert not extract.plain
    assert "broken" in extract.notes[0]


def test_what_cannot_be_decoded_is_refused():
    assert refusal(bytes(range(128, 256)) * 3) in ("encoding", "binary")
    assert refusal(b"\xff\xfe" + b"\x00\xd8" * 50) == "encoding"


def test_zero_bytes_are_removed_and_said():
    extract = read_bytes(b"The toll rose\x00 to 12 on Tuesday, officials in Velmora said.")
    assert extract.text == "The toll rose to 12 on Tuesday, officials in Velmora said."
    assert extract.notes == ("1 control character was removed.",)


def test_direction_marks_stay_and_are_said():
    extract = read_bytes("Ваш \u202eответ\u202c".encode())
    assert "\u202e" in extract.text
    assert "right-to-left" in extract.notes[0]


# Size and kind


@pytest.mark.parametrize("data", [b"", b" \n\t \r\n", "\ufeff".encode(), b"\x00"])
def test_nothing_is_called_empty(data):
    assert refusal(data) == "empty"


def test_ten_megabytes_are_accepted_and_one_byte_more_is_not():
    data = b"The river rose. " * (MAX_BYTES // 16)
    assert len(data) == MAX_BYTES
    assert len(read_bytes(data).text) == MAX_BYTES
    assert refusal(data + b".") == "too_large"


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + bytes(40)


@pytest.mark.parametrize("data", [PNG, b"\x7fELF" + bytes(60), bytes(1000), b"MZ" + bytes(range(32)) * 4])
def test_a_picture_or_program_is_not_a_text(data):
    assert refusal(data) == "binary"
    assert refusal(data, filename="story.txt") == "binary"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (zip_file(a=b"x"), "wrong_type"),
        (zip_file(**{"xl/workbook.xml": b"x", "[Content_Types].xml": b""}), "malformed"),
        (b"PK\x03\x04 is how it begins", "malformed"),
        (b'<?xml version="1.0"?><rss><channel/></rss>', "wrong_type"),
        (b"<svg xmlns='x'><text>12</text></svg>", "wrong_type"),
    ],
)
def test_other_formats_are_named_and_refused(data, code):
    assert refusal(data) == code


PAGE = article(SENTENCE).encode()


@pytest.mark.parametrize(
    ("filename", "data"),
    [
        ("story.docx", pdf_file(SENTENCE)),
        ("story.txt", pdf_file(SENTENCE)),
        ("story.pdf", docx_file(SENTENCE)),
        ("story.pdf", SENTENCE.encode()),
        ("story.txt", PAGE),
        ("story.md", PAGE),
        ("story.html", SENTENCE.encode()),
        ("STORY.PDF ", SENTENCE.encode()),
        ("story.pdf\x00.txt", PAGE),
        ("story.pdf.exe", SENTENCE.encode()),
        ("picture.png", SENTENCE.encode()),
    ],
)
def test_an_upload_that_is_not_what_its_name_says_is_refused(filename, data):
    assert refusal(data, filename=filename) == "wrong_type"


def test_the_message_names_the_file_without_tricks():
    with pytest.raises(Unreadable) as unreadable:
        read_bytes(SENTENCE.encode(), filename="../secret/a\u202efdp\r\n.docx")
    assert unreadable.value.message.startswith("The file is named afdp.docx but is plain text.")


@pytest.mark.parametrize("filename", ["", ".", "..", "CON", "-rf", "../../etc/hosts", "note", "story.v2", "a\x00.txt"])
def test_a_name_that_says_nothing_is_no_obstacle(filename):
    assert read_bytes(SENTENCE.encode(), filename=filename).text == SENTENCE


def test_a_server_that_lies_about_the_type_is_believed_less_than_the_bytes():
    extract = read_bytes(pdf_file(SENTENCE), media_type="text/html; charset=utf-8")
    assert extract.media_type == "application/pdf"
    assert any("text/html" in note and "a PDF" in note for note in extract.notes)


# Markdown


STORY = """Title: Velmora floods
Published: 2025-03-04T07:30
Zone: Europe/Kyiv
Author: Ana Brook and Jon Vale
Publisher: The Delta Post
URL: https://post.example/flood

# Velmora floods

The river *rose*.
"""


def test_markdown_gives_its_metadata_and_keeps_its_body():
    extract = read_bytes(STORY.encode(), filename="flood.md")
    assert extract.title == "Velmora floods"
    assert extract.published_at == datetime(2025, 3, 4, 5, 30, tzinfo=UTC)
    assert (extract.published_text, extract.published_precision) == ("2025-03-04T07:30", "minute")
    assert extract.zone == "Europe/Kyiv"
    assert extract.byline == ("Ana Brook", "Jon Vale")
    assert (extract.publisher, extract.canonical_url) == ("The Delta Post", "https://post.example/flood")
    assert extract.text == "# Velmora floods\n\nThe river *rose*.\n"
    assert extract.plain
    assert extract.notes == ()


def test_a_story_that_only_looks_like_metadata_loses_nothing():
    text = "Velmora: the river rose by 3 metres.\n\nMore follows."
    assert read_bytes(text.encode(), media_type="text/markdown").text == text


def test_a_block_that_never_ends_is_text():
    text = "Title: one\nand no blank line"
    assert read_bytes(text.encode(), filename="a.md").text == text


def test_a_heading_is_the_title_where_no_other_is_given():
    assert read_bytes(b"# The river rose #\n\nText.", filename="a.md").title == "The river rose"


@pytest.mark.parametrize(
    "found", ["9999-12-31", "2999-01-01T00:00Z", "0001-01-01T00:00+14:00", "1066-10-14", "soon", "31.02.2025"]
)
def test_an_absurd_date_is_left_out_and_said(found):
    extract = read_bytes(f"Title: x\nPublished: {found}\n\nText.".encode(), filename="a.md")
    assert extract.published_at is None
    assert extract.published_text == found
    assert len(extract.notes) == 1
    assert "left out" in extract.notes[0]


def test_a_day_is_noon_and_said():
    extract = read_bytes(b"Title: x\nPublished: 2025-03-04\nZone: +05:00\n\nText.", filename="a.md")
    assert extract.published_at == datetime(2025, 3, 4, 7, tzinfo=UTC)
    assert extract.published_precision == "day"
    assert extract.zone == "+05:00"
    assert extract.notes


def test_an_unknown_zone_is_said():
    extract = read_bytes(b"Title: x\nPublished: 2025-03-04T10:00\nZone: Mars/Base\n\nText.", filename="a.md")
    assert extract.zone == ""
    assert "Mars/Base" in extract.notes[0]
    assert "UTC is assumed" in extract.notes[1]


# ninjs


def ninjs(**item):
    return json.dumps({"uri": "urn:item:1", "headline": "Velmora floods", **item}).encode()


def test_a_ninjs_item_is_read():
    extract = read_bytes(
        ninjs(
            body_text=SENTENCE,
            byline="By Ana Brook",
            versioncreated="2025-03-04T07:30:00+02:00",
            language="en",
            located="Velmora",
            embargoed="2025-03-05T00:00:00Z",
            pubstatus="withheld",
        ),
        media_type="application/json",
    )
    assert (extract.text, extract.title, extract.byline) == (SENTENCE, "Velmora floods", ("Ana Brook",))
    assert extract.published_at == datetime(2025, 3, 4, 5, 30, tzinfo=UTC)
    assert extract.zone == "+02:00"
    assert (extract.language, extract.located, extract.source_id) == ("en", "Velmora", "urn:item:1")
    assert extract.embargo_until == datetime(2025, 3, 5, tzinfo=UTC)
    assert extract.plain
    assert "withheld" in extract.notes[0]


def test_a_newer_ninjs_item_with_several_bodies_is_read():
    bodies = [{"role": "main", "contentType": "text/html", "value": "<p>One.</p><p>Two <b>12</b>.</p>"}]
    item = {"headlines": [{"value": "Floods"}], "bodies": bodies, "versionCreated": "2025-03-04T07:30:00Z"}
    extract = read_bytes(json.dumps(item).encode())
    assert (extract.text, extract.title, extract.zone) == ("One.\nTwo 12.", "Floods", "")
    assert not extract.plain


@pytest.mark.parametrize("item", [{}, {"body_text": "  "}, {"body_text": 12}, {"bodies": ["x", {"value": None}]}])
def test_an_item_without_a_body_is_refused(item):
    assert refusal(ninjs(**item), filename="item.json") == "no_text"


@pytest.mark.parametrize(
    "text", ["{", "[1]", "12", '{"a": 1}', '{"uri": ' + "[" * 100_000, "{} {}", "Dear desk", "null"]
)
def test_json_that_is_no_item_is_refused(text):
    assert refusal(text.encode(), filename="item.json") == "malformed"


def test_surrogates_in_json_do_not_reach_the_text():
    extract = read_bytes(b'{"uri": "u", "headline": "a\\ud800", "body_text": "b\\udfffc \\ud83d\\udc69 \\u0000"}')
    assert (extract.title, extract.text) == ("a\ufffd", "b\ufffdc \U0001f469 ")


@pytest.mark.parametrize("days", [20, 40, 360])
def test_an_embargo_is_no_date_of_publication(days):
    until = (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)
    extract = read_bytes(ninjs(body_text=SENTENCE, embargoed=until.isoformat()))
    assert (extract.embargo_until, extract.notes) == (until, ())


def test_an_embargo_of_years_is_put_before_a_person():
    extract = read_bytes(ninjs(body_text=SENTENCE, embargoed="2999-01-01T00:00:00Z"))
    assert extract.embargo_until is None
    assert "embargo" in extract.notes[0]


# Anything at all


NAMES = st.sampled_from(
    ["", "a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a.json", "a.eml", "a.csv", "a.rtf", "a.xml", "a.odt"]
)
TYPES = st.sampled_from(["", "text/html", "text/plain", "application/json", "text/markdown", "application/pdf"])
MAILED = b"From: a@x.example\nTo: b@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
RTF = b"{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset204 x;}}killed {\\strike 12}{\\super 3} \\u8211?15\\par\\cell}"
NEW_STARTS = [b"{\\rtf1\\ansi ", MAILED, b"<nitf><body>", b"<newsItem><contentSet>", b"From x\nDate: ", b'a,b\n"']
STARTS = [
    *NEW_STARTS,
    b"",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"<html>",
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"Title: x\n\n",
    b"<?xml ",
]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(STARTS), st.binary(max_size=300), NAMES, TYPES, st.text(max_size=12))
@example(b"", b"<p>" + b"\x0c" * 20, "a.html", "", "")
def test_any_bytes_are_read_or_refused(start, rest, filename, media_type, charset):
    try:
        extract = read_bytes(start + rest, filename=filename, media_type=media_type, charset=charset)
    except Unreadable as unreadable:
        assert unreadable.code in (
            ["empty", "binary", "wrong_type", "encrypted", "no_text", "encoding", "malformed", "bomb", "too_large"]
        )
        return
    assert extract.text.strip()
    assert Extract.from_json(json.loads(json.dumps(extract.as_json()))) == extract


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(
        [pdf_file(SENTENCE), docx_file(SENTENCE), PAGE, odt_file(SENTENCE), xlsx_file(SENTENCE), RTF, MAILED]
    ),
    st.data(),
)
def test_a_damaged_document_is_read_or_refused(document, data):
    damaged = bytearray(document)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_bytes(bytes(damaged)).text.strip()
    except Unreadable:
        pass
