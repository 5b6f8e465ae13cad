"""How the functions here ask one of SQL's functions that answers with rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hartonomous.store.calls import call
from hartonomous.store.session import Connection
from hartonomous.tables import Answer, Answers, columns

Row = TypeVar("Row", bound=Answer)


def rows_of(
    connection: Connection, kind: type[Row], function: str, values: Sequence[object] = ()
) -> Answers[Row]:
    """Call a function, one of ours with its arguments' places, and return its rows."""
    statement = f"SELECT {columns(kind)} FROM hartonomous.{function}"  # noqa: S608  our own words
    return Answers(call(connection, kind, statement, values), kind)
