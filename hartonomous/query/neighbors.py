"""The concepts that a concept is related to."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.errors import ParameterError
from hartonomous.query.concepts import require_known, require_storable
from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_NEIGHBORS = """
SELECT neighbor, elo_score, evidence_count, source_count, mean_weight, relation_id::text
FROM hartonomous.neighbors(%s, %s, %s)
"""
_TOWARDS = _NEIGHBORS.replace("hartonomous.neighbors", "hartonomous.neighbors_towards")


@dataclass(frozen=True)
class Neighbor:
    """A concept and the relation that leads to it."""

    label: str
    #: Rating of the relation, from 1500 up.
    elo_score: float
    #: Pieces of evidence for it, and how many sources gave them.
    evidence_count: int
    source_count: int
    #: Mean weight of the evidence, from 0 to 1.
    mean_weight: float
    #: The two concepts' ids and the type's number, as SQL writes them.
    relation_id: str


def neighbors(
    connection: Connection,
    label: str,
    max_results: int = 10,
    relation_type: str = "related",
    *,
    towards: bool = False,
) -> tuple[Neighbor, ...]:
    """Return what a concept is most strongly related to, best rated first.

    Parameters
    ----------
    connection
        A session in autocommit, so that no lock outlives the question.
    label
        The concept as it is written; ``##ing`` is the word piece.
    max_results
        How many to return at most.
    relation_type
        ``related`` for what models and texts hold near each other.
    towards
        Return instead what is related to the concept from its own side, which looks into all lists.

    Raises
    ------
    UnknownNameError
        There is no such concept, then the message has near matches, or no such relation type.
    ParameterError
        ``max_results`` is not positive.
    StoreError
        The database is gone.
    """
    if max_results < 1:
        raise ParameterError(f"{max_results} neighbors can't be shown: ask for 1 or more")
    require_storable(label)
    question = _TOWARDS if towards else _NEIGHBORS
    found = fetch(connection, Neighbor, question, [label, max_results, relation_type])
    if not found:
        require_known(connection, label)
    return found
