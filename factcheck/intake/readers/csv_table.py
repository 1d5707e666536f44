"""Tables as text (CSV, TSV): a row is a line, its cells apart by tabs."""

from __future__ import annotations

import csv
import io

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.cells import row_line
from factcheck.intake.readers.formats import CSV

_SEPARATORS = "\t;|,"
_SAMPLE = 20_000
_LONGEST_CELL = 200_000


def read_csv(text: str) -> Extract:
    """The rows of a table. Raises Unreadable: malformed, no_text."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error:
        raise Unreadable("malformed", "The table (CSV) is damaged: a cell never ends.") from None
    lines = [line for row in rows if (line := row_line(row)).strip()]
    if not lines:
        raise Unreadable("no_text", "The table is empty.")
    return Extract(text="\n".join(lines), media_type=CSV, notes=("This is a table: rows are lines, cells are tabbed.",))


def _separator(text: str) -> str:
    """The character that stands in the most lines equally often; a comma where none does."""
    lines = [line for line in text[:_SAMPLE].split("\n")[:50] if line.strip()]

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    best = max(_SEPARATORS, key=evenness)
    return best if evenness(best)[0] else ","
