"""Files made in the test, byte by byte where it matters. Places and people are invented."""

from __future__ import annotations

import io
import zipfile

import docx
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

SENTENCE = "The river office in Velmora said on Tuesday that 1,204 homes were flooded."


def docx_file(*lines: str, title: str = "", author: str = "") -> bytes:
    """A Word document with a paragraph per line."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def xlsx_file(*cells: object) -> bytes:
    """A workbook with one row."""
    book = Workbook()
    book.active.append(list(cells))
    return saved(book)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODF_NAMES = " ".join(
    f'xmlns:{prefix}="{OFFICE}{name}:1.0"'
    for prefix, name in [
        *((name, name) for name in ("office", "text", "table", "style", "meta")),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
    ]
)


def odt_file(*lines: str) -> bytes:
    """An OpenDocument text with a paragraph per line."""
    body = "".join(f"<text:p>{line}</text:p>" for line in lines)
    content = f"<office:document-content {ODF_NAMES}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zip_file(**{"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def docx_with(data: bytes, inner: str) -> bytes:
    """The same document with raw XML put in front of its body."""
    return rezipped(data, "word/document.xml", lambda xml: xml.replace(b"<w:body>", b"<w:body>" + inner.encode()))


def rezipped(data: bytes, name: str, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return out.getvalue()


def zip_file(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf_file(*pages: str, title: str = "", author: str = "") -> bytes:
    """A minimal PDF written by hand, one line of Latin text on each page; "" is a page without text."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, text in enumerate(pages):
        drawn = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET" if text else ""
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * index} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append(f"<< /Title ({title}) /Author ({author}) >>")
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1"))
    start = out.tell()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\n".encode())
    out.write(f"startxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def pdf_drawn(operators: str) -> bytes:
    """A PDF of one page that is drawn by these operators."""
    blank = pdf_file("x" * len(operators))
    drawn = f"BT /F1 12 Tf 50 700 Td ({'x' * len(operators)}) Tj ET"
    return blank.replace(drawn.encode(), operators.ljust(len(drawn)).encode())


def pdf_pages(*drawings: str) -> bytes:
    """A PDF with a page for each drawing."""
    writer = PdfWriter()
    for drawing in drawings:
        writer.append(PdfReader(io.BytesIO(pdf_drawn(drawing))))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked(data: bytes, password: str) -> bytes:
    """The same PDF, encrypted; an empty password opens for everyone."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner_password="of the owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def page(body: str, head: str = "") -> str:
    """A web page around some markup."""
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def article(*paragraphs: str, head: str = "") -> str:
    """A news page with navigation and readers' comments around the article."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    comments = (
        '<div id="comments" class="comments"><p>Reader Max: I have counted 99 bridges myself, believe me.</p></div>'
    )
    return page(f"<nav><a href=/>Home</a><a href=/s>Sport</a></nav><article>{text}</article>{comments}", head)
