"""Public API for the host site: file texts, ask whether they may be published, record that they were.

These names are stable; the modules they come from are not. Signals to receive are in ``signals``.
"""

from factcheck.errors import FactcheckError
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
]
