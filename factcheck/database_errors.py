"""Which database errors are temporary: locks, lost or refused connections, too many connections.

Any other database error is a bug and is not retried.
"""

from __future__ import annotations

import errno
import time

from django.db import DatabaseError, InterfaceError, OperationalError, connection

LOCK_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""

CONNECTION_SQLSTATES = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "53300", "57014"})
"""PostgreSQL: shut down, crashed, not yet up, session ended, transaction ended for idling, too many connections, a
statement that took longer than the server allows."""

RETRY_AFTER_SECONDS = 5
"""The ``Retry-After`` of a response while the database is unavailable, in seconds."""


def is_lock_conflict(exc: BaseException) -> bool:
    """Whether the database was locked or two transactions collided; nothing was written."""
    if not isinstance(exc, OperationalError):
        return False
    return sqlite_code(exc).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or sqlstate(exc) in LOCK_SQLSTATES


def is_connection_failure(exc: BaseException) -> bool:
    """Whether the connection was lost, refused or unavailable.

    An error that the server itself did not send carries no SQLSTATE: then it is the connection's.
    """
    if not isinstance(exc, (OperationalError, InterfaceError)):
        return False
    if code := sqlite_code(exc):
        return code.startswith("SQLITE_CANTOPEN")
    state = sqlstate(exc)
    if state is None:
        return isinstance(exc, OperationalError) or "connection" in str(exc)
    return state.startswith("08") or state in CONNECTION_SQLSTATES


def is_disk_full(exc: BaseException) -> bool:
    """Whether the database's disk, or this machine's own, had no room for what was to be written."""
    if isinstance(exc, OSError):
        return exc.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(exc, DatabaseError) and (sqlite_code(exc) == "SQLITE_FULL" or sqlstate(exc) == "53100")


def wait_for_database(seconds: float) -> bool:
    """Wait until this thread's connection works again, for so long at most; returns whether it does."""
    until = time.monotonic() + seconds
    while True:
        connection.close_if_unusable_or_obsolete()
        try:
            connection.ensure_connection()
            return True
        except (InterfaceError, OperationalError):
            if time.monotonic() > until:
                return False
            time.sleep(0.5)


def sqlite_code(exc: BaseException) -> str:
    return getattr(exc.__cause__, "sqlite_errorname", "") or ""


def sqlstate(exc: BaseException) -> str | None:
    return getattr(exc.__cause__, "sqlstate", None)
