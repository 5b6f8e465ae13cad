"""Questions about all relations at once."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.errors import ParameterError
from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_STRONGEST = """
SELECT
    from_label, to_label, elo_score, evidence_count, source_count, mean_weight, relation_id::text
FROM hartonomous.strongest_relations(%s, %s)
"""


@dataclass(frozen=True)
class Relation:
    """One relation, as all its live evidence rates it."""

    from_label: str
    to_label: str
    elo_score: float
    #: Pieces of evidence for it, and how many sources gave them.
    evidence_count: int
    source_count: int
    #: Mean weight of the evidence, from 0 to 1.
    mean_weight: float
    relation_id: str


def strongest_relations(
    connection: Connection, max_results: int = 100, relation_type: str = "related"
) -> tuple[Relation, ...]:
    """Return the best rated relations of the whole graph.

    Raises
    ------
    UnknownNameError
        There is no such relation type.
    ParameterError
        ``max_results`` is not positive.
    StoreError
        The database is gone.
    """
    if max_results < 1:
        raise ParameterError(f"{max_results} relations can't be shown: ask for 1 or more")
    return fetch(connection, Relation, _STRONGEST, [max_results, relation_type])


def count_relations(connection: Connection) -> int:
    """Return how many relations the live sources hold.

    Raises
    ------
    StoreError
        The database is gone.
    """
    (count,) = fetch(connection, int, "SELECT hartonomous.count_relations()")
    return count
