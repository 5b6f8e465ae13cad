"""What a placement keeps of its source's neighbourhoods: trustworthiness and continuity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

#: Distances, or anything that grows with them, from the given rows to all n points: (r, n).
Distances = Callable[["NDArray[np.int64]"], "NDArray[np.float64]"]
#: Rows whose neighbourhoods are compared, unless told otherwise.
SAMPLE = 1000
#: Distances held at once, in numbers.
BLOCK = 4_000_000


@dataclass(frozen=True)
class Agreement:
    """How far the neighbours in a placement and in its source are the same."""

    #: 0 to 1: 1 when all k neighbours in the placement are neighbours in the source; about 0.5
    #: for a placement at random
    trustworthiness: float
    #: 0 to 1: 1 when all k neighbours in the source are neighbours in the placement
    continuity: float
    #: Share of the source's k neighbours among the placement's k
    recall: float
    #: Neighbours compared
    k: int
    #: Rows sampled
    rows: int


def agreement(
    source: Distances, placement: Distances, n: int, *, k: int = 10, sample: int = SAMPLE
) -> Agreement:
    """Compare the k nearest neighbours in a placement with those in its source.

    Parameters
    ----------
    source, placement : Distances
        As :func:`euclidean` and :func:`shortest_paths` make them; of equally distant points the
        one with the lower index is nearer.
    n : int
        Number of points.
    k : int
        Neighbours, from 1 to n / 2.
    sample : int
        Rows compared, fixed ones; with n or more the measures are exact.

    Returns
    -------
    Agreement

    Raises
    ------
    ParameterError
        k out of its range.

    Notes
    -----
    Venna and Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001. On a
    sample the sum runs over its rows and the constant over its size; ranks are among all points.
    """
    if not 1 <= k < n / 2:
        raise ParameterError(f"k is {k}; comparing neighbourhoods of {n} points needs 1 to n / 2")
    rows = sample_rows(n, sample)
    intruded = lost = kept = 0
    for block in np.array_split(rows, -(-len(rows) * n // BLOCK)):
        for row, far, near in zip(block, source(block), placement(block), strict=True):
            far[row] = near[row] = -np.inf
            there, here = _nearest(far, k), _nearest(near, k)
            ranks = _ranks(near, there)
            intruded += int(np.maximum(_ranks(far, here) - k, 0).sum())
            lost += int(np.maximum(ranks - k, 0).sum())
            kept += int((ranks <= k).sum())
    scale = 2.0 / (len(rows) * k * (2 * n - 3 * k - 1))
    return Agreement(1 - scale * intruded, 1 - scale * lost, kept / (len(rows) * k), k, len(rows))


def euclidean(points: NDArray[np.floating[Any]]) -> Distances:
    """Return squared distances of points, shape (n, d); they rank unit vectors as angles do."""
    squares = np.einsum("nd,nd->n", points, points)

    def distances(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        products = points[rows] @ points.T
        return np.asarray(squares - 2.0 * products + squares[rows, None], dtype=np.float64)

    return distances


def shortest_paths(matrix: csr_array) -> Distances:
    """Return path lengths in a graph whose affinities are in (0, 1]: a step costs -log affinity.

    For sources whose vectors are gone. A path is as near as the product of its affinities; points
    in other components are infinitely far.
    """
    from scipy.sparse import csr_array as csr
    from scipy.sparse.csgraph import dijkstra

    # A step of length 0 would count as no relation.
    steps = np.maximum(-np.log(matrix.data), 1e-12)
    lengths = csr((steps, matrix.indices, matrix.indptr), shape=matrix.shape)
    return lambda rows: np.asarray(dijkstra(lengths, indices=rows), dtype=np.float64)


def principal_components(points: NDArray[np.floating[Any]], count: int) -> NDArray[np.float64]:
    """Return the first principal components of the points: the yardstick of a placement.

    Parameters
    ----------
    points : floats, shape (n, d), d >= count

    Returns
    -------
    float64, shape (n, count)
    """
    centred = points - points.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    return np.asarray(centred @ axes[:, ::-1][:, :count], dtype=np.float64)


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


def sample_rows(n: int, sample: int) -> NDArray[np.int64]:
    """Return the rows that stand for all: a fixed random choice, ascending."""
    if sample >= n:
        return np.arange(n)
    return np.sort(np.random.Generator(np.random.PCG64(0)).permutation(n)[:sample])


def _nearest(distances: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Return the k nearest points but the row itself, which lies at minus infinity."""
    bound = np.partition(distances, k)[k]
    nearer = np.flatnonzero((distances < bound) & (distances > -np.inf))
    level = np.flatnonzero(distances == bound)
    return np.concatenate([nearer, level])[:k]


def _ranks(distances: NDArray[np.float64], points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the points' places, from 1, in the order of distance and then of index."""
    own = distances[points][:, None]
    nearer = np.count_nonzero(distances < own, axis=1)
    level = [np.count_nonzero(distances[:p] == distances[p]) for p in points]
    return np.asarray(nearer + np.asarray(level), dtype=np.int64)
