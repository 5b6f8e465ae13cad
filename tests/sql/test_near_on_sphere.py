"""Nearest concepts on the sphere, against trying all."""

from __future__ import annotations

import numpy as np
import pytest
from charts import add_chart, labels, random_points, unit


@pytest.fixture
def placed(connection):
    # half spread out, half in one dense place, which is the harder case for an index
    points = np.concatenate(
        [random_points(400), unit(random_points(1) + 0.05 * random_points(400, seed=1))]
    )
    add_chart(connection, "model:a", labels(800), points)
    connection.execute("SELECT align_sources()")
    return points


@pytest.mark.parametrize("number", [0, 7, 450, 799])
@pytest.mark.parametrize("n", [1, 10, 799, 1000])
def test_equals_exact_search(connection, placed, number, n):
    found = connection.execute(
        "SELECT neighbor, geodesic FROM near_on_sphere(%s, %s)", [f"word{number}", n]
    ).fetchall()
    angle = np.arccos(np.clip(placed @ placed[number], -1, 1))
    angle[number] = np.inf
    nearest = np.argsort(angle)[: min(n, 799)]
    assert [name for name, _ in found] == [f"word{i}" for i in nearest]
    assert [distance for _, distance in found] == pytest.approx(angle[nearest], abs=1e-7)


def test_geodesic_is_the_angle_between_positions(connection, placed):
    asked = connection.execute("SELECT geodesic('word1', 'word2')").fetchone()[0]
    assert asked == pytest.approx(np.arccos(placed[1] @ placed[2]), abs=1e-9)


def test_position_is_a_unit_quaternion(connection, placed):
    at = connection.execute("SELECT * FROM hartonomous.position('word5')").fetchone()
    assert np.linalg.norm(at) == pytest.approx(1, abs=1e-15)
    assert np.allclose(at, placed[5], atol=1e-11)


def test_unknown_labels_have_no_place(connection, placed):
    assert connection.execute("SELECT * FROM near_on_sphere('nobody')").fetchall() == []
    assert connection.execute("SELECT * FROM hartonomous.position('nobody')").fetchall() == []
    assert connection.execute("SELECT geodesic('word1', 'nobody')").fetchone() == (None,)
