"""The bytes of a document as they arrived, shown so that nothing in them can act: no script, no address, no frame."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from factcheck.models import Snapshot
from factcheck.workflow.originals import snapshot_bytes

SHOWN = {"text/html": "text/html", "application/xhtml+xml": "text/html", "text/plain": "text/plain", "": "text/plain"}
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def is_shown(snapshot: Snapshot) -> bool:
    """Whether a browser can show it beside the text; anything else is handed over as a file."""
    return media_type_of(snapshot) in SHOWN


def media_type_of(snapshot: Snapshot) -> str:
    named = snapshot.media_type.split(";")[0].strip().casefold()
    return "text/html" if named == "" and snapshot.filename.casefold().endswith((".html", ".htm")) else named


def original_view(snapshot: Snapshot, *, download: bool = False) -> HttpResponse:
    """The bytes in a sandbox of their own, or as a file to keep."""
    body = snapshot_bytes(snapshot)
    if download or not is_shown(snapshot):
        answer = HttpResponse(body, content_type="application/octet-stream")
        name = snapshot.filename or f"original-{snapshot.sha256[:12]}.bin"
        answer.headers["Content-Disposition"] = content_disposition_header(True, name[:150]) or "attachment"
    else:
        charset = f"; charset={snapshot.charset}" if snapshot.charset else ""
        answer = HttpResponse(body, content_type=SHOWN[media_type_of(snapshot)] + charset)
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
