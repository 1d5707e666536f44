"""Whether this worker was told to stop: then its processes and threads claim nothing new and give way at the next step.

The flag is a byte of memory that a worker shares with the processes of its pool, which are forked and hear nothing of
the signal themselves.
"""

from __future__ import annotations

import mmap

_flag = mmap.mmap(-1, 1)


def note_stopping(stopping: bool = True) -> None:
    _flag[0] = int(stopping)


def is_stopping() -> bool:
    return bool(_flag[0])
