"""A stored report in the language and on the clock of whoever reads it; what is stored is English and in UTC.

The words of the copy, and what people wrote, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from factcheck.language import days_told, is_english, name_words, told
from factcheck.reports.builders.overdue import duration_text

SENTENCES = frozenset(
    {
        "blockers",
        "corrections",
        "document_waivers",
        "findings",
        "judgements",
        "overdue",
        "policy",
        "publications",
        "reason",
        "stale_reason",
        "title",
        "verdict_words",
        "why_one",
    }
)
"""The parts of a report that hold sentences of the app, or one at the head of what somebody wrote."""
MOMENTS = frozenset({"at", "built_at", "due_at", "found_at", "published_at", "signed_at", "since", "waived_until"})
NAMES = frozenset(
    {
        "claim_state",
        "claim_type",
        "correction_class",
        "hedge",
        "kind",
        "method",
        "modality",
        "resolution",
        "stance",
        "state",
        "unit",
        "use",
        "waiting_for",
    }
)
"""The parts that hold a name from the code."""
PRINTED = Path(__file__).resolve().parents[2] / "templates" / "factcheck"


def told_report(data: Mapping[str, Any]) -> dict[str, Any]:
    """The report with its own sentences and moments as the reader has them."""
    report = {name: told_value(name, value) for name, value in data.items()}
    if "hours_late" in data:
        report["late"] = duration_text(data["hours_late"])
    return report


def told_value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return told_report(value)
    if isinstance(value, (list, tuple)):
        return [told_value(name, one) for one in value]
    if isinstance(value, str) and (name in SENTENCES or name in MOMENTS):
        return told(value)
    if isinstance(value, str) and name == "as_of":
        return days_told(value)
    return value


def printed_words(data: Mapping[str, Any]) -> dict[str, str]:
    """What the printed page says in the reader's language, by its English; nothing for an English reader."""
    if is_english():
        return {}
    names = {name.replace("_", " ") for name in code_names_in(data)}
    return {**{text: gettext(text) for text in printed_texts()}, **{name: name_words(name) for name in names if name}}


def code_names_in(part: Any) -> Iterator[str]:
    """The names from the code that stand in a report."""
    if isinstance(part, Mapping):
        yield from map(str, part.get("counts") or ())
        for name, value in part.items():
            if name in NAMES and isinstance(value, str):
                yield value
            else:
                yield from code_names_in(value)
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from code_names_in(one)


@cache
def printed_texts() -> frozenset[str]:
    """What the templates of the printed page have said for them."""
    pages = PRINTED.glob("report*.typ")
    return frozenset(text for page in pages for text in re.findall(r'say\(\s*"([^"]+)"', page.read_text("utf-8")))
