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
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.sniffing import DOCX
from factcheck.intake.readers.superscripts import as_subscript, as_superscript
from factcheck.intake.text_cleaning import one_line

MAX_UNPACKED = 100_000_000
MAX_XML = 30_000_000
MAX_PARTS = 3_000
MOST_RESTING = 10

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
    levels = _levels(document)
    text = "\n".join(_blocks(body, levels))
    if not text.strip():
        raise Unreadable("no_text", "The Word document has no text; it may hold only pictures.")
    properties = document.core_properties
    return Extract(
        text=text,
        media_type=DOCX,
        title=title_of(properties.title) or _heading(document, levels),
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


def _levels(document: Any) -> dict[str, str]:
    """The styles of characters that are set above or below the line, those that rest on such a one too."""
    styles = {style.get(_W + "styleId"): style for style in document.styles.element.iter(_W + "style")}
    return {name: _level(name, styles) for name in styles}


def _level(name: str, styles: dict[str, Any]) -> str:
    for _ in range(MOST_RESTING):
        style = styles.get(name)
        if level := _property(None if style is None else style.find(_W + "rPr"), "vertAlign"):
            return level
        name = _property(style, "basedOn")
    return ""


def _property(element: Any, name: str) -> str:
    """The value of a property, "" where there is none."""
    found = None if element is None else element.find(_W + name)
    return "" if found is None else found.get(_W + "val") or ""


def _blocks(parent: Any, levels: dict[str, str]) -> Iterator[str]:
    for child in parent:
        if child.tag == _W + "p":
            yield _text(child, levels)
        elif child.tag == _W + "tbl":
            for row in child.iter(_W + "tr"):
                yield "\t".join(" ".join(_text(cell, levels).split()) for cell in row.iter(_W + "tc"))
        elif child.tag not in _SKIPPED:
            yield from _blocks(child, levels)


def _text(element: Any, levels: dict[str, str]) -> str:
    """All characters below an element, deletions and repetitions left out."""
    parts: list[str] = []
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if node.tag == _W + "t":
            if node.text:
                parts.append(_as_set(node, levels, parts[-1] if parts else ""))
        elif node.tag in _CHARACTERS:
            parts.append(_CHARACTERS[node.tag])
        elif node.tag == _W + "p" and node is not element:
            parts.append("\n")
        if node.tag not in _SKIPPED and node.tag != _W + "pPr":
            waiting.extend(reversed(node))
    return "".join(parts)


def _as_set(node: Any, levels: dict[str, str], before: str) -> str:
    """The characters of a run; raised digits as such, be it by a property, a style or their position."""
    text = node.text or ""
    properties = node.getparent().find(_W + "rPr")
    level = _property(properties, "vertAlign") or levels.get(_property(properties, "rStyle"), "")
    moved = _property(properties, "position")
    if not level and moved and before[-1:].strip():  # a number that stands alone is moved for its looks
        level = "subscript" if moved.startswith("-") else "superscript" if moved.strip("0") else ""
    if level == "superscript":
        return as_superscript(text, before)
    return as_subscript(text, before) if level == "subscript" else text


def _heading(document: Any, levels: dict[str, str]) -> str:
    for paragraph in document.paragraphs[:20]:
        if paragraph.style is not None and paragraph.style.name in ("Title", "Heading 1") and paragraph.text.strip():
            return one_line(_text(paragraph._p, levels))
    return ""


def _notes(body: Any) -> tuple[str, ...]:
    remarks = {
        ("ins", "del", "moveTo"): "The document has tracked changes: insertions are in the text, deletions are not.",
        ("footnoteReference", "endnoteReference"): "The document has footnotes; they are not in the text.",
        ("commentReference",): "The document has comments; they are not in the text.",
    }
    return tuple(
        remark for tags, remark in remarks.items() if next(body.iter(*(_W + tag for tag in tags)), None) is not None
    )
