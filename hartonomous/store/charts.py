"""Graphs of sources out of the database, and the layout of all of them into it."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from hartonomous.errors import ParameterError
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.store import copy
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection
from hartonomous.store.streams import binary_copy

_RELATION = np.dtype([("b", "V16"), ("weight", ">i4")])
_POSITION = copy.row_dtype(composition_id="uuid", x="float8", y="float8", z="float8", w="float8")
_COORDINATE = copy.row_dtype(
    composition_id="uuid",
    content_id="int4",
    x="float8",
    y="float8",
    z="float8",
    w="float8",
    component="int4",
)


@dataclass(frozen=True, eq=False)
class SourceGraph:
    """The symmetric relations of one source as a weighted directed graph on its concepts."""

    #: (n, 16) uint8 composition ids, ascending.
    ids: NDArray[np.uint8]
    #: (m,) int32 row numbers in ids.
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    #: (m,) float64, multiples of 2^-20; a relation that several sites hold comes several times.
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class PlacedSource:
    """A live model, and what of it is on the sphere."""

    name: str
    #: Whether the layout knows it.
    is_placed: bool
    #: Whether its own chart is there, if it can have one.
    has_chart: bool


@dataclass(frozen=True)
class ChartFacts:
    """What is recorded of a source in a layout; None where it was not measured."""

    concepts: int
    component_count: int
    #: Concepts shared with other sources; None for the only one.
    anchors: int | None = None
    #: Root mean square chord between its own chart and the layout; None without a chart.
    residual: float | None = None
    #: Shares in [0, 1].
    trustworthiness: float | None = None
    continuity: float | None = None
    pca_trustworthiness: float | None = None
    pca_continuity: float | None = None


@dataclass(frozen=True, eq=False)
class NewChart:
    """A source of a layout; it has no concepts here where its own chart wasn't asked for."""

    source: str
    #: (n, 16) uint8 composition ids.
    ids: NDArray[np.uint8]
    #: (n, 4) unit quaternions.
    points: NDArray[np.float64]
    #: (n,) connected component of each concept, 0 for the largest.
    component: NDArray[np.int64]
    facts: ChartFacts


@dataclass(frozen=True, eq=False)
class NewLayout:
    """Where the substrate puts its concepts, and the sources that it was made of."""

    #: (n, 16) uint8 composition ids.
    ids: NDArray[np.uint8]
    #: (n, 4) unit quaternions.
    points: NDArray[np.float64]
    sources: tuple[NewChart, ...]


def last_change(connection: Connection) -> int:
    """Return what stands for all that sources say now; `write_layout` wants it again."""
    with store_errors(), connection.transaction():
        (number,) = connection.execute("SELECT hartonomous_internal.last_change()").fetchone() or (
            0,
        )
    return int(number)


def placed_sources(connection: Connection) -> list[PlacedSource]:
    """Return the live models in the order of their names."""
    with store_errors(), connection.transaction():
        rows = connection.execute("SELECT * FROM hartonomous.placed_sources()").fetchall()
    return [PlacedSource(*row) for row in rows]


def read_graph(connection: Connection, source: str) -> SourceGraph:
    """Read what a source says, as a graph.

    Raises
    ------
    ParameterError
        The source has no symmetric relations, by which alone concepts can be placed.
    """
    with store_errors(), connection.transaction(), connection.cursor(binary=True) as cursor:
        rows = cursor.execute(
            "SELECT composition_id, relations FROM hartonomous.source_graph(%s)", [source]
        ).fetchall()
    if not rows:
        raise ParameterError(f"{source} has no relations to place its concepts by")
    lengths = [len(relations) // _RELATION.itemsize for _, relations in rows]
    relations = np.frombuffer(b"".join(packed for _, packed in rows), dtype=_RELATION)
    starts = np.frombuffer(b"".join(composition.bytes for composition, _ in rows), dtype="V16")
    ids, numbers = number_ids(
        np.concatenate([starts, relations["b"]]).view(np.uint8).reshape(-1, 16)
    )
    return SourceGraph(
        ids=ids,
        sources=np.repeat(numbers[: len(starts)], lengths),
        targets=numbers[len(starts) :],
        weights=relations["weight"] / np.float64(WEIGHT_UNIT),
    )


def number_ids(octets: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the distinct ids of some, (n, 16) ascending, and the row number of each."""
    prefixes = np.ascontiguousarray(octets[:, :8]).view(np.uint64).byteswap().ravel()
    # 64 bits tell concepts apart all but always, and sort many times faster than 128.
    _, first, numbers = np.unique(prefixes, return_index=True, return_inverse=True)
    if not np.array_equal(octets[first][numbers], octets):
        whole = np.ascontiguousarray(octets).view("V16").astype("S16").ravel()
        _, first, numbers = np.unique(whole, return_index=True, return_inverse=True)
    return octets[first], numbers.astype(np.int32)


def write_layout(connection: Connection, layout: NewLayout, as_of: int) -> None:
    """Store a layout in the place of the one that is there, in one transaction.

    Parameters
    ----------
    as_of
        What `last_change` said before the first graph was read.

    Raises
    ------
    StoreError
        What a source says was changed meanwhile, or one is gone; nothing is changed then.
    """
    with store_errors(), connection.transaction():
        connection.execute("SELECT hartonomous.open_layout(%s)", [as_of])
        rows = copy.empty_rows(len(layout.ids), _POSITION)
        _fill(rows, layout.ids, layout.points)
        table = sql.Identifier("hartonomous", "composition_position")
        with binary_copy(connection, table, copy.columns(_POSITION)) as write:
            write(rows.data)
        for chart in layout.sources:
            _write_chart(connection, chart)
        # what has just come has no statistics yet
        connection.execute("ANALYZE hartonomous.composition_position, hartonomous.source_chart")


def _fill(rows: NDArray[np.void], ids: NDArray[np.uint8], points: NDArray[np.float64]) -> None:
    rows["composition_id"] = copy.as_uuids(ids)
    rows["x"], rows["y"], rows["z"], rows["w"] = points.T


def _write_chart(connection: Connection, chart: NewChart) -> None:
    (content_id,) = connection.execute(
        "SELECT hartonomous.add_chart(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [chart.source, *astuple(chart.facts)],
    ).fetchone() or (0,)
    rows = copy.empty_rows(len(chart.ids), _COORDINATE)
    _fill(rows, chart.ids, chart.points)
    rows["content_id"], rows["component"] = content_id, chart.component
    table = sql.Identifier("hartonomous", "composition_coordinate")
    with binary_copy(connection, table, copy.columns(_COORDINATE)) as write:
        write(rows.data)
