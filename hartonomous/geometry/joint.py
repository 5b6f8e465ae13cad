"""The substrate's own places: one layout of all sources, drawn by what they agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import affinity, components
from hartonomous.geometry.attraction import attraction
from hartonomous.geometry.consensus import consensus_graph, source_shares
from hartonomous.geometry.eigenmaps import DIMENSIONS, Placement
from hartonomous.geometry.places import joint_places, places, refined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hartonomous.geometry.attraction import Relations
    from hartonomous.geometry.backend import Backend
    from hartonomous.geometry.places import Progress

#: Steps from the common places to a source's own chart: few, so that it stays in their frame.
CHART_STEPS = 40


def substrate_places(
    graphs: Sequence[Relations],
    n: int,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> Placement:
    """Place the concepts of all sources.

    One source is placed by :func:`~hartonomous.geometry.places.places`, several by the graph that
    they agree on, from the eigenmaps of the first that has any. A concept of which the consensus
    says nothing is drawn by the lists that name it.

    Parameters
    ----------
    graphs : sequence of (sources, targets, weights)
        One a source, in the order of their names, all on the same n concepts. The numbers of
        concepts have to be a function of what is placed (their rank by id, say): they show in the
        last bits of the eigenvectors, which the refinement enlarges.
    n, threads, progress, backend
        As :func:`~hartonomous.geometry.places.places` takes them.

    Returns
    -------
    Placement
        Of every concept that a graph relates to another. The same bits whatever the order of
        relations and the number of threads.

    Raises
    ------
    ParameterError
        No graph, or none with five connected concepts; a graph without relations.
    """
    if not graphs:
        raise ParameterError("a layout needs a graph")
    if len(graphs) == 1:
        return places(*graphs[0], n, threads=threads, progress=progress, backend=backend)
    agreed = consensus_graph(graphs, n, shares=source_shares(graphs, n))
    drawn = [each for each in (agreed, unsaid(graphs, agreed, n)) if len(each[0])]
    # where none has any, the first says why
    start = next((graph for graph in graphs if _has_eigenmaps(graph, n)), graphs[0])
    return joint_places(drawn, n, start=start, threads=threads, progress=progress, backend=backend)


def _has_eigenmaps(graph: Relations, n: int) -> bool:
    """Whether enough concepts are connected for eigenmaps."""
    return int(np.bincount(components(affinity(*graph, n))).max(initial=0)) > DIMENSIONS


def unsaid(graphs: Sequence[Relations], agreed: Relations, n: int) -> Relations:
    """Return the relations of concepts that ``agreed`` says nothing of, each from their side.

    Evidence is what a neighbour is ahead of its list's last: a list of equals has none.

    Parameters
    ----------
    graphs, agreed : (sources, targets, weights)
        All on the same n concepts.

    Returns
    -------
    (sources, targets, weights) : int64, int64 and float64
    """
    lacks = np.ones(n, dtype=bool)
    lacks[agreed[0]] = False
    parts = []
    for sources, targets, weights in graphs:
        for ends in ((sources, targets), (targets, sources)):
            kept = lacks[ends[0]] & (weights > 0) & (sources != targets)
            parts.append((ends[0][kept], ends[1][kept], weights[kept]))
    rows, columns, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rows.astype(np.int64), columns.astype(np.int64), values.astype(np.float64)


def own_places(
    graph: Relations,
    n: int,
    common: Placement,
    *,
    steps: int = CHART_STEPS,
    threads: int | None = None,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return one source's own chart: where its graph alone takes its concepts from common places.

    Parameters
    ----------
    graph : (sources, targets, weights)
        The source's, on the n concepts that ``common`` places.
    common
        What :func:`substrate_places` returned.
    n, steps, threads, progress, backend
        As :func:`~hartonomous.geometry.places.places` takes them.

    Returns
    -------
    concepts : int64, shape (p,)
        Those that the graph relates to another, ascending.
    positions : float64, shape (p, 4), norm 1
        In the frame of ``common``: no turn is needed.

    Raises
    ------
    ParameterError
        The graph has no relations.
    """
    drawn = attraction([graph], n)
    members = np.intersect1d(np.flatnonzero(np.diff(drawn.indptr)), common.concepts)
    start = common.positions[np.searchsorted(common.concepts, members)]
    own = drawn if len(members) == n else drawn[members][:, members]
    moved = refined(own, start, steps=steps, threads=threads, progress=progress, backend=backend)
    return members, moved
