"""Approximate kNN joins by HNSW (Malkov and Yashunin 2018) through hnswlib, with measured recall.

The graph is built by one thread in row order with a fixed random state, so the same input gives the
same result; searching it is read-only and uses all threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Progress = Callable[[float], None]

M = 16
EF_CONSTRUCTION = 200
TARGET_RECALL = 0.95
SAMPLE_ROWS = 1000
RANDOM_STATE = 100

_CHUNK_ROWS = 1024
_BUILD_SHARE = 0.7


class ExactJoin(Protocol):
    """The exact join that recall is measured against."""

    def __call__(  # noqa: D102  the class says it
        self,
        queries: NDArray[np.float32],
        keys: NDArray[np.float32],
        k: int,
        first_self: int = -1,
        threads: int = 0,
        progress: Progress | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...


class _Index(Protocol):
    """What is used of a built ``hnswlib.Index``."""

    def set_ef(self, ef: int) -> None: ...
    def knn_query(
        self, data: NDArray[np.float32], k: int, *, num_threads: int
    ) -> tuple[NDArray[np.uint64], NDArray[np.float32]]: ...


@dataclass(frozen=True)
class HnswNeighbors:
    """An approximate join's result and what was measured on a sample of its queries."""

    indices: NDArray[np.int32]
    scores: NDArray[np.float32]
    recall: float
    ef_search: int


def hnsw_join(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    first_self: int,
    threads: int,
    progress: Progress | None,
    exact: ExactJoin,
    *,
    target_recall: float = TARGET_RECALL,
) -> HnswNeighbors:
    """Return about the k keys of greatest inner product for each query.

    ``ef_search`` is doubled until the recall on a sample of queries reaches ``target_recall``.
    Parameters and order of the result are those of the native exact join.

    Raises
    ------
    ParameterError
        If the graph is so disconnected that some query cannot reach k keys.
    """
    report = progress or _ignore
    index = _build(keys, report)
    search = _Search(index, keys, k, first_self, threads)
    sample = np.unique(np.linspace(0, len(queries) - 1, SAMPLE_ROWS, dtype=np.int64))
    truth = _exact_sample(queries, keys, k, first_self, threads, sample, exact)
    recall = search.tune(queries, sample, truth, target_recall)
    indices, scores = search.all(queries, report)
    return HnswNeighbors(indices, scores, recall, search.ef)


class _Search:
    """Searches one index; ``ef`` is what tuning last set."""

    def __init__(
        self, index: _Index, keys: NDArray[np.float32], k: int, first_self: int, threads: int
    ) -> None:
        self.ef = min(max(64, 2 * k), len(keys))
        self._index = index
        self._keys = keys
        self._k = k
        self._first_self = first_self
        self._threads = threads

    def tune(
        self,
        queries: NDArray[np.float32],
        sample: NDArray[np.int64],
        truth: NDArray[np.int32],
        target: float,
    ) -> float:
        """Double ``ef`` until the sample's recall reaches the target; return that recall."""
        while True:
            recall = _recall(self._attempt(queries, sample), truth)
            if recall >= target or self.ef >= len(self._keys):
                return recall
            self.ef = min(2 * self.ef, len(self._keys))

    def all(
        self, queries: NDArray[np.float32], report: Progress
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Search every query, a chunk at a time so that Ctrl-C is noticed between two."""
        indices = np.empty((len(queries), self._k), np.int32)
        scores = np.empty((len(queries), self._k), np.float32)
        for chunk in _chunks(len(queries)):
            rows = np.arange(chunk.start, chunk.stop)
            indices[chunk], scores[chunk] = self._nearest(queries, rows)
            report(_BUILD_SHARE + (1 - _BUILD_SHARE) * chunk.stop / len(queries))
        return indices, scores

    def _attempt(
        self, queries: NDArray[np.float32], sample: NDArray[np.int64]
    ) -> NDArray[np.int32] | None:
        """Return the sample's neighbours, or None where ``ef`` is too small to find k."""
        try:
            return self._nearest(queries, sample)[0]
        except ParameterError:
            if self.ef >= len(self._keys):
                raise
            return None

    def _nearest(
        self, queries: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        self._index.set_ef(max(self.ef, self._k + 1))
        wanted = self._k + (self._first_self >= 0)
        try:
            found, _ = self._index.knn_query(queries[rows], wanted, num_threads=self._threads)
        except RuntimeError as error:
            raise ParameterError(
                f"HNSW cannot reach {wanted} keys from every query; use method exact"
            ) from error
        return _ranked(queries, self._keys, rows, found.astype(np.int32), self._k, self._first_self)


def _build(keys: NDArray[np.float32], report: Progress) -> _Index:
    """Insert the keys in order on one thread: with more, the graph would depend on their race."""
    import hnswlib

    index = hnswlib.Index(space="ip", dim=keys.shape[1])
    index.init_index(len(keys), M=M, ef_construction=EF_CONSTRUCTION, random_seed=RANDOM_STATE)
    for chunk in _chunks(len(keys)):
        index.add_items(keys[chunk], np.arange(chunk.start, chunk.stop), num_threads=1)
        report(_BUILD_SHARE * chunk.stop / len(keys))
    return cast("_Index", index)


def _exact_sample(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    first_self: int,
    threads: int,
    sample: NDArray[np.int64],
    exact: ExactJoin,
) -> NDArray[np.int32]:
    found, _ = exact(queries[sample], keys, k + (first_self >= 0), -1, threads)
    return _ranked(queries, keys, sample, found, k, first_self)[0]


def _ranked(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    rows: NDArray[np.int64],
    candidates: NDArray[np.int32],
    k: int,
    first_self: int,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Score candidates anew (hnswlib rounds 1 - score) and keep the k best, never a row itself."""
    scores = np.empty(candidates.shape, np.float32)
    for i, row in enumerate(rows):
        scores[i] = keys[candidates[i]] @ queries[row]
    if first_self >= 0:
        scores[candidates == (rows + first_self)[:, np.newaxis]] = -np.inf
    order = np.lexsort((candidates, -scores), axis=1)[:, :k]
    return np.take_along_axis(candidates, order, 1), np.take_along_axis(scores, order, 1)


def _recall(found: NDArray[np.int32] | None, truth: NDArray[np.int32]) -> float:
    if found is None:
        return 0.0
    hits = (truth[:, :, np.newaxis] == found[:, np.newaxis, :]).any(axis=2)
    return float(hits.mean())


def _chunks(count: int) -> Iterator[slice]:
    for start in range(0, count, _CHUNK_ROWS):
        yield slice(start, min(start + _CHUNK_ROWS, count))


def _ignore(_done: float) -> None:
    """Take progress nobody asked for."""
