"""What was received, kept as evidence: a WARC file with its digests. Nothing is read or judged here.

The same input gives the same bytes: record ids come from content and time, and no clock is asked.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from factcheck.intake.fetching import Fetched, Pairs

_IDS = uuid.UUID("6f0d3f0a-5a3c-5d0b-9a53-0a6f2a3d6c11")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,100}")
# The stored body is unpacked, so these would lie; their words are kept under the archives' usual prefix.
_TRANSFER_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


def sha256_of(data: bytes) -> str:
    """The SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def warc_of(fetched: Fetched) -> bytes:
    """A gzipped WARC 1.1: the response with the unpacked body, the request, and the redirects that led there."""
    date, seed = _date(fetched.fetched_at), f"{fetched.url} {sha256_of(fetched.body)}"
    response_id = _record_id("response", date, seed)
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    shared = {"WARC-Date": date, "WARC-IP-Address": fetched.remote_address}
    headers = {**shared, "WARC-Record-ID": response_id, "WARC-Payload-Digest": _digest(fetched.body)}
    status = StatusAndHeaders(f"{fetched.status} {fetched.reason}".strip(), _kept_headers(fetched), protocol="HTTP/1.1")
    _write(writer, fetched.url, "response", fetched.body, headers, http=status)
    asked = {**shared, "WARC-Record-ID": _record_id("request", date, seed), "WARC-Concurrent-To": response_id}
    _write(writer, fetched.url, "request", b"", asked, http=_request_line(fetched))
    if fetched.hops:
        via = "".join(f"via: {hop.status} {hop.url} {hop.remote_address}\r\n" for hop in fetched.hops).encode()
        linked = {
            "WARC-Date": date,
            "WARC-Record-ID": _record_id("metadata", date, seed),
            "WARC-Refers-To": response_id,
        }
        _write(writer, fetched.url, "metadata", via, linked)
    return out.getvalue()


def warc_of_upload(data: bytes, filename: str, media_type: str, at: datetime) -> bytes:
    """A gzipped WARC 1.1 with one resource record. `at` must be aware, or ValueError is raised.

    The file name is kept percent-encoded, so that nothing in it can pass for a header.
    """
    date, digest = _date(at), sha256_of(data)
    name = quote(filename.encode("utf-8", "replace")[:1000], safe="")
    kind = media_type.partition(";")[0].strip().lower()
    headers = {
        "WARC-Date": date,
        "WARC-Record-ID": _record_id("resource", date, f"{digest} {name}"),
        "WARC-Payload-Digest": _digest(data),
        "Content-Type": kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream",
        "X-Upload-Filename": name,
    }
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    _write(writer, f"urn:sha256:{digest}", "resource", data, headers)
    return out.getvalue()


def response_of(warc: bytes) -> bytes:
    """The body of the first response or resource in a WARC. Raises ValueError where there is none."""
    for record in ArchiveIterator(io.BytesIO(warc)):
        if record.rec_type in ("response", "resource"):
            return bytes(record.raw_stream.read())
    raise ValueError("this WARC holds no response")


def _write(
    writer: WARCWriter,
    uri: str,
    kind: str,
    body: bytes,
    headers: dict[str, str],
    *,
    http: StatusAndHeaders | None = None,
) -> None:
    record = writer.create_warc_record(
        uri, kind, payload=io.BytesIO(body), length=len(body), warc_headers_dict=headers, http_headers=http
    )
    writer.write_record(record)


def _kept_headers(fetched: Fetched) -> list[tuple[str, str]]:
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _TRANSFER_HEADERS else name, value)
        for name, value in fetched.headers
    ]
    return [*_safe(tuple(headers)), ("Content-Length", str(len(fetched.body)))]


def _request_line(fetched: Fetched) -> StatusAndHeaders:
    parts = urlsplit(fetched.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return StatusAndHeaders(f"GET {path} HTTP/1.1", _safe(fetched.request_headers), is_http_request=True)


def _safe(headers: Pairs) -> list[tuple[str, str]]:
    return [(name, " ".join(value.splitlines())) for name, value in headers]


def _date(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("the time of a snapshot must be aware")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _digest(data: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")


def _record_id(kind: str, date: str, seed: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_IDS, f'{kind} {date} {seed}')}>"
