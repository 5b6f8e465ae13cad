"""Graphs of sources out of the database, and their charts into it."""

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


def write_chart(
    connection: Connection,
    source: str,
    ids: NDArray[np.uint8],
    points: NDArray[np.float64],
    component: NDArray[np.int64],
    facts: ChartFacts,
) -> None:
    """Replace a source's chart.

    Parameters
    ----------
    ids
        (n, 16) uint8 composition ids.
    points
        (n, 4) unit quaternions.
    component
        (n,) connected component of each concept, 0 for the largest.

    Raises
    ------
    StoreError
        The source is gone.
    """
    with store_errors(), connection.transaction():
        (content_id,) = connection.execute(
            "SELECT hartonomous.open_chart(%s, %s, %s, %s, %s, %s, %s, %s)",
            [source, len(ids), *_parameters(facts)],
        ).fetchone() or (0,)
        rows = copy.empty_rows(len(ids), _COORDINATE)
        rows["composition_id"], rows["content_id"] = copy.as_uuids(ids), content_id
        rows["x"], rows["y"], rows["z"], rows["w"] = points.T
        rows["component"] = component
        table = sql.Identifier("hartonomous", "composition_coordinate")
        with binary_copy(connection, table, copy.columns(_COORDINATE)) as write:
            write(rows.data)


def _parameters(facts: ChartFacts) -> list[object]:
    component_count, eigenvalues, *shares = astuple(facts)
    return [component_count, list(eigenvalues), *shares]


def align_charts(connection: Connection) -> int:
    """Turn all live charts into one frame and place every concept; return how many there are.

    Raises
    ------
    StoreError
        A source shares fewer than 4 concepts with the others; the message says how many.
    """
    with store_errors(), connection.transaction():
        (count,) = connection.execute("SELECT hartonomous.align_sources()").fetchone() or (0,)
    return int(count)
