"""The tables of a report as a workbook, by openpyxl, which a site may be without. No cell of it is ever a formula."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from factcheck.intake.text_cleaning import replace_unusable

from .sheets import is_formula
from .tables import Cell, Data, Table, tables_of

LONGEST_CELL = 32_000
CUT = " … (cut: the whole text is in the JSON of this report)"
WIDE, NARROW = 60, 12


def as_xlsx(data: Data) -> bytes:
    """Every table of a report as a sheet, after one that says what it is."""
    book = Workbook(write_only=True)
    built = built_at(data)
    book.properties.title, book.properties.creator = storable_cell(data["title"]), "factcheck"
    book.properties.created = built
    about: list[tuple[Cell, ...]] = [(column_title(name), count) for name, count in data["counts"].items()]
    first: list[tuple[Cell, ...]] = [("Report", data["title"]), ("Desk", data["desk"]), ("Built at", data["built_at"])]
    if last := data.get("checkpoint"):
        first.append(("Checkpoint of the history", f"{last['number']}:{last['digest']}"))
    add_sheet(book, Table("About", ("", ""), first + about))
    for table in tables_of(data):
        add_sheet(book, table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def built_at(data: Data) -> datetime:
    try:
        return datetime.strptime(data["built_at"], "%Y-%m-%d %H:%M UTC")
    except ValueError:
        return datetime(2000, 1, 1)


def column_title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def add_sheet(book: Any, table: Table) -> None:
    sheet = book.create_sheet(table.name)
    for number, name in enumerate(table.header, 1):
        longest = max([len(name), *(len(str(row[number - 1])) for row in table.rows[:200])])
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, NARROW), WIDE)
    plain, formula = style_of(sheet), style_of(sheet, quotePrefix=True)
    if any(table.header):
        head = style_of(sheet, font=Font(bold=True), fill=PatternFill("solid", fgColor="E8E4DA"))
        sheet.freeze_panes = "A2"
        sheet.append([cell_of(sheet, name, head, head) for name in table.header])
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.header))}{len(table.rows) + 1}"
    for row in table.rows:
        sheet.append([cell_of(sheet, value, plain, formula) for value in row])


def style_of(sheet: Any, **looks: Any) -> Any:
    """A cell style, created once per sheet: one per cell would dominate the time of a large workbook."""
    cell = WriteOnlyCell(sheet)
    for name, look in {"alignment": Alignment(wrap_text=True, vertical="top"), **looks}.items():
        setattr(cell, name, look)
    return cell._style


def cell_of(sheet: Any, value: Cell, plain: Any, formula: Any) -> Any:
    """A number as a number, everything else as text, whatever it begins with; nothing where there is nothing.

    What looks like a formula also stays a text when somebody edits it.
    """
    if value == "":
        return None
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        cell._style = plain
        return cell
    cell = WriteOnlyCell(sheet, storable_cell(value))
    cell.data_type = "s"
    cell._style = formula if is_formula(value) else plain
    return cell


def storable_cell(text: str) -> str:
    """The text with U+FFFD for each character that XML cannot hold, cut to the longest cell."""
    text = replace_unusable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT
