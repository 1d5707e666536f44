"""The text of a Word document's part, walked element by element.

What is deleted, struck through or hidden is left out and kept for a remark; text boxes and tables in cells stand on
lines of their own; equations are written in a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from factcheck.intake.readers.cells import joined_cell
from factcheck.intake.readers.superscripts import as_subscript, as_superscript
from factcheck.intake.readers.symbols import from_symbol_font, symbol
from factcheck.intake.readers.word_styles import Styles, W, is_on, nearest, value
from factcheck.intake.readers.xml_trees import local_name

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = frozenset({W + "del", W + "moveFrom", W + "pPr", W + "rPr", W + "rt", W + "sdtPr", W + "tblPr"})
_CHARACTERS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "\u2011"}
_UNKNOWN = "\ufffd"


@dataclass(slots=True)
class Walk:
    """One walk through a part, and what it left out on the way."""

    styles: Styles
    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    """Fonts whose symbols are not known, once for each symbol."""

    def lines(self, parent: Any) -> list[str]:
        """The lines of all paragraphs and tables below an element."""
        found: list[str] = []
        joins = False
        for child, is_table in _blocks(parent):
            new = list(self._rows(child)) if is_table else self._paragraph(child)
            if joins and found and new:
                found[-1] += new.pop(0)
            found += new
            joins = not is_table and _end_is_deleted(child)
        return found

    def _paragraph(self, paragraph: Any) -> list[str]:
        """The line of a paragraph, and those of the text boxes that hang on it."""
        properties = paragraph.find(W + "pPr")
        parts: list[str] = []
        boxes: list[Any] = []
        self._collect(paragraph, value(properties, "pStyle"), parts, boxes)
        return ["".join(parts), *(line for box in boxes for line in self.lines(box))]

    def _collect(self, element: Any, style: str, parts: list[str], boxes: list[Any]) -> None:
        for child in _shown(element):
            if child.tag == W + "r":
                self._run(child, style, parts, boxes)
            elif child.tag in (_M + "oMath", _M + "oMathPara"):
                parts.append(formula(child))
            elif child.tag == W + "txbxContent":
                boxes.append(child)
            else:
                self._collect(child, style, parts, boxes)

    def _run(self, run: Any, style: str, parts: list[str], boxes: list[Any]) -> None:
        layers = self.styles.layers(run, style)
        written: list[str] = []
        self._characters(run, layers, written, boxes)
        text = "".join(written)
        if is_on(layers, "strike", "dstrike"):
            self.struck.append(text)
        elif is_on(layers, "vanish"):
            self.hidden.append(text)
        elif text:
            parts.append(_as_set(text, layers, parts[-1] if parts else ""))

    def _characters(self, element: Any, layers: list[Any], written: list[str], boxes: list[Any]) -> None:
        for child in _shown(element):
            if child.tag == W + "t":
                text = child.text or ""
                written.append(from_symbol_font(text) if _font(layers) == "symbol" else text)
            elif child.tag in _CHARACTERS:
                written.append(_CHARACTERS[child.tag])
            elif child.tag == W + "sym":
                written.append(self._symbol(child))
            elif child.tag == W + "txbxContent":
                boxes.append(child)
            else:
                self._characters(child, layers, written, boxes)

    def _symbol(self, node: Any) -> str:
        font = node.get(W + "font") or ""
        try:
            found = symbol(int(node.get(W + "char") or "", 16), font)
        except ValueError:
            found = ""
        if not found:
            self.fonts.append(font)
        return found or _UNKNOWN

    def _rows(self, table: Any) -> Iterator[str]:
        """A line for each row, the tables in its cells after it."""
        for row in _within(table, "tr"):
            properties = row.find(W + "trPr")
            if properties is not None and properties.find(W + "del") is not None:
                continue
            inner: list[str] = []
            line = "\t".join(self._cell(cell, inner) for cell in _within(row, "tc"))
            if is_on([properties], "hidden"):
                self.hidden.append(line)
                continue
            yield from [*([line] if line.strip() or not inner else []), *inner]

    def _cell(self, cell: Any, inner: list[str]) -> str:
        if cell.find(f"{W}tcPr/{W}cellDel") is not None:
            return ""
        own: list[str] = []
        for child, is_table in _blocks(cell):
            (inner if is_table else own).extend(self._rows(child) if is_table else self._paragraph(child))
        return joined_cell(own)


def formula(node: Any) -> str:
    """An equation in a line: 1/2, 10⁶, (12)."""
    name = local_name(node)
    if name == "t":
        return node.text or ""
    if name == "f":
        return f"{_operand(node, 'num')}/{_operand(node, 'den')}"
    if name in ("sSup", "sSub"):
        base, mark = _operand(node, "e"), _operand(node, "sup" if name == "sSup" else "sub")
        return base + (as_superscript(mark, base) if name == "sSup" else as_subscript(mark, base))
    inner = "".join(formula(child) for child in node if child.tag not in _SKIPPED)
    if name == "d":
        return f"({inner})"
    return f"√{inner}" if name == "rad" else inner


def _operand(node: Any, name: str) -> str:
    found = node.find(_M + name)
    return "" if found is None else formula(found)


def _blocks(parent: Any) -> Iterator[tuple[Any, bool]]:
    """The paragraphs and tables below an element, in order, and whether each is a table."""
    for child in _shown(parent):
        if child.tag in (W + "p", W + "tbl"):
            yield child, child.tag == W + "tbl"
        else:
            yield from _blocks(child)


def _within(parent: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those in a content control; none of a table within."""
    for child in _shown(parent):
        if child.tag == W + name:
            yield child
        elif child.tag not in (W + "tbl", W + "p", W + "tc", W + "tr"):
            yield from _within(child, name)


def _shown(element: Any) -> Iterator[Any]:
    """The children of an element without those deleted; of what stands for the same thing, one."""
    for child in element:
        if child.tag == _MC + "AlternateContent":
            yield from _alternative(child)
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield child


def _alternative(element: Any) -> list[Any]:
    """The first of several forms of one thing that holds words, or simply the first."""
    forms = list(element)
    worded = [form for form in forms if next(form.iter(W + "t", W + "sym", _M + "t"), None) is not None]
    return (worded or forms)[:1]


def _end_is_deleted(paragraph: Any) -> bool:
    return paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None


def _font(layers: list[Any]) -> str:
    for layer in layers:
        found = None if layer is None else layer.find(W + "rFonts")
        if found is not None:
            return (found.get(W + "ascii") or found.get(W + "hAnsi") or "").lower()
    return ""


def _as_set(text: str, layers: list[Any], before: str) -> str:
    """The characters of a run; raised digits as such, be it by a property, a style or their position."""
    level, moved = nearest(layers, "vertAlign"), value(layers[0], "position")
    if not level and moved and before[-1:].strip():  # a number that stands alone is moved for its looks
        level = "subscript" if moved.startswith("-") else "superscript" if moved.strip("0") else ""
    if level == "superscript":
        return as_superscript(text, before)
    return as_subscript(text, before) if level == "subscript" else text
