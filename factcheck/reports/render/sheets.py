"""The tables of a report as CSV. No cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

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
