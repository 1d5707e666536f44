"""Shorten long lists to what a page or a mail can carry, with a sentence per cut that says where the rest is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

NAMES = {
    "documents": gettext_noop("documents"),
    "claims": gettext_noop("claims"),
    "blockers": gettext_noop("reasons why a text is not clear"),
    "discrepancies": gettext_noop("discrepancies"),
    "overdue": gettext_noop("overdue pieces of work"),
    "conflicts": gettext_noop("discrepancies"),
    "judgements": gettext_noop("judgements of people"),
    "tasks": gettext_noop("overdue pieces of work"),
    "people": gettext_noop("people"),
    "publications": gettext_noop("publications"),
    "corrections": gettext_noop("corrections"),
    "sentences": gettext_noop("texts that carry one side"),
    "others": gettext_noop("other statements of a dispute"),
    "figures": gettext_noop("figures of a claim"),
    "evidence": gettext_noop("pieces of evidence of a claim"),
}
"""The lists that may be cut, and what they hold."""


def limit_lists(data: Mapping[str, Any], most: Mapping[str, int], *, elsewhere: str) -> dict[str, Any]:
    """A copy of the data with no list longer than ``most`` says; ``left_out`` tells what is not in it."""
    cuts: dict[str, tuple[int, int]] = {}
    short = _cut(dict(data), most, cuts)
    for document in short.get("documents", ()):
        _cut_text(document)
    short["left_out"] = [
        gettext("Only {displayed:,} of {total:,} {names} are shown here. {elsewhere}").format(
            displayed=displayed, total=total, names=gettext(NAMES[name]), elsewhere=elsewhere
        )
        for name, (displayed, total) in sorted(cuts.items())
    ]
    return short


def _cut(part: dict[str, Any], most: Mapping[str, int], cuts: dict[str, tuple[int, int]]) -> dict[str, Any]:
    copy = dict(part)
    for name, rows in part.items():
        if not isinstance(rows, (list, tuple)):
            copy[name] = _cut(rows, most, cuts) if isinstance(rows, dict) else rows
            continue
        head = rows[: most.get(name, len(rows))] if name in NAMES else rows
        if len(head) < len(rows):
            displayed, total = cuts.get(name, (0, 0))
            cuts[name] = displayed + len(head), total + len(rows)
        copy[name] = [_cut(row, most, cuts) if isinstance(row, dict) else row for row in head]
    return copy


def _cut_text(document: dict[str, Any]) -> None:
    """The text ends with the last claim that is shown, where not all are."""
    displayed, marked = len(document.get("claims", ())), document.get("passages", ())
    last = max((passage["claim"] for passage in marked), default=0)
    if displayed and last > displayed:
        beyond = next(at for at, passage in enumerate(marked) if passage["claim"] > displayed)
        document["passages"] = [*marked[:beyond], {"text": " […]", "claim": 0}]
