"""PDF with a text layer, by pypdf. Scans are not recognised: they are said to have no text."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError

from factcheck.intake.extracts import MAX_CHARACTERS, Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.formats import PDF
from factcheck.intake.readers.pdf_columns import Line
from factcheck.intake.readers.pdf_lines import content_of, lines_of
from factcheck.intake.readers.pdf_pages import document_text, means_something
from factcheck.intake.text_cleaning import one_line

MAX_PAGES = 2_000
MAX_DRAWN = 20_000_000
"""How much is drawn on the pages that are read, in bytes: the work a PDF makes, on however slow a machine."""

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the hostile file


def read_pdf(data: bytes) -> Extract:
    """The paragraphs of all pages, in order, pages apart by a blank line.

    Raises Unreadable: encrypted, no_text, malformed, bomb.
    """
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted", "The PDF is protected by a password. Please save it without one.")
        pages = _pages(reader)
    except DependencyError:
        raise Unreadable("encrypted", "The PDF is encrypted. Please save it without protection.") from None
    except LimitReachedError:
        raise Unreadable("bomb", "The PDF unpacks to far more than its size; not read.") from None
    except PdfReadError:
        raise Unreadable("malformed", "The PDF is damaged and cannot be read.") from None
    text, notes = document_text(pages.lines)
    if not text.strip():
        raise Unreadable("no_text", pages.refusal())
    title, author = _metadata(reader)
    return Extract(text=text, media_type=PDF, title=title, byline=names(author), notes=(*pages.notes(), *notes))


@dataclass(slots=True)
class _Pages:
    """The pages that were read, and the numbers of those that were not."""

    lines: list[list[Line]] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    meaningless: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    count: int = 0

    def take(self, number: int, lines: list[Line]) -> int:
        """Sort a page in; returns how long its text is."""
        text = "\n".join(line.text for line in lines)
        if not text.strip():
            self.empty.append(number)
        elif not means_something(text):
            self.meaningless.append(number)
        else:
            self.lines.append(lines)
        return len(text)

    def notes(self) -> tuple[str, ...]:
        """What is to be said of pages that are not in the text."""
        remarks = []
        if self.empty:
            remarks.append(f"{len(self.empty)} of {self.count} pages had no text; they may be pictures.")
        if self.meaningless:
            why = "the file does not say which letters its fonts show. Please paste them if they are needed."
            remarks.append(f"The characters of {_pages_named(self.meaningless)} mean nothing and were left out: {why}")
        if self.unread:
            remarks.append(
                f"{_pages_named(self.unread).capitalize()} not read: too much is drawn. Please send them alone."
            )
        return tuple(remarks)

    def refusal(self) -> str:
        """Why there is no text at all."""
        if self.meaningless:
            return (
                "The characters of the PDF mean nothing: it does not say which letters it shows. Please paste the text."
            )
        return "The PDF has no text layer; it is probably a scan. Please paste the text."


def _pages_named(numbers: list[int]) -> str:
    listed = ", ".join(str(number) for number in numbers[:10]) + (", …" if len(numbers) > 10 else "")
    return f"page {listed}" if len(numbers) == 1 else f"pages {listed}"


def _pages(reader: PdfReader) -> _Pages:
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable("too_large", f"The PDF has more than {MAX_PAGES:,} pages.")
    pages, size, drawn = _Pages(count=len(reader.pages)), 0, 0
    for number, page in enumerate(reader.pages, 1):
        content = content_of(page, reader)
        drawn += len(content.get_data()) if content is not None else 0
        if drawn > MAX_DRAWN:
            pages.unread.append(number)
            continue
        size += pages.take(number, lines_of(page, content))
        if size > MAX_CHARACTERS:
            raise Unreadable("bomb", f"The PDF holds more than {MAX_CHARACTERS:,} characters.")
    return pages


def _metadata(reader: PdfReader) -> tuple[str, str]:
    try:
        found = reader.metadata
        return (title_of(found.title), one_line(found.author)) if found else ("", "")
    except Exception:  # a damaged title is no reason to lose the text
        return "", ""
