"""Single queries and joins of new rows by HNSW (Malkov and Yashunin 2018), with measured recall.

The graph is chosen from neighbour lists that a join of the whole matrix brings: each row chooses
for itself, so the same input gives the same graph for any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous._native import Hnsw as NativeHnsw
from hartonomous._native import knn_join as native_join
from hartonomous.errors import ParameterError
from hartonomous.geometry import _exact, _hnsw
from hartonomous.geometry.backend import Backend, is_native
from hartonomous.geometry.blocks import block_join
from hartonomous.geometry.mixing import mixed
from hartonomous.geometry.recall import measured_recall, sample_rows, without_self

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hartonomous.geometry.recall import Lists

    Progress = Callable[[float], None]

#: Neighbours that a row keeps in each layer; twice as many in the lowest.
M = 16
#: Neighbours of each row that it chooses among.
LISTED = 50
TARGET_RECALL = 0.95
_BUILD_SHARE = 0.5


@dataclass(frozen=True)
class HnswNeighbors:
    """An approximate join's result and what was measured on a sample of its queries."""

    indices: NDArray[np.int32]
    scores: NDArray[np.float32]
    recall: float
    ef_search: int


class HnswIndex:
    """A graph over row vectors that single queries walk through.

    Parameters
    ----------
    rows : float32, shape (n, d)
        C-contiguous, finite, n >= 1; scores are inner products.
    lists : int32, shape (n, at least 1), optional
        Each row's nearest others, best first; without them they are joined here.
    threads
        The index does not depend on it.
    backend
        ``numpy`` builds and walks the readable twin.
    """

    def __init__(
        self,
        rows: NDArray[np.float32],
        lists: NDArray[np.int32] | None = None,
        *,
        threads: int = 0,
        backend: Backend | None = None,
    ) -> None:
        everyone = np.arange(len(rows), dtype=np.uint32)
        lowest = _listed(rows, threads, backend) if lists is None else lists
        layers = [(everyone, np.ascontiguousarray(lowest, dtype=np.int32))]
        layers += [(ids, _listed(rows[ids], threads, backend)) for ids in upper_layers(len(rows))]
        self._rows = rows
        self._index = (NativeHnsw if is_native(backend) else _hnsw.Hnsw)(rows, layers, M, threads)

    def search(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        ef: int | None = None,
        first_self: int = -1,
        threads: int = 0,
        progress: Progress | None = None,
    ) -> Lists:
        """Return about the k rows of greatest inner product for each query.

        Parameters
        ----------
        queries : float32, shape (m, d)
            C-contiguous, finite.
        k
            1 to n, or to n - 1 where a query is itself a row.
        ef
            Best rows that the walk keeps: more find more and take longer; ``2 k`` by default, and
            never under 64.
        first_self
            Query i never gets row ``first_self + i``, which is itself; -1 for queries from outside.
        threads, progress
            As for the joins.

        Returns
        -------
        int32 and float32, shape (m, k)
            Row numbers and scores, best first; equal scores by row number.

        Raises
        ------
        ParameterError
            ``k`` is out of its range or over ``ef``, or queries have another width.
        """
        most = len(self._rows) - (first_self >= 0)
        width = max(64, 2 * k) if ef is None else ef
        if not 1 <= k <= min(most, width) or queries.shape[1] != self._rows.shape[1]:
            raise ParameterError(
                f"a search needs k from 1 to {min(most, width)} and queries of "
                f"{self._rows.shape[1]} dimensions, not {k} and {queries.shape[1]}"
            )
        return self._index.search(queries, k, width, first_self, threads, progress)


def hnsw_join(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    first_self: int,
    threads: int,
    progress: Progress | None = None,
    *,
    target_recall: float = TARGET_RECALL,
    backend: Backend | None = None,
) -> HnswNeighbors:
    """Return about the k keys of greatest inner product for each query.

    ``ef`` is doubled until the recall on a sample of queries reaches ``target_recall``. Parameters
    and order of the result are those of the native exact join.
    """
    report = progress or _ignore
    index = HnswIndex(keys, threads=threads, backend=backend)
    report(_BUILD_SHARE)
    sample = sample_rows(len(queries))
    own = sample + first_self if first_self >= 0 else np.full(len(sample), -1)
    truth = _exact_sample(queries[sample], keys, k, own, threads, backend)
    most = len(keys)
    ef, recall = min(max(64, 2 * k), most), 0.0
    while True:
        found = _searched(index, queries, sample, k, ef, first_self, threads)
        recall = measured_recall(found, truth)
        if recall >= target_recall or ef >= most:
            break
        ef = min(2 * ef, most)
    indices, scores = index.search(
        queries, k, ef=ef, first_self=first_self, threads=threads,
        progress=lambda done: report(_BUILD_SHARE + (1 - _BUILD_SHARE) * done),
    )  # fmt: skip
    report(1.0)
    return HnswNeighbors(indices, scores, recall, ef)


def upper_layers(n: int) -> list[NDArray[np.uint32]]:
    """Return the rows of each layer over the lowest: a row in 16 goes one higher, by a hash."""
    bits = mixed(np.arange(n))
    layers = []
    for level in range(1, 16):
        mask = np.uint64((1 << (4 * level)) - 1)
        ids = np.flatnonzero((bits & mask) == 0).astype(np.uint32)
        if not len(ids):
            break
        layers.append(ids)
    return layers


def _listed(rows: NDArray[np.float32], threads: int, backend: Backend | None) -> NDArray[np.int32]:
    k = min(LISTED, len(rows) - 1)
    if k < 1:
        return np.empty((len(rows), 0), np.int32)
    return block_join(np.ascontiguousarray(rows), k, threads, backend=backend).indices


def _searched(
    index: HnswIndex,
    queries: NDArray[np.float32],
    sample: NDArray[np.int64],
    k: int,
    ef: int,
    first_self: int,
    threads: int,
) -> Lists:
    """Search a sample; each query that is a row finds itself and is taken out."""
    chosen = np.ascontiguousarray(queries[sample])
    if first_self < 0:
        return index.search(chosen, k, ef=ef, threads=threads)
    found = index.search(chosen, k + 1, ef=max(ef, k + 1), threads=threads)
    return without_self(*found, sample + first_self)


def _exact_sample(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    own: NDArray[np.int64],
    threads: int,
    backend: Backend | None,
) -> Lists:
    join = native_join if is_native(backend) else _exact.knn_join
    queries = np.ascontiguousarray(queries)
    if (own < 0).all():
        return join(queries, keys, k, -1, threads)
    return without_self(*join(queries, keys, k + 1, -1, threads), own)


def _ignore(_done: float) -> None:
    """Take progress nobody asked for."""
