"""The graph that several sources agree on: what places of all of them together are drawn by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import heaviest, require_graph
from hartonomous.observations import WEIGHT_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from hartonomous.geometry.attraction import Relations

#: Evidence is a whole number of thousandths; a last weight below a twentieth counts as that.
EVIDENCE_UNIT = 1000
LEAST_CUT = 52_429


def consensus_graph(
    graphs: Sequence[Relations], n: int, *, shares: Sequence[int] | None = None
) -> Relations:
    """Return the relations of all sources together, one hop far.

    A concept's list in one source gives its neighbour of weight v the evidence
    ``1000 (v - l) / max(l, .05)^2``, rounded, with l the list's last weight; a pair gets what both
    its ends give it in all sources, times the sources' shares.

    Parameters
    ----------
    graphs : sequence of (sources, targets, weights)
        As :func:`~hartonomous.geometry.affinity.affinity` takes them, with weights of at most 1,
        all on the same n concepts.
    n : int
        Number of concepts.
    shares : sequence of int, optional
        How much each source counts, 0 to 1000; by default all alike.

    Returns
    -------
    (sources, targets, weights) : int64, int64 and float64
        Both directions of each pair that has evidence, ascending; weights are whole numbers. They
        do not depend on the order of relations or sources.

    Raises
    ------
    ParameterError
        No graph, another number of shares than graphs or one out of range, or what
        :func:`~hartonomous.geometry.affinity.affinity` raises.
    """
    counted = [EVIDENCE_UNIT] * len(graphs) if shares is None else list(shares)
    if not graphs or len(counted) != len(graphs):
        raise ParameterError(f"{len(graphs)} graphs need as many shares, not {len(counted)}")
    if not all(0 <= share <= EVIDENCE_UNIT for share in counted):
        raise ParameterError(f"shares must be 0 to {EVIDENCE_UNIT}")
    total = sum(share * _evidence(graph, n) for share, graph in zip(counted, graphs, strict=True))
    both = (total + total.T).tocsr()
    both.eliminate_zeros()
    both.sort_indices()
    pairs = both.tocoo()
    return (
        pairs.row.astype(np.int64),
        pairs.col.astype(np.int64),
        pairs.data.astype(np.float64),
    )


def _evidence(graph: Relations, n: int) -> csr_array:
    """Return what each list of one source gives its neighbours, int64, shape (n, n)."""
    from scipy.sparse import csr_array

    sources, targets, weights = graph
    require_graph(sources, targets, weights, n)
    if len(weights) and np.max(weights) > 1:
        raise ParameterError("weights of relations must be at most 1")
    others = np.asarray(sources) != np.asarray(targets)
    rows, columns, values = heaviest(sources[others], targets[others], weights[others], n)
    units = np.rint(values * WEIGHT_UNIT).astype(np.int64)
    last = np.full(n, WEIGHT_UNIT, np.int64)
    np.minimum.at(last, rows, units)
    divisor = np.maximum(last, LEAST_CUT)[rows] ** 2
    above = 2 * EVIDENCE_UNIT * WEIGHT_UNIT * (units - last[rows])
    return csr_array(((above + divisor) // (2 * divisor), (rows, columns)), shape=(n, n))
