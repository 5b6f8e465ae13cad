"""A directed kNN graph as a symmetric affinity matrix, and that matrix cut into its components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

#: Affinity is the weight to this power; measured in docs/geometry.md.
SHARPNESS = 5.0


def affinity(
    sources: NDArray[np.integer[Any]],
    targets: NDArray[np.integer[Any]],
    weights: NDArray[np.floating[Any]],
    n: int,
    *,
    sharpness: float = SHARPNESS,
) -> csr_array:
    """Return the symmetric affinity of a directed weighted graph.

    Parameters
    ----------
    sources, targets : integers, shape (m,)
        Concept indexes in ``[0, n)``; of a pair that is listed twice the heavier weight counts,
        and a concept's relation to itself is left out.
    weights : floats, shape (m,)
        Similarities of at least 0, cosines as a rule; 0 means no relation.
    n : int
        Number of concepts.
    sharpness : float
        Power the weights are raised to: the higher, the more local the map.

    Returns
    -------
    csr_array of float64, shape (n, n)
        ``(P + P.T) / 2`` with ``P = weight ** sharpness``: a relation that only one end lists
        counts half. It does not depend on the order of the relations.

    Raises
    ------
    ParameterError
        Arrays of different lengths, an index out of range, a negative or non-finite weight.

    Notes
    -----
    Belkin and Niyogi, Laplacian Eigenmaps for Dimensionality Reduction, Neural Computation 2003,
    section 2, with a power of the cosine in place of the heat kernel.
    """
    from scipy.sparse import csr_array

    require_graph(sources, targets, weights, n)
    related = (np.asarray(weights) > 0) & (np.asarray(sources) != np.asarray(targets))
    rows, columns, values = heaviest(sources[related], targets[related], weights[related], n)
    # Divided by the heaviest, powers cannot all underflow; the map does not depend on scale.
    values = (values / values.max(initial=0.0)) ** sharpness if len(values) else values
    directed = csr_array((values, (rows, columns)), shape=(n, n))
    both = ((directed + directed.T) * 0.5).tocsr()
    both.eliminate_zeros()
    both.sort_indices()
    return both


def components(matrix: csr_array) -> NDArray[np.int64]:
    """Return each concept's component: 0 is the largest; equal sizes go by their first concept.

    Parameters
    ----------
    matrix : csr_array, shape (n, n)
        Symmetric affinity.

    Returns
    -------
    int64, shape (n,)
    """
    from scipy.sparse.csgraph import connected_components

    _, labels = connected_components(matrix, directed=False)
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[inverse]


def heaviest(
    sources: NDArray[np.integer[Any]],
    targets: NDArray[np.integer[Any]],
    weights: NDArray[np.floating[Any]],
    n: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Sort pairs by source and target and keep the heaviest weight of each.

    Parameters
    ----------
    sources, targets, weights
        Columns of one length; indexes in ``[0, n)``.

    Returns
    -------
    tuple of int64, int64, float64
        The columns of the distinct pairs.
    """
    keys = sources.astype(np.int64) * n + targets
    values = np.asarray(weights, dtype=np.float64)
    if (keys[1:] <= keys[:-1]).any():
        order = np.argsort(keys, kind="stable")
        keys, values = keys[order], values[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else keys
    if len(starts) < len(keys):
        keys, values = keys[starts], np.maximum.reduceat(values, starts)
    return keys // n, keys % n, values


def require_graph(
    sources: NDArray[np.integer[Any]],
    targets: NDArray[np.integer[Any]],
    weights: NDArray[np.floating[Any]],
    n: int,
) -> None:
    """Raise unless the columns are a graph on ``n`` concepts.

    Raises
    ------
    ParameterError
        Arrays of different lengths, an index out of range, a negative or non-finite weight.
    """
    if not len(sources) == len(targets) == len(weights):
        raise ParameterError(
            f"a graph needs as many sources, targets and weights: "
            f"{len(sources)}, {len(targets)} and {len(weights)}"
        )
    if not len(sources):
        return
    low, high = min(sources.min(), targets.min()), max(sources.max(), targets.max())
    if low < 0 or high >= n:
        raise ParameterError(f"concept indexes run from {low} to {high}, outside 0 to {n - 1}")
    if not np.isfinite(weights).all() or weights.min() < 0:
        raise ParameterError("weights of a graph must be finite and at least 0")
