"""Word documents, opened by python-docx and walked by ourselves.

The library's own paragraph text leaves out tracked insertions and content controls, which would lose figures.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.plain import names
from factcheck.intake.readers.sniffing import DOCX
from factcheck.intake.stored import one_line

MAX_UNPACKED = 100_000_000
MAX_XML = 30_000_000
MAX_PARTS = 3_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # repeats what stands beside it
_SKIPPED = frozenset({_W + "del", _W + "moveFrom", _FALLBACK})
_CHARACTERS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011"}


def read_docx(data: bytes) -> Extract:
    """Paragraphs one per line; a table row is a line with tabs between its cells.

    Raises Unreadable: bomb, no_text. Other faults of the file come as whatever the library raises.
    """
    _check_size(data)
    document = docx.Document(io.BytesIO(data))
    body = document.element.body
    text = "\n".join(_blocks(body))
    if not text.strip():
        raise Unreadable("no_text", "The Word document has no text; it may hold only pictures.")
    properties = document.core_properties
    return Extract(
        text=text,
        media_type=DOCX,
        title=one_line(properties.title) or _heading(document),
        byline=names(properties.author or ""),
        language=one_line(properties.language, 35),
        notes=_notes(body),
    )


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > MAX_PARTS or xml > MAX_XML or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable("bomb", "The Word document unpacks to far more than its size; not read.")


def _blocks(parent: Any) -> Iterator[str]:
    for child in parent:
        if child.tag == _W + "p":
            yield _text(child)
        elif child.tag == _W + "tbl":
            for row in child.iter(_W + "tr"):
                yield "\t".join(" ".join(_text(cell).split()) for cell in row.iter(_W + "tc"))
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _text(element: Any) -> str:
    """All characters below an element, deletions and repetitions left out."""
    parts: list[str] = []
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if node.tag == _W + "t":
            parts.append(node.text or "")
        elif node.tag in _CHARACTERS:
            parts.append(_CHARACTERS[node.tag])
        elif node.tag == _W + "p" and node is not element:
            parts.append("\n")
        if node.tag not in _SKIPPED and node.tag != _W + "pPr":
            waiting.extend(reversed(node))
    return "".join(parts)


def _heading(document: Any) -> str:
    for paragraph in document.paragraphs[:20]:
        if paragraph.style is not None and paragraph.style.name in ("Title", "Heading 1") and paragraph.text.strip():
            return one_line(paragraph.text)
    return ""


def _notes(body: Any) -> tuple[str, ...]:
    remarks = {
        ("ins", "del", "moveTo"): "The document has tracked changes: insertions are in the text, deletions are not.",
        ("footnoteReference", "endnoteReference"): "The document has footnotes; they are not in the text.",
        ("commentReference",): "The document has comments; they are not in the text.",
    }
    return tuple(
        said for tags, said in remarks.items() if next(body.iter(*(_W + tag for tag in tags)), None) is not None
    )
