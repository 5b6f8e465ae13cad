"""The session that a command works in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hartonomous.store.session import Connection


@contextmanager
def session_on(dsn: str | None) -> Iterator[Connection]:
    """Open a session for the length of a command; every change is a transaction of its own."""
    from hartonomous.store.connection import connect

    with connect(dsn) as session:
        session.autocommit = True
        yield session
