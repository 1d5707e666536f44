"""Drop folders: files that somebody else puts there, looked at and never touched.

Every step down is opened without following links, from the root that the settings name; so neither a link nor a
renamed folder leads out of it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from factcheck.intake.extracts import MAX_BYTES, Unreadable

SETTLED_SECONDS = 5.0
"""A file that was written to more lately than this may still be growing."""

MOST_FILES = 2_000
MOST_HASHED = 1_000_000_000
"""How much of a folder is looked at in one poll, newest first."""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file of a drop folder: `guid` is the hash of its name and bytes; `data` is None where `error` says why."""

    name: str
    guid: str
    data: bytes | None = None
    error: str = ""


def folder_parts(folder: str) -> tuple[str, ...]:
    """The steps from the root to a folder. Raises ValueError where they lead out of it, or nowhere."""
    parts = PurePosixPath(folder).parts
    if not parts or folder.startswith("/") or "\\" in folder or "\0" in folder or ".." in parts:
        raise ValueError("no folder below the root")
    return parts


def settled_files(root: str, folder: str, known: frozenset[str] = frozenset()) -> Iterator[DroppedFile]:
    """The settled files of a folder below the root, newest first, without those whose guid is `known`.

    Hidden files, links and folders in it are passed over. Raises Unreadable (no_folder) where it cannot be opened.
    """
    with _opened(root, folder) as place:
        hashed, now = 0, time.time()
        for name, found in _newest(place)[:MOST_FILES]:
            if abs(now - found.st_mtime) < SETTLED_SECONDS:
                continue
            if hashed > MOST_HASHED:
                return
            hashed += min(found.st_size, MAX_BYTES)
            dropped = _dropped(place, name, found)
            if dropped.guid not in known:
                yield dropped


def unread_files_notice(root: str, folder: str) -> str:
    """A message that the folder holds more than one poll reads, or "". Raises as `look_into` does."""
    with _opened(root, folder) as place:
        sizes = [min(found.st_size, MAX_BYTES) for _, found in _newest(place)]
    if len(sizes) > MOST_FILES:
        return (
            f"The folder holds {len(sizes):,} files; only the newest {MOST_FILES:,} are looked at. "
            "Please take the old ones away."
        )
    if sum(sizes) > MOST_HASHED:
        most = MOST_HASHED // 1_000_000
        return (
            f"The folder holds more than {most:,} MB; only the newest files are looked at. Please take old ones away."
        )
    return ""


@contextmanager
def _opened(root: str, folder: str) -> Iterator[int]:
    """A descriptor of the folder, reached step by step."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    if not root:
        raise Unreadable("no_folder", "This site has no folder for feeds; set FEED_FOLDER.")
    try:
        place = os.open(root, flags)
        for part in folder_parts(folder):
            above = place
            try:
                place = os.open(part, flags | os.O_NOFOLLOW, dir_fd=above)
            finally:
                os.close(above)
    except (OSError, ValueError):
        raise Unreadable("no_folder", "The folder cannot be opened below the site's folder for feeds.") from None
    try:
        yield place
    finally:
        os.close(place)


def _newest(place: int) -> list[tuple[str, os.stat_result]]:
    found = []
    with os.scandir(place) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # gone since it was listed
                continue
            if stat.S_ISREG(status.st_mode) and not entry.name.startswith("."):
                found.append((entry.name, status))
    return sorted(found, key=lambda row: (-row[1].st_mtime, row[0]))


def _dropped(place: int, name: str, found: os.stat_result) -> DroppedFile:
    """The file with its content; an unreadable one gets a guid from its size and times, so a fixed file is new."""
    outside = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}".encode()
    if found.st_size > MAX_BYTES:
        return DroppedFile(name, _guid(name, outside), error=f"The file is larger than {MAX_BYTES:,} bytes.")
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise OSError("no longer a file")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"The file cannot be read ({error.strerror or 'no longer a file'})."
        return DroppedFile(name, _guid(name, outside), error=message)
    if len(data) > MAX_BYTES:
        return DroppedFile(name, _guid(name, outside), error=f"The file is larger than {MAX_BYTES:,} bytes.")
    return DroppedFile(name, _guid(name, data), data)


def _guid(name: str, content: bytes) -> str:
    return hashlib.sha256(os.fsencode(name) + b"\0" + hashlib.sha256(content).digest()).hexdigest()
