"""A built report becomes a page or JSON. Both are made from the frozen data alone, so they can be made again."""

from __future__ import annotations

import json
from typing import Any

from django.template.loader import render_to_string


def as_json(data: dict[str, Any]) -> str:
    """The report as JSON with sorted keys: the same data give the same bytes."""
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)


def as_html(data: dict[str, Any]) -> str:
    """The report as one page that stands alone: no script, no address to load from."""
    return render_to_string("factcheck/report.html", {"report": data})


def as_text(data: dict[str, Any]) -> str:
    """The plain-text body of the mail."""
    return render_to_string("factcheck/report.txt", {"report": data})
