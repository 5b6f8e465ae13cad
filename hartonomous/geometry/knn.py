"""k-nearest-neighbour graphs of row vectors that lie in memory, by the method one names.

:mod:`~hartonomous.geometry.join` chooses the method, and joins what doesn't fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import numpy as np

from hartonomous._native import knn_join as native_join
from hartonomous._native import knn_self_join as native_self_join
from hartonomous.errors import ParameterError
from hartonomous.geometry import _exact
from hartonomous.geometry.backend import Backend, is_native
from hartonomous.geometry.blocks import block_join
from hartonomous.geometry.hnsw import hnsw_join
from hartonomous.geometry.memory import enough_for
from hartonomous.geometry.unit_rows import Space, require_rows, unit_rows
from hartonomous.hashing import available_cores

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Progress = Callable[[float], None]

Chosen = Literal["exact", "blocks", "hnsw"]
Method = Literal["auto", "exact", "blocks", "hnsw"]


@dataclass(frozen=True)
class NeighborGraph:
    """The k nearest keys of each query, nearest first."""

    #: (m, k) int32 row numbers of keys.
    indices: NDArray[np.int32]
    #: (m, k) float32 cosines or inner products, descending; equal ones by ascending index.
    scores: NDArray[np.float32]
    #: How the graph was found.
    method: Chosen
    #: Share of the true neighbours that it holds: 1 if exact, else measured on a sample of rows.
    recall: float
    #: What the scores are.
    space: Space

    @property
    def k(self) -> int:
        """Number of neighbours of each query."""
        return int(self.indices.shape[1])


def knn_self_join(
    vectors: NDArray[np.float32],
    k: int,
    *,
    space: Space = "cosine",
    method: Chosen = "exact",
    threads: int | None = None,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> NeighborGraph:
    """Return the k nearest other rows of every row.

    Parameters
    ----------
    vectors
        Shape (n, d), float32, n >= 2.
    k
        Neighbours of each row, 1 <= k <= n - 1.
    space
        ``cosine`` compares directions, ``ip`` raw inner products.
    method
        ``exact``, ``blocks`` (see :mod:`~hartonomous.geometry.blocks`) or ``hnsw``.
    threads
        Worker threads; by default one for each core. The result does not depend on it.
    progress
        Told the share that is done, from 0 to 1, on the calling thread.
    backend
        ``numpy`` runs the readable twins; see :func:`~hartonomous.geometry.backend.is_native`.

    Returns
    -------
    NeighborGraph
        m = n rows.

    Raises
    ------
    ParameterError
        If a parameter, dtype or shape is out of its range, or memory does not suffice.
    InvalidVectorsError
        If a row holds NaN or infinite values.
    """
    require_rows(vectors)
    require_parameters(k, len(vectors) - 1, space, method, threads)
    cores = threads or available_cores()
    with enough_for(f"a join of {len(vectors):,} rows with k = {k:,}"):
        rows = _prepared(vectors, space)
        if method == "blocks":
            near = block_join(rows, k, cores, progress, backend=backend)
            return NeighborGraph(near.indices, near.scores, "blocks", near.recall, space)
        if method == "hnsw":
            found = hnsw_join(rows, rows, k, 0, cores, progress, backend=backend)
            return NeighborGraph(found.indices, found.scores, "hnsw", found.recall, space)
        indices, scores = _joins(backend).knn_self_join(rows, k, cores, progress)
    return NeighborGraph(indices, scores, "exact", 1.0, space)


def knn_join(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    *,
    space: Space = "cosine",
    method: Chosen = "exact",
    threads: int | None = None,
    exclude_self: bool = False,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> NeighborGraph:
    """Return the k nearest keys of every query.

    Parameters
    ----------
    queries, keys
        Shapes (m, d) and (n, d), float32.
    k
        Neighbours of each query, 1 <= k <= n, or n - 1 with ``exclude_self``.
    exclude_self
        Query i never gets key i; needs m <= n.
    method
        ``exact`` or ``hnsw``.
    space, threads, progress, backend
        As in :func:`knn_self_join`.

    Returns
    -------
    NeighborGraph
        m rows.

    Raises
    ------
    ParameterError
        If a parameter, dtype or shape is out of its range, or memory does not suffice.
    InvalidVectorsError
        If a row holds NaN or infinite values.
    """
    require_rows(queries, "queries")
    require_rows(keys, "keys")
    require_pair(queries.shape, keys.shape, exclude_self=exclude_self)
    require_parameters(k, len(keys) - exclude_self, space, method, threads)
    if method == "blocks":
        raise ParameterError("method blocks joins a matrix with itself, not queries with keys")
    cores = threads or available_cores()
    first_self = 0 if exclude_self else -1
    with enough_for(f"a join of {len(queries):,} queries with k = {k:,}"):
        left, right = _prepared_pair(queries, keys, space)
        if method == "hnsw":
            found = hnsw_join(left, right, k, first_self, cores, progress, backend=backend)
            return NeighborGraph(found.indices, found.scores, "hnsw", found.recall, space)
        indices, scores = _joins(backend).knn_join(left, right, k, first_self, cores, progress)
    return NeighborGraph(indices, scores, "exact", 1.0, space)


class _ExactJoin(Protocol):
    def __call__(
        self,
        queries: NDArray[np.float32],
        keys: NDArray[np.float32],
        k: int,
        first_self: int = -1,
        threads: int = 0,
        progress: Progress | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...


@dataclass(frozen=True)
class _Joins:
    """The exact joins of one backend."""

    knn_join: _ExactJoin
    knn_self_join: Callable[
        [NDArray[np.float32], int, int, Progress | None],
        tuple[NDArray[np.int32], NDArray[np.float32]],
    ]


_NATIVE = _Joins(native_join, native_self_join)
_NUMPY = _Joins(_exact.knn_join, _exact.knn_self_join)


def _joins(backend: Backend | None) -> _Joins:
    return _NATIVE if is_native(backend) else _NUMPY


def _prepared(vectors: NDArray[np.float32], space: Space) -> NDArray[np.float32]:
    """Return C-contiguous rows whose inner products are the scores."""
    return unit_rows(vectors) if space == "cosine" else np.ascontiguousarray(vectors)


def _prepared_pair(
    queries: NDArray[np.float32], keys: NDArray[np.float32], space: Space
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    left = _prepared(queries, space)
    return left, left if queries is keys else _prepared(keys, space)


def require_pair(queries: tuple[int, ...], keys: tuple[int, ...], *, exclude_self: bool) -> None:
    """Raise ParameterError unless rows of these shapes can be joined."""
    if queries[1] != keys[1]:
        raise ParameterError(f"queries have {queries[1]} dimensions, keys have {keys[1]}")
    if exclude_self and queries[0] > keys[0]:
        raise ParameterError(
            f"exclude_self needs a key for each query: {queries[0]} queries, {keys[0]} keys"
        )


def require_parameters(
    k: int, candidates: int, space: str, method: str, threads: int | None
) -> None:
    """Raise ParameterError unless a join can be told so; ``candidates`` are a query's keys."""
    if not 1 <= k <= candidates:
        raise ParameterError(f"k must be at least 1 and at most {candidates}, not {k}")
    if space not in get_args(Space):
        raise ParameterError(f"space must be cosine or ip, not {space!r}")
    if method not in get_args(Method):
        raise ParameterError(f"method must be auto, exact, blocks or hnsw, not {method!r}")
    if threads is not None and threads < 1:
        raise ParameterError(f"threads must be at least 1, not {threads}")
