"""How every question is asked: one statement, its rows given a type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

Row = TypeVar("Row")


def fetch(
    connection: Connection,
    shape: Callable[..., Row],
    statement: str,
    parameters: Sequence[object] = (),
) -> tuple[Row, ...]:
    """Ask one question and return its rows, each as ``shape`` of its columns.

    Raises
    ------
    StoreError
        The database refused or is gone.
    """
    with store_errors():
        rows = connection.execute(statement.encode(), parameters).fetchall()
    return tuple(shape(*row) for row in rows)
