"""Planted charts: points on S3, turned and disturbed, as sources of a database."""

from __future__ import annotations

import numpy as np
import psycopg

from hartonomous.concepts import Concept
from hartonomous.observations import ConceptTable


def random_points(count: int, seed: int = 0) -> np.ndarray:
    """Uniform points on S3, (count, 4)."""
    return unit(np.random.default_rng(seed).normal(size=(count, 4)))


def unit(points: np.ndarray) -> np.ndarray:
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def random_rotation(seed: int) -> np.ndarray:
    """A random orthogonal 4 x 4 matrix."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]


def labels(count: int) -> list[str]:
    return [f"word{number}" for number in range(count)]


def add_chart(
    connection: psycopg.Connection,
    source: str,
    names: list[str],
    points: np.ndarray,
    component: np.ndarray | None = None,
) -> None:
    """Add a source whose only content is a chart."""
    parts = np.zeros(len(names), dtype=int) if component is None else component
    row = connection.execute(
        "INSERT INTO content (content_id, source_identifier, kind, fingerprint)"
        " VALUES (nextval('content_shared_id_seq'), %s, 'model', %s)"
        " RETURNING content_id",
        [source, bytes(32)],
    ).fetchone()
    table, index = ConceptTable.of([Concept("text", name) for name in names])
    connection.execute(
        "INSERT INTO source_chart (content_id, concepts, component_count, eigenvalues)"
        " VALUES (%s, %s, 1, '{}')",
        [row[0], len(names)],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO composition (composition_id, hash, label)"
            " VALUES (composition_id(%s), blake3(%s::text), %s) ON CONFLICT DO NOTHING",
            [(name, name, name) for name in names],
        )
        cursor.executemany(
            "INSERT INTO composition_coordinate VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (table.ids[index[i]].tobytes().hex(), row[0], *map(float, point), int(part))
                for i, (point, part) in enumerate(zip(points, parts, strict=True))
            ],
        )


def positions(connection: psycopg.Connection) -> dict[str, np.ndarray]:
    """Where the substrate puts each concept, by label."""
    rows = connection.execute(
        "SELECT label, x, y, z, w FROM composition_position JOIN composition USING (composition_id)"
    )
    return {label: np.array(point) for label, *point in rows}


def rotation(connection: psycopg.Connection, source: str) -> np.ndarray:
    row = connection.execute(
        "SELECT rotation FROM source_chart JOIN content USING (content_id)"
        " WHERE source_identifier = %s",
        [source],
    ).fetchone()
    return np.array(row[0]).reshape(4, 4)
