"""A session on the substrate, which belongs to the process that opened it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from hartonomous.errors import StoreError
from hartonomous.store import limits

#: A session on the substrate, for the layers above the store that pass one on; rows are tuples.
Connection = psycopg.Connection

_SET = (
    "SELECT set_config(s.name, s.value, %s) FROM unnest(%s::text[], %s::text[]) AS s (name, value)"
)


class ProcessSession(psycopg.Connection[tuple[Any, ...]]):
    """A connection that is closed to every process but its own.

    Two processes that share one socket read each other's answers. In a child this is closed, and
    what the child does to it, its end included, does not reach the server.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  psycopg's own
        super().__init__(*arguments, **named)
        self._process = os.getpid()
        #: Whether a pooler may hand each transaction to another session of the server.
        self.is_pooled = False
        self._held: dict[str, str] = {}
        _open.add(self)

    @property
    def closed(self) -> bool:
        """Whether this process can ask nothing through it."""
        return not self._is_own() or super().closed

    def close(self) -> None:
        """End the session, if it is this process's to end."""
        if self._is_own():
            super().close()

    def cursor(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        """Return a cursor, which every statement needs; see psycopg."""
        if not self._is_own():
            raise psycopg.OperationalError("this session belongs to the process that opened it")
        return super().cursor(*arguments, **named)

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        """Begin a transaction, or a nested one; see psycopg. See `limits` for what it sets."""
        is_first = self.info.transaction_status == TransactionStatus.IDLE
        with super().transaction(savepoint_name, force_rollback) as transaction:
            if is_first:
                self.execute(limits.statements(self.info.server_version))
                self._bring()
            yield transaction

    def keep_nothing(self) -> None:
        """Keep nothing in the server's session from now on: behind a pooler it is others' too."""
        self.is_pooled = True
        self.prepare_threshold = None
        self.isolation_level = IsolationLevel.READ_COMMITTED

    def hold(self, settings: Mapping[str, str]) -> None:
        """Have settings for as long as this session lasts; what is nobody else's stays so."""
        if self.is_pooled:
            self._held.update(settings)
        else:
            _set(self, settings, is_local=False)

    @contextmanager
    def question(self) -> Iterator[None]:
        """Ask one question; behind a pooler it brings the settings along, as a transaction does."""
        if self.is_pooled and self._held:
            with super().transaction():
                self._bring()
                yield
        else:
            yield

    def _bring(self) -> None:
        if self._held:
            _set(self, self._held, is_local=True)

    def _is_own(self) -> bool:
        return os.getpid() == self._process

    def _part(self, nothing: int) -> None:
        """Put ``nothing`` in the socket's place, so that a child keeps no session open."""
        with suppress(psycopg.Error, OSError):
            os.dup2(nothing, self.pgconn.socket, inheritable=False)


def hold(connection: Connection, settings: Mapping[str, str]) -> None:
    """Set something for a session; see `ProcessSession.hold`."""
    if isinstance(connection, ProcessSession):
        connection.hold(settings)
    else:
        _set(connection, settings, is_local=False)


def _set(connection: Connection, settings: Mapping[str, str], *, is_local: bool) -> None:
    connection.execute(_SET, [is_local, list(settings), list(settings.values())])


def require_direct(connection: Connection) -> None:
    """Refuse what needs a session of the server to itself.

    Raises
    ------
    StoreError
        A pooler is between.
    """
    if isinstance(connection, ProcessSession) and connection.is_pooled:
        raise StoreError("this goes by no pooler: give the server's own address")


@contextmanager
def question(connection: Connection) -> Iterator[None]:
    """Ask one question of a session; see `ProcessSession.question`."""
    if isinstance(connection, ProcessSession):
        with connection.question():
            yield
    else:
        yield


_open: weakref.WeakSet[ProcessSession] = weakref.WeakSet()


def _part_all() -> None:
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    try:
        for session in list(_open):
            session._part(nothing)
    finally:
        os.close(nothing)


os.register_at_fork(after_in_child=_part_all)
