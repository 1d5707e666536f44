"""The original of a document: the bytes that came, to be compared with the text that was read from them. No actions."""

from __future__ import annotations

import re
import unicodedata

from factcheck.intake.snapshots import response_of
from factcheck.jobs.keys import jobs_about
from factcheck.jobs.names import JobName
from factcheck.models import Document, Job, Snapshot

NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
LONGEST_NAME = 150


def snapshot_bytes(snapshot: Snapshot | None) -> bytes:
    """The bytes as they came; empty where they were blanked."""
    return response_of(bytes(snapshot.warc)) if snapshot and snapshot.warc else b""


def download_name(snapshot: Snapshot, otherwise: str) -> str:
    """The name under which the bytes are saved: theirs, with “_” for what is no part of a name on some machine.

    >>> download_name(Snapshot(filename="../notes\\u202efdp.exe"), "original.bin")
    '_notes_fdp.exe'
    """
    seen = "".join(sign if unicodedata.category(sign)[0] != "C" else "_" for sign in snapshot.filename)
    name = NOT_IN_A_NAME.sub("_", " ".join(seen.split())).strip(". ")[:LONGEST_NAME].strip(". ")
    return f"_{name}" if DEVICES.match(name) else name or otherwise


def newest_snapshot(document: Document) -> Snapshot | None:
    """The bytes that came last, whether or not a text was read from them."""
    jobs = Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT)
    args = jobs.order_by("-pk").values_list("args", flat=True).first()
    if args is None:
        current = document.current_revision
        return current.snapshot if current else None
    return Snapshot.objects.filter(pk=args["snapshot"], desk=document.desk_id).first()
