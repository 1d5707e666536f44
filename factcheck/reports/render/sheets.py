"""The tables of a report as CSV and as a workbook. No cell of either is ever a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from factcheck.intake.text_cleaning import strip_unusable

from .tables import Cell, Data, Table, tables_of

STARTS = frozenset("=+-@|%")
"""What a spreadsheet takes for the start of a formula; other forms of these signs are made plain first."""
UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
"""The Unicode categories a spreadsheet, or a reader's eye, passes over before it."""
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by category that show as nothing."""
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?%?")
SEPARATORS = re.compile(r"([;\t\r\n])")
"""Where a spreadsheet with another separator begins a new cell inside one."""
LONGEST_CELL = 32_000
CUT = " … (cut: the whole text is in the JSON of this report)"
WIDE, NARROW = 60, 12


def as_csv(data: Data) -> bytes:
    """All tables of a report as one, with the mark that tells a spreadsheet it is UTF-8."""
    table, out = as_one(tables_of(data), data["title"]), io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows([escape_formula(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def as_one(tables: list[Table], title: str) -> Table:
    """Tables under each other: the first column names the table, the others are all columns there are, each once.

    Where no table has a row, the one row says which report this is.
    """
    columns = list(dict.fromkeys(name for table in tables for name in table.header))
    rows: list[tuple[Cell, ...]] = []
    for table in tables:
        places = [table.header.index(name) if name in table.header else None for name in columns]
        rows += [(table.name, *("" if at is None else row[at] for at in places)) for row in table.rows]
    if not rows:
        rows.append(("Report", title, *[""] * (len(columns) - 1)))
    return Table(title, ("Table", *columns), rows)


def escape_formula(cell: Cell) -> Cell:
    """Prefix text that a spreadsheet would read as a formula with an apostrophe; numbers are not changed.

    So does what follows a semicolon, a TAB or a line break: a spreadsheet that splits there does not mind our quotes.
    """
    if not isinstance(cell, str) or NUMBER.fullmatch(cell):
        return cell
    guarded = "".join(f"'{part}" if is_formula(part) else part for part in SEPARATORS.split(cell))
    return f"'{guarded}" if is_formula(cell) and not guarded.startswith("'") else guarded


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, also behind quotation marks and what nobody sees."""
    first = next((sign for sign in text if not is_unseen(sign) and sign != '"'), "")
    return unicodedata.normalize("NFKC", first)[:1] in STARTS if first else False


def is_unseen(sign: str) -> bool:
    return sign in FILLERS or unicodedata.category(sign) in UNSEEN


def as_xlsx(data: Data) -> bytes:
    """Every table of a report as a sheet, after one that says what it is."""
    book = Workbook(write_only=True)
    built = built_at(data)
    book.properties.title, book.properties.creator = storable_cell(data["title"]), "factcheck"
    book.properties.created = built
    about: list[tuple[Cell, ...]] = [(words_of(name), count) for name, count in data["counts"].items()]
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


def words_of(name: str) -> str:
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
    """The text without characters that XML cannot hold, cut to the longest cell."""
    text = strip_unusable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT
