"""Reading hostile bytes in a child process with limits, so that a bad file costs one child and no worker.

`read_in_child` has the signature and the errors of `readers.read_bytes`. The child is `python -m factcheck.intake`
(`__main__`): request on its standard input, answer on its standard output, no secrets in its environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from factcheck.intake.extracts import Extract, Unreadable, check_size

_ROOT = str(Path(__file__).resolve().parents[2])
_KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TZDIR")


def read_in_child(
    data: bytes,
    *,
    filename: str = "",
    media_type: str = "",
    charset: str = "",
    url: str = "",
    seconds: float = 30.0,
    memory_mib: int = 1024,
) -> Extract:
    """`read_bytes` in a process of its own, killed with all it started after `seconds`, held to `memory_mib`.

    Raises Unreadable with the codes of `read_bytes`, or too_slow, too_much_memory, crashed. Safe in threads.
    """
    check_size(data)
    asked = {"filename": filename, "media_type": media_type, "charset": charset, "url": url}
    header = json.dumps({"limits": {"seconds": seconds, "memory_mib": memory_mib}, "asked": asked}).encode()
    answer, status = _run(len(header).to_bytes(4, "big") + header + data, seconds)
    return _extract(answer, status)


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
        answer, _ = child.communicate(request, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Unreadable("too_slow", f"The file could not be read within {seconds:g} seconds.") from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # the child and whatever it may have started
        child.communicate()
    return answer, child.returncode


def _extract(answer: bytes, status: int) -> Extract:
    if status == -signal.SIGXCPU:
        raise Unreadable("too_slow", "Reading the file took too much computing time.")
    if status == -signal.SIGKILL:
        raise Unreadable("too_much_memory", "Reading the file was stopped by the system, for want of memory.")
    try:
        found: dict[str, Any] = json.loads(answer)
        if "unreadable" in found:
            raise Unreadable(str(found["unreadable"]["code"]), str(found["unreadable"]["message"]))
        return Extract.from_json(found["extract"])
    except (ValueError, KeyError, TypeError):
        raise Unreadable("crashed", "Reading the file failed badly; the file is damaged or hostile.") from None


def _environment() -> dict[str, str]:
    """Enough to import what the parent imports, in the same order, and nothing that could be a secret."""
    places = [place for place in sys.path if os.path.isabs(place)]
    if _ROOT not in places:
        places.insert(0, _ROOT)
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
