"""The session behind a `Substrate`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hartonomous.store.connection import connect
from hartonomous.store.kept import KeptSession
from hartonomous.store.session import Connection

if TYPE_CHECKING:
    from typing_extensions import Self

Answer = TypeVar("Answer")


class Session:
    """A session on the database for every verb; see `KeptSession`."""

    def __init__(self, dsn: str | None = None) -> None:
        self._session = KeptSession(lambda: _connect(dsn))

    def close(self) -> None:
        """End the session; a later question opens a new one."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Ask a question, once more in a new session when the old one is found dead."""
        return self._session.ask(question)

    def _change(self, change: Callable[[Connection], Answer]) -> Answer:
        """Make a change, which is never tried twice, in a session that is alive."""
        return self._session.change(change)


def _connect(dsn: str | None) -> Connection:
    connection = connect(dsn)
    # No transaction stays open between questions, where it would hold up a load or a deletion.
    connection.autocommit = True
    return connection
