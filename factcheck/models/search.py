"""Search: which documents and claims hold the words somebody looks for, by the full-text index of the database.

One interface over PostgreSQL's text search and SQLite's FTS5; the indexes are kept by triggers of
``0005_search_words``. Each word of a search begins a word of the record, in upper or lower case; a number is the
whole number. What is written together ("3,000", "o'clock") stands together. Any text is a search: signs are left out.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import connections
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

MOST_LETTERS, MOST_WORDS, LONGEST_WORD = 2_000, 20, 60
"""How much of a search is looked at: of all of it, of its terms and their words, of the letters of one word."""
ON_POSTGRES = "SELECT document_id FROM factcheck_documentwords WHERE words @@ to_tsquery('simple', %s)"
ON_SQLITE = "SELECT rowid FROM factcheck_{0}words WHERE factcheck_{0}words MATCH %s"


def terms_of(text: str) -> list[list[list[str]]]:
    """The terms of a search, which are apart by spaces: each in the ways to write its accents, as a row of words."""
    found = []
    for term in text[:MOST_LETTERS].split()[:MOST_WORDS]:
        ways = dict.fromkeys(unicodedata.normalize(form, term) for form in ("NFC", "NFD"))
        if written := [words for way in ways if (words := words_without_signs(way))]:
            found.append(written)
    return found


def words_without_signs(term: str) -> list[str]:
    """What is left of a term without its signs."""
    letters = (letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in term)
    return [word[:LONGEST_WORD] for word in "".join(letters).split()[:MOST_WORDS]]


def in_postgres(term: list[list[str]], label: str = "") -> str:
    """A term in the language of ``to_tsquery``; with the label A it is looked for in titles alone."""
    ways = []
    for words in term:
        ends = [label] * (len(words) - 1) + [("" if words[-1].isdecimal() else "*") + label]
        ways.append(
            " <-> ".join(f"'{word}'" + (f":{end}" if end else "") for word, end in zip(words, ends, strict=True))
        )
    return " | ".join(f"({way})" for way in ways)


def in_sqlite(terms: list[list[list[str]]], column: str = "") -> str:
    """All terms in the language of FTS5; with a column they are looked for there alone."""
    quoted = [[f'"{" ".join(words)}"' + ("" if words[-1].isdecimal() else " *") for words in term] for term in terms]
    asked = " AND ".join(f"({' OR '.join(ways)})" for ways in quoted)
    return f"{{{column}}} : ({asked})" if column else asked


def documents_with(text: str, rows: QuerySet[Any], *, titles_only: bool = False) -> QuerySet[Any]:
    """Those documents in whose metadata or newest text all words of a search stand; all of them for an empty one."""
    terms = terms_of(text)
    if not terms:
        return rows.none() if text.strip() else rows
    if connections[rows.db].vendor == "sqlite":
        asked = in_sqlite(terms, "title" if titles_only else "")
        return rows.filter(pk__in=RawSQL(ON_SQLITE.format("document"), [asked]))  # noqa: S611  our own words, and a parameter
    for term in terms:
        rows = rows.filter(pk__in=RawSQL(ON_POSTGRES, [in_postgres(term, "A" if titles_only else "")]))  # noqa: S611
    return rows


def claims_with(text: str, rows: QuerySet[Any]) -> Q:
    """The condition that all words of a search stand in the text of a claim; for one that has words."""
    terms = terms_of(text)
    if connections[rows.db].vendor == "sqlite":
        return Q(pk__in=RawSQL(ON_SQLITE.format("claim"), [in_sqlite(terms)]))  # noqa: S611
    asked = Value(" & ".join(f"({in_postgres(term)})" for term in terms))
    return Q(
        Func(
            F("text"),
            asked,
            template="(factcheck_words(%(expressions)s))",
            arg_joiner=") @@ to_tsquery('simple', ",
            output_field=BooleanField(),
        )
    )
