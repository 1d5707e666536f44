"""A link between a site and a server on this machine that a test can cut, and can have refuse."""

from __future__ import annotations

import contextlib
import socket
import threading


class Link:
    """Forwards a port of its own to a server.

    ``cut`` ends what is connected, ``refuse`` takes nobody any more, ``silence`` takes everybody and says nothing.
    """

    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.ends: set[socket.socket] = set()
        self.listener: socket.socket | None = None
        self.port = 0
        self.talks = threading.Event()
        self.restore()

    def silence(self) -> None:
        self.talks.clear()

    def restore(self) -> None:
        self.talks.set()
        if self.listener is not None:
            return
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._take, args=(self.listener,), daemon=True).start()

    def refuse(self) -> None:
        if self.listener is not None:
            with contextlib.suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        self.cut()

    def cut(self) -> None:
        while self.ends:
            end = self.ends.pop()
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _take(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
                there = socket.create_connection(self.server)
            except OSError:
                return
            self.ends |= {here, there}
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self.talks.wait()
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
