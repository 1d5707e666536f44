"""Rows of tables as lines of text: cells apart by tabs, and no two numbers of one cell run together."""

from __future__ import annotations

from collections.abc import Iterable


def joined_cell(lines: Iterable[str]) -> str:
    """The lines of a cell as one; between two numbers stands a semicolon, for "1 200" is a number too.

    >>> joined_cell(["dead", "12"]), joined_cell(["1", "200"])
    ('dead 12', '1; 200')
    """
    joined = ""
    for line in (" ".join(line.split()) for line in lines):
        if joined and line:
            joined += "; " if joined[-1].isdigit() and line[0].isdigit() else " "
        joined += line
    return joined


def row_line(cells: Iterable[str]) -> str:
    """A row of cells as one line, without the empty cells at its end.

    >>> row_line(["Velmora", "12", "", ""])
    'Velmora\\t12'
    """
    return "\t".join(joined_cell(cell.splitlines()) for cell in cells).rstrip("\t")
