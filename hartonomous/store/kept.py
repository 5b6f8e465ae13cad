"""The session that a long-lived object keeps: whole after forks, threads and interrupts."""

from __future__ import annotations

import os
import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg

from hartonomous.errors import HartonomousError, StoreError
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection, question

Answer = TypeVar("Answer")

#: Seconds to reach a server with a request to end a statement.
_CANCEL_SECONDS = 10.0


class KeptSession:
    """A session that is opened anew when it is another process's, was interrupted, or is dead.

    Threads take turns: one question or change, with all its statements, has the session alone.

    Parameters
    ----------
    opening
        Opens a session, outside a transaction and committing each statement.

    Raises
    ------
    StoreError
        The database cannot be reached, or this version cannot work with it as it is.
    """

    def __init__(self, opening: Callable[[], Connection]) -> None:
        self._opening = opening
        self._connection = opening()
        self._turn = threading.RLock()
        _kept.add(self)

    def close(self) -> None:
        """End the session; what is asked later opens a new one."""
        self._connection.close()

    def cancel(self) -> None:
        """End the statement that runs; safe in another thread."""
        with suppress(psycopg.Error):  # it is gone, or ended by itself
            self._connection.cancel_safe(timeout=_CANCEL_SECONDS)

    def sever(self) -> None:
        """Cut the session off, so that its next statement fails; safe in another thread."""
        with suppress(psycopg.Error, OSError):
            descriptor = os.dup(self._connection.pgconn.socket)
            with socket.socket(fileno=descriptor) as same:
                same.shutdown(socket.SHUT_RDWR)

    def ask(self, asked: Callable[..., Answer], *arguments: object, **named: object) -> Answer:
        """Call a function with a session, once more in a new one when the old is found dead."""
        with self._turn:
            try:
                return self._call(_asking(asked), *arguments, **named)
            except StoreError:
                if not self._connection.closed:
                    raise
            return self._call(_asking(asked), *arguments, **named)

    def change(self, change: Callable[..., Answer], *arguments: object, **named: object) -> Answer:
        """Call a function that changes something, never twice, with a session that is alive."""
        with self._turn:
            self.ask(_require_alive)
            return self._call(change, *arguments, **named)

    def _call(self, function: Callable[..., Answer], *arguments: object, **named: object) -> Answer:
        try:
            if self._connection.closed:
                self._connection = self._opening()
            return function(self._connection, *arguments, **named)
        except HartonomousError:
            raise
        except BaseException:
            # Ctrl-C, or what else a signal raises, hits between any two steps of a statement.
            self._connection.close()
            raise


def _asking(asked: Callable[..., Answer]) -> Callable[..., Answer]:
    def ask(connection: Connection, *arguments: object, **named: object) -> Answer:
        with question(connection):
            return asked(connection, *arguments, **named)

    return ask


def _require_alive(connection: Connection) -> None:
    with store_errors():
        connection.execute("SELECT true")


_kept: weakref.WeakSet[KeptSession] = weakref.WeakSet()


def _free_turns() -> None:
    """Give a child turns of its own: the thread that had one does not exist here."""
    for session in list(_kept):
        session._turn = threading.RLock()


os.register_at_fork(after_in_child=_free_turns)
