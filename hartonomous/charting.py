"""From stored relations to positions: a chart for each source, all charts in one frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import affinity
from hartonomous.geometry.eigenmaps import Placement
from hartonomous.geometry.places import places
from hartonomous.geometry.trustworthiness import (
    agreement,
    euclidean,
    graph_principal_components,
    shortest_paths,
)
from hartonomous.progress import Advance, Stage, Stages, steps
from hartonomous.store import charts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from hartonomous.store.session import Connection

#: Concepts whose neighbourhoods are compared to say how good a chart is.
SAMPLE = 32
NEIGHBORHOOD = 10
#: Concepts that link two charts, at least; the database counts them (`anchor_covariances`).
LEAST_ANCHORS = 4


@dataclass(frozen=True)
class AlignReport:
    """What one alignment did."""

    #: Sources whose chart was made now.
    charted: tuple[str, ...]
    #: Live sources in the common frame.
    sources: int
    stages: tuple[Stage, ...]
    #: A line for each live source that is not in the frame, with the reason.
    notes: tuple[str, ...] = ()


def align(
    connection: Connection,
    *,
    again: bool = False,
    sample: int = SAMPLE,
    stages: Stages | None = None,
) -> AlignReport:
    """Chart every live model that has no chart yet and turn all charts into one frame.

    A source of which no chart can be made, or whose chart nothing links with the others, stops
    nobody: it stays out of the frame, and the report says so.

    Parameters
    ----------
    connection
        A session on the substrate; all that is stored is stored in one transaction.
    again
        Make the charts anew that are there already; the result is the same.
    sample
        Concepts whose neighbourhoods are compared for trustworthiness and continuity; 0 for none.
    stages
        Shows and times what is done.

    Raises
    ------
    ParameterError
        There is no model, or none of which a chart can be made; nothing was changed.
    StoreError
        What is stored was changed while charts were made; nothing was changed by this.
    """
    stages = stages or Stages()
    as_of = charts.last_change(connection)
    missing = charts.charted_sources(connection, missing=True)
    known = charts.charted_sources(connection, missing=False)
    if not missing and not known:
        raise ParameterError("there is no live model to align: ingest one first")
    wanted = sorted([*missing, *known]) if again else missing
    tried = [_chart_or_note(connection, source, sample, stages) for source in wanted]
    made = [chart for chart in tried if isinstance(chart, charts.NewChart)]
    notes = [note for note in tried if isinstance(note, str)]
    if not made and not known:
        raise ParameterError(notes[0])
    with stages.stage("align", does="turn charts into one frame"):
        count = charts.align_charts(connection, made, as_of)
    notes += [
        f"{source}: fewer than {LEAST_ANCHORS} concepts link it with the others, "
        "so it stays out of the frame until something does"
        for source in charts.sources_outside(connection)
    ]
    charted = tuple(chart.source for chart in made)
    return AlignReport(charted, count, stages.finished, tuple(notes))


def _chart_or_note(
    connection: Connection, source: str, sample: int, stages: Stages
) -> charts.NewChart | str:
    """Return the chart of a source, or why it has none."""
    try:
        return _chart(connection, source, sample, stages)
    except ParameterError as error:
        return str(error)


def _chart(connection: Connection, source: str, sample: int, stages: Stages) -> charts.NewChart:
    with stages.stage(f"read {source}"):
        graph = charts.read_graph(connection, source)
        relations = (graph.sources, graph.targets, graph.weights, len(graph.ids))
    with stages.stage(f"chart {source}", 1.0, does=f"lay out {source}") as advance:
        # to measure takes it too; it isn't kept through the layout for nothing
        matrix = affinity(*relations) if sample else None
        placement = _named(source, relations, matrix, steps(advance))
    shares: list[float | None] = [None] * 4
    if matrix is not None:
        with stages.stage(f"measure {source}"):
            shares = _measure(matrix, placement, sample)
    return charts.NewChart(
        source,
        graph.ids[placement.concepts],
        placement.positions,
        placement.component,
        charts.ChartFacts(
            int(placement.component.max()) + 1,
            tuple(map(float, placement.eigenvalues)),
            *shares,
        ),
    )


def _named(
    source: str,
    relations: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], int],
    matrix: csr_array | None,
    progress: Advance,
) -> Placement:
    """Place a source's concepts; an error says which source it was."""
    try:
        return places(*relations, affinities=matrix, progress=progress)
    except ParameterError as error:
        raise ParameterError(f"{source}: {error}") from error


def _measure(matrix: csr_array, placement: Placement, sample: int) -> list[float | None]:
    """Trustworthiness and continuity of the chart's largest part, then of four components."""
    largest = placement.component == 0
    rows = placement.concepts[largest]
    part = matrix[rows][:, rows]
    k = min(NEIGHBORHOOD, (len(rows) - 1) // 2 - 1)
    if k < 1:
        return [None] * 4
    paths = shortest_paths(part)
    shares: list[float | None] = []
    for points in (placement.positions[largest], graph_principal_components(part, 4)):
        found = agreement(paths, euclidean(points), len(rows), k=k, sample=sample)
        shares += [found.trustworthiness, found.continuity]
    return shares
