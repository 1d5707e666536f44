"""OpenDocument texts, rich text, tables; and other files of offices, each named with what to do."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE, pdf_file, zip_file

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = (
    " ".join(
        f'xmlns:{prefix}="{OFFICE}{name}:1.0"'
        for prefix, name in [
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
            ("meta", "meta"),
        ]
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
STYLES = (
    '<style:style style:name="S" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="U" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
)


def odt(body, styles=STYLES, footer="", **parts):
    content = f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    meta = f"<office:document-meta {SPACES}><office:meta><dc:title>Floods</dc:title><dc:creator>Ana Brook</dc:creator></office:meta></office:document-meta>"
    master = f"<office:document-styles {SPACES}><office:master-styles><style:master-page><style:footer>{footer}</style:footer></style:master-page></office:master-styles></office:document-styles>"
    files = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": content,
        "meta.xml": meta,
        "styles.xml": master,
        **parts,
    }
    return zip_file(**{name: text.encode() for name, text in files.items()})


def refused(data, **said):
    with pytest.raises(Unreadable) as unreadable:
        read_bytes(data, **said)
    return unreadable.value


def test_an_opendocument_text_is_read():
    extract = read_bytes(odt(f"<text:h>Floods</text:h><text:p>{SENTENCE}</text:p>"), filename="flood.odt")
    assert extract.text == f"Floods\n{SENTENCE}"
    assert (extract.title, extract.byline, extract.plain) == ("Floods", ("Ana Brook",), False)


@pytest.mark.parametrize(
    ("body", "words", "said"),
    [
        ('killed <text:span text:style-name="S">12 </text:span>15', "killed 15", "truck"),
        ('killed <text:span text:style-name="H">12 </text:span>15', "killed 15", "hid"),
        ('killed 12<text:span text:style-name="U">3</text:span> people', "killed 12³ people", ""),
        ("a<text:tab/>b<text:s text:c='3'/>c<text:line-break/>d", "a\tb   c\nd", ""),
        (
            "12<text:note><text:note-citation>3</text:note-citation><text:note-body><text:p>99</text:p></text:note-body></text:note> people",
            "12³ people",
            "footnotes",
        ),
        ("12<office:annotation><text:p>99</text:p></office:annotation> people", "12 people", "comments"),
    ],
)
def test_what_is_deleted_hidden_raised_or_beside_the_text(body, words, said):
    extract = read_bytes(odt(f"<text:p>{body}</text:p>"))
    assert extract.text == words
    assert any(said in note for note in extract.notes) or not said


def test_what_was_deleted_under_change_tracking_is_deleted():
    changes = "<text:tracked-changes><text:changed-region><text:deletion><text:p>99</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    extract = read_bytes(odt(f"{changes}<text:p>killed <text:change/>15</text:p>"))
    assert extract.text == "killed 15"
    assert any("tracked changes" in note for note in extract.notes)


def test_lists_tables_boxes_and_footers_of_an_opendocument_text():
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    inner = f"<table:table><table:table-row>{cell.format('Inner 7')}</table:table-row></table:table>"
    table = f"<table:table><table:table-row>{cell.format('Velmora')}<table:table-cell><text:p>12</text:p>{inner}</table:table-cell></table:table-row></table:table>"
    box = "<text:p>Killed 1<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame>2</text:p>"
    body = f"<text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>{table}{box}"
    extract = read_bytes(odt(body, footer="<text:p>Draft of Monday</text:p>"))
    assert extract.text == "One\nVelmora\t12\nInner 7\nKilled 12\nIn a box"
    assert any("footer" in note and "Draft of Monday" in note for note in extract.notes)


@pytest.mark.parametrize("content", ["<office:document-content", '<!DOCTYPE x [<!ENTITY a "9">]><x>&a;</x>', "<x/>"])
def test_a_damaged_opendocument_text_is_refused(content):
    assert refused(odt("", **{"content.xml": content})).code in ("malformed", "no_text")


def test_a_locked_opendocument_text_is_refused():
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    assert refused(odt("<text:p>x</text:p>", **{"META-INF/manifest.xml": manifest})).code == "encrypted"


RTF = [
    (r"The river rose to 1,204.\par Forty homes.", "The river rose to 1,204.\nForty homes."),
    (r"killed {\strike 12 }15 people", "killed 15 people"),
    (r"killed {\deleted 12 }15 people", "killed 15 people"),
    (r"killed {\v 12 }15 people", "killed 15 people"),
    (r"killed \strike 12 \strike0 15 people", "killed 15 people"),
    (r"12{\super 3} people", "12³ people"),
    (r"12\super 3\nosupersub  people", "12³ people"),
    (r"\'c4lvdal \u8211?15\u8217\'92s", "Älvdal –15’s"),
    (r"{\fonttbl{\f0 Arial;}}{\info{\title x 99}}{\*\generator y 99}{\header 99}ok 15", "ok 15"),
    (r"{\field{\*\fldinst HYPERLINK 99}{\fldrslt here 15}}", "here 15"),
    (r"a\tab b\line c\emdash d\rquote s\~e\_f\-g\{h\}\\", "a\tb\nc—d’s\u00a0e\u2011fgh".replace("fgh", "fg{h}\\")),
    (r"\trowd\cellx1\intbl Velmora\cell 12\cell\row After", "Velmora\t12\nAfter"),
    (r"12{\footnote 99 dead} people", "12 people"),
    ("one\r\ntwo", "onetwo"),
    (r"{\f0\fcharset204 \'cc\'e8\'f0}", "Ìèð"),
    (r"{\pict\pngblip 89504e}15", "15"),
    (r"\bin5 ab}d{15", "15"),
]


@pytest.mark.parametrize(("body", "words"), RTF)
def test_rich_text_is_read(body, words):
    for name in ("a.rtf", "a.doc", ""):
        assert (
            read_bytes(b"{\\rtf1\\ansi\\ansicpg1252 " + body.encode("latin-1") + b"}", filename=name).text.strip()
            == words
        )


def test_rich_text_says_what_it_leaves_out_and_who_wrote_it():
    body = rb"{\rtf1\ansi{\info{\title Flood & fire}{\author Ana Brook}}{\header Draft 9}killed {\strike 12 }15{\footnote no}.}"
    extract = read_bytes(body)
    assert (extract.title, extract.byline) == ("Flood & fire", ("Ana Brook",))
    for word in ("“12”", "Draft 9", "footnotes"):
        assert any(word in note for note in extract.notes), word


def test_rich_text_in_another_alphabet_is_read_by_its_font():
    body = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}\f1 \'d0\'e5\'ea\'e0\f0  15}"
    )
    assert read_bytes(body).text.strip() == "Река 15"


@pytest.mark.parametrize(
    "body", [b"{\\rtf1 ", b"{\\rtf1" + b"{" * 100_000, b"{\\rtf1 \\u99999999999? }}}} x", b"{\\rtf1 \\bin999999999 x"]
)
def test_damaged_rich_text_is_read_or_refused(body):
    try:
        assert read_bytes(body).text.strip()
    except Unreadable as error:
        assert error.message


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ('Town,Dead\nVelmora,"1,204"\nArdun,12\n', "dead.csv"),
        ("Town;Dead\nVelmora;1,204\nArdun;12\n", "dead.csv"),
        ("Town\tDead\nVelmora\t1,204\nArdun\t12\n", "dead.tsv"),
        ("\ufeffTown|Dead\nVelmora|1,204\nArdun|12\n", "dead.csv"),
    ],
)
def test_a_table_of_text_is_rows_with_tabs(data, name):
    extract = read_bytes(data.encode(), filename=name)
    assert extract.text == "Town\tDead\nVelmora\t1,204\nArdun\t12"
    assert (extract.media_type, extract.plain) == ("text/csv", False)


def test_a_table_with_line_ends_in_a_cell_and_one_column():
    assert (
        read_bytes(b'Town,Note\nArdun,"two\nlines, 12"\n', filename="a.csv").text == "Town\tNote\nArdun\ttwo lines, 12"
    )
    assert read_bytes(b"Dead\n12\n", filename="a.csv").text == "Dead\n12"


def workbook(fill):
    book = Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_its_sheets_as_they_show_their_numbers():
    def fill(book):
        sheet = book.active
        sheet.title = "Dead by town"
        sheet.append(["Town", "Dead", "Share", "Day", "Sure"])
        sheet.append(["Velmora", 1204, 0.125, datetime(2026, 3, 10), True])
        sheet["B2"].number_format, sheet["C2"].number_format = "#,##0", "0.0%"
        book.create_sheet("Hurt").append(["Ardun", 0.1 + 0.2])

    extract = read_bytes(workbook(fill), filename="dead.xlsx")
    assert (
        extract.text
        == "Dead by town\nTown\tDead\tShare\tDay\tSure\nVelmora\t1,204\t12.5%\t2026-03-10\tyes\n\nHurt\nArdun\t0.3"
    )
    assert not extract.plain


def test_hidden_sheets_rows_and_formulas_without_a_result_are_said():
    def fill(book):
        sheet = book.active
        sheet.append(["Velmora", 12])
        sheet.append(["Ardun", "=SUM(B1:B1)"])
        sheet.row_dimensions[1].hidden = True
        other = book.create_sheet("Secret")
        other.append(["Ost", 99])
        other.sheet_state = "hidden"

    extract = read_bytes(workbook(fill))
    assert "99" not in extract.text
    for word in ("Secret", "hidden rows", "formula"):
        assert any(word in note for note in extract.notes), word


def test_an_empty_workbook_is_refused():
    assert refused(workbook(lambda book: None)).code == "no_text"


def ole(stream):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(100)


def package(kind):
    return zip_file(mimetype=kind.encode(), **{"content.xml": b"<x/>"})


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + bytes(40)


@pytest.mark.parametrize(
    ("data", "name", "advice"),
    [
        (ole("WordDocument"), "old Word document", ".docx"),
        (ole("Workbook"), "old Excel workbook", ".xlsx"),
        (ole("PowerPoint Document"), "PowerPoint", "paste"),
        (ole("__substg1.0_0037001F"), "Outlook message", ".eml"),
        (package("application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument spreadsheet", ".csv"),
        (package("application/vnd.oasis.opendocument.presentation"), "OpenDocument presentation", "paste"),
        (package("application/epub+zip"), "EPUB", "paste"),
        (zip_file(**{"Index/Document.iwa": b"x" * 20}), "Pages", "export"),
        (zip_file(**{"ppt/presentation.xml": b"x"}), "PowerPoint", "paste"),
        (zip_file(**{"a.docx": b"x"}), "ZIP archive", "unpack"),
        (PNG, "picture", "paste"),
        (b"\x1f\x8b\x08\x00" + bytes(range(256)), "archive", "unpack"),
        (b"%!PS-Adobe-3.0\n(12) show\n", "PostScript", "PDF"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "feed", "feeds"),
        (b"<svg xmlns='x'><text>12</text></svg>", "picture", "paste"),
        (b'<?xml version="1.0"?><invoice><sum>12</sum></invoice>', "<invoice>", "paste"),
    ],
)
def test_a_refusal_names_what_was_sent_and_says_what_to_do(data, name, advice):
    message = refused(data).message
    assert name in message
    assert advice.lower() in message.lower()


def test_the_mended_name_of_a_file_is_no_obstacle():
    assert refused(pdf_file(SENTENCE), filename="a.odt").code == "wrong_type"
    assert refused(odt("<text:p>x</text:p>"), filename="a.docx").code == "wrong_type"


def test_an_opendocument_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", b" " * 40_000_000)
    assert refused(out.getvalue()).code == "bomb"
