"""How much of the truth an approximate join finds, on fixed rows that are joined exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous._native import knn_join as native_join
from hartonomous.geometry import _exact
from hartonomous.geometry.backend import Backend, is_native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Lists = tuple[NDArray[np.int32], NDArray[np.float32]]

SAMPLE_ROWS = 1000


def sample_rows(n: int) -> NDArray[np.int64]:
    """Return the rows that stand for all: evenly spread, ascending."""
    return np.unique(np.linspace(0, n - 1, SAMPLE_ROWS, dtype=np.int64))


def exact_lists(
    rows: NDArray[np.float32],
    sample: NDArray[np.int64],
    k: int,
    threads: int,
    backend: Backend | None = None,
) -> Lists:
    """Return the k nearest other rows of a sample of rows.

    Parameters
    ----------
    rows : float32, shape (n, d), C-contiguous, n > k
    sample : int64, shape (m,)

    Returns
    -------
    int32 and float32, shape (m, k)
        Indices and scores, best first.
    """
    join = native_join if is_native(backend) else _exact.knn_join
    indices, scores = join(np.ascontiguousarray(rows[sample]), rows, k + 1, -1, threads)
    return without_self(indices, scores, sample)


def without_self(
    indices: NDArray[np.int32], scores: NDArray[np.float32], own: NDArray[np.int64]
) -> Lists:
    """Return lists of one less: without the row itself, or else without the last.

    Parameters
    ----------
    indices, scores : int32 and float32, shape (m, k + 1)
    own : int64, shape (m,)
        The row that each list is of.
    """
    wanted = indices != own[:, np.newaxis]
    wanted[wanted.all(axis=1), -1] = False
    shape = (len(indices), indices.shape[1] - 1)
    return indices[wanted].reshape(shape), scores[wanted].reshape(shape)


def measured_recall(found: Lists, truth: Lists) -> float:
    """Return the share of the true neighbours that were found; what ties with the last counts."""
    (indices, scores), (true_indices, true_scores) = found, truth
    hits = [
        np.isin(i, true, assume_unique=True) | (s >= last)
        for i, s, true, last in zip(indices, scores, true_indices, true_scores[:, -1], strict=True)
    ]
    return float(np.mean(hits))
