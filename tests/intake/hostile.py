"""A real web server on loopback that behaves badly, and the seams that make it look public.

`Web` maps names to public-looking addresses and dials the loopback server instead of them. Whatever address is
dialled is remembered, so that a test can say that a refused host was never even tried.
"""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from factcheck.intake.addresses import AllowedHosts
from factcheck.intake.fetching import Fetched, Limits, fetch, post_json

PUBLIC = "93.184.215.14"
ALSO_PUBLIC = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers.items())))  # type: ignore[attr-defined]
        url = urlsplit(self.path)
        said = {key: values[-1] for key, values in parse_qs(url.query).items()}
        try:
            if self.path in self.server.pages:  # type: ignore[attr-defined]
                self.send_kept(*self.server.pages[self.path])  # type: ignore[attr-defined]
                self.close_connection = True
                return
            getattr(self, "at_" + url.path.split("/")[1], self.at_page)(said)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.close_connection = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.posted.append((self.path, dict(self.headers.items()), body))  # type: ignore[attr-defined]
        self.do_GET()

    def send(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def send_kept(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        tag = headers.get("ETag", "")
        if tag and self.headers.get("If-None-Match") == tag:
            self.send(status=304, ETag=tag)
        else:
            self.send(body, status, **headers)

    def at_page(self, said: dict[str, str]) -> None:
        self.send(b"<p>Twelve bridges are closed.</p>", Content_Type="text/html; charset=windows-1251")

    def at_redirect(self, said: dict[str, str]) -> None:
        self.send(status=int(said.get("code", 302)), Location=said["to"])

    def at_hops(self, said: dict[str, str]) -> None:
        left = int(said["left"])
        self.send(status=301, Location=f"/hops?left={left - 1}" if left else "/page")

    def at_loop(self, said: dict[str, str]) -> None:
        self.send(status=302, Location="/loop")

    def at_nowhere(self, said: dict[str, str]) -> None:
        self.send(status=302)

    def at_status(self, said: dict[str, str]) -> None:
        self.send(b"no", status=int(said["code"]), WWW_Authenticate='Basic realm="desk"')

    def at_cookie(self, said: dict[str, str]) -> None:
        self.send(status=302, Location="/page", Set_Cookie="crumb=1; Path=/")

    def at_drip(self, said: dict[str, str]) -> None:
        self.send(Content_Length="100000")
        self.drip(b".")

    def at_headdrip(self, said: dict[str, str]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.drip(b"X-Slow: 1\r\n")

    def drip(self, piece: bytes) -> None:
        for _ in range(200):
            self.wfile.write(piece)
            time.sleep(0.05)

    def at_endless(self, said: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(5000):
            self.wfile.write(b"10000\r\n" + b"A" * 65536 + b"\r\n")

    def at_flood(self, said: dict[str, str]) -> None:
        self.send(**{f"X-{number}": "z" * 8000 for number in range(90)})

    def at_bomb(self, said: dict[str, str]) -> None:
        self.send(gzip.compress(bytes(30_000_000)), Content_Encoding="gzip")

    def at_gzip(self, said: dict[str, str]) -> None:
        self.send(gzip.compress(b"Twelve bridges."), Content_Encoding="gzip")

    def at_coded(self, said: dict[str, str]) -> None:
        self.send(gzip.compress(gzip.compress(bytes(1000))), Content_Encoding=said["as"])

    def at_short(self, said: dict[str, str]) -> None:
        self.send(b"only this", Content_Length="5000")

    def at_garbage(self, said: dict[str, str]) -> None:
        self.wfile.write(b"\x00\x01 this is no HTTP at all\r\n\r\n")

    def at_liar(self, said: dict[str, str]) -> None:
        self.send(b"%PDF-1.4 or so it seems", Content_Type="text/html")


class Web:
    """Names, what they resolve to, and the loopback server behind every public address."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.seen = self.seen = []  # type: ignore[attr-defined]
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self._server.pages = self.pages  # type: ignore[attr-defined]
        self._server.posted = self.posted = []  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]
        self.names: dict[str, list[str]] = {"news.example": [PUBLIC]}
        self.dialled: list[tuple[str, int]] = []
        self.looked_up: list[str] = []
        self.dead: set[str] = set()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def resolve(self, host: str, port: int, seconds: float) -> Sequence[str]:
        self.looked_up.append(host)
        if host not in self.names:
            raise OSError("no such name")
        return self.names[host]

    def dial(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((address, port))
        if address in self.dead:
            raise OSError("unreachable")
        return socket.create_connection(("127.0.0.1", self.port), seconds)

    def fetch(self, url: str, **limits: float) -> Fetched:
        return fetch(url, limits=Limits(**limits), resolve=self.resolve, dial=self.dial)  # type: ignore[arg-type]

    def put(
        self, path: str, body: bytes | str, kind: str = "text/html; charset=utf-8", status: int = 200, **more: str
    ) -> None:
        """Serve these bytes at a path from now on."""
        data = body if isinstance(body, bytes) else body.encode()
        self.pages[path] = (status, data, {"Content_Type": kind, **more})

    def post(self, url: str, body: bytes, headers: dict[str, str], allowed: Sequence[str] = (), **limits: float) -> int:
        ways = {"resolve": self.resolve, "dial": self.dial, "allowed": AllowedHosts.of(allowed)}
        return post_json(url, body, headers=headers, limits=Limits(**limits), **ways)  # type: ignore[arg-type]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
