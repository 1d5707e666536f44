"""Stored bytes as HTTP responses that cannot run scripts, load addresses or be framed elsewhere."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from factcheck.models import Snapshot
from factcheck.workflow.originals import download_name, snapshot_bytes

VIEWABLE_TYPES = {
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "text/plain": "text/plain",
    "": "text/plain",
}
SANDBOX_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def is_viewable(snapshot: Snapshot) -> bool:
    """Whether a browser may show it inline; anything else is a download."""
    return media_type_of(snapshot) in VIEWABLE_TYPES


def media_type_of(snapshot: Snapshot) -> str:
    named = snapshot.media_type.split(";")[0].strip().casefold()
    return "text/html" if named == "" and snapshot.filename.casefold().endswith((".html", ".htm")) else named


def sandboxed_response(snapshot: Snapshot, *, download: bool = False) -> HttpResponse:
    """The bytes in a sandbox, or as a download."""
    body = snapshot_bytes(snapshot)
    if download or not is_viewable(snapshot):
        response = HttpResponse(body, content_type="application/octet-stream")
        name = download_name(snapshot, f"original-{snapshot.sha256[:12]}.bin")
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    else:
        charset = f"; charset={snapshot.charset}" if snapshot.charset else ""
        response = HttpResponse(body, content_type=VIEWABLE_TYPES[media_type_of(snapshot)] + charset)
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Content-Security-Policy"] = SANDBOX_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
