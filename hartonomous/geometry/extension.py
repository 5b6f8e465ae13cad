"""New rows joined to a neighbour graph that is there, without joining the old ones anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.knn import NeighborGraph, knn_join
from hartonomous.geometry.recall import without_self
from hartonomous.geometry.unit_rows import require_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hartonomous.geometry.backend import Backend


def extended(
    graph: NeighborGraph,
    old: NDArray[np.float32],
    new: NDArray[np.float32],
    *,
    threads: int | None = None,
    backend: Backend | None = None,
) -> NeighborGraph:
    """Return the self-join of old and new rows together, from that of the old ones.

    Every pair with a new row is scored exactly, and no pair of old ones: m (n + m) inner products
    in place of (n + m)^2 / 2.

    Parameters
    ----------
    graph
        The self-join of ``old``.
    old, new : float32, shapes (n, d) and (m, d)
        New rows get the numbers n to n + m - 1.
    threads, backend
        As :func:`~hartonomous.geometry.knn.knn_self_join` takes them.

    Returns
    -------
    NeighborGraph
        n + m rows, the graph's k, space, method and recall. Of an exact graph it is what
        :func:`~hartonomous.geometry.knn.knn_self_join` finds in all rows, but for the last bits of
        scores, which depend on how a product is cut into tiles.

    Raises
    ------
    ParameterError
        The graph is not of ``old``, or the rows have another width, dtype or shape.
    InvalidVectorsError
        A row holds NaN or infinite values.
    """
    require_rows(old, "old rows")
    require_rows(new, "new rows")
    if len(graph.indices) != len(old) or old.shape[1] != new.shape[1]:
        raise ParameterError(
            f"a graph of {len(graph.indices)} rows cannot be extended from {old.shape} by "
            f"{new.shape}"
        )
    whole = np.concatenate([old, new])
    added = knn_join(
        new, whole, graph.k + 1, space=graph.space, method="exact", threads=threads, backend=backend
    )
    own = np.arange(len(old), len(whole))
    near = knn_join(
        old, new, min(graph.k, len(new)), space=graph.space, method="exact", threads=threads,
        backend=backend,
    )  # fmt: skip
    indices = np.concatenate([graph.indices, near.indices + np.int32(len(old))], axis=1)
    scores = np.concatenate([graph.scores, near.scores], axis=1)
    merged = _best(indices, scores, graph.k)
    lists = without_self(added.indices, added.scores, own)
    return replace(
        graph,
        indices=np.concatenate([merged[0], lists[0]]),
        scores=np.concatenate([merged[1], lists[1]]),
    )


def _best(
    indices: NDArray[np.int32], scores: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    order = np.lexsort((indices, -scores), axis=1)[:, :k]
    return np.take_along_axis(indices, order, 1), np.take_along_axis(scores, order, 1)
