"""A report as tables: a name, a header and rows of texts and numbers. XLSX has a sheet for each, CSV all in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Cell = str | int | float
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    name: str
    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def label(name: str) -> str:
    return name.replace("_", " ")


def tables_of(data: Data) -> list[Table]:
    """The tables of a report, the one it is mainly about first."""
    of_kind = {
        "document": [claims_table, figures_table, evidence_table, discrepancies_table, blockers_table, documents_table],
        "desk_digest": [documents_table, blockers_table, discrepancies_table, judgements_table, overdue_table],
        "conflicts": [conflicts_table, judgements_table],
        "overdue": [late_table],
        "corrections": [publications_table],
    }
    return [table(data) for table in of_kind[data["kind"]]]


def each_claim(data: Data) -> Iterator[tuple[Data, Data]]:
    return ((document, claim) for document in data["documents"] for claim in document["claims"])


def claims_table(data: Data) -> Table:
    header = (
        "Claim number",
        "Claim",
        "State",
        "Verdict",
        "Submitted by",
        "Signed off by",
        "Signed off at",
        "Eyes",
        "Origins",
        "Type",
        "Check-worthiness",
        "In the text",
        "Attributed to",
        "Waived until",
        "Why waived",
        "Why stale",
        "Figures",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row["number"],
            row["text"],
            label(row["state"]),
            row["verdict_words"],
            row["verdict_by"],
            row["signed_by"],
            row["signed_at"],
            row["eyes"],
            row["origins"] if row["signed_by"] else "",
            label(row["claim_type"]),
            round(row["checkworthiness"], 2),
            label(row["anchor_state"]),
            row["attributed_to"],
            row["waived_until"],
            row["waiver_reason"],
            row["stale_reason"],
            "; ".join(figure["surface"] for figure in row["figures"]),
        )
        for _, row in each_claim(data)
    ]
    return Table("Claims", header, rows)


def figures_table(data: Data) -> Table:
    header = ("Claim number", "Figure", "Counts", "Unit", "Hedge", "Told as", "Said by", "As of", "State")
    rows: list[tuple[Cell, ...]] = [
        (
            claim["number"],
            row["surface"],
            row["counted"],
            label(row["unit"]),
            label(row["hedge"]),
            label(row["modality"]),
            row["says"],
            row["as_of"],
            label(row["state"]),
        )
        for _, claim in each_claim(data)
        for row in claim["figures"]
    ]
    return Table("Figures", header, rows)


def evidence_table(data: Data) -> Table:
    header = ("Claim number", "Source", "Kind", "Stance", "Use", "State", "Words", "Address", "SHA-256")
    rows: list[tuple[Cell, ...]] = [
        (
            claim["number"],
            row["source"],
            label(row["kind"]),
            label(row["stance"]),
            label(row["use"]),
            label(row["state"]),
            row["excerpt"],
            row["url"],
            row["sha256"],
        )
        for _, claim in each_claim(data)
        for row in claim["evidence"]
    ]
    return Table("Evidence", header, rows)


def discrepancies_table(data: Data) -> Table:
    header = ("Kind", "What differs", "State", "Resolved as", "Note", "Texts")
    rows: list[tuple[Cell, ...]] = [
        (
            label(row["kind"]),
            row["reason"],
            label(row["state"]),
            label(row["resolution"]),
            row["note"],
            "; ".join(row["documents"]),
        )
        for row in data["discrepancies"]
    ]
    return Table("Discrepancies", header, rows)


def blockers_table(data: Data) -> Table:
    rows: list[tuple[Cell, ...]] = [(part["title"], line) for part in data["documents"] for line in part["blockers"]]
    return Table("What blocks", ("Document", "What blocks it"), rows)


def documents_table(data: Data) -> Table:
    header = (
        "Document",
        "State",
        "Clear",
        "Waived until",
        "What blocks",
        "Publisher",
        "Byline",
        "Published at",
        "Revision",
        "Went out",
        "Corrections",
        "Waivers",
        "Policy of the desk",
        "SHA-256 of the text",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row["title"],
            label(row["state"]),
            "yes" if row["clear"] else "no",
            row["waived_until"],
            len(row["blockers"]),
            row["publisher"],
            row["byline"],
            row["published_at"],
            row["revision"],
            "; ".join(row["publications"]),
            "; ".join(row["corrections"]),
            "; ".join(row["document_waivers"]),
            row.get("policy", ""),
            row["text_sha256"],
        )
        for row in data["documents"]
    ]
    return Table("Documents", header, rows)


def overdue_table(data: Data) -> Table:
    return Table("Overdue", ("Overdue checking work",), [(line,) for line in data["overdue"]])


def judgements_table(data: Data) -> Table:
    return Table("Judgements", ("What people judged",), [(line,) for line in data["judgements"]])


def conflicts_table(data: Data) -> Table:
    header = (
        "Number",
        "Kind",
        "What differs",
        "Found at",
        "First says",
        "First as of",
        "First sentence",
        "First text",
        "Second says",
        "Second as of",
        "Second sentence",
        "Second text",
        "What others say",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            row["id"],
            label(row["kind"]),
            row["reason"],
            row["found_at"],
            *side_cells(row["sides"][0]),
            *side_cells(row["sides"][1]),
            "; ".join(other_statement_text(statement) for statement in row.get("others", ())),
        )
        for row in data["conflicts"]
    ]
    return Table("Conflicts", header, rows)


def side_cells(row: Data) -> tuple[Cell, ...]:
    if not row["held"]:
        return ("another desk", "", "", "")
    lines = row["sentences"]
    return (
        row["says"],
        row["as_of"],
        lines[0]["text"] if lines else "",
        "; ".join(" ".join(filter(None, (line["document"], line["published_at"]))) for line in lines),
    )


def other_statement_text(row: Data) -> str:
    """A further statement of a dispute in one line."""
    as_of = f", as of {row['as_of']}" if row["as_of"] else ""
    return f"{row['says'] or 'nobody named'}: {row['figure']}{as_of} ({', '.join(row['documents'])})"


def late_table(data: Data) -> Table:
    header = (
        "Who has it",
        "Claim",
        "Document",
        "Method",
        "State",
        "Waiting for",
        "State of the claim",
        "Due at",
        "Hours late",
        "Late by",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            person["name"] or "nobody",
            row["claim"],
            row["document"],
            label(row["method"]),
            label(row["state"]),
            label(row["waiting_for"]),
            label(row["claim_state"]),
            row["due_at"],
            row["hours_late"],
            row["late"],
        )
        for person in data["people"]
        for row in person["tasks"]
    ]
    return Table("Overdue", header, rows)


def publications_table(data: Data) -> Table:
    """What went out and what was put right in one table, by time."""
    header = ("At", "What", "Document", "Revision", "By", "Why, or in which words", "Claim", "What was open")
    rows: list[tuple[Cell, ...]] = [
        (
            row["at"],
            "published cleared" if row["clear"] else "published UNCLEARED",
            row["document"],
            row["revision"],
            row["by"],
            row["reason"],
            "",
            "; ".join(row["blockers"]),
        )
        for row in data["publications"]
    ]
    rows += [
        (row["at"], label(row["correction_class"]), row["document"], "", row["by"], row["wording"], row["claim"], "")
        for row in data["corrections"]
    ]
    return Table("Publications and corrections", header, sorted(rows, key=lambda row: str(row[0])))
