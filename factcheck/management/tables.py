"""Tables that commands enter: the rows of a CSV file, entered one by one, all of them told of."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from factcheck.errors import FactcheckError

MOST_BYTES = 10_000_000
Row = tuple[int, dict[str, str]]
"""A row with its line in the file."""


def table_rows(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Row]:
    """The rows of a table, each with its line in the file.

    Raises:
        CommandError: the file cannot be read, or has other columns.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise CommandError(f"{path} is larger than {MOST_BYTES:,} bytes.")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8. Save it as CSV UTF-8.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    head = text.partition("\n")[0]
    table = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
    try:
        names = [name.strip().casefold() for name in table.fieldnames or ()]
        table.fieldnames = names
        if missing := set(needed) - set(names):
            raise CommandError(f"The first line names no column “{min(missing)}”.")
        if unknown := set(names) - set(columns):
            raise CommandError(f"There is no column “{min(unknown)}”. Columns: {', '.join(columns)}.")
        for row in table:
            if None in row:
                raise CommandError(f"Line {table.line_num} has more fields than the first line.")
            yield table.line_num, {name: (value or "").strip() for name, value in row.items()}
    except csv.Error as error:
        raise CommandError(f"{path} is no CSV from line {table.line_num} on: {error}.") from None


def enter_rows(
    command: BaseCommand, things: str, rows: Sequence[Row], enter: Callable[[dict[str, str]], Any], *, dry_run: bool
) -> None:
    """Enter each row by itself: what is refused is told by its line, and the others are entered. Shows a bar.

    Raises:
        CommandError: some were refused.
    """
    entered, refused = 0, 0
    with transaction.atomic():
        for line, row in with_bar(command, rows):
            try:
                with transaction.atomic():
                    enter(row)
                entered += 1
            except FactcheckError as refusal:
                refused += 1
                command.stderr.write(f"Line {line}, {next(iter(row.values())) or 'without a name'}: {refusal}")
        transaction.set_rollback(dry_run)
    would = "would be" if dry_run else "are"
    command.stdout.write(f"{entered} of {len(rows)} {things} {would} entered.")
    if refused:
        raise CommandError(f"{refused} of {len(rows)} rows {would} left out.")


def with_bar(command: BaseCommand, rows: Sequence[Row], *, width: int = 30) -> Iterator[Row]:
    """The rows, with a bar on a terminal of how many are done."""
    shown = command.stderr.isatty()
    for done, row in enumerate(rows, 1):
        yield row
        if shown and (done % 10 == 0 or done == len(rows)):
            full = width * done // len(rows)
            command.stderr.write(f"\r[{'#' * full}{'.' * (width - full)}] {done} of {len(rows)}", ending="")
    if shown and rows:
        command.stderr.write("")


def parted(words: str) -> list[str]:
    """The words that “;” parts."""
    return [word.strip() for word in words.split(";") if word.strip()]
