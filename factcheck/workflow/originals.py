"""The original of a document: the bytes that came, to be compared with the text that was read from them. No actions."""

from __future__ import annotations

from factcheck.intake.originals import Original, original
from factcheck.intake.snapshots import response_of
from factcheck.jobs.keys import jobs_about
from factcheck.jobs.names import JobName
from factcheck.models import Document, Job, Revision, Snapshot


def original_of(revision: Revision) -> Original:
    """What stands beside the text of a revision: ``(kind, text or bytes, media_type)``."""
    return original_of_snapshot(revision.snapshot)


def original_of_snapshot(snapshot: Snapshot | None) -> Original:
    data = snapshot_bytes(snapshot)
    if snapshot is None or not data:
        return Original("none", "", "")
    return original(data, media_type=snapshot.media_type, filename=snapshot.filename, charset=snapshot.charset)


def snapshot_bytes(snapshot: Snapshot | None) -> bytes:
    """The bytes as they came; empty where they were blanked."""
    return response_of(bytes(snapshot.warc)) if snapshot and snapshot.warc else b""


def newest_snapshot(document: Document) -> Snapshot | None:
    """The bytes that came last, whether or not a text was read from them."""
    jobs = Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT)
    args = jobs.order_by("-pk").values_list("args", flat=True).first()
    if args is None:
        current = document.current_revision
        return current.snapshot if current else None
    return Snapshot.objects.filter(pk=args["snapshot"], desk=document.desk_id).first()
