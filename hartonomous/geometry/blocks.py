"""Approximate self-joins of whole matrices by blocks of codes, with measured recall.

A walk through a graph pays a cache miss and a queue for every distance, a dense tile neither: so
rows are grouped, and each is scored with the members of the groups nearest to it. The number of
groups it takes is doubled until a sample of rows, joined exactly, shows the recall that is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous._native import BlockJoin as NativeBlockJoin
from hartonomous.geometry import _blocks
from hartonomous.geometry.backend import Backend, is_native
from hartonomous.geometry.recall import exact_lists, measured_recall, sample_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Progress = Callable[[float], None]

TARGET_RECALL = 0.95
FIRST_PROBES = 8
#: Up to so many rows all pairs of codes are scored: finding clusters would cost more than it saves.
ONE_CLUSTER_ROWS = 65_536
#: From this many dimensions on, a look at neighbours of neighbours costs less than more clusters.
EXPANDED_DIMENSIONS = 128
MOST_CLUSTERS = 65_536
_PROBE_SHARE = 0.6


@dataclass(frozen=True)
class BlockNeighbors:
    """An approximate join's result and what was measured on a sample of its rows."""

    #: (n, k) int32 and float32, as a NeighborGraph has them.
    indices: NDArray[np.int32]
    scores: NDArray[np.float32]
    #: Share of the sample's neighbours that were found; a tie counts.
    recall: float
    #: Clusters that each row was compared with.
    probes: int


def block_join(
    rows: NDArray[np.float32],
    k: int,
    threads: int,
    progress: Progress | None = None,
    *,
    target_recall: float = TARGET_RECALL,
    backend: Backend | None = None,
) -> BlockNeighbors:
    """Return about the k nearest other rows of every row, by inner product.

    Parameters
    ----------
    rows : float32, shape (n, d)
        C-contiguous, n > k.
    k
        Neighbours of each row, at least 1.
    threads
        The result does not depend on it.
    progress
        Told the share that is done.
    target_recall
        What the sample has to show, unless all pairs were scored before.
    backend
        ``numpy`` runs the readable twin, which takes memory that grows with n squared.

    Returns
    -------
    BlockNeighbors
        Scores are float32 sums in one order; those of the exact join may differ in the last bits.
    """
    join = (NativeBlockJoin if is_native(backend) else _blocks.BlockJoin)(
        rows, kept_codes(len(rows), k), clusters(len(rows), k), is_expanded(rows.shape[1]), threads
    )
    report = progress or _ignore
    sample = sample_rows(len(rows))
    truth = exact_lists(rows, sample, k, threads, backend)
    probes, recall = 0, 0.0
    while recall < target_recall and probes < clusters(len(rows), k):
        probes = min(max(FIRST_PROBES, 2 * probes), clusters(len(rows), k))
        join.probe(probes, lambda done: report(_PROBE_SHARE * done))
        recall = measured_recall(join.lists(sample.astype(np.uint32), k), truth)
    indices, scores = join.lists(
        np.arange(len(rows), dtype=np.uint32),
        k,
        lambda done: report(_PROBE_SHARE + (1 - _PROBE_SHARE) * done),
    )
    report(1.0)
    return BlockNeighbors(indices, scores, recall, probes)


def clusters(n: int, k: int) -> int:
    """Return how many clusters n rows fall into: a power of two near the square root."""
    if n <= ONE_CLUSTER_ROWS:
        return 1
    wanted = min(int(np.sqrt(n)), n // (2 * k), MOST_CLUSTERS)
    return 1 << (max(wanted, 1).bit_length() - 1)


def kept_codes(n: int, k: int) -> int:
    """Return how many of each row's best codes are scored exactly: codes are rounded."""
    return min(n - 1, k + max(14, -(-k * 3 // 10)))


def is_expanded(dimensions: int) -> bool:
    """Say whether neighbours of neighbours are looked at."""
    return dimensions >= EXPANDED_DIMENSIONS


def _ignore(_done: float) -> None:
    """Take progress nobody asked for."""
