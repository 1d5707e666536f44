"""Word documents whoever wrote them: parts found by their relationships, deletions, tables, formulas, symbols, boxes."""

import io
import re
import zipfile

import pytest

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE, docx_file, docx_with, rezipped, zip_file

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def run(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def par(*runs, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def read(inner):
    return read_bytes(docx_with(docx_file("End."), inner))


def refused(data, **said):
    with pytest.raises(Unreadable) as unreadable:
        read_bytes(data, **said)
    return unreadable.value


def renamed(data, old, new):
    """The same package with a part under another name, in its relationships too."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.namelist():
            name = entry.replace(old, new)
            after.writestr(name, before.read(entry).replace(old.encode(), new.encode()))
    return out.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [("word/document.xml", "word/document22.xml"), ("document.xml", "Story.xml"), ("word/", "text/"), ("word/", "")],
)
def test_the_main_part_is_found_by_its_relationship_and_not_by_its_name(old, new):
    data = renamed(docx_file(SENTENCE), old, new)
    for name in ("", "story.docx"):
        assert read_bytes(data, filename=name).text == SENTENCE


@pytest.mark.parametrize("target", ["/word/document.xml", "./word/document.xml", "word/../word/document.xml"])
def test_a_relationship_may_write_its_target_in_any_way(target):
    data = rezipped(
        docx_file(SENTENCE), "_rels/.rels", lambda xml: xml.replace(b'"word/document.xml"', f'"{target}"'.encode())
    )
    assert read_bytes(data).text == SENTENCE


@pytest.mark.parametrize(
    "kind", ["ms-word.document.macroEnabled", "openxmlformats-officedocument.wordprocessingml.template"]
)
def test_a_document_with_macros_and_a_template_are_read(kind):
    data = rezipped(
        docx_file(SENTENCE),
        "[Content_Types].xml",
        lambda xml: xml.replace(TYPE.encode(), f"application/vnd.{kind}.main+xml".encode()),
    )
    assert read_bytes(data, filename="story.docx").text == SENTENCE


def strict(data):
    """The same document as Strict Open XML, whose namespaces are others."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.namelist():
            xml = before.read(entry)
            for part in (b"officeDocument", b"wordprocessingml", b"drawingml"):
                xml = xml.replace(
                    b"http://schemas.openxmlformats.org/" + part + b"/2006/",
                    b"http://purl.oclc.org/ooxml/" + part + b"/",
                )
            after.writestr(entry, xml)
    return out.getvalue()


def test_a_strict_document_is_read_with_its_marks_tables_and_title():
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Velmora</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1,204</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    inner = par(run("At least 12"), run("3", '<w:vertAlign w:val="superscript"/>'), run(" homes")) + table
    extract = read_bytes(
        strict(docx_with(docx_file("End.", title="Floods", author="Ana Brook"), inner)), filename="a.docx"
    )
    assert extract.text == "At least 12³ homes\nVelmora\t1,204\nEnd."
    assert (extract.title, extract.byline) == ("Floods", ("Ana Brook",))


GONE = [
    (run("12", "<w:strike/>"), "truck"),
    (run("12", "<w:dstrike/>"), "truck"),
    (run("12", '<w:strike w:val="true"/>'), "truck"),
    (run("12", '<w:rStyle w:val="Struck"/>'), "truck"),
    (run("12", '<w:rStyle w:val="ChildOfStruck"/>'), "truck"),
    (run("12", "<w:vanish/>"), "hid"),
    (run("12", '<w:vanish w:val="1"/>'), "hid"),
    (run("12", '<w:rStyle w:val="Hidden"/>'), "hid"),
]
STYLES = (
    '<w:style w:type="character" w:styleId="Struck"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="ChildOfStruck"><w:basedOn w:val="Struck"/></w:style>'
    '<w:style w:type="character" w:styleId="Hidden"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
)


def styled(inner):
    data = docx_with(docx_file("End."), inner)
    return read_bytes(rezipped(data, "word/styles.xml", lambda xml: xml.replace(b"</w:styles>", STYLES.encode())))


@pytest.mark.parametrize(("gone", "said"), GONE)
def test_what_is_struck_through_or_hidden_is_not_in_the_text_and_is_said(gone, said):
    extract = styled(par(run("killed "), gone, run("15 people")))
    assert extract.text == "killed 15 people\nEnd."
    assert any(said in note and "“12”" in note for note in extract.notes)


def test_a_paragraph_s_style_hides_and_a_run_may_show_itself():
    shown = run("15", '<w:vanish w:val="0"/>')
    extract = styled(par(run("12 "), shown, properties='<w:pStyle w:val="Gone"/>'))
    assert extract.text == "15\nEnd."


@pytest.mark.parametrize("value", ["0", "false", "off"])
def test_a_property_that_is_switched_off_deletes_nothing(value):
    extract = read(par(run("killed "), run("12", f'<w:strike w:val="{value}"/><w:vanish w:val="{value}"/>')))
    assert (extract.text, extract.notes) == ("killed 12\nEnd.", ())


def test_a_deleted_end_of_a_paragraph_and_a_deleted_row_are_deleted():
    first = par(run("The toll rose to 1"), properties="<w:rPr><w:del w:id='1' w:author='x'/></w:rPr>")
    row = "<w:tr>{}<w:tc>" + par(run("{}")) + "</w:tc></w:tr>"
    table = f"<w:tbl>{row.format('<w:trPr><w:del w:id=&quot;2&quot;/></w:trPr>', '12').replace('&quot;', chr(34))}{row.format('', '15')}</w:tbl>"
    extract = read(first + par(run(",204 on Tuesday.")) + table)
    assert extract.text == "The toll rose to 1,204 on Tuesday.\n15\nEnd."
    assert any("tracked changes" in note for note in extract.notes)


def cell(*content):
    return f"<w:tc>{''.join(content)}</w:tc>"


def table(*rows):
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def test_a_table_in_a_cell_is_read_once():
    inner = table(cell(par(run("Inner"))) + cell(par(run("7 hurt"))))
    extract = read(table(cell(par(run("Outer"))) + cell(inner, par(run("12")))))
    assert extract.text == "Outer\t12\nInner\t7 hurt\nEnd."


def test_a_table_three_deep_is_read_once():
    third = table(cell(par(run("Third 3"))))
    extract = read(table(cell(table(cell(third, par(run("Second 2")))), par(run("First 1")))))
    assert extract.text == "First 1\nSecond 2\nThird 3\nEnd."


def test_two_numbers_in_one_cell_do_not_become_one():
    assert read(table(cell(par(run("1")), par(run("200"))))).text == "1; 200\nEnd."


M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("<m:r><m:t>1,200</m:t></m:r>", "1,200"),
        ("<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>", "1/2"),
        ("<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>6</m:t></m:r></m:sup></m:sSup>", "10⁶"),
        ("<m:d><m:e><m:r><m:t>12</m:t></m:r></m:e></m:d>", "(12)"),
    ],
)
def test_the_numbers_of_an_equation_are_in_the_text(formula, words):
    extract = read(f"<w:p>{run('The toll is ')}<m:oMath {M}>{formula}</m:oMath>{run(' dead')}</w:p>")
    assert extract.text == f"The toll is {words} dead\nEnd."
    assert any("equation" in note for note in extract.notes)


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ('<w:sym w:font="Symbol" w:char="F0B1"/>', "±3"),
        ('<w:sym w:font="Symbol" w:char="00B1"/>', "±3"),
        ('<w:sym w:font="Symbol" w:char="F0A3"/>', "≤3"),
        ('<w:sym w:font="Symbol" w:char="F06D"/>', "μ3"),
        ('<w:sym w:font="Arial" w:char="00B1"/>', "±3"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf0b1</w:t>', "±3"),
        ("<w:noBreakHyphen/>", "\u20113"),
        ("<w:softHyphen/>", "3"),
    ],
)
def test_a_symbol_is_the_character_it_shows(symbol, words):
    assert read(f"<w:p><w:r>{symbol}</w:r>{run('3 percent')}</w:p>").text == f"{words} percent\nEnd."


def test_a_symbol_of_a_font_that_is_not_known_is_said():
    extract = read(f'<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>{run(" 3 percent")}</w:p>')
    assert "3 percent" in extract.text
    assert any("Wingdings" in note for note in extract.notes)


def box(
    text,
    wrapped="<w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>{}</v:textbox></v:shape></w:pict>",
):
    return "<w:r>" + wrapped.format(f"<w:txbxContent>{par(run(text))}</w:txbxContent>") + "</w:r>"


ALTERNATE = (
    "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
    "<mc:Choice Requires='wps'>{}</mc:Choice><mc:Fallback><w:pict>{}</w:pict></mc:Fallback></mc:AlternateContent>"
)


def test_a_text_box_stands_on_a_line_of_its_own():
    assert (
        read(f"<w:p>{run('Killed 1')}{box('In a box 7')}{run('2 dead')}</w:p>").text
        == "Killed 12 dead\nIn a box 7\nEnd."
    )
    assert read(f"<w:p>{box('In a box 1')}{run('2 dead')}</w:p>").text == "2 dead\nIn a box 1\nEnd."


def test_a_box_and_what_stands_for_it_are_read_once():
    content = f"<w:txbxContent>{par(run('In a box 7'))}</w:txbxContent>"
    assert read(f"<w:p><w:r>{ALTERNATE.format(content, content)}</w:r></w:p>").text == "\nIn a box 7\nEnd."


def test_what_stands_only_in_the_place_of_something_newer_is_read():
    content = f"<w:txbxContent>{par(run('In a box 7'))}</w:txbxContent>"
    assert "In a box 7" in read(f"<w:p><w:r>{ALTERNATE.format('<w:drawing/>', content)}</w:r></w:p>").text


def with_part(data, name, kind, xml):
    """The document with one more part, related to its main part."""
    out = io.BytesIO()
    relation = f'<Relationship Id="rIdNew" Type="{RELS}/{kind}" Target="{name}"/></Relationships>'
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            content = before.read(entry)
            if entry == "word/_rels/document.xml.rels":
                content = content.replace(b"</Relationships>", relation.encode())
            after.writestr(entry, content)
        after.writestr(f"word/{name}", xml)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "root"), [("header", "hdr"), ("footer", "ftr")])
def test_a_header_or_footer_with_words_is_said_to_be_missing(kind, root):
    xml = f'<w:{root} xmlns:w="{W}">{par(run("Embargoed until 6 May"))}</w:{root}>'
    notes = read_bytes(with_part(docx_file(SENTENCE), f"{kind}9.xml", kind, xml)).notes
    assert any(kind in note and "Embargoed until 6 May" in note for note in notes)
    empty = f'<w:{root} xmlns:w="{W}">{par(run(" "))}</w:{root}>'
    assert read_bytes(with_part(docx_file(SENTENCE), f"{kind}9.xml", kind, empty)).notes == ()


@pytest.mark.parametrize(
    ("inner", "word"),
    [
        (
            '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></a:graphic>',
            "chart",
        ),
        (
            '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:relIds xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"/></a:graphic>',
            "diagram",
        ),
        ("<w:object/>", "embedded"),
        ('<w:footnoteReference w:id="2"/>', "footnotes"),
        ('<w:commentReference w:id="2"/>', "comments"),
    ],
)
def test_what_is_not_read_is_said(inner, word):
    assert any(word in note for note in read(f"<w:p><w:r>{inner}</w:r>{run(SENTENCE)}</w:p>").notes)


def test_the_numbers_of_a_numbered_list_are_said_to_be_missing():
    numbering = f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    item = par(run("dead in Ardun"), properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>')
    data = docx_with(docx_file("End."), item)
    numbered = rezipped(data, "word/numbering.xml", lambda _: numbering.encode())
    assert any("numbered list" in note for note in read_bytes(numbered).notes)
    bullets = rezipped(data, "word/numbering.xml", lambda _: numbering.replace("decimal", "bullet").encode())
    assert read_bytes(bullets).notes == ()


def test_a_doctype_in_a_part_is_refused():
    data = rezipped(
        docx_file(SENTENCE), "word/document.xml", lambda xml: b'<!DOCTYPE w [<!ENTITY a "9">]>' + xml.split(b"?>", 1)[1]
    )
    assert refused(data).code == "malformed"


def test_a_document_nested_beyond_reason_ends_in_a_clear_message():
    assert refused(docx_with(docx_file("End."), "<w:sdt>" * 5000 + "</w:sdt>" * 5000)).code == "malformed"


@pytest.mark.parametrize("depth", [20, 60])
def test_tables_nested_some_way_are_read(depth):
    assert (
        read("<w:tbl><w:tr><w:tc>" * depth + par(run("12")) + "</w:tc></w:tr></w:tbl>" * depth)
        .text.strip()
        .startswith("12")
    )


def test_relationships_that_lead_nowhere_are_no_reason_to_fail():
    data = rezipped(
        docx_file(SENTENCE),
        "word/_rels/document.xml.rels",
        lambda xml: re.sub(rb'Target="styles.xml"', b'Target="../../gone.xml"', xml),
    )
    assert read_bytes(data).text == SENTENCE


def test_an_archive_of_files_is_named_and_what_to_do_is_said():
    assert "ZIP" in refused(zip_file(a=b"x")).message
