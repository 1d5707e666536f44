"""Responses with stored bytes: always an attachment, never something that a browser displays."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from factcheck.models import Snapshot
from factcheck.workflow.originals import download_name, snapshot_bytes


def snapshot_response(snapshot: Snapshot | None, default_name: str) -> HttpResponse:
    """The bytes of a snapshot, or 404 where there are none or they were erased."""
    data = snapshot_bytes(snapshot)
    if snapshot is None or not data:
        raise Http404
    return attachment_response(data, download_name(snapshot, default_name), "application/octet-stream")


def attachment_response(data: bytes, filename: str, content_type: str) -> HttpResponse:
    """A file to be saved."""
    headers = {
        "Content-Disposition": content_disposition_header(True, filename) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(data, content_type=content_type, headers=headers)
