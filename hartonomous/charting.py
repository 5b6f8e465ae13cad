"""From stored relations to positions: one layout of all live models, and charts of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import affinity, components
from hartonomous.geometry.joint import own_places, substrate_places
from hartonomous.geometry.trustworthiness import (
    agreement,
    euclidean,
    graph_principal_components,
    shortest_paths,
)
from hartonomous.progress import Stage, Stages, steps
from hartonomous.store import charts as store

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from hartonomous.geometry.attraction import Relations
    from hartonomous.geometry.eigenmaps import Placement
    from hartonomous.store.session import Connection

#: Concepts whose neighbourhoods are compared to say how good a layout is.
SAMPLE = 32
NEIGHBORHOOD = 10


@dataclass(frozen=True)
class AlignReport:
    """What one alignment did."""

    #: Sources that were laid out together now; none where the layout was up to date.
    placed: tuple[str, ...]
    #: Live sources that have positions; where nothing was due, those that were looked at.
    sources: int
    stages: tuple[Stage, ...]
    #: A line for each live source that has none, with the reason.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Union:
    """What all sources say, on one numbering of their concepts."""

    #: (n, 16) uint8 composition ids, ascending: numbers are a function of what is laid out, because
    #: they show in the last bits of eigenvectors.
    ids: NDArray[np.uint8]
    graphs: dict[str, Relations]
    #: (n,) int64, how many sources know each concept.
    known_by: NDArray[np.int64]


def align(
    connection: Connection,
    *,
    again: bool = False,
    charts: bool = False,
    sample: int = SAMPLE,
    stages: Stages | None = None,
) -> AlignReport:
    """Lay out the concepts of all live models on one sphere, where positions are due.

    Positions are a function of what the live models say: neither the order in which these came nor
    what came and went shows, to the last bit. A source that relates nothing stays out, and the
    report says so.

    Parameters
    ----------
    connection
        A session on the substrate; all that is stored is stored in one transaction.
    again
        Lay out anew what is up to date; the result is the same.
    charts
        Make each source's own chart too: where its relations alone would put its concepts.
    sample
        Concepts whose neighbourhoods are compared for trustworthiness and continuity; 0 for none.
    stages
        Shows and times what is done.

    Raises
    ------
    ParameterError
        There is no model, or too few concepts are related; nothing was changed.
    StoreError
        What is stored was changed meanwhile; nothing was changed by this.
    """
    stages = stages or Stages()
    as_of = store.last_change(connection)
    live = store.placed_sources(connection)
    if not live:
        raise ParameterError("there is no live model to align: ingest one first")
    due = again or not all(each.is_placed and (each.has_chart or not charts) for each in live)
    if not due:
        return AlignReport((), len(live), stages.finished)
    union, notes = _read(connection, [each.name for each in live], stages)
    if not union.graphs:
        raise ParameterError(notes[0])
    with stages.stage("lay out", 1.0, does="lay out all concepts") as advance:
        layout = substrate_places(
            list(union.graphs.values()), len(union.ids), progress=steps(advance)
        )
    placed = [_source(name, union, layout, charts, sample, stages) for name in union.graphs]
    outside = [_outside(each.name) for each in live if each.name not in union.graphs]
    with stages.stage("store", does="store positions"):
        new = store.NewLayout(union.ids[layout.concepts], layout.positions, (*placed, *outside))
        store.write_layout(connection, new, as_of)
    return AlignReport(tuple(union.graphs), len(placed), stages.finished, tuple(notes))


def _read(connection: Connection, names: Sequence[str], stages: Stages) -> tuple[_Union, list[str]]:
    """Read what sources say; those that relate nothing are named with the reason."""
    found: dict[str, store.SourceGraph] = {}
    notes = []
    for name in names:
        with stages.stage(f"read {name}"):
            try:
                graph = store.read_graph(connection, name)
                _require_related(name, graph)
            except ParameterError as error:
                notes.append(str(error))
            else:
                found[name] = graph
    return _united(found), notes


def _require_related(name: str, graph: store.SourceGraph) -> None:
    if not ((graph.weights > 0) & (graph.sources != graph.targets)).any():
        raise ParameterError(f"{name} relates none of its concepts to another: it has no place")


def _united(graphs: dict[str, store.SourceGraph]) -> _Union:
    """Put the graphs of all sources on one numbering of their concepts."""
    if not graphs:
        return _Union(np.zeros((0, 16), np.uint8), {}, np.zeros(0, np.int64))
    ids, numbers = store.number_ids(np.concatenate([graph.ids for graph in graphs.values()]))
    ends = np.cumsum([len(graph.ids) for graph in graphs.values()])[:-1]
    own = np.split(numbers, ends)
    return _Union(
        ids,
        {
            name: (rows[graph.sources], rows[graph.targets], graph.weights)
            for (name, graph), rows in zip(graphs.items(), own, strict=True)
        },
        np.bincount(numbers, minlength=len(ids)),
    )


def _source(
    name: str, union: _Union, layout: Placement, charts: bool, sample: int, stages: Stages
) -> store.NewChart:
    """Say what the layout keeps of one source, and make its own chart where that is asked for."""
    graph, n = union.graphs[name], len(union.ids)
    with stages.stage(f"measure {name}"):
        facts, own, component = _facts(name, union, layout, sample)
    if not charts:
        return _without_chart(name, facts)
    with stages.stage(f"chart {name}", 1.0) as advance:
        concepts, points = own_places(graph, n, layout, progress=steps(advance))
    common = layout.positions[np.searchsorted(layout.concepts, concepts)]
    apart = float(np.sqrt(np.square(points - common).sum(axis=1).mean()))
    return store.NewChart(
        name,
        union.ids[concepts],
        points,
        component[np.searchsorted(own, concepts)],
        replace(facts, residual=apart),
    )


def _without_chart(name: str, facts: store.ChartFacts) -> store.NewChart:
    nothing = np.zeros((0, 16), np.uint8)
    return store.NewChart(name, nothing, np.zeros((0, 4)), np.zeros(0, np.int64), facts)


def _outside(name: str) -> store.NewChart:
    """Return what a layout says of a source that relates nothing: it was looked at."""
    return _without_chart(name, store.ChartFacts(0, 0))


def _facts(
    name: str, union: _Union, layout: Placement, sample: int
) -> tuple[store.ChartFacts, NDArray[np.int64], NDArray[np.int64]]:
    """Return a source's facts, its placed concepts and which component each is in."""
    matrix = affinity(*union.graphs[name], len(union.ids))
    own = np.intersect1d(np.flatnonzero(np.diff(matrix.indptr)), layout.concepts)
    matrix = matrix[own][:, own]
    component = components(matrix)
    shares: list[float | None] = [None] * 4
    if sample:
        points = layout.positions[np.searchsorted(layout.concepts, own)]
        shares = _measure(matrix, component, points, sample)
    is_alone = len(union.graphs) == 1
    anchors = None if is_alone else int((union.known_by[own] > 1).sum())
    facts = store.ChartFacts(len(own), int(component.max()) + 1, anchors, None, *shares)
    return facts, own, component


def _measure(
    matrix: csr_array, component: NDArray[np.int64], points: NDArray[np.float64], sample: int
) -> list[float | None]:
    """Trustworthiness and continuity of a source's largest part, then of four components of it."""
    rows = np.flatnonzero(component == 0)
    part = matrix[rows][:, rows]
    k = min(NEIGHBORHOOD, (len(rows) - 1) // 2 - 1)
    if k < 1:
        return [None] * 4
    paths = shortest_paths(part)
    shares: list[float | None] = []
    for places in (points[rows], graph_principal_components(part, 4)):
        found = agreement(paths, euclidean(places), len(rows), k=k, sample=sample)
        shares += [found.trustworthiness, found.continuity]
    return shares
