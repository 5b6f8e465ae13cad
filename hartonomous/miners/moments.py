"""Mean and scatter of rows that don't fit into memory in double, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.rows import TakenRows

#: Rows of a block, and what they may take in double: fewer rows where they are wider than 4,096.
_BLOCK_ROWS = 4096
_BLOCK_BYTES = 128 << 20


def mean_of(rows: TakenRows) -> NDArray[np.float64]:
    """Return the mean, summed row after row in double, so that blocks don't show in its bits."""
    total = np.zeros(rows.shape[1])
    for block in row_blocks(rows):
        vectors = rows.rows(block.start, block.stop).astype(np.float64)
        vectors[0] += total
        total = vectors.sum(axis=0)
    mean: NDArray[np.float64] = total / rows.shape[0]
    return mean


def scatter_of(rows: TakenRows, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the d x d scatter matrix in double.

    In float32 a direction with 99.99 % of the variance would leave no digit of the others.
    """
    scatter = np.zeros((len(mean), len(mean)))
    for block in row_blocks(rows):
        centred = rows.rows(block.start, block.stop) - mean
        scatter += centred.T @ centred
    return scatter


def row_blocks(rows: TakenRows) -> Iterator[slice]:
    """Cut rows into blocks that fit into memory in double."""
    count, width = rows.shape
    step = min(_BLOCK_ROWS, max(1, _BLOCK_BYTES // (8 * width)))
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))
