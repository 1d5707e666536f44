"""The tables of a report as CSV. No cell of it is ever a formula."""

from __future__ import annotations

import io
import re

from defusedcsv import csv

from .tables import Cell, Data, Table, tables_of

FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]")
"""What a spreadsheet may take for the start of a formula, also behind a TAB, a CR or a blank."""
INNER = re.compile(r"([;\t\r\n][\s\"]*)(?=[=+\-@|%＝＋－＠])")
"""The same behind a place inside a cell where a spreadsheet with another separator begins a new one."""


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
    if not isinstance(cell, str):
        return cell
    guarded = INNER.sub(r"\1'", cell)
    return f"'{guarded}" if FORMULA.match(cell) else guarded
