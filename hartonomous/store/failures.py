"""PostgreSQL's errors as one clear line each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from hartonomous.errors import (
    HartonomousError,
    ParameterError,
    SourceTakenError,
    StoreError,
    UnknownNameError,
)

# What psycopg logs comes as an exception too; without a handler it would also be printed.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

#: What our own SQL functions raise, by SQLSTATE; their messages are written for users.
_OWN_STATE = "HT"
_OWN: dict[str, type[HartonomousError]] = {
    "HT001": SourceTakenError,
    "HT002": UnknownNameError,
    "HT003": UnknownNameError,
    "HT004": ParameterError,
}

#: What to say for errors whose own message does not tell what to do; the first match counts.
_ADVICE: tuple[tuple[type[psycopg.Error], str], ...] = (
    (
        errors.LockNotAvailable,
        "others were at work for longer than lock_timeout; nothing was changed",
    ),
    (errors.DiskFull, "no space is left on the server's disk; nothing was changed"),
    (errors.OutOfMemory, "the server ran out of memory; nothing was changed"),
    (errors.TooManyConnections, "the server has no connection left: try again later"),
    (errors.InsufficientPrivilege, "this role may not do that"),
    (errors.ReadOnlySqlTransaction, "the server is read-only"),
    (errors.AdminShutdown, "the server was stopped; what was not committed is undone"),
    (errors.CrashShutdown, "the server crashed; what was not committed is undone"),
    (errors.CannotConnectNow, "the server is starting or stopping: try again"),
)
_NO_TEMPORARY = "loads need temporary tables: GRANT TEMPORARY on the database to the schema's owner"
_NO_LOCKS = (
    "the server has no lock left, nothing was changed: raise its setting max_locks_per_transaction"
)
_GONE = "the server is gone; what was not committed is undone"


def store_error(error: psycopg.Error) -> HartonomousError:
    """Return the error that a user is to see for one of PostgreSQL's."""
    state = error.sqlstate or ""
    if state.startswith(_OWN_STATE):
        return _OWN.get(state, StoreError)(error.diag.message_primary or first_line(error))
    if isinstance(error, errors.InsufficientPrivilege) and "temporary" in first_line(error):
        return StoreError(f"{_NO_TEMPORARY} ({first_line(error)})")
    if isinstance(error, errors.OutOfMemory) and "max_locks" in (error.diag.message_hint or ""):
        return StoreError(f"{_NO_LOCKS} ({first_line(error)})")
    for kind, advice in _ADVICE:
        if isinstance(error, kind):
            return StoreError(f"{advice} ({first_line(error)})")
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return StoreError(f"{_GONE} ({first_line(error)})")
    return StoreError(f"the server refused: {first_line(error)}")


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn every error of PostgreSQL that leaves the block into one of ours."""
    try:
        yield
    except psycopg.Error as error:
        raise store_error(error) from error


def first_line(error: psycopg.Error) -> str:
    """Return what one of PostgreSQL's errors says, in one line."""
    text = error.diag.message_primary or str(error).strip() or type(error).__name__
    line = text.splitlines()[0]
    # libpq puts the whole address in front, the reason comes last.
    return line.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
