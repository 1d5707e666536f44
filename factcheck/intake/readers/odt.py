"""OpenDocument texts: paragraphs and tables of the content, as LibreOffice and others write them.

What is deleted, struck through or hidden is not in the text; what stands beside it (footnotes, comments, footers) is
said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.cells import joined_cell
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.formats import ODT
from factcheck.intake.readers.packages import Package
from factcheck.intake.readers.remarks import quoted_remark
from factcheck.intake.readers.superscripts import as_subscript, as_superscript
from factcheck.intake.readers.xml_trees import local_name
from factcheck.intake.text_cleaning import one_line

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_STYLE, _TEXT, _OFFICE, _TABLE = (f"{_OASIS}{name}:1.0}}" for name in ("style", "text", "office", "table"))
_DC = "{http://purl.org/dc/elements/1.1/}"
_PARAGRAPHS = frozenset([_TEXT + "p", _TEXT + "h"])
_SILENT = frozenset([_TEXT + "tracked-changes", _OFFICE + "annotation", _OFFICE + "forms", _TEXT + "note-body"])
_MOST_SPACES = 1_000
_REMARKS = {
    _TEXT + "tracked-changes": "The document has tracked changes: insertions are in the text, deletions are not.",
    _TEXT + "note": "The document has footnotes; they are not in the text.",
    _OFFICE + "annotation": "The document has comments; they are not in the text.",
    _OASIS + "drawing:1.0}object": "The document has charts, formulas or other objects; they are not in the text.",
}


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style does to words: "struck", "hidden", "superscript", "subscript" or nothing."""

    effect: str = ""
    parent: str = ""


@dataclass(slots=True)
class _Walk:
    """One walk through the content, and what it left out on the way."""

    styles: dict[str, _Style]
    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def lines(self, parent: Any) -> list[str]:
        """The lines of all paragraphs, lists and tables below an element."""
        found: list[str] = []
        for child in _elements(parent):
            if child.tag in _PARAGRAPHS:
                found += self._paragraph(child)
            elif child.tag == _TABLE + "table":
                found += self._rows(child)
            elif child.get(_TEXT + "display") == "none":
                self.hidden.append(" ".join(self.lines(child)))
            else:
                found += self.lines(child)
        return found

    def _paragraph(self, paragraph: Any) -> list[str]:
        parts: list[str] = []
        boxes: list[Any] = []
        self._collect(paragraph, parts, boxes)
        line = "".join(parts)
        effect = self._effect(paragraph)
        if effect in ("struck", "hidden"):
            (self.struck if effect == "struck" else self.hidden).append(line)
            return [inner for box in boxes for inner in self.lines(box)]
        return [line, *(inner for box in boxes for inner in self.lines(box))]

    def _collect(self, element: Any, parts: list[str], boxes: list[Any]) -> None:
        parts.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and child.tag not in _SILENT:
                self._inline(child, parts, boxes)
            parts.append(child.tail or "")

    def _inline(self, child: Any, parts: list[str], boxes: list[Any]) -> None:
        name = local_name(child)
        if name == "text-box":
            boxes.append(child)
        elif name in ("tab", "line-break", "s"):
            parts.append({"tab": "\t", "line-break": "\n"}.get(name) or " " * _count(child))
        else:
            inner: list[str] = []
            self._collect(child, inner, boxes)
            self._add("".join(inner), "superscript" if name == "note-citation" else self._effect(child), parts)

    def _add(self, text: str, effect: str, parts: list[str]) -> None:
        before = "".join(parts[-3:])
        if effect == "struck":
            self.struck.append(text)
        elif effect == "hidden":
            self.hidden.append(text)
        elif effect == "superscript":
            parts.append(as_superscript(text, before))
        else:
            parts.append(as_subscript(text, before) if effect == "subscript" else text)

    def _effect(self, element: Any) -> str:
        if element.get(_TEXT + "display") == "none":
            return "hidden"
        name = element.get(_TEXT + "style-name") or ""
        for _ in range(10):
            style = self.styles.get(name)
            if style is None or style.effect:
                return style.effect if style else ""
            name = style.parent
        return ""

    def _rows(self, table: Any) -> Iterator[str]:
        """A line for each row, the tables in its cells after it."""
        for row in _within(table, "table-row"):
            inner: list[str] = []
            line = "\t".join(self._cell(cell, inner) for cell in _within(row, "table-cell")).rstrip("\t")
            yield from [*([line] if line.strip() or not inner else []), *inner]

    def _cell(self, cell: Any, inner: list[str]) -> str:
        own: list[str] = []
        for child in _elements(cell):
            if child.tag == _TABLE + "table":
                inner.extend(self._rows(child))
            else:
                own.extend(self._paragraph(child) if child.tag in _PARAGRAPHS else self.lines(child))
        return joined_cell(own)


def read_odt(data: bytes) -> Extract:
    """The paragraphs of a text, one per line. Raises Unreadable: bomb, encrypted, malformed, no_text."""
    package = Package(data)
    package.check_size()
    if b"encryption-data" in package.part("META-INF/manifest.xml"):
        raise Unreadable("encrypted", "The document is protected by a password. Please save it without one.")
    root = package.tree("content.xml")
    body = None if root is None else root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise Unreadable("malformed", "The OpenDocument text is damaged: its text is not where it should be.")
    around = package.tree("styles.xml")
    walk = _Walk({**_styles(around), **_styles(root)})
    text = "\n".join(walk.lines(body))
    if not text.strip():
        raise Unreadable("no_text", "The OpenDocument text has no words; it may hold only pictures.")
    meta = package.tree("meta.xml")
    stated = {name: (meta.findtext(f".//{_DC}{name}") if meta is not None else "") or "" for name in _META}
    return Extract(
        text=text,
        media_type=ODT,
        title=title_of(stated["title"]) or next((one_line(line) for line in _headings(body)), ""),
        byline=names(stated["creator"]),
        language=one_line(stated["language"], 35),
        notes=_notes(body, walk, around),
    )


_META = ("title", "creator", "language")


def _styles(root: Any) -> dict[str, _Style]:
    found = {}
    for style in root.iter(_STYLE + "style") if root is not None else ():
        properties = style.find(_STYLE + "text-properties")
        effect = _effect_of(properties) if properties is not None else ""
        found[style.get(_STYLE + "name") or ""] = _Style(effect, style.get(_STYLE + "parent-style-name") or "")
    return found


def _effect_of(properties: Any) -> str:
    if properties.get(_TEXT + "display") == "none":
        return "hidden"
    if any(properties.get(f"{_STYLE}text-line-through-{name}", "none") != "none" for name in ("style", "type")):
        return "struck"
    position = (properties.get(_STYLE + "text-position") or "").split(" ")[0]
    if position == "super" or position.rstrip("%").isdigit():
        return "superscript" if position.strip("0%") else ""
    return "subscript" if position == "sub" or position.startswith("-") else ""


def _notes(body: Any, walk: _Walk, around: Any) -> tuple[str, ...]:
    remarks = [remark for tag, remark in _REMARKS.items() if next(body.iter(tag), None) is not None]
    remarks += quoted_remark("Struck-through text is not in the text", walk.struck)
    remarks += quoted_remark("The document hides text, which is not in the text", walk.hidden)
    for name in ("header", "footer"):
        found = [] if around is None else list(around.iter(_STYLE + name))
        texts = [" ".join(_Walk(walk.styles).lines(node)) for node in found]
        worded = [text for text in texts if any(char.isalpha() for char in text)]
        remarks += quoted_remark(f"The document has a {name}, which is not in the text", worded)
    return tuple(remarks)


def _headings(body: Any) -> Iterator[str]:
    return ("".join(node.itertext()) for node in body.iter(_TEXT + "h"))


def _elements(parent: Any) -> Iterator[Any]:
    return (child for child in parent if isinstance(child.tag, str) and child.tag not in _SILENT)


def _within(parent: Any, name: str) -> Iterator[Any]:
    for child in _elements(parent):
        if local_name(child) == name:
            yield child
        elif local_name(child) not in ("table", "table-cell", "table-row"):
            yield from _within(child, name)


def _count(node: Any) -> int:
    said = node.get(_TEXT + "c") or "1"
    return min(int(said), _MOST_SPACES) if said.isdecimal() else 1
