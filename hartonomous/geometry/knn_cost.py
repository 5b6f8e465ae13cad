"""How a join is made, as a function of its sizes alone: two machines choose alike.

A timed probe would choose by how busy a machine is, and the same command would then give other
evidence on another day; so would a look at how much memory is free. All limits on the memory of
joins are here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Multiplications up to which a join is exact: 228,000 rows of 384 dimensions with themselves, some
#: minutes on two cores.
EXACT_MULTIPLICATIONS = 2e13
#: The same where the rows are too many to be held, as an approximate join must: 156,000 rows of
#: 4,096 dimensions, about an hour on two cores.
STREAMED_MULTIPLICATIONS = 1e14
#: Bytes of rows from which on a join would rather be exact, tile by tile, than hold them.
APPROXIMATE_BYTES = 1 << 30

#: What an exact join may take for rows and lists that it holds whole.
HELD_BYTES = 768 << 20
#: An entry of a list, while it is looked for and when it was found.
_ENTRY_BYTES = 20
#: Of the tiles of a join that isn't held: the queries, their lists, and the keys.
QUERY_BYTES = 256 << 20
LIST_BYTES = 128 << 20
KEY_BYTES = 64 << 20
#: An entry of a list, while those of two tiles are merged.
_MERGED_BYTES = 28
#: Tiles begin where those of the native join do, so that sums come out the same.
TILE_ROWS = 512
#: Entries of the lists in one block of a result, unless a single list is longer.
BLOCK_ENTRIES = 1 << 18

_NUMBER_BYTES = 4


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

    @property
    def row_bytes(self) -> int:
        """Return how large its rows are in float32."""
        rows = self.keys if self.symmetric else self.queries + self.keys
        return rows * self.dimensions * _NUMBER_BYTES


@dataclass(frozen=True)
class Tiling:
    """How many queries are joined with how many keys at a time."""

    queries: int
    keys: int


def choose_method(join: Join) -> Literal["exact", "blocks", "hnsw"]:
    """Return how a join is made unless somebody says otherwise.

    Exact up to :data:`EXACT_MULTIPLICATIONS`, or :data:`STREAMED_MULTIPLICATIONS` for more than
    :data:`APPROXIMATE_BYTES` of rows; beyond, a matrix is joined with itself by blocks and with
    queries by HNSW.
    """
    streams = join.row_bytes > APPROXIMATE_BYTES
    limit = STREAMED_MULTIPLICATIONS if streams else EXACT_MULTIPLICATIONS
    if join.multiplications <= limit:
        return "exact"
    return "blocks" if join.symmetric else "hnsw"


def is_held(join: Join) -> bool:
    """Say whether an exact join holds its rows, their copies of unit length, and all lists."""
    lists = join.queries * join.k * _ENTRY_BYTES
    return 2 * join.row_bytes + lists <= HELD_BYTES


def choose_tiling(join: Join) -> Tiling:
    """Return how a join that isn't held is cut into tiles, in steps of :data:`TILE_ROWS`."""
    row = join.dimensions * _NUMBER_BYTES
    queries = min(QUERY_BYTES // row, LIST_BYTES // (join.k * _MERGED_BYTES))
    return Tiling(_in_steps(queries), _in_steps(KEY_BYTES // row))


def _in_steps(rows: int) -> int:
    return max(TILE_ROWS, rows // TILE_ROWS * TILE_ROWS)
