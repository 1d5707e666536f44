"""One guarded HTTP client: every address public, on every hop; capped in size, time and redirects.

A host is resolved once, every answer is vetted (`addresses`), and exactly a vetted address is dialled, so that a
second answer of the name server changes nothing. Proxies, cookies and credentials of the machine are never used.
Not here: what the bytes mean (`readers`), how they are kept as evidence (`snapshots`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpx2

from factcheck.intake.addresses import NO_HOSTS, AllowedHosts, FetchRefused, Target, parse_target
from factcheck.intake.guarded_transport import (
    Budget,
    Dial,
    FetchFailed,
    GuardedBackend,
    GuardedTransport,
    Limits,
    Resolve,
    dial_address,
    plain_fetch_errors,
    resolve_host,
)

__all__ = ["FetchFailed", "FetchRefused", "Fetched", "Hop", "Limits", "fetch", "post_json"]

USER_AGENT = "factcheck"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
_BOMB_RATIO = 100

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: who answered, with what, and where it pointed."""

    url: str
    status: int
    location: str
    remote_address: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came. `body` is decoded where the server compressed it; header pairs are as sent and received."""

    requested_url: str
    url: str
    status: int
    reason: str
    headers: Pairs
    body: bytes
    remote_address: str
    hops: tuple[Hop, ...]
    fetched_at: datetime
    request_headers: Pairs
    media_type: str
    charset: str

    def header(self, name: str) -> str:
        """The first header of this name in the answer, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    limits: Limits | None = None,
    resolve: Resolve = resolve_host,
    dial: Dial = dial_address,
) -> Fetched:
    """The page at a URL, redirects followed. Raises FetchRefused (the guard said no) or FetchFailed (no page).

    `etag` and `last_modified` are the validators of an earlier copy: where the page has not changed, this raises
    FetchFailed with the code not_modified.
    """
    budget = Budget(limits or Limits())
    backend = GuardedBackend(budget, resolve, dial)
    target, hops = parse_target(url), list[Hop]()
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    asked = {name: value for name, value in conditions.items() if value.isascii() and value.isprintable() and value}
    while True:
        answer = _exchange(target, backend, asked)
        if answer.status == NOT_MODIFIED and asked:
            raise FetchFailed("not_modified", "The page has not changed.", NOT_MODIFIED)
        if answer.status not in REDIRECTS:
            return _fetched(url, target, answer, backend, tuple(hops))
        if len(hops) >= budget.limits.redirects:
            raise FetchRefused("too_many_redirects", f"More than {budget.limits.redirects} redirects; given up.")
        location = answer.header("location")
        hops.append(Hop(target.url, answer.status, location, backend.remote_address))
        target = _next_target(target, location)


def post_json(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    limits: Limits | None = None,
    allowed: AllowedHosts = NO_HOSTS,
    resolve: Resolve = resolve_host,
    dial: Dial = dial_address,
) -> int:
    """The status with which the server at a URL answers a piece of JSON. No redirect is followed.

    It may be off the public web where the settings of the site admit it.

    Raises FetchRefused (the guard said no) or FetchFailed (no answer came).
    """
    backend = GuardedBackend(Budget(limits or Limits(wire_bytes=100_000)), resolve, dial, allowed)
    return _exchange(parse_target(url, allowed), backend, {"Content-Type": "application/json", **headers}, body).status


def _next_target(target: Target, location: str) -> Target:
    if not location:
        raise FetchFailed("redirect", "The server redirects without saying where.")
    try:
        plain = location.encode("latin-1").decode("utf-8", "replace")
        return parse_target(urljoin(target.url, plain))
    except ValueError:
        raise FetchFailed("redirect", "The server redirects to something that is no address.") from None
    except FetchRefused as refused:
        raise FetchRefused(
            refused.code, f"The page redirects to an address that is refused. {refused.message}"
        ) from None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str
    headers: Pairs
    request_headers: Pairs
    body: bytes
    charset: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


def _fetched(url: str, target: Target, answer: _Answer, backend: GuardedBackend, hops: tuple[Hop, ...]) -> Fetched:
    if not 200 <= answer.status < 300:
        status_line = f"{answer.status} {answer.reason}".strip()
        raise FetchFailed("http_status", f"The server {target.host} answered {status_line!r}.", answer.status)
    return Fetched(
        requested_url=url,
        url=target.url,
        status=answer.status,
        reason=answer.reason,
        headers=answer.headers,
        body=answer.body,
        remote_address=backend.remote_address,
        hops=hops,
        fetched_at=datetime.now(UTC),
        request_headers=answer.request_headers,
        media_type=answer.header("content-type").partition(";")[0].strip().lower(),
        charset=answer.charset,
    )


def _exchange(target: Target, backend: GuardedBackend, asked: Mapping[str, str], sent: bytes | None = None) -> _Answer:
    """One request and its answer; a body only where the page is final. A client of its own, so no cookie survives.

    What is `sent` makes it a POST, of whose answer nothing but the head is read.
    """
    usual = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    headers = {**usual, **asked}
    backend.admit(target)
    with (
        plain_fetch_errors(target.host),
        httpx2.Client(
            transport=GuardedTransport(backend), trust_env=False, timeout=backend.budget.limits.seconds
        ) as client,
        client.stream(
            "GET" if sent is None else "POST", target.url, headers=headers, content=sent, follow_redirects=False
        ) as response,
    ):
        final = sent is None and response.status_code not in REDIRECTS and response.is_success
        return _Answer(
            status=response.status_code,
            reason=response.reason_phrase,
            headers=_pairs(response.headers.raw),
            request_headers=_pairs(response.request.headers.raw),
            body=_body(response, backend.budget) if final else b"",
            charset=response.charset_encoding or "",
        )


def _body(response: httpx2.Response, budget: Budget) -> bytes:
    limit = budget.limits.body_bytes
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip", "deflate"):
        raise FetchFailed("encoding", f"The page is packed in a way that is not read here ({coding[:40]!r}).")
    parts, size = list[bytes](), 0
    for part in response.iter_bytes():
        size += len(part)
        if size > limit and size > _BOMB_RATIO * max(1, response.num_bytes_downloaded):
            raise FetchRefused(
                "bomb", "The page unpacks to far more than was sent; it looks like a decompression bomb."
            )
        if size > limit:
            raise FetchRefused("too_large", f"The page is larger than {limit:,} bytes.")
        parts.append(part)
    return b"".join(parts)


def _pairs(raw: Iterable[tuple[bytes, bytes]]) -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
