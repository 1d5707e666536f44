"""A report as HTML, plain text and JSON, and the shorter HTML and text of its mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import css_inline
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from .measure_chart import with_charts
from .shorten import limit_lists
from .telling import told_report

FAMILIES = {"document": "document", "desk_digest": "document"}
"""The template of a kind, where it is not the kind's own name."""
ON_A_PAGE = {"blockers": 50, "sentences": 10, "others": 50}
IN_A_MAIL = {
    "documents": 40,
    "blockers": 10,
    "claims": 20,
    "figures": 5,
    "evidence": 3,
    "discrepancies": 20,
    "conflicts": 20,
    "overdue": 20,
    "judgements": 20,
    "people": 20,
    "tasks": 10,
    "publications": 40,
    "corrections": 40,
    "sentences": 1,
    "others": 5,
}
WHOLE = gettext_noop("The spreadsheet and the JSON of this report hold all of them.")
ON_THE_SITE = gettext_noop("The report on the site, its spreadsheet and its JSON hold all of them.")


def family(data: Mapping[str, Any]) -> str:
    return FAMILIES.get(data["kind"], str(data["kind"]))


def as_json(data: Mapping[str, Any]) -> str:
    """The report as JSON with sorted keys, so that equal data give equal bytes. Not indented: ten times as fast."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def as_html(data: Mapping[str, Any]) -> str:
    """The report as one self-contained HTML page without scripts."""
    report = with_charts(told_report(limit_lists(data, ON_A_PAGE, elsewhere=gettext(WHOLE))))
    return render_to_string(f"factcheck/report_{family(data)}.html", {"report": report})


def as_text(data: Mapping[str, Any]) -> str:
    """The report in plain words."""
    report = told_report(limit_lists(data, ON_A_PAGE, elsewhere=gettext(WHOLE)))
    return render_to_string(f"factcheck/report_{family(data)}.txt", {"report": report})


def mail_of(data: Mapping[str, Any], **more: Any) -> tuple[str, str]:
    """The plain text and HTML of a mail: shortened lists, inlined styles."""
    report = {**told_report(limit_lists(data, IN_A_MAIL, elsewhere=gettext(ON_THE_SITE))), **more}
    for document in report.get("documents", ()):
        document["passages"] = []
    name = f"factcheck/report_{family(data)}"
    page = render_to_string(f"{name}.html", {"report": report})
    words = render_to_string(f"{name}.txt", {"report": report})
    return words, css_inline.inline(page, keep_at_rules=True, load_remote_stylesheets=False)
