"""Graphs of sources out of the database, and their charts into it."""

from __future__ import annotations

from collections.abc import Iterable
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
class ChartFacts:
    """What is recorded with a chart; shares in [0, 1], None where they were not measured."""

    component_count: int
    eigenvalues: tuple[float, ...]
    trustworthiness: float | None = None
    continuity: float | None = None
    pca_trustworthiness: float | None = None
    pca_continuity: float | None = None


@dataclass(frozen=True, eq=False)
class NewChart:
    """A chart that was made of what a source says, to be stored."""

    source: str
    #: (n, 16) uint8 composition ids.
    ids: NDArray[np.uint8]
    #: (n, 4) unit quaternions.
    points: NDArray[np.float64]
    #: (n,) connected component of each concept, 0 for the largest.
    component: NDArray[np.int64]
    facts: ChartFacts


def last_change(connection: Connection) -> int:
    """Return what stands for all that sources say now; `align_charts` wants it again."""
    with store_errors(), connection.transaction():
        (number,) = connection.execute("SELECT hartonomous_internal.last_change()").fetchone() or (
            0,
        )
    return int(number)


def charted_sources(connection: Connection, *, missing: bool) -> list[str]:
    """Names of the live models that have a chart, or of those that have none yet."""
    with store_errors(), connection.transaction():
        rows = connection.execute(
            "SELECT source_identifier FROM hartonomous.charted_sources() WHERE has_chart <> %s",
            [missing],
        ).fetchall()
    return [name for (name,) in rows]


def read_graph(connection: Connection, source: str) -> SourceGraph:
    """Read what a source says, as a graph.

    Raises
    ------
    ParameterError
        The source has no symmetric relations, from which alone a chart can be made.
    """
    with store_errors(), connection.transaction(), connection.cursor(binary=True) as cursor:
        rows = cursor.execute(
            "SELECT composition_id, relations FROM hartonomous.source_graph(%s)", [source]
        ).fetchall()
    if not rows:
        raise ParameterError(f"{source} has no relations to make a chart of")
    lengths = [len(relations) // _RELATION.itemsize for _, relations in rows]
    relations = np.frombuffer(b"".join(packed for _, packed in rows), dtype=_RELATION)
    starts = np.frombuffer(b"".join(composition.bytes for composition, _ in rows), dtype="V16")
    ids, numbers = _number(np.concatenate([starts, relations["b"]]))
    return SourceGraph(
        ids=ids,
        sources=np.repeat(numbers[: len(starts)], lengths),
        targets=numbers[len(starts) :],
        weights=relations["weight"] / np.float64(WEIGHT_UNIT),
    )


def _number(uuids: NDArray[np.void]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the distinct ids, (n, 16) ascending, and the row number of each of ``uuids``."""
    octets = uuids.view(np.uint8).reshape(-1, 16)
    prefixes = octets[:, :8].copy().view(np.uint64).byteswap().ravel()
    # 64 bits tell concepts apart all but always, and sort many times faster than 128.
    _, first, numbers = np.unique(prefixes, return_index=True, return_inverse=True)
    if not np.array_equal(octets[first][numbers], octets):
        whole = uuids.astype("S16")
        _, first, numbers = np.unique(whole, return_index=True, return_inverse=True)
    return octets[first], numbers.astype(np.int32)


def align_charts(connection: Connection, charts: Iterable[NewChart], as_of: int) -> int:
    """Store charts, turn all into one frame and place every concept, in one transaction.

    Parameters
    ----------
    as_of
        What `last_change` said before the first of them was made.

    Returns
    -------
    int
        How many sources the frame holds.

    Raises
    ------
    StoreError
        What a source says was changed meanwhile, or one is gone; nothing is aligned then.
    """
    with store_errors(), connection.transaction():
        for chart in charts:
            _write_chart(connection, chart, as_of)
        (count,) = connection.execute("SELECT hartonomous.align_sources()").fetchone() or (0,)
    return int(count)


def _write_chart(connection: Connection, chart: NewChart, as_of: int) -> None:
    (content_id,) = connection.execute(
        "SELECT hartonomous.open_chart(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [chart.source, len(chart.ids), *_parameters(chart.facts), as_of],
    ).fetchone() or (0,)
    rows = copy.empty_rows(len(chart.ids), _COORDINATE)
    rows["composition_id"], rows["content_id"] = copy.as_uuids(chart.ids), content_id
    rows["x"], rows["y"], rows["z"], rows["w"] = chart.points.T
    rows["component"] = chart.component
    table = sql.Identifier("hartonomous", "composition_coordinate")
    with binary_copy(connection, table, copy.columns(_COORDINATE)) as write:
        write(rows.data)


def sources_outside(connection: Connection) -> list[str]:
    """Names of the live sources with a chart that nothing links with the common frame."""
    with store_errors(), connection.transaction():
        rows = connection.execute(
            "SELECT source_identifier FROM hartonomous.alignment WHERE NOT is_in_frame"
            ' ORDER BY source_identifier COLLATE "C"'
        ).fetchall()
    return [name for (name,) in rows]


def _parameters(facts: ChartFacts) -> list[object]:
    component_count, eigenvalues, *shares = astuple(facts)
    return [component_count, list(eigenvalues), *shares]
