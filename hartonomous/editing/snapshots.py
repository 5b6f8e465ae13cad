"""Moments to compare ratings with: which sources were live then."""

from __future__ import annotations

from hartonomous.answers import Answers, RatingChange
from hartonomous.editing.rows import rows_of
from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection


def snapshot_ratings(connection: Connection, name: str) -> int:
    """Keep, under a name, which sources are live now and return how many.

    Raises
    ------
    StoreError
        The name is taken.
    """
    return call_one(connection, int, "SELECT hartonomous.snapshot_ratings(%s)", [name])


def compare_snapshots(
    connection: Connection, a: str, b: str, max_results: int = 20
) -> Answers[RatingChange]:
    """Return the relations whose ratings differ most between two snapshots.

    Raises
    ------
    UnknownNameError
        There is no such snapshot; the message names near matches.
    """
    return rows_of(connection, RatingChange, "compare_snapshots(%s, %s, %s)", [a, b, max_results])


def drop_snapshot(connection: Connection, name: str) -> None:
    """Drop a snapshot."""
    call_one(connection, bool, "SELECT hartonomous.drop_snapshot(%s)", [name])
