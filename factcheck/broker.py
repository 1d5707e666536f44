"""The broker of a site without a server: kombu's transport over a folder, which no unreadable file can end.

A message is a hint, for the row is the queue; so what cannot be read is dropped and logged, and files are written
under another name first, so that nobody reads half of one. A host uses it with these two settings:
``CELERY_BROKER_URL = "filesystem://localhost"`` and ``CELERY_BROKER_TRANSPORT = "factcheck.broker:Transport"``.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
PASSING_SECONDS = 60
"""How old a file under a passing name must be before it is taken for one that nobody works on any more."""


class Channel(filesystem.Channel):
    """Messages are files ``TIME_ID.QUEUE.msg``, and the queues of an exchange are a list in ``NAME.exchange``."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override] # kombu's bases disagree
        name = f"{time.monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message of a queue that can be read; those that cannot are taken away.

        Raises:
            Empty: when there is none.
        """
        for path in self._waiting(queue):
            taken = path.with_name(f"{path.name}.{uuid.uuid4()}.taken")
            try:
                path.rename(taken)
            except OSError:  # another worker was faster
                continue
            payload = read_or_drop(taken, self.checked)
            if payload is not None:
                taken.unlink(missing_ok=True)
                return payload
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        paths = self._waiting(queue)
        for path in paths:
            take_away(path)
        return len(paths)

    def _waiting(self, queue: str) -> list[Path]:
        """The files of a queue, the oldest first; none where the folder cannot be looked into."""
        folder = Path(self.data_folder_in)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            names = sorted(os.listdir(folder))
        except OSError as error:
            logger.warning("the broker's folder cannot be read (%s)", type(error).__name__)
            return []
        return [folder / name for name in names if name.partition(".")[2] == f"{queue}.msg"]

    def checked(self, payload: Any) -> Any:
        """The payload, if a message can be made of it; raises whatever it raises otherwise."""
        self.Message(as_message(payload), channel=self)
        return payload

    def get_table(self, exchange: str) -> list[Any]:
        with self._table(exchange) as table:
            return list(table)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._table(exchange) as table:
            row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
            if row not in table:
                table.insert(0, row)

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        super(filesystem.Channel, self)._delete(queue, exchange, routing_key, pattern, *args, **kwargs)
        with self._table(exchange) as table:
            row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
            table[:] = [other for other in table if other != row]

    @contextmanager
    def _table(self, exchange: str) -> Iterator[list[Any]]:
        """The queues of an exchange, held while the block runs and written where it changed them.

        Where there is no file that can be read, what this process has bound is bound anew.
        """
        path = self._exchange_file(exchange)
        path.parent.mkdir(parents=True, exist_ok=True)
        with held(path.parent / "lock"):
            kept = read_or_drop(path, as_table)
            table = list(kept) if kept is not None else self._bound(exchange)
            yield table
            if table != kept:
                write_whole(path, table)

    def _bound(self, exchange: str) -> list[Any]:
        rows = [(row, arguments) for row, arguments in self.state.bindings.items() if row.exchange == exchange]
        bind = self.typeof(exchange).prepare_bind
        made = [bind(row.queue, exchange, row.routing_key, arguments) for row, arguments in rows]
        return [exchange_queue_t(*(part or "" for part in parts)) for parts in made]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; what else stands under its name is taken away, or else nothing is held."""
    try:
        if not path.is_file() and os.path.lexists(path):
            take_away(path)
        lock = path.open("a")
    except OSError as error:
        logger.warning("the broker's lock cannot be held (%s); going on without it", type(error).__name__)
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Transport(filesystem.Transport):
    """The first connection of a process clears the folders of what cannot be read."""

    Channel = Channel
    client: Any
    swept: ClassVar[set[Path]] = set()

    def establish_connection(self) -> Any:
        options = self.client.transport_options
        for name in ("data_folder_in", "data_folder_out", "control_folder"):
            folder = Path(options[name]).resolve() if name in options else None
            if folder and folder not in self.swept:
                self.swept.add(folder)
                drop_unreadable(folder)
        return super().establish_connection()


def drop_unreadable(folder: Path) -> None:
    """Clear a folder of messages and lists of queues that cannot be read, and of what a killed process left behind."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix in READ:
            read_or_drop(path, READ[path.suffix])
        elif path.suffix in PASSING and time.time() - path.lstat().st_mtime > PASSING_SECONDS:
            take_away(path)


def read_or_drop(path: Path, read: Callable[[Any], Any]) -> Any:
    """What a file holds, as ``read`` understands it; None, and the file away, where it does not."""
    try:
        if not path.is_file() and os.path.lexists(path):
            raise ValueError("not a file")  # a pipe would be waited for
        return read(loads(bytes_to_str(path.read_bytes())))
    except FileNotFoundError:  # another worker was faster
        return None
    except Exception as error:
        logger.warning("the broker's file %s cannot be read (%s) and is dropped", path.name, type(error).__name__)
        take_away(path)
        return None


def take_away(path: Path) -> None:
    """Remove a file, or what else stands under its name: out of the way at least."""
    try:
        path.unlink()
    except OSError:
        try:
            path.rename(path.with_name(f"{path.name}.{uuid.uuid4()}.unreadable"))
        except OSError:
            logger.warning("the broker's file %s cannot be removed", path.name)


def as_message(payload: Any) -> Any:
    """A payload with the parts that every message has.

    Raises:
        KeyError, TypeError: it lacks one of them.
    """
    properties, route = payload["properties"], payload["properties"]["delivery_info"]
    content = (payload["body"], payload["content-type"], payload["content-encoding"])
    parts = (*content, properties["delivery_tag"], route["exchange"], route["routing_key"])
    if not isinstance(payload["headers"], dict) or not all(isinstance(part, str) for part in parts):
        raise TypeError("not a message")
    return payload


def as_table(rows: Any) -> list[Any]:
    """The rows of an exchange's file.

    Raises:
        TypeError, ValueError: they are not lists of three strings.
    """
    table = [exchange_queue_t(*row) for row in rows]
    if not isinstance(rows, list) or not all(isinstance(part, str) for row in table for part in row):
        raise ValueError("not the queues of an exchange")
    return table


def write_whole(path: Path, content: Any) -> None:
    """Write a file under another name, then give it its own: nobody finds half of it."""
    half = path.with_name(f"{path.name}.{uuid.uuid4()}.half")
    half.write_bytes(str_to_bytes(dumps(content)))
    half.replace(path)


READ: dict[str, Callable[[Any], Any]] = {".msg": as_message, ".exchange": as_table}
PASSING = (".half", ".taken")
