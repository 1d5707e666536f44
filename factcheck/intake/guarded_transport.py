"""The network layer of `fetching`: which addresses are connected to, with limits on time and bytes.

The HTTP library opens its connections through `GuardedBackend` only. Redirects and bodies are handled in `fetching`.
"""

from __future__ import annotations

import functools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2

from factcheck.intake.addresses import NO_HOSTS, AllowedHosts, FetchRefused, Target, vetted

_ADDRESSES_TRIED = 3

Resolve = Callable[[str, int, float], Sequence[str]]
"""Host, port, seconds left → addresses as text. Raises OSError."""
Dial = Callable[[str, int, float], socket.socket]
"""Vetted address, port, seconds left → a connected socket. Raises OSError."""


class FetchFailed(Exception):
    """The guard agreed, but no page came back.

    Codes: dns, dns_away, connect, tls, protocol, encoding, incomplete, redirect, http_status and not_modified (then
    `status` is set).
    """

    def __init__(self, code: str, message: str, status: int = 0) -> None:
        super().__init__(code, message, status)
        self.code = code
        self.message = message
        self.status = status

    def __str__(self) -> str:
        return self.message

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later."""
        return self.code in _PASSING or self.status in _BUSY or self.status >= 500


_PASSING = frozenset({"dns_away", "connect", "incomplete"})
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost, over all of its hops: seconds, bytes of the decoded body, bytes off the wire."""

    seconds: float = 20.0
    body_bytes: int = 10_000_000
    wire_bytes: int = 10_500_000
    redirects: int = 4
    connect_seconds: float = 8.0


def resolve_host(host: str, port: int, seconds: float) -> Sequence[str]:
    """All addresses of a host by the system's resolver, given up after `seconds`. Raises OSError."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]) for entry in found])
        except OSError as error:
            answers.put(error)
        except UnicodeError as error:
            answers.put(OSError(str(error)))

    threading.Thread(target=ask, name="resolve", daemon=True).start()  # the C resolver knows no deadline
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("the name server did not answer in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def dial_address(address: str, port: int, seconds: float) -> socket.socket:
    """A socket connected to this very address. Raises OSError."""
    return socket.create_connection((address, port), timeout=seconds)


@contextmanager
def plain_fetch_errors(host: str) -> Iterator[None]:
    """Translate what the HTTP libraries raise into FetchRefused and FetchFailed, with messages for an editor."""
    try:
        yield
    except httpcore2.ConnectError:
        raise FetchFailed("tls", f"The secure connection to {host} could not be verified.") from None
    except (httpcore2.TimeoutException, TimeoutError):
        raise FetchRefused("too_slow", f"The server {host} took too long.") from None
    except httpx2.DecodingError:
        raise FetchFailed("encoding", "The page is packed wrongly and cannot be unpacked.") from None
    except httpcore2.RemoteProtocolError as error:
        if "incomplete" in str(error) or "closed connection" in str(error):
            raise FetchFailed("incomplete", f"The server {host} broke off before the page was complete.") from None
        raise FetchFailed("protocol", f"The server {host} does not answer in proper HTTP.") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError, OSError):
        raise FetchFailed("connect", f"The connection to {host} broke.") from None


class Budget:
    """What is left of the time and of the bytes, across all hops of one fetch."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._ends = time.monotonic() + limits.seconds
        self._bytes = limits.wire_bytes

    def seconds(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise FetchRefused("too_slow", f"The page did not arrive within {self.limits.seconds:g} seconds.")
        return left

    def spend(self, size: int) -> None:
        self._bytes -= size
        if self._bytes < 0:
            raise FetchRefused("too_large", f"The server sent more than {self.limits.wire_bytes:,} bytes.")


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections for the HTTP library: to vetted addresses of the admitted host and nowhere else."""

    def __init__(self, budget: Budget, resolve: Resolve, dial: Dial, allowed: AllowedHosts = NO_HOSTS) -> None:
        self.budget = budget
        self.remote_address = ""
        self._resolve = resolve
        self._dial = dial
        self._allowed = allowed
        self._vetted: dict[str, tuple[str, ...]] = {}

    def admit(self, target: Target) -> None:
        """Resolve and vet the host of a target, once per fetch. Raises FetchRefused or FetchFailed."""
        if target.host in self._vetted:
            return
        try:
            found = [target.host] if target.literal else self._resolve(target.host, target.port, self.budget.seconds())
        except TimeoutError:
            raise FetchRefused("too_slow", f"The name {target.host} could not be looked up in time.") from None
        except OSError as error:
            if error.errno == socket.EAI_AGAIN:
                raise FetchFailed("dns_away", f"The name {target.host} cannot be looked up at the moment.") from None
            found = []
        if not found:
            raise FetchFailed("dns", f"There is no host named {target.host}.")
        named = self._allowed.holds(target.host, target.port)
        self._vetted[target.host] = vetted(found, self._allowed, named=named)

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        for address in self._vetted[host][:_ADDRESSES_TRIED]:
            try:
                opened = self._dial(address, port, min(self.budget.limits.connect_seconds, self.budget.seconds()))
            except OSError:
                continue
            self.remote_address = address
            return _Stream(opened, self.budget)
        raise FetchFailed("connect", f"The server {host} cannot be reached.")

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise FetchRefused("bad_url", "Only web addresses are fetched.")


class _Stream(httpcore2.NetworkStream):
    """A socket on which every wait ends with the budget and every byte is counted, headers and handshake included."""

    def __init__(self, opened: socket.socket, budget: Budget) -> None:
        self._socket = opened
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(self._budget.seconds())
        data = self._socket.recv(max_bytes)
        self._budget.spend(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._socket.settimeout(self._budget.seconds())
        self._socket.sendall(buffer)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        self._socket.settimeout(self._budget.seconds())
        try:
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._budget)
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise httpcore2.ConnectError(str(error)) from error

    def get_extra_info(self, info: str) -> Any:
        return None


class GuardedTransport(httpx2.BaseTransport):
    """An httpx transport over a `GuardedBackend`, with a new pool of one connection for each hop."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(), max_connections=1, retries=0, http2=False, network_backend=backend
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                request.method,
                httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        stream = _Body(answer)
        return httpx2.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@functools.cache
def _tls() -> ssl.SSLContext:
    """Certificates and host names are verified; the environment has no say in which authorities are trusted."""
    return httpx2.create_ssl_context(trust_env=False)
