"""What a ZIP package or an old Office file is, and what to do where it is none that is read."""

from __future__ import annotations

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers.formats import DOCX, ODT, XLSX
from factcheck.intake.readers.packages import Package

_OPEN_XML = (("wordprocessingml", DOCX), ("ms-word", DOCX), ("spreadsheetml", XLSX), ("ms-excel.sheet", XLSX))
_MAIN_NAMES = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_PASTE = "Please save it as .docx or PDF, or paste the text."
_TABLE = "Please save the table as .xlsx or .csv."
_OTHERS = (  # the beginning of a content type or of a MIME type, and what is said of it
    ("application/vnd.openxmlformats-officedocument.presentationml", "a PowerPoint presentation", _PASTE),
    ("application/vnd.ms-powerpoint", "a PowerPoint presentation", _PASTE),
    ("application/vnd.ms-excel", "a binary Excel workbook", _TABLE),
    ("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet", _TABLE),
    ("application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation", _PASTE),
    ("application/vnd.oasis.opendocument", "an OpenDocument file that is no text", _PASTE),
    ("application/epub+zip", "an e-book (EPUB)", "Please paste the chapter that is to be checked."),
)
_MARKS = (  # the name of a part that only this kind has
    ("ppt/presentation.xml", "a PowerPoint presentation", _PASTE),
    ("index/document.iwa", "an Apple Pages, Numbers or Keynote file", "Please export it as Word (.docx) or PDF."),
    ("index.zip", "an Apple Pages, Numbers or Keynote file", "Please export it as Word (.docx) or PDF."),
)
_OLD = (  # the name of a stream that only this kind has
    ("__substg1.0_", "an Outlook message (.msg)", "Please save it as .eml, or paste the text."),
    ("WordDocument", "an old Word document (.doc)", "Please save it as .docx."),
    ("Workbook", "an old Excel workbook (.xls)", _TABLE),
    ("PowerPoint Document", "an old PowerPoint presentation (.ppt)", _PASTE),
)


def packed_type(data: bytes) -> str:
    """DOCX, XLSX or ODT by what a ZIP says of itself.

    Raises Unreadable (malformed, encrypted, wrong_type) for other packages, naming what it is and what to do.
    """
    package = Package(data)
    stated = package.part("mimetype", 200).decode("ascii", "replace").strip()
    if stated in (ODT, f"{ODT}-template"):
        return ODT
    _, kind = package.main_part()
    for word, found in _OPEN_XML:
        if word in kind:
            return found
    for part, found in _MAIN_NAMES.items():
        if part in package.names and not kind:
            return found
    raise _refusal(stated or kind, package.names)


def old_office_refusal(data: bytes) -> Unreadable:
    """Why a file of an Office before 2007 is not read."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Unreadable("encrypted", "The document is protected by a password. Please save it without one.")
    for stream, name, advice in _OLD:
        if stream.encode("utf-16-le") in data:
            return Unreadable("wrong_type", f"This is {name}. {advice}")
    return Unreadable("wrong_type", "This is an old Office document. Please save it as .docx.")


def _refusal(stated: str, names: frozenset[str]) -> Unreadable:
    for start, name, advice in _OTHERS:
        if stated.startswith(start):
            return Unreadable("wrong_type", f"This is {name}, not an article. {advice}")
    for part, name, advice in _MARKS:
        if part in names:
            return Unreadable("wrong_type", f"This is {name}, not an article. {advice}")
    return Unreadable("wrong_type", "This is a ZIP archive, not an article. Please unpack it and send each file alone.")
