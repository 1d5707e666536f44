"""Starts the processes of the demo, watches them, and ends every one of them. No story of the demo lives here."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

GRACE_SECONDS = 10


def free_port(wanted: int = 8000) -> int:
    """The wanted port on 127.0.0.1, or the next free one."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port on 127.0.0.1")


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[bool]:
    """Hold a lock file while the block runs; False when another process holds it."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


class Processes:
    """Children in sessions of their own, each with a log file; leaving the block ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.logs: list[TextIO] = []

    def __enter__(self) -> Processes:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        return self

    @staticmethod
    def _interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start ``python <command>``; its output goes to ``<name>.log``."""
        log = (self.folder / f"{name}.log").open("w")
        self.logs.append(log)
        child = subprocess.Popen(  # noqa: S603 - the command is our own
            [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        self.running.append(child)
        return child

    def check(self) -> None:
        """Raise RuntimeError when one of the children has ended by itself."""
        for child in self.running:
            if child.poll() is not None:
                raise RuntimeError(
                    f"“{' '.join(map(str, child.args[1:4]))}” ended with {child.returncode}; see {self.folder}"
                )

    def wait_for_page(self, url: str, seconds: float = 60) -> None:
        """Wait until an address answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check()
            try:
                with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"{url} did not answer; see {self.folder}")

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for child in self.running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, number)
            until = time.monotonic() + GRACE_SECONDS
            while time.monotonic() < until and any(child.poll() is None for child in self.running):
                time.sleep(0.05)
        for log in self.logs:
            log.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
