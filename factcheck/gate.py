"""Public API for the host site: file texts, ask whether they may be published, record that they were.

These names are stable; the modules they come from are not. Signals to receive are in ``signals``.
"""

from factcheck.errors import FactcheckError, Invalid
from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers import read_bytes
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.clearance import Blocker, Clearance, clearance
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.publications import correct_document, publish_document

__all__ = [
    "Arrival",
    "Blocker",
    "Clearance",
    "FactcheckError",
    "clearance",
    "correct_document",
    "ingest_document",
    "publish_document",
    "text_of_html",
]


def text_of_html(markup: str) -> str:
    """The text of an article's markup as it is read here: a line for each block, so that two list items are not one
    sentence; struck out, hidden and executable parts left out. For a host that files text and has rich text.

    Empty where nothing can be read in it.

    Raises:
        Invalid: the markup is nested beyond reason, or too large; or the part that reads pages is not installed.
    """
    if not markup.strip():
        return ""
    try:
        return read_bytes(f"<!doctype html>{markup}".encode(), media_type="text/html", whole=True).text
    except Unreadable as unreadable:
        if unreadable.code == "no_text":
            return ""
        raise Invalid(unreadable.message, code=unreadable.code) from None
