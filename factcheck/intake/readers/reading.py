"""One reading from first byte to `Extract`: size, type, characters, format, stored text. The format modules
know nothing of each other's order; this one knows nothing of any format, and imports the module of one when it is met:
those of pages, PDFs and Word documents take longer to import than a short text takes to read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from importlib import import_module

from factcheck.intake.extracts import MAX_CHARACTERS, Extract, Unreadable, check_size
from factcheck.intake.readers import formats, sniffing
from factcheck.intake.readers.decoding import Decoded, decoded
from factcheck.intake.readers.standing import embargo_in_words
from factcheck.intake.text_cleaning import stored_text

Reader = Callable[[bytes], Extract]
"""What a host may bring for a format of its own; docs/extending.md shows one."""
_READERS = {
    formats.PDF: "pdf.read_pdf",
    formats.DOCX: "docx.read_docx",
    formats.ODT: "odt.read_odt",
    formats.RTF: "rtf.read_rtf",
    formats.XLSX: "xlsx.read_xlsx",
    formats.MAIL: "mail.read_mail",
    formats.CSV: "csv_table.read_csv",
    formats.HTML: "html.read_html",
    formats.NINJS: "ninjs.read_ninjs",
    formats.NEWSML: "newsml.read_newsml",
    formats.NITF: "nitf.read_nitf",
    formats.MARKDOWN: "plain.read_markdown",
    formats.PLAIN: "plain.read_plain",
}
"""The function that reads a format, by its module in this package and its name."""

_EXTRAS = {
    formats.PDF: ("PDF files", "pdf"),
    formats.XLSX: ("Excel workbooks", "spreadsheets"),
    formats.HTML: ("web pages", "pages"),
    formats.MAIL: ("e-mails", "pages"),
}
"""What a format is called, and the extra of this package that brings what reads it: a site may be without."""


def read_bytes(
    data: bytes,
    *,
    filename: str = "",
    media_type: str = "",
    charset: str = "",
    url: str = "",
    whole: bool = False,
    reader: Reader | None = None,
) -> Extract:
    """What some bytes from outside say, whatever their format.

    The bytes must match the type of `filename`; `media_type` and `charset` may be wrong, the bytes win. `url`
    resolves relative addresses in a page. `whole` keeps all that a page shows, instead of looking for its article: for
    a page that holds nothing but somebody's own text. `reader` is one that the host brings, asked instead of ours.
    Raises Unreadable and nothing else (see its codes); hostile bytes may still take long or much memory, for which
    there is `factcheck.intake.isolation`.
    """
    check_size(data)
    try:
        extract = reader(data) if reader else _read(data, filename, media_type, charset, url, whole)
        return _stored(extract)
    except Unreadable:
        raise
    except MemoryError:
        raise Unreadable("too_much_memory", "Reading this file takes too much memory.") from None
    except RecursionError:
        raise Unreadable("malformed", "The file is nested too deeply to be read.") from None
    except Exception as error:  # the border: whatever a format library raises on hostile bytes ends here
        raise Unreadable("malformed", f"The file is damaged and cannot be read ({type(error).__name__}).") from error


def _read(data: bytes, filename: str, media_type: str, charset: str, url: str, whole: bool) -> Extract:
    claimed = sniffing.claimed_type(filename, media_type)
    found = sniffing.binary_type(data, charset, claimed)
    if found:
        sniffing.check_name(filename, found)
        extract = _reader_of(found)(data)
    else:
        characters = decoded(data, charset)
        found = sniffing.text_type(characters.text, claimed)
        sniffing.check_name(filename, found)
        extract = _with_decoding(_read_text(characters.text, found, url, whole), characters)
    remarks = sniffing.media_type_mismatch(media_type, found)
    return dataclasses.replace(extract, notes=(*extract.notes, *remarks))


def _reader_of(found: str) -> Callable[..., Extract]:
    module, _, name = _READERS[found].partition(".")
    try:
        reader: Callable[..., Extract] = getattr(import_module(f"{__package__}.{module}"), name)
    except ModuleNotFoundError as missing:
        called, extra = _EXTRAS.get(found, (found, "all"))
        words = f"This site does not read {called}. Whoever runs it adds them by installing factcheck[{extra}]."
        raise Unreadable("part_missing", words) from missing
    return reader


def _read_text(text: str, found: str, url: str, whole: bool) -> Extract:
    clean, notes = stored_text(text)  # before reading, so that no reader meets a stray control character
    if not clean.strip():
        raise Unreadable("empty", "The file holds no text, only blanks.")
    read = _reader_of(found)
    extract = read(clean, url, whole=whole) if found == formats.HTML else read(clean)
    changed = tuple(note for note in notes if "contains" not in note)  # what a text contains is said of the result
    return dataclasses.replace(extract, notes=(*extract.notes, *changed))


def _with_decoding(extract: Extract, characters: Decoded) -> Extract:
    notes = (*characters.notes, *extract.notes)
    return dataclasses.replace(extract, notes=notes, plain=extract.plain and not characters.guessed)


def _stored(extract: Extract) -> Extract:
    text, notes = stored_text(extract.text)
    if len(text) > MAX_CHARACTERS:
        raise Unreadable("bomb", f"The text unfolds to more than {MAX_CHARACTERS:,} characters.")
    if not text.strip():
        raise Unreadable("no_text", "There is no text in this file.")
    said = () if extract.embargo_until else embargo_in_words(text)
    return dataclasses.replace(extract, text=text, notes=tuple(dict.fromkeys((*extract.notes, *said, *notes))))
