"""Mine a vector site: each concept's nearest neighbours become observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.knn import Method, NeighborGraph, knn_self_join
from hartonomous.miners.cleaning import CleaningRecord
from hartonomous.observations import MinedSite, Observations, Site, quantise_weights

#: Rows of the neighbour graph that become one batch.
BATCH_ROWS = 4096


def mine_embedding(
    vectors: NDArray[np.float32],
    concept_of_row: NDArray[np.int32],
    cleaning: CleaningRecord,
    *,
    k: int,
    position: str = "embedding",
    method: Method = "auto",
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> MinedSite:
    """Join a site's vectors with themselves by cosine.

    Parameters
    ----------
    vectors
        (n, d) float32, finite, no zero rows, ordered by ``concept_of_row``.
    concept_of_row
        (n,) int32, ascending: index of each row's concept in the source's concept table.
    cleaning
        What was taken away from the vectors; recorded on the site.
    k
        Neighbours of each row, 1 to n - 1.
    progress
        Called with the fraction of the join that is done.

    Raises
    ------
    ParameterError
        ``k`` is out of range.
    """
    graph = knn_self_join(vectors, k, method=method, threads=threads, progress=progress)
    site = Site(
        position=position,
        k=k,
        space="cosine",
        method=graph.method,
        recall=graph.recall,
        mean_removed=cleaning.mean,
        components_removed=cleaning.components,
    )
    return MinedSite(site, _batches(graph, concept_of_row), expected=graph.indices.size)


def _batches(graph: NeighborGraph, concept_of_row: NDArray[np.int32]) -> Iterator[Observations]:
    """Batches that never split a concept's rows."""
    unique_rows = bool(np.all(np.diff(concept_of_row) > 0))
    rows, k = graph.indices.shape
    start = 0
    while start < rows:
        stop = min(start + BATCH_ROWS, rows)
        while stop < rows and concept_of_row[stop] == concept_of_row[stop - 1]:
            stop += 1
        a = np.repeat(concept_of_row[start:stop], k)
        b = concept_of_row[graph.indices[start:stop].ravel()]
        weight = quantise_weights(graph.scores[start:stop].ravel())
        if unique_rows:
            rank = np.tile(np.arange(1, k + 1, dtype=np.int16), stop - start)
            yield Observations(a, b, weight, rank)
        else:
            yield merge_duplicates(a, b, weight)
        start = stop


def merge_duplicates(
    a: NDArray[np.int32], b: NDArray[np.int32], weight: NDArray[np.int32]
) -> Observations:
    """Count each pair of concepts once, with its stronger weight, and rank the lists anew.

    Two tokens of a model can be one concept, so a pair may come several times and a concept may
    neighbour itself. Columns of equal length m; ``a`` ascending.
    """
    distinct = a != b
    a, b, weight = a[distinct], b[distinct], weight[distinct]
    strongest_first = np.lexsort((-weight, b, a))
    a, b, weight = a[strongest_first], b[strongest_first], weight[strongest_first]
    first = np.ones(len(a), dtype=bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    a, b, weight = a[first], b[first], weight[first]
    by_rank = np.lexsort((b, -weight, a))
    a, b, weight = a[by_rank], b[by_rank], weight[by_rank]
    list_start = np.searchsorted(a, a, side="left")
    rank = (np.arange(len(a)) - list_start + 1).astype(np.int16)
    return Observations(a, b, weight, rank)
