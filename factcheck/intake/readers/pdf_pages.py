"""The pages of a PDF as one text: what stands on every page is left out, what means nothing is told apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from factcheck.intake.readers.pdf_columns import Line, in_reading_order
from factcheck.intake.readers.pdf_paragraphs import Joiner, distinct_words

MARGIN = 2
"""How many lines at the top and at the bottom of a page may be those of every page."""
LEAST_PAGES = 3
_DIGITS = re.compile(r"\d+")
_VOWELS = frozenset("aeiouyAEIOUY")
_MEANINGLESS = frozenset(["Cc", "Co", "Cn", "Cs"])
_LEAST_LETTERS = 80


def document_text(pages: list[list[Line]]) -> tuple[str, tuple[str, ...]]:
    """The paragraphs of all pages, pages apart by a blank line, and remarks."""
    repeated = _repeated(pages)
    kept = [[line for line in page if not _is_repeated(line, page, repeated)] for page in pages]
    joiner = Joiner(distinct_words(line.text for page in kept for line in page))
    for page in kept:
        joiner.take_page(in_reading_order(page))
    parts = (("\n\n" if found.begins_page else "\n") + found.text for found in joiner.found)
    return "".join(parts).strip("\n"), _notes(repeated, joiner)


def means_something(text: str) -> bool:
    """Whether characters are words at all, and not the codes of a font that says nothing of its letters.

    >>> means_something("The river office said so."), means_something("\\x01\\x02\\x03 \\x04\\x05")
    (True, False)
    """
    shown = [char for char in text if not char.isspace()]
    odd = sum(1 for char in shown if char == "\ufffd" or unicodedata.category(char) in _MEANINGLESS)
    if odd * 10 > len(shown):
        return False
    letters = [char for char in shown if "a" <= char.lower() <= "z"]
    accented = sum(1 for char in shown if char.isalpha() and char > "\x7f")
    if len(letters) < _LEAST_LETTERS or accented * 20 > len(letters):
        return True
    return sum(1 for char in letters if char in _VOWELS) * 5 >= len(letters)


def _repeated(pages: list[list[Line]]) -> dict[str, str]:
    """The lines that stand at the edge of most pages, apart from their digits, and one of each as it is printed."""
    if len(pages) < LEAST_PAGES:
        return {}
    edges = [{_shape(line.text): line.text for line in _edge(page)} for page in pages]
    counts = Counter(shape for edge in edges for shape in edge)
    printed = {shape: text for edge in reversed(edges) for shape, text in edge.items()}
    return {shape: printed[shape] for shape, count in counts.items() if count >= LEAST_PAGES and count * 2 > len(pages)}


def _edge(page: list[Line]) -> list[Line]:
    worded = [line for line in page if line.text]
    return [*worded[:MARGIN], *worded[-MARGIN:]] if len(worded) > 2 * MARGIN else []


def _is_repeated(line: Line, page: list[Line], repeated: dict[str, str]) -> bool:
    return bool(repeated) and _shape(line.text) in repeated and any(line is edge for edge in _edge(page))


def _shape(text: str) -> str:
    return _DIGITS.sub("#", text)


def _notes(repeated: dict[str, str], joiner: Joiner) -> tuple[str, ...]:
    remarks: list[str] = []
    worded = [text for text in repeated.values() if any(char.isalpha() for char in text)]
    if worded:
        remarks.append(f"Lines that stand on every page are not in the text, such as “{worded[0][:80]}”.")
    if joiner.numbers:
        listed = ", ".join(dict.fromkeys(joiner.numbers))[:200]
        remarks.append(f"Numbers that a line end broke were put together: {listed}. Please compare.")
    return tuple(remarks)
