"""How a join is made, as a function of its sizes alone: two machines choose alike.

A timed probe would choose by how busy a machine is, and the same command would then give other
evidence on another day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Multiplications up to which a join is exact: 228,000 rows of 384 dimensions with themselves, some
#: minutes on two cores.
EXACT_MULTIPLICATIONS = 2e13


@dataclass(frozen=True)
class Join:
    """The shape of a join: m queries against n keys of d dimensions, k neighbours each."""

    queries: int
    keys: int
    dimensions: int
    k: int
    symmetric: bool

    @property
    def multiplications(self) -> int:
        """Return how many an exact join of every query with every key takes."""
        return self.queries * self.keys * self.dimensions


def choose_method(join: Join) -> Literal["exact", "blocks", "hnsw"]:
    """Return how a join is made unless somebody says otherwise.

    Exact up to :data:`EXACT_MULTIPLICATIONS`; beyond, a matrix is joined with itself by blocks and
    with queries by HNSW.
    """
    if join.multiplications <= EXACT_MULTIPLICATIONS:
        return "exact"
    return "blocks" if join.symmetric else "hnsw"
