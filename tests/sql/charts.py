"""Planted layouts: points on S3, as the positions of a database."""

from __future__ import annotations

import numpy as np
import psycopg

from hartonomous.concepts import Concept
from hartonomous.observations import ConceptTable
from hartonomous.store.charts import ChartFacts, NewChart, NewLayout, last_change, write_layout


def random_points(count: int, seed: int = 0) -> np.ndarray:
    """Uniform points on S3, (count, 4)."""
    return unit(np.random.default_rng(seed).normal(size=(count, 4)))


def unit(points: np.ndarray) -> np.ndarray:
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def labels(count: int) -> list[str]:
    return [f"word{number}" for number in range(count)]


def place(
    connection: psycopg.Connection,
    source: str,
    names: list[str],
    points: np.ndarray,
    own: np.ndarray | None = None,
) -> None:
    """Add a source whose only content is a layout, with a chart of its own if there is one."""
    connection.execute(
        "INSERT INTO content (content_id, source_identifier, kind, fingerprint)"
        " VALUES (nextval('content_shared_id_seq'), %s, 'model', %s)",
        [source, bytes(32)],
    )
    table, index = ConceptTable.of([Concept("text", name) for name in names])
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO composition (composition_id, hash, label)"
            " VALUES (composition_id(%s), blake3(%s::text), %s) ON CONFLICT DO NOTHING",
            [(name, name, name) for name in names],
        )
    ids = table.ids[index]
    chart = np.zeros((0, 4)) if own is None else own
    facts = ChartFacts(len(names), 1, residual=None if own is None else 0.5)
    some = NewChart(source, ids[: len(chart)], chart, np.zeros(len(chart), np.int64), facts)
    write_layout(connection, NewLayout(ids, points, (some,)), last_change(connection))
