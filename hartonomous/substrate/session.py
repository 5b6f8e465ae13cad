"""The session behind a `Substrate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hartonomous.errors import StoreError
from hartonomous.query.rows import fetch
from hartonomous.store.connection import connect
from hartonomous.store.session import Connection

if TYPE_CHECKING:
    from typing_extensions import Self

Answer = TypeVar("Answer")


class Session:
    """A connection that is replaced when it turns out to be dead."""

    def __init__(self, dsn: str | None = None) -> None:
        self._dsn = dsn
        self._connection = _connect(dsn)

    def close(self) -> None:
        """End the session; a later question opens a new one."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Ask a question, once more in a new session when the old one is found dead."""
        if self._connection.closed:
            self._connection = _connect(self._dsn)
        try:
            return question(self._connection)
        except StoreError:
            if not self._connection.closed:
                raise
        self._connection = _connect(self._dsn)
        return question(self._connection)

    def _change(self, change: Callable[[Connection], Answer]) -> Answer:
        """Make a change, which is never tried twice, in a session that is alive."""
        self._ask(_is_alive)
        return change(self._connection)


def _is_alive(connection: Connection) -> bool:
    return fetch(connection, bool, "SELECT true")[0]


def _connect(dsn: str | None) -> Connection:
    connection = connect(dsn)
    # No transaction stays open between questions, where it would hold up a load or a deletion.
    connection.autocommit = True
    return connection
