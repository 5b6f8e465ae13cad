"""The graph that several sources agree on: what places of all of them together are drawn by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import heaviest, require_graph
from hartonomous.geometry.attraction import first_neighbours
from hartonomous.observations import WEIGHT_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from hartonomous.geometry.attraction import Relations

#: Evidence is a whole number of thousandths; a last weight below a twentieth counts as that.
EVIDENCE_UNIT = 1000
LEAST_CUT = 52_429
#: Neighbours of each list that sources are compared by.
FIRST = 10


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


def source_shares(graphs: Sequence[Relations], n: int) -> list[int]:
    """Return what each source's vote weighs: how far it agrees with others that are no copies.

    It is the rule of the SQL function ``consensus_weights``, over the first ten of each list: with
    O the overlap of two sources where both could have one, copies share a vote, 1 / (1 + sum O^8),
    and a source counts by the square of its mean overlap with the others.

    Parameters
    ----------
    graphs : sequence of (sources, targets, weights)
        One a source, all on the same n concepts. The last bits of sums depend on their order.
    n : int
        Number of concepts.

    Returns
    -------
    list of int
        0 to 1000, one a source; all 1000 where nothing is shared.

    Raises
    ------
    ParameterError
        A graph without relations, or what :func:`~hartonomous.geometry.affinity.affinity` raises.
    """
    overlaps = _overlaps(graphs, n)
    alike = ((overlaps**2) ** 2) ** 2
    count = len(graphs)
    votes = [1.0 / (1.0 + sum(row)) for row in alike.tolist()]
    weights = []
    for s in range(count):
        told = [votes[t] * (1.0 - float(alike[s, t])) for t in range(count) if t != s]
        shared = [float(overlaps[s, t]) for t in range(count) if t != s]
        mean = sum(a * b for a, b in zip(told, shared, strict=True)) / max(sum(told), 1e-9)
        weights.append(votes[s] * mean * mean)
    most = max(weights, default=0.0)
    return [int(1000 * each / most + 0.5) if most > 0 else EVIDENCE_UNIT for each in weights]


def _overlaps(graphs: Sequence[Relations], n: int) -> NDArray[np.float64]:
    """Return the shared pairs of each two sources, by the pairs that both could hold."""
    pairs = [first_neighbours(graph, n, FIRST) for graph in graphs]
    knows = np.zeros((len(graphs), n), dtype=bool)
    for known, (sources, targets, _) in zip(knows, graphs, strict=True):
        known[sources] = known[targets] = True
    keys = [rows * n + columns for rows, columns in pairs]
    found = np.zeros((len(graphs), len(graphs)))
    for s, t in zip(*np.triu_indices(len(graphs), 1), strict=True):
        shared = len(np.intersect1d(keys[s], keys[t], assume_unique=True))
        own = int((knows[t][pairs[s][0]] & knows[t][pairs[s][1]]).sum())
        other = int((knows[s][pairs[t][0]] & knows[s][pairs[t][1]]).sum())
        found[s, t] = found[t, s] = shared / max(np.sqrt(float(own) * float(other)), 1.0)
    return found


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
