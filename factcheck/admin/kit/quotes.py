"""Quotes from a form, found in the text they were taken from."""

from __future__ import annotations

from factcheck.errors import Invalid


def match_line_endings(quote: str, text: str) -> str:
    """The quote with the line endings of the text: browsers send CRLF."""
    return quote if quote in text else quote.replace("\r\n", "\n")


def find_once(quote: str, text: str) -> tuple[int, int]:
    """Start and end of a quote that occurs in the text once.

    Raises:
        Invalid: it occurs never or several times.
    """
    times = text.count(quote) if quote.strip() else 0
    if times != 1:
        how = "does not stand in the text" if not times else f"stands in the text {times} times; give more of its words"
        raise Invalid(f"“{quote[:80]}” {how}.", code="quote_not_found")
    start = text.index(quote)
    return start, start + len(quote)
