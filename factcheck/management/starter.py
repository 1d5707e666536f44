"""The starter data that ships with the app: the registry of sources, and the articles of the demo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "starter"


def starter_sources() -> list[dict[str, Any]]:
    """The organisations of the starter registry."""
    rows: list[dict[str, Any]] = json.loads((FOLDER / "sources.json").read_text(encoding="utf-8"))
    return rows


def starter_articles() -> list[Path]:
    """The demo's articles, in the order of their names."""
    return sorted((FOLDER / "articles").glob("*.md"))


def header_of(data: bytes) -> dict[str, str]:
    """The ``Key: value`` block that opens a Markdown file; empty where there is none."""
    block = data.decode("utf-8", "replace").split("\n\n", 1)[0]
    pairs = [line.split(":", 1) for line in block.splitlines() if ":" in line]
    return {key.strip().casefold(): value.strip() for key, value in pairs}


def without_demo_headers(data: bytes) -> bytes:
    """The file without the header lines that only the demo reads (topic and kind)."""
    head, blank, body = data.partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if not line.startswith((b"Topic:", b"Kind:"))]
    return b"\n".join(lines) + blank + body
