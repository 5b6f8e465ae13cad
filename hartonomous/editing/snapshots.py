"""Moments to compare ratings with: which sources were live then."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.store.calls import call, call_one
from hartonomous.store.session import Connection


@dataclass(frozen=True)
class RatingChange:
    """A relation whose rating differs between two snapshots; None where it had none."""

    from_label: str
    to_label: str
    relation_type: str
    elo_a: float | None
    elo_b: float | None
    change: float


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
) -> tuple[RatingChange, ...]:
    """Return the relations whose ratings differ most between two snapshots.

    Raises
    ------
    UnknownNameError
        There is no such snapshot; the message names near matches.
    """
    return call(
        connection,
        RatingChange,
        "SELECT * FROM hartonomous.compare_snapshots(%s, %s, %s)",
        [a, b, max_results],
    )


def drop_snapshot(connection: Connection, name: str) -> None:
    """Drop a snapshot."""
    call_one(connection, bool, "SELECT hartonomous.drop_snapshot(%s)", [name])
