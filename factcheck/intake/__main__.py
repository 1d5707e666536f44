"""`python -m factcheck.intake`: the child that reads one file under limits and answers in JSON. See `isolation`.

Request: four bytes (big-endian) with the length of a JSON header, the header, the bytes of the file. Answer: one
JSON object, {"extract": …}, {"listing": …} or {"unreadable": {"code", "message"}}. Not meant for use by hand.

The header may name a reader by its dotted path: that of feeds, or one that the host brings for a file format.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers import read_bytes

FEED = "factcheck.intake.readers.feed.read_feed"  # loaded only where one is read: most children read documents


def main() -> int:
    """Limits first, then the first hostile byte. Returns the exit status, 0 also where the file is unreadable."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answer
    request = sys.stdin.buffer
    header = json.loads(request.read(int.from_bytes(request.read(4), "big")))
    answers.write(json.dumps(_answer(request, **header)).encode())
    answers.flush()
    return 0


def _answer(request: BinaryIO, limits: dict[str, Any], reader: str, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        read = _named(reader)
        _set_limits(**limits)
        if reader == FEED:
            return {"listing": read(request.read(), **asked).as_json()}
        return {"extract": read_bytes(request.read(), **asked, reader=read if reader else None).as_json()}
    except Unreadable as refused:
        return {"unreadable": {"code": refused.code, "message": refused.message}}
    except MemoryError:
        return {"unreadable": {"code": "too_much_memory", "message": "Reading this file takes too much memory."}}


def _named(reader: str) -> Callable[..., Any]:
    """The function at a dotted path. Raises Unreadable (no_reader) where there is none."""
    module, _, name = reader.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name) if reader else read_bytes  # type: ignore[no-any-return]
    except Exception as error:  # the host's module may raise whatever it likes
        problem = (
            f"The reader {reader} of this site cannot be loaded ({type(error).__name__}). Please tell who runs it."
        )
        raise Unreadable("no_reader", problem) from None


def _set_limits(seconds: float, memory_mib: int) -> None:
    """Memory and computing time are held; no core dump, no file written, no second life."""
    cpu = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * 2**20, memory_mib * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
