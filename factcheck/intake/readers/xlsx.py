"""Excel workbooks, by openpyxl: each sheet under its name, a row as a line, numbers as the sheet shows them."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.cells import row_line
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.formats import XLSX
from factcheck.intake.readers.packages import Package
from factcheck.intake.readers.xml_trees import parse_xml

MAX_CELLS = 500_000
_HIDDEN = re.compile(rb"<(?:\w+:)?(?:row|col)\b[^<>]*\bhidden=[\"'](?:1|true)[\"']")
_DRAWN = re.compile(r"xl/(?:charts|drawings)/[^/]+\.xml")


def read_xlsx(data: bytes) -> Extract:
    """The visible sheets of a workbook. Raises Unreadable: bomb, malformed, no_text, too_large, wrong_type."""
    package = Package(data)
    package.check_size()
    sheets = _checked(package)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (KeyError, TypeError, AttributeError):
        advice = "The workbook cannot be opened. Please save it as an ordinary .xlsx or as .csv."
        raise Unreadable("malformed", advice) from None
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    texts, count = list[str](), 0
    for sheet in visible:
        lines = list[str]()
        for row in sheet.iter_rows():
            count += len(row)
            if count > MAX_CELLS:
                raise Unreadable(
                    "too_large", f"The workbook has more than {MAX_CELLS:,} cells. Please send a part of it."
                )
            if (line := row_line(_shown(cell) for cell in row)).strip():
                lines.append(line)
        texts += ["\n".join([sheet.title, *lines])] if lines else []
    if not texts:
        raise Unreadable("no_text", "The workbook has no cells with a content.")
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    return Extract(
        text="\n\n".join(texts),
        media_type=XLSX,
        title=title_of(book.properties.title),
        byline=names(book.properties.creator or "") if book.properties.creator != "openpyxl" else (),
        notes=_notes(package, sheets, hidden),
    )


def _checked(package: Package) -> list[bytes]:
    """The sheets as XML, once no part defines names of its own: the library would unfold them."""
    for name in package.names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.part(name):
            parse_xml(package.part(name))
            raise Unreadable("malformed", "The workbook is damaged and cannot be read.")
    return [package.part(name) for name in sorted(package.names) if name.startswith("xl/worksheets/sheet")]


def _shown(cell: Any) -> str:
    """A cell as the sheet shows it, as near as its format tells."""
    value, style = cell.value, str(getattr(cell, "number_format", "") or "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (date, time)):
        return value.isoformat()
    return _number(value, style) if isinstance(value, (int, float)) else str(value)


def _number(value: float, style: str) -> str:
    decimals = re.search(r"0\.(0+)", style)
    grouping = "," if "#,##0" in style or "0,0" in style else ""
    percent = "%" in style
    number = Decimal(repr(value)) * (100 if percent else 1)
    if decimals or percent or (grouping and not decimals):
        return f"{number:{grouping}.{len(decimals[1]) if decimals else 0}f}{'%' if percent else ''}"
    return f"{float(number):.15g}" if isinstance(value, float) else str(value)


def _notes(package: Package, sheets: list[bytes], hidden: list[str]) -> tuple[str, ...]:
    remarks = ["This is a table: rows are lines, cells are tabbed; numbers are rounded as the sheet shows them."]
    if hidden:
        remarks.append(f"Hidden sheets are not in the text: {', '.join(hidden)[:200]}.")
    if any(_HIDDEN.search(sheet) for sheet in sheets):
        remarks.append("The workbook has hidden rows or columns; they are in the text.")
    if any(_without_result(sheet) for sheet in sheets):
        remarks.append(
            "Cells with a formula and no stored result are not in the text. Save the workbook in Excel first."
        )
    if any(_DRAWN.fullmatch(name) for name in package.names):
        remarks.append("The workbook has charts or drawings; their words are not in the text.")
    return tuple(remarks)


def _without_result(sheet: bytes) -> bool:
    return re.search(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>|</c>)", sheet) is not None
