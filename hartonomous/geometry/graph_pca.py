"""Principal components of a graph: the yardstick for a placement made from the graph alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array


def graph_principal_components(matrix: csr_array, count: int) -> NDArray[np.float64]:
    """Return the first principal components of the rows of an affinity matrix.

    Parameters
    ----------
    matrix : csr_array of float64, shape (n, n), symmetric, n > count
        Each concept is the vector of its affinities to all others.

    Returns
    -------
    float64, shape (n, count)
    """
    from scipy.sparse.linalg import LinearOperator, svds

    n = matrix.shape[0]
    mean = np.asarray(matrix.mean(axis=0)).ravel()

    def centred(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(matrix @ x - mean @ x)

    def transposed(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(matrix.T @ x - np.multiply.outer(mean, x.sum(axis=0)))

    operator = LinearOperator(
        (n, n), matvec=centred, rmatvec=transposed, matmat=centred, rmatmat=transposed, dtype=float
    )
    start = np.random.Generator(np.random.PCG64(0)).normal(size=n)
    left, values, _ = svds(operator, k=count, v0=start)
    return np.asarray(left * values, dtype=np.float64)
