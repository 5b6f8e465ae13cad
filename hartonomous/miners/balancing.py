"""Balance the two sides of a bilinear form, so that cosine between them means something.

Of an attention head only the products q(t) . k(u) mean anything: W_Q S and W_K S^-T for any
invertible S are the same head. The means of both sides go (what a head says of every token alike),
and of all bases the one is taken in which both sides have the same diagonal second moments. With
the thin factors Q = U_q R_q and K = U_k R_k and R_q R_k^T = A s B^T, the balanced rows are U_q A
s^1/2 and U_k B s^1/2: the singular vectors of Q K^T, each scaled by the root of its singular value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.rows import WrittenRows
from hartonomous.miners.moments import mean_of, row_blocks, scatter_of

#: Directions with less of the largest variance than this are nothing but rounding.
_RANK_SHARE = 1e-10


def balance(queries: WrittenRows, keys: WrittenRows) -> None:
    """Centre and balance queries and keys in place; their inner products stay those of the centred.

    Parameters
    ----------
    queries, keys : shapes (m, d) and (n, d)
        Finite vectors, written over.
    """
    query_mean, key_mean = mean_of(queries), mean_of(keys)
    left, right = _roots(scatter_of(queries, query_mean)), _roots(scatter_of(keys, key_mean))
    # Q = U_q R_q with R_q = left.root, U_q = Q left.inverse
    first, values, second = np.linalg.svd(left[0] @ right[0].T)
    scale = np.sqrt(values)
    _map(queries, query_mean, left[1] @ (first * scale))
    _map(keys, key_mean, right[1] @ (second.T * scale))


def whiten(rows: WrittenRows, directions: WrittenRows) -> None:
    """Centre and whiten rows in place, and turn directions so that inner products stay.

    The cosine of a row with a direction is then how many deviations the row lies out along it, over
    the length of the row: whatever scale a norm's weights or the direction itself have cancels.

    Parameters
    ----------
    rows, directions : shapes (n, d) and (m, d)
        Finite vectors, written over.
    """
    mean = mean_of(rows)
    root, inverse = _roots(scatter_of(rows, mean) / rows.shape[0])
    _map(rows, mean, inverse)
    _map(directions, np.zeros(rows.shape[1]), root.T)


def _roots(scatter: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return R with R^T R = scatter, and its inverse where there is one."""
    values, vectors = np.linalg.eigh(scatter)
    kept = values > _RANK_SHARE * max(float(values[-1]), np.finfo(np.float64).tiny)
    root = np.sqrt(np.where(kept, values, 0))
    inverse = np.where(kept, 1 / np.where(kept, root, 1), 0)
    return root[:, None] * vectors.T, vectors * inverse


def _map(rows: WrittenRows, mean: NDArray[np.float64], matrix: NDArray[np.float64]) -> None:
    for block in row_blocks(rows):
        mapped = (rows.rows(block.start, block.stop) - mean) @ matrix
        rows.put(np.arange(block.start, block.stop), mapped)
