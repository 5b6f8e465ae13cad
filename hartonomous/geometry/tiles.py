"""Exact joins of rows that don't fit into memory: a tile of queries and keys at a time.

Keys are read anew for each block of queries, which costs a few hundredths of the multiplications.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous._native import knn_join
from hartonomous.geometry.unit_rows import prepared_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from hartonomous.geometry.knn_cost import Tiling
    from hartonomous.geometry.rows import Rows
    from hartonomous.geometry.unit_rows import Space

#: Entries of the lists of two tiles that are sorted at a time.
_MERGED_ENTRIES = 1 << 18


@dataclass(frozen=True)
class Lists:
    """The best keys so far of consecutive queries, best first, equal ones by ascending index."""

    #: (m, c) int32 and float32.
    indices: NDArray[np.int32]
    scores: NDArray[np.float32]


@dataclass(frozen=True)
class TiledJoin:
    """An exact join by tiles.

    Parameters
    ----------
    queries, keys
        m and n rows of equal width.
    k
        Keys of each query, at most n, or n - 1 with ``exclude_self``.
    tiling
        Rows of a tile.
    exclude_self
        Query i never gets key i.
    threads
        The result does not depend on it.
    """

    queries: Rows
    keys: Rows
    k: int
    space: Space
    tiling: Tiling
    exclude_self: bool
    threads: int

    def lists(self, progress: Callable[[float], None]) -> Iterator[tuple[int, Lists]]:
        """Yield the first query of each block of queries, and their lists of k.

        Raises
        ------
        InvalidVectorsError
            When a tile comes to a row that holds NaN or infinite values.
        """
        queries, keys = self.queries.shape[0], self.keys.shape[0]
        starts, firsts = range(0, queries, self.tiling.queries), range(0, keys, self.tiling.keys)
        tiles = len(starts) * len(firsts)
        for row, start in enumerate(starts):
            left = self._prepared(self.queries, start, min(start + self.tiling.queries, queries))
            best = Lists(np.empty((len(left), 0), np.int32), np.empty((len(left), 0), np.float32))
            for column, first in enumerate(firsts):
                told = _part(progress, row * len(firsts) + column, tiles)
                best = merged(best, self._tile(left, start, first, told), self.k)
            yield start, best

    def _tile(
        self, left: NDArray[np.float32], start: int, first: int, progress: Callable[[float], None]
    ) -> Lists:
        """Join a block of queries with a block of keys; where they overlap one key more is asked.

        The native join leaves out a query's own key only where all queries have theirs.
        """
        last = min(first + self.tiling.keys, self.keys.shape[0])
        right = self._prepared(self.keys, first, last)
        overlaps = self.exclude_self and first < start + len(left) and start < last
        wanted = min(self.k + overlaps, len(right))
        indices, scores = knn_join(left, right, wanted, -1, self.threads, progress)
        indices += np.int32(first)
        if overlaps:
            own = np.arange(start, start + len(left), dtype=np.int32)
            scores[indices == own[:, np.newaxis]] = -np.inf
        return Lists(indices, scores)

    def _prepared(self, rows: Rows, start: int, stop: int) -> NDArray[np.float32]:
        """Return rows whose inner products are the scores, prepared a few at a time."""
        ready = np.empty((stop - start, rows.shape[1]), np.float32)
        for first in range(start, stop, self.tiling.keys):
            last = min(first + self.tiling.keys, stop)
            block = prepared_rows(rows.rows(first, last), self.space, first)
            ready[first - start : last - start] = block
        return ready


def _part(progress: Callable[[float], None], done: int, parts: int) -> Callable[[float], None]:
    """Return what takes the share that is done of the next of equal parts."""
    return lambda share: progress((done + share) / parts)


def merged(one: Lists, other: Lists, k: int) -> Lists:
    """Return the k best of two lists of each query; the indices of ``other`` are the greater.

    A stable sort keeps the smaller index first among equal scores.
    """
    rows, columns = len(one.indices), one.indices.shape[1] + other.indices.shape[1]
    indices = np.empty((rows, min(k, columns)), np.int32)
    scores = np.empty(indices.shape, np.float32)
    step = max(1, _MERGED_ENTRIES // max(1, columns))
    for start in range(0, rows, step):
        block = slice(start, start + step)
        both = np.concatenate([one.scores[block], other.scores[block]], axis=1)
        order = np.argsort(-both, axis=1, kind="stable")[:, :k]
        numbers = np.concatenate([one.indices[block], other.indices[block]], axis=1)
        indices[block] = np.take_along_axis(numbers, order, 1)
        scores[block] = np.take_along_axis(both, order, 1)
    return Lists(indices, scores)
