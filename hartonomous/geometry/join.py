"""The k nearest keys of each query, in blocks: method, cutting and memory are chosen here.

What fits into memory is joined there; what doesn't is joined exactly, tile by tile. Both give the
same lists. How much fits, and all other limits, are in :mod:`~hartonomous.geometry.knn_cost`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.geometry import knn_cost
from hartonomous.geometry.knn import (
    Chosen,
    Method,
    NeighborGraph,
    knn_join,
    knn_self_join,
    require_pair,
    require_parameters,
)
from hartonomous.geometry.memory import enough_for
from hartonomous.geometry.rows import HeldRows, Rows, whole
from hartonomous.geometry.tiles import Lists, TiledJoin
from hartonomous.geometry.unit_rows import require_matrix, require_shape
from hartonomous.hashing import available_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from hartonomous.geometry.unit_rows import Space

    Progress = Callable[[float], None]


@dataclass(frozen=True)
class NeighborBlock:
    """The neighbours of consecutive queries, the first of which is ``offset``."""

    offset: int
    #: (rows, k) int32 row numbers of keys.
    indices: NDArray[np.int32]
    #: (rows, k) float32, descending; equal ones by ascending index.
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class Joined:
    """A join whose result comes in blocks, in the order of the queries."""

    #: How it is made.
    method: Chosen
    #: Share of the true neighbours that it holds: 1 if exact, else measured on a sample of rows.
    recall: float
    #: Each query once; a join by tiles is made while they are asked for.
    blocks: Iterator[NeighborBlock]


def join_blocks(
    queries: NDArray[np.float32] | Rows,
    keys: NDArray[np.float32] | Rows,
    k: int,
    *,
    space: Space = "cosine",
    method: Method = "auto",
    threads: int | None = None,
    exclude_self: bool = False,
    progress: Progress | None = None,
) -> Joined:
    """Return the k nearest keys of every query, in blocks.

    Parameters
    ----------
    queries, keys : shapes (m, d) and (n, d)
        Arrays of float32, or rows that are kept elsewhere; the same object twice, with
        ``exclude_self``, is a join of a matrix with itself, which takes half the arithmetic in
        memory.
    k
        Neighbours of each query, 1 <= k <= n, or n - 1 with ``exclude_self``.
    space
        ``cosine`` compares directions, ``ip`` raw inner products.
    method
        ``exact``, ``blocks``, ``hnsw``, or ``auto``, which is a function of the sizes alone: see
        :func:`~hartonomous.geometry.knn_cost.choose_method`.
    threads
        Worker threads; by default one for each core. The result does not depend on it.
    exclude_self
        Query i never gets key i; needs m <= n.
    progress
        Told the share that is done, from 0 to 1, on the calling thread.

    Returns
    -------
    Joined
        An exact join that doesn't fit into memory, see
        :func:`~hartonomous.geometry.knn_cost.is_held`, goes on while its blocks are asked for, and
        may then raise what is listed here, or what its rows raise. Approximate joins always hold
        all rows.

    Raises
    ------
    ParameterError
        If a parameter, dtype or shape is out of its range, or memory does not suffice.
    InvalidVectorsError
        If a row holds NaN or infinite values.
    """
    alike = exclude_self and queries is keys
    left = _as_rows(queries)
    right = left if queries is keys else _as_rows(keys)
    require_pair(left.shape, right.shape, exclude_self=exclude_self)
    require_parameters(k, right.shape[0] - exclude_self, space, method, threads)
    sizes = knn_cost.Join(left.shape[0], *right.shape, k, symmetric=alike)
    chosen = knn_cost.choose_method(sizes) if method == "auto" else method
    if chosen == "exact" and not knn_cost.is_held(sizes):
        tiling = knn_cost.choose_tiling(sizes)
        cores = threads or available_cores()
        tiled = TiledJoin(left, right, k, space, tiling, exclude_self, cores)
        return Joined("exact", 1.0, _streamed(tiled, progress or _ignore))
    with enough_for(f"a join of {sizes.queries:,} queries with {sizes.keys:,} keys"):
        first = whole(left)
        if alike:
            graph = knn_self_join(
                first, k, space=space, method=chosen, threads=threads, progress=progress
            )
        else:
            second = first if left is right else whole(right)
            graph = knn_join(
                first, second, k, space=space, method=chosen, threads=threads,
                exclude_self=exclude_self, progress=progress,
            )  # fmt: skip
    return Joined(chosen, graph.recall, _cut(0, graph))


def _as_rows(rows: NDArray[np.float32] | Rows) -> Rows:
    if isinstance(rows, np.ndarray):
        require_matrix(rows)
        return HeldRows(rows)
    require_shape(rows.shape)
    return rows


def _streamed(tiled: TiledJoin, progress: Progress) -> Iterator[NeighborBlock]:
    with enough_for(f"a join with k = {tiled.k:,}, even tile by tile,"):
        for start, lists in tiled.lists(progress):
            yield from _cut(start, lists)


def _cut(offset: int, lists: Lists | NeighborGraph) -> Iterator[NeighborBlock]:
    """Cut lists into blocks of :data:`~hartonomous.geometry.knn_cost.BLOCK_ENTRIES`."""
    rows, k = lists.indices.shape
    step = max(1, knn_cost.BLOCK_ENTRIES // k)
    for start in range(0, rows, step):
        block = slice(start, start + step)
        yield NeighborBlock(offset + start, lists.indices[block], lists.scores[block])


def _ignore(_done: float) -> None:
    """Take progress nobody asked for."""
