"""Supervises the processes of the demo: starts them, restarts what exits, stops all at the end."""

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
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

GRACE_SECONDS = 10
MOST_RESTARTS = 3
RESTART_SECONDS = 60
"""A process that ends more than ``MOST_RESTARTS`` times in so many seconds is not started again."""


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
def exclusive_lock(path: Path) -> Iterator[bool]:
    """Hold a lock file while the block runs; False when another process holds it."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


@dataclass
class Child:
    """A supervised process: command, log, and the times of its restarts."""

    command: tuple[str, ...]
    log: TextIO
    process: subprocess.Popen[bytes]
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RESTARTS))

    @property
    def ends_too_often(self) -> bool:
        return len(self.restarts) == MOST_RESTARTS and time.monotonic() - self.restarts[0] < RESTART_SECONDS


class Processes:
    """Children in sessions of their own, each with a log file; leaving the block ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[Child] = []

    def __enter__(self) -> Processes:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        return self

    @staticmethod
    def _interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    def start(self, name: str, *command: str) -> None:
        """Start ``python <command>``; its output goes to ``<name>.log``."""
        log = (self.folder / f"{name}.log").open("w")
        self.children.append(Child(command, log, self._run(command, log)))

    @staticmethod
    def _run(command: tuple[str, ...], log: TextIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the command is our own
            [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def check(self) -> None:
        """Start again what has ended by itself.

        Raises:
            RuntimeError: one of the children ends again and again.
        """
        for child in self.children:
            if child.process.poll() is None:
                continue
            message = f"“{' '.join(child.command[:3])}” ended with {child.process.returncode}"
            if child.ends_too_often:
                raise RuntimeError(f"{message} again and again; see {self.folder}")
            child.log.write(f"{message} and is started again.\n")
            child.log.flush()
            self._end([child], signal.SIGKILL)  # what it started itself may live on
            child.restarts.append(time.monotonic())
            child.process = self._run(child.command, child.log)

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

    @staticmethod
    def _end(children: list[Child], number: int) -> None:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, number)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._end(self.children, number)
            until = time.monotonic() + GRACE_SECONDS
            while time.monotonic() < until and any(child.process.poll() is None for child in self.children):
                time.sleep(0.05)
        for child in self.children:
            child.log.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
