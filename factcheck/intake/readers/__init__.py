"""Bytes of any accepted format → one `Extract`. Public API: `read_bytes`, and `stored_text` for pasted strings.

Each format has a module: `plain` (text, Markdown), `html`, `pdf`, `docx`, `odt`, `rtf`, `mail`, `csv_table`, `xlsx`,
`ninjs`, `newsml`, `nitf`. What the bytes really are is decided by `sniffing`, how they become characters by `decoding`,
when they were published by `dates`, who wrote them by `credits`, what their sender says of them by `standing`.
Reading hostile bytes safely is the business of `factcheck.intake.isolation`, which calls this in a child process.
"""

from factcheck.intake.extracts import MAX_BYTES, Extract, Unreadable
from factcheck.intake.readers.reading import read_bytes
from factcheck.intake.text_cleaning import stored_text

__all__ = ["MAX_BYTES", "Extract", "Unreadable", "read_bytes", "stored_text"]
