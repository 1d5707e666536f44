"""The door for the host: what a site needs to file its texts, ask whether they may go out, and say that they did.

These names stay; where the actions live in ``workflow`` may change. The events to listen to are in ``signals``.
"""

from factcheck.errors import FactcheckError
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.clearance import Blocker, Clearance, clearance
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.publication import correct_document, publish_document

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
