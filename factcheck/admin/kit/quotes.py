"""Quotes from a form, found in the text they were taken from."""

from __future__ import annotations

from factcheck.errors import Invalid


def as_kept(quote: str, text: str) -> str:
    """Words from a form as the text has them: a browser sends every end of a line as two characters."""
    return quote if quote in text else quote.replace("\r\n", "\n")


def only_place(quote: str, text: str) -> tuple[int, int]:
    """Where words stand in a text, if they stand there once.

    Raises:
        Invalid: they do not.
    """
    times = text.count(quote) if quote.strip() else 0
    if times != 1:
        how = "does not stand in the text" if not times else f"stands in the text {times} times; give more of its words"
        raise Invalid(f"“{quote[:80]}” {how}.", code="quote_not_found")
    start = text.index(quote)
    return start, start + len(quote)
