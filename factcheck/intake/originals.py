"""The original shown beside an extracted text when a person confirms it: a page's full text, its source, or a file.

It is always characters to be shown as characters, or bytes to be handed out: markup from outside is never rendered.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers.decoding import decoded
from factcheck.intake.readers.html import block_text

LONGEST = 1_500_000
"""How many characters of an original are shown."""

_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|p|div)\b", re.IGNORECASE)


class Original(NamedTuple):
    """`kind` is "page" (all visible text of a page, a line per block), "source" (the characters as they came), "file"
    (bytes to be downloaded) or "none" (blanked, or never had). `media_type` is what the bytes are.
    """

    kind: str
    body: str | bytes
    media_type: str


def original(data: bytes, *, media_type: str = "", filename: str = "", charset: str = "") -> Original:
    """How some bytes are shown beside their text. Never raises: what is no text is a file."""
    head = data[:4096].lstrip()
    if head.startswith(b"%PDF-"):
        return Original("file", data, "application/pdf")
    if head.startswith(b"PK\x03\x04"):
        return Original("file", data, "application/octet-stream")
    try:
        text = decoded(data, charset).text
    except Unreadable:
        return Original("file", data, "application/octet-stream")
    named = filename.lower().endswith((".html", ".htm", ".xhtml")) or "html" in media_type.lower()
    if (named or not filename) and _PAGE.search(head):
        try:
            return Original("page", block_text(text[:LONGEST]), "text/html")
        except Unreadable:  # nested beyond reason: then as it came
            pass
    return Original("source", text[:LONGEST], "text/plain")
