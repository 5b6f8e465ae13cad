"""The readable twin of the native kNN joins: the same results from a few lines of NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_BLOCK_ROWS = 256


def knn_join(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    first_self: int = -1,
    threads: int = 0,  # noqa: ARG001 - NumPy's own
    progress: Callable[[float], None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the k keys of greatest inner product for each query; see the native function."""
    indices = np.empty((len(queries), k), np.int32)
    best = np.empty((len(queries), k), np.float32)
    for start in range(0, len(queries), _BLOCK_ROWS):
        block = slice(start, min(start + _BLOCK_ROWS, len(queries)))
        scores = queries[block] @ keys.T
        if first_self >= 0:
            rows = np.arange(block.stop - block.start)
            scores[rows, first_self + start + rows] = -np.inf
        # A stable sort keeps the smaller index first among equal scores.
        indices[block] = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        best[block] = np.take_along_axis(scores, indices[block], axis=1)
        if progress is not None:
            progress(block.stop / len(queries))
    return indices, best


def knn_self_join(
    rows: NDArray[np.float32],
    k: int,
    threads: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the k nearest other rows of each row; see the native function."""
    return knn_join(rows, rows, k, 0, threads, progress)
