"""How every change is asked for: one call of an SQL function in a transaction of its own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from hartonomous.errors import HartonomousError, ParameterError
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

Answer = TypeVar("Answer")

#: What PostgreSQL asks to try again; nothing was changed by then.
_PASSING = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)
_RETRIES = 5


def call(
    connection: Connection,
    shape: Callable[..., Answer],
    statement: str,
    parameters: Sequence[object] = (),
) -> tuple[Answer, ...]:
    """Run one statement in a transaction and return its rows, each as ``shape`` of its columns.

    What fails only because of other sessions is tried again, unless the caller's own transaction
    is open: that is the caller's to repeat.

    Raises
    ------
    UnknownNameError
        A source, subject or concept is not there.
    StoreError
        The database refused or is gone; nothing was changed.
    """
    alone = connection.info.transaction_status == TransactionStatus.IDLE
    pauses = [0.05 * 2**attempt for attempt in range(_RETRIES)] if alone else []
    for pause in pauses:
        with suppress(_PassingError):
            return _attempt(connection, shape, statement, parameters)
        time.sleep(random.uniform(0, pause))  # noqa: S311  no secret
    try:
        return _attempt(connection, shape, statement, parameters)
    except _PassingError as error:
        raise error.reason from error.reason.__cause__


class _PassingError(Exception):
    """Another session was in the way."""

    def __init__(self, reason: HartonomousError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _attempt(
    connection: Connection,
    shape: Callable[..., Answer],
    statement: str,
    parameters: Sequence[object],
) -> tuple[Answer, ...]:
    try:
        with store_errors(), connection.transaction():
            rows = connection.execute(statement.encode(), parameters).fetchall()
    except UnicodeEncodeError as error:
        raise ParameterError(f"{error.object[:80]!r} is not valid text") from None
    except HartonomousError as error:
        if isinstance(error.__cause__, _PASSING):
            raise _PassingError(error) from error
        raise
    return tuple(shape(*row) for row in rows)


def call_one(
    connection: Connection,
    shape: Callable[..., Answer],
    statement: str,
    parameters: Sequence[object] = (),
) -> Answer:
    """Run a statement that answers with one row, as `call` does."""
    (answer,) = call(connection, shape, statement, parameters)
    return answer
