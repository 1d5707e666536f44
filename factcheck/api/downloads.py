"""Bytes from outside on their way out: always a file to be saved, never something a browser shows."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from factcheck.models import Snapshot
from factcheck.workflow.originals import snapshot_bytes


def saved(snapshot: Snapshot | None, name: str) -> HttpResponse:
    """The bytes of a snapshot as an attachment; 404 where there are none, or none any more."""
    data = snapshot_bytes(snapshot)
    if snapshot is None or not data:
        raise Http404
    headers = {
        "Content-Disposition": content_disposition_header(True, snapshot.filename or name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)
