"""Reading hostile bytes in a child process with limits, so that a bad file costs one child and no worker.

`read_in_child` has the signature and the errors of `readers.read_bytes`, `list_in_child` those of
`readers.feed.read_feed`. The child is `python -m factcheck.intake`
(`__main__`): request on its standard input, answer on its standard output, no secrets in its environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from factcheck.intake.entries import Listing
from factcheck.intake.extracts import Extract, Unreadable, check_size

_ROOT = str(Path(__file__).resolve().parents[2])
_FEED = "factcheck.intake.readers.feed.read_feed"
PATIENCE = 4
"""How many times the computing time a reading may take by the clock."""
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TZDIR")


def read_in_child(
    data: bytes,
    *,
    filename: str = "",
    media_type: str = "",
    charset: str = "",
    url: str = "",
    whole: bool = False,
    seconds: float = 30.0,
    memory_mib: int = 1024,
    readers: Mapping[str, str] | None = None,
) -> Extract:
    """`read_bytes` in a process of its own, held to `seconds` of computing and to `memory_mib`.

    It is killed with all it started when it takes `PATIENCE` times as long by the clock: then the machine is busy, and
    the same may be read a while later.

    `readers` are the host's own, dotted path by file suffix. Raises Unreadable with the codes of `read_bytes`, or
    too_slow, too_busy, stopped, too_much_memory, crashed, no_reader. Safe in threads.
    """
    asked = {"filename": filename, "media_type": media_type, "charset": charset, "url": url, "whole": whole}
    reader = {"." + key.lower().lstrip("."): path for key, path in (readers or {}).items()}.get(
        suffix_of(filename, url), ""
    )
    found = _ask(data, reader, asked, seconds, memory_mib)
    try:
        return Extract.from_json(found["extract"])
    except (ValueError, KeyError, TypeError):
        raise _damaged() from None


def list_in_child(
    data: bytes, *, charset: str = "", url: str = "", seconds: float = 30.0, memory_mib: int = 1024
) -> Listing:
    """`read_feed` in a process of its own, under the same limits and with the same errors."""
    found = _ask(data, _FEED, {"charset": charset, "url": url}, seconds, memory_mib)
    try:
        return Listing.from_json(found["listing"])
    except (ValueError, KeyError, TypeError):
        raise _damaged() from None


def suffix_of(filename: str, url: str = "") -> str:
    """The ending of a file's name, or else of an address's path: ".odt", in lower case; "" where there is none."""
    try:
        name = filename or urlsplit(url).path
    except ValueError:
        return ""
    return Path(name.replace("\0", "")).suffix.lower()


def _ask(data: bytes, reader: str, asked: dict[str, Any], seconds: float, memory_mib: int) -> dict[str, Any]:
    """What the child says of some bytes. Raises Unreadable."""
    check_size(data)
    limits = {"seconds": seconds, "memory_mib": memory_mib}
    header = json.dumps({"limits": limits, "reader": reader, "asked": asked}).encode()
    answer, status = _run(len(header).to_bytes(4, "big") + header + data, seconds)
    return _parsed_answer(answer, status)


def _run(request: bytes, seconds: float) -> tuple[bytes, int]:
    """What the child answered, and its exit status."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "factcheck.intake"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd="/",
        start_new_session=True,
    )
    try:
        answer, _ = child.communicate(request, timeout=PATIENCE * seconds)
    except subprocess.TimeoutExpired:
        raise Unreadable("too_busy", "The machine was too busy to read the file. Please try again.") from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # the child and whatever it may have started
        child.communicate()
    return answer, child.returncode


def _parsed_answer(answer: bytes, status: int) -> dict[str, Any]:
    if status == -signal.SIGXCPU:
        raise Unreadable("too_slow", "Reading the file takes more computing than is allowed. Please send a part of it.")
    if status == -signal.SIGKILL:
        raise Unreadable("stopped", "Reading the file was stopped by the system, perhaps for want of memory.")
    try:
        found: dict[str, Any] = json.loads(answer)
        if "unreadable" in found:
            raise Unreadable(str(found["unreadable"]["code"]), str(found["unreadable"]["message"]))
    except (ValueError, KeyError, TypeError):
        raise _damaged() from None
    return found


def _damaged() -> Unreadable:
    return Unreadable("crashed", "Reading the file failed badly; the file is damaged or hostile.")


def _environment() -> dict[str, str]:
    """Enough to import what the parent imports, in the same order, and nothing that could be a secret."""
    places = [place for place in sys.path if os.path.isabs(place)]
    if _ROOT not in places:
        places.insert(0, _ROOT)
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(places),
        "PYTHONUTF8": "1",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
    }
