"""PDF with a text layer, by pypdf. Scans are not recognised: they are said to have no text."""

from __future__ import annotations

import io
import logging

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError

from factcheck.intake.extracts import MAX_CHARACTERS, Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.formats import PDF
from factcheck.intake.readers.pdf_lines import lines_of
from factcheck.intake.text_cleaning import one_line

MAX_PAGES = 2_000

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the hostile file


def read_pdf(data: bytes) -> Extract:
    """The text of all pages, in order, pages apart by a blank line.

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
    empty = sum(1 for page in pages if not page.strip())
    if empty == len(pages):
        raise Unreadable("no_text", "The PDF has no text layer; it is probably a scan. Please paste the text.")
    title, author = _metadata(reader)
    notes = (f"{empty} of {len(pages)} pages had no text; they may be pictures.",) if empty else ()
    return Extract(
        text="\n\n".join(page.strip("\n") for page in pages if page.strip()),
        media_type=PDF,
        title=title,
        byline=names(author),
        notes=notes,
    )


def _pages(reader: PdfReader) -> list[str]:
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable("too_large", f"The PDF has more than {MAX_PAGES:,} pages.")
    texts, size = list[str](), 0
    for page in reader.pages:
        texts.append(lines_of(page, reader))
        size += len(texts[-1])
        if size > MAX_CHARACTERS:
            raise Unreadable("bomb", f"The PDF holds more than {MAX_CHARACTERS:,} characters.")
    return texts


def _metadata(reader: PdfReader) -> tuple[str, str]:
    try:
        found = reader.metadata
        return (title_of(found.title), one_line(found.author)) if found else ("", "")
    except Exception:  # a damaged title is no reason to lose the text
        return "", ""
