"""Who attracts whom in a layout: each concept its first neighbours, by rank alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import heaviest, require_graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    #: ``sources``, ``targets`` and ``weights`` of a directed graph, as affinity takes them.
    Relations = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]], NDArray[np.floating[Any]]]

#: Neighbours that attract a concept; fewer or more keep fewer of the ten nearest.
ATTRACTING = 12


def attraction(graphs: Sequence[Relations], n: int, *, count: int = ATTRACTING) -> csr_array:
    """Return how much each pair of concepts attracts one another.

    Each concept gives equal parts to its ``count`` heaviest neighbours in every graph that lists
    it, or to fewer where there are fewer; what both ends give is added.

    Parameters
    ----------
    graphs : sequence of (sources, targets, weights)
        As :func:`hartonomous.geometry.affinity.affinity` takes them, all on the same n concepts.
        Several sources' own, with equal mass each concept, or the one that they agree on.
    n : int
        Number of concepts.
    count : int
        Neighbours of each concept in each graph; equally heavy ones go by their index.

    Returns
    -------
    csr_array of float64, shape (n, n)
        Symmetric, no diagonal, sum 1. It depends on ranks alone and not on the order of relations
        or graphs.

    Raises
    ------
    ParameterError
        No graph, one without relations, or what :func:`~hartonomous.geometry.affinity.affinity`
        raises.

    Notes
    -----
    Uniform affinities keep as much as calibrated ones (Böhm, Berens and Kobak, Attraction-repulsion
    spectrum in neighbor embeddings, JMLR 2022).
    """
    from scipy.sparse import csr_array

    if not graphs:
        raise ParameterError("a layout needs a graph")
    rows, columns, parts = (
        np.concatenate(column)
        for column in zip(*(_parts(graph, n, count) for graph in graphs), strict=True)
    )
    total = csr_array((parts, (rows, columns)), shape=(n, n))
    both = (total + total.T).tocsr()
    both.sort_indices()
    both.data /= 2.0 * parts.sum()
    return both


def _parts(
    graph: Relations, n: int, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Give each concept's first neighbours their parts, as rows, columns and values."""
    rows, columns = first_neighbours(graph, n, count)
    return rows, columns, 1.0 / np.bincount(rows, minlength=n)[rows]


def first_neighbours(
    graph: Relations, n: int, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ``count`` heaviest neighbours of each concept, equally heavy ones by index.

    Parameters
    ----------
    graph, n, count
        As :func:`attraction` takes them.

    Returns
    -------
    tuple of int64, int64
        Pairs of concept and neighbour, ascending by concept.

    Raises
    ------
    ParameterError
        No relations, or what :func:`~hartonomous.geometry.affinity.affinity` raises.
    """
    sources, targets, weights = graph
    require_graph(sources, targets, weights, n)
    related = (np.asarray(weights) > 0) & (np.asarray(sources) != np.asarray(targets))
    if not related.any():
        raise ParameterError(f"none of the {n} concepts is related to another: nothing to place")
    rows, columns, values = heaviest(sources[related], targets[related], weights[related], n)
    order = np.lexsort((-values, rows))
    rows, columns = rows[order], columns[order]
    lengths = np.bincount(rows, minlength=n)
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    first = rank < count
    return rows[first], columns[first]
