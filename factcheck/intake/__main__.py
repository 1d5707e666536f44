"""`python -m factcheck.intake`: the child that reads one file under limits and answers in JSON. See `isolation`.

Request: four bytes (big-endian) with the length of a JSON header, the header, the bytes of the file. Answer: one
JSON object, {"extract": …} or {"unreadable": {"code", "message"}}. Not meant for use by hand.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from typing import Any, BinaryIO

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers import read_bytes


def main() -> int:
    """Limits first, then the first hostile byte. Returns the exit status, 0 also where the file is unreadable."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answer
    request = sys.stdin.buffer
    header = json.loads(request.read(int.from_bytes(request.read(4), "big")))
    _set_limits(**header["limits"])
    answers.write(json.dumps(_answer(request, header["asked"])).encode())
    answers.flush()
    return 0


def _answer(request: BinaryIO, asked: dict[str, str]) -> dict[str, Any]:
    try:
        return {"extract": read_bytes(request.read(), **asked).as_json()}
    except Unreadable as refused:
        return {"unreadable": {"code": refused.code, "message": refused.message}}
    except MemoryError:
        return {"unreadable": {"code": "too_much_memory", "message": "Reading this file takes too much memory."}}


def _set_limits(seconds: float, memory_mib: int) -> None:
    """Memory and computing time are held; no core dump, no file written, no second life."""
    cpu = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * 2**20, memory_mib * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
