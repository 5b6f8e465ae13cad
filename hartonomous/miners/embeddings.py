"""Mine a vector site: each concept's nearest neighbours become observations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.geometry.join import NeighborBlock, join_blocks
from hartonomous.geometry.knn import Method
from hartonomous.geometry.rows import Rows
from hartonomous.miners.cleaning import CleaningRecord
from hartonomous.observations import (
    LARGEST_K,
    JoinRecord,
    MinedSite,
    Observations,
    SiteRecord,
    quantise_weights,
)


def mine_embedding(
    vectors: NDArray[np.float32] | Rows,
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
        (n, d) float32, finite, ordered by ``concept_of_row``; an array, or rows kept elsewhere.
    concept_of_row
        (n,) int32, ascending: index of each row's concept in the source's concept table.
    cleaning
        What was taken away from the vectors; recorded on the site.
    k
        Neighbours of each row, 1 to n - 1 and to 32,767.
    progress
        Called with the fraction of the join that is done.

    Raises
    ------
    ParameterError
        ``k`` is out of range.
    """
    if k > LARGEST_K:
        raise ParameterError(f"k must be at most {LARGEST_K}, not {k}")
    joined = join_blocks(
        vectors, vectors, k, method=method, threads=threads, exclude_self=True, progress=progress
    )
    record = JoinRecord(
        k, "cosine", joined.method, joined.recall, cleaning.mean, cleaning.components
    )
    batches = _batches(joined.blocks, concept_of_row)
    return MinedSite.alone(SiteRecord(position, record), batches, expected=vectors.shape[0] * k)


def _batches(
    blocks: Iterator[NeighborBlock], concept_of_row: NDArray[np.int32]
) -> Iterator[Observations]:
    if np.all(np.diff(concept_of_row) > 0):
        return (_batch(block, concept_of_row) for block in blocks)
    return _merged_batches(blocks, concept_of_row)


def _batch(block: NeighborBlock, concept_of_row: NDArray[np.int32]) -> Observations:
    rows, k = block.indices.shape
    return Observations(
        a=np.repeat(concept_of_row[block.offset : block.offset + rows], k),
        b=concept_of_row[block.indices.ravel()],
        weight=quantise_weights(block.scores.ravel()),
    )


def _merged_batches(
    blocks: Iterator[NeighborBlock], concept_of_row: NDArray[np.int32]
) -> Iterator[Observations]:
    """Batches in which no pair comes twice; the last concept of a block may go on in the next."""
    nothing = np.empty(0, dtype=np.int32)
    held = Observations(nothing, nothing, nothing)
    for block in blocks:
        batch = _batch(block, concept_of_row)
        a, b, weight = (
            np.concatenate([getattr(held, name), getattr(batch, name)])
            for name in ("a", "b", "weight")
        )
        whole = int(np.searchsorted(a, a[-1]))
        held = Observations(a[whole:], b[whole:], weight[whole:])
        if whole:
            yield merge_duplicates(a[:whole], b[:whole], weight[:whole])
    if len(held):
        yield merge_duplicates(held.a, held.b, held.weight)


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
    return Observations(a[by_rank], b[by_rank], weight[by_rank])
