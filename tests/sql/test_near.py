"""Nearest concepts on the sphere, against trying all."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest
from charts import labels, place, random_points, unit


@pytest.fixture
def placed(connection):
    # half spread out, half in one dense place, which is the harder case for an index
    points = np.concatenate(
        [random_points(400), unit(random_points(1) + 0.05 * random_points(400, seed=1))]
    )
    place(connection, "model:a", labels(800), points)
    connection.commit()
    return points


@pytest.mark.parametrize("number", [0, 7, 450, 799])
@pytest.mark.parametrize("n", [1, 10, 799, 1000])
def test_equals_exact_search(connection, placed, number, n):
    found = connection.execute(
        "SELECT neighbor, geodesic FROM near(%s, %s)", [f"word{number}", n]
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
    at = connection.execute("SELECT x, y, z, w FROM hartonomous.position('word5')").fetchone()
    assert np.linalg.norm(at) == pytest.approx(1, abs=1e-15)
    assert np.allclose(at, placed[5], atol=1e-15)


QUESTIONS = [
    "near(%s)", "hartonomous.position(%s)", "geodesic('word1', %s)", "geodesic(%s, 'word1')",
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_unknown_and_unplaced_concepts_are_errors(connection, placed, question):
    connection.execute("SELECT add_evidence('note', 'king', 'queen', 0.5)")
    connection.commit()
    for label, said in (("nobody", "no concept 'nobody'"), ("king", "'king' has no position")):
        with pytest.raises(psycopg.Error, match=said):
            connection.execute(f"SELECT * FROM {question}", [label])
        connection.rollback()


@pytest.mark.parametrize("number", [0, -1, None])
def test_a_number_of_results_is_positive(connection, placed, number):
    with pytest.raises(psycopg.Error, match="ask for 1 or more"):
        connection.execute("SELECT * FROM near('word1', %s)", [number])


def test_a_source_s_own_chart_is_asked_by_its_name(connection):
    common, own = random_points(9), random_points(9, seed=1)
    place(connection, "model:a", labels(9), common, own)
    connection.commit()
    at = "SELECT x, y, z, w FROM hartonomous.position('word5', %s)"
    assert np.allclose(connection.execute(at, ["model:a"]).fetchone(), own[5], atol=1e-15)
    assert np.allclose(connection.execute(at, [None]).fetchone(), common[5], atol=1e-15)
    with pytest.raises(psycopg.Error, match="no source"):
        connection.execute(at, ["model:b"])


def test_a_source_without_a_chart_says_how_to_make_it(connection, placed):
    with pytest.raises(psycopg.Error, match=r"'model:a' has no chart of its own: .* --charts"):
        connection.execute("SELECT * FROM hartonomous.position('word5', 'model:a')")
