"""Charts of different sources come into one frame."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest
from charts import add_chart, labels, positions, random_points, random_rotation, rotation, unit

from hartonomous.concepts import Concept
from hartonomous.geometry._alignment import Chart
from hartonomous.geometry._alignment import align as twin
from hartonomous.observations import ConceptTable


def align(connection: psycopg.Connection) -> int:
    return connection.execute("SELECT align_sources()").fetchone()[0]


def residual(connection: psycopg.Connection, source: str) -> float:
    return connection.execute(
        "SELECT residual FROM source_chart JOIN content USING (content_id)"
        " WHERE source_identifier = %s",
        [source],
    ).fetchone()[0]


def test_without_charts_nothing_is_placed(connection):
    assert align(connection) == 0
    assert positions(connection) == {}


def test_one_source_is_its_own_frame(connection):
    points = random_points(20)
    add_chart(connection, "model:a", labels(20), points)
    assert align(connection) == 1
    assert np.array_equal(rotation(connection, "model:a"), np.eye(4))
    found = positions(connection)
    assert max(np.linalg.norm(found[f"word{i}"] - points[i]) for i in range(20)) < 1e-11


def test_a_turned_and_noised_copy_comes_back_to_the_noise(connection):
    points, noise = random_points(300), 0.01
    turn = random_rotation(1)
    disturbed = unit(points + noise * np.random.default_rng(2).normal(size=points.shape))
    add_chart(connection, "model:a", labels(300), points)
    add_chart(connection, "model:b", labels(300), disturbed @ turn.T)
    align(connection)
    found = rotation(connection, "model:b")
    assert np.allclose(found.T @ found, np.eye(4), atol=1e-13)
    assert np.allclose(found, turn.T, atol=noise)
    # three of the four noise coordinates are tangential
    assert residual(connection, "model:b") == pytest.approx(noise * np.sqrt(3), rel=0.1)


def test_a_third_of_wrong_anchors_has_no_say(connection):
    points, turn = random_points(300), random_rotation(3)
    copy = points.copy()
    copy[:100] = random_points(100, seed=4)
    add_chart(connection, "model:a", labels(300), points)
    add_chart(connection, "model:b", labels(300), copy @ turn.T)
    align(connection)
    assert np.allclose(rotation(connection, "model:b"), turn.T, atol=1e-6)


def test_the_frame_does_not_depend_on_the_order_of_arrival(dsn, empty_dsn):
    from hartonomous.store.connection import connect

    charts = {
        f"model:{name}": unit(random_points(50) + 0.1 * random_points(50, seed=i))
        @ random_rotation(i).T
        for i, name in enumerate("abc", start=5)
    }
    found = []
    for place, order in ((dsn, "abc"), (empty_dsn, "cab")):
        with connect(place, migrate=True) as connection:
            for name in order:
                add_chart(connection, f"model:{name}", labels(50), charts[f"model:{name}"])
            align(connection)
            found.append(
                connection.execute(
                    "SELECT * FROM composition_position ORDER BY composition_id"
                ).fetchall()
            )
    assert found[0] == found[1]


def test_a_quarantined_source_places_nothing(connection):
    points = random_points(50)
    add_chart(connection, "model:a", labels(50), points)
    align(connection)
    alone = positions(connection)
    add_chart(connection, "model:b", labels(60), random_points(60, seed=9))
    align(connection)
    assert len(positions(connection)) == 60
    connection.execute(
        "UPDATE content SET state = 'quarantined' WHERE source_identifier = 'model:b'"
    )
    align(connection)
    after = positions(connection)
    assert after.keys() == alone.keys()
    assert all(np.array_equal(after[name], alone[name]) for name in alone)


@pytest.mark.parametrize("name", ["model:aa", "model:z"])
def test_a_source_that_nothing_links_stays_out_until_something_does(connection, name):
    points, turn = random_points(50), random_rotation(2)
    add_chart(connection, "model:a", labels(50), points)
    add_chart(connection, "model:b", labels(50), points @ turn.T)
    assert align(connection) == 2
    before = positions(connection)
    foreign = [*labels(3), *(f"else{i}" for i in range(40))]
    add_chart(connection, name, foreign, random_points(43, seed=5))
    assert align(connection) == 2
    assert in_frame(connection) == {"model:a": True, "model:b": True, name: False}
    after = positions(connection)
    assert after.keys() == before.keys()
    assert all(np.array_equal(after[word], before[word]) for word in before)
    bridge = [*labels(50), *foreign[3:]]
    add_chart(connection, "model:c", bridge, random_points(90, seed=6))
    assert align(connection) == 4
    assert set(in_frame(connection).values()) == {True}


def test_anchors_that_leave_a_rotation_open_link_nothing(connection):
    flat = random_points(30)
    flat[:20, 3] = 0
    add_chart(connection, "model:a", labels(30), unit(flat))
    add_chart(connection, "model:b", [*labels(20), *(f"e{i}" for i in range(5))], unit(flat[:25]))
    assert align(connection) == 1
    assert in_frame(connection) == {"model:a": True, "model:b": False}


@pytest.mark.parametrize("shared", [4, 5, 6, 7, 8])
def test_few_anchors_are_enough(connection, shared):
    points, turn = random_points(40), random_rotation(8)
    add_chart(connection, "model:a", labels(40), points)
    others = [*labels(shared), *(f"else{i}" for i in range(10))]
    copies = np.concatenate([points[:shared] @ turn.T, random_points(10, seed=3)])
    add_chart(connection, "model:b", others, copies)
    assert align(connection) == 2
    assert np.allclose(rotation(connection, "model:b"), turn.T, atol=1e-6)


def in_frame(connection: psycopg.Connection) -> dict[str, bool]:
    rows = connection.execute("SELECT source_identifier, is_in_frame FROM alignment")
    return dict(rows.fetchall())


def test_equals_the_numpy_twin(connection):
    """Noised, partly wrong charts that overlap in part, with conventions and contradictions."""
    charts = planted()
    for source, (some, points, component) in charts.items():
        add_chart(connection, source, [labels(240)[i] for i in some], points, component)
    align(connection)
    table, index = ConceptTable.of([Concept("text", name) for name in labels(240)])
    ids = table.ids[index]
    expected = twin(
        {
            s: Chart(ids[some], points, component == 0)
            for s, (some, points, component) in charts.items()
        }
    )
    for source, fit in expected.fits.items():
        assert np.abs(rotation(connection, source) - fit.rotation).max() < 1e-11
        assert residual(connection, source) == pytest.approx(fit.residual, rel=1e-9)
        assert anchors(connection, source) == fit.anchors
    by_id = dict(zip(map(bytes, expected.concepts), expected.positions, strict=True))
    found = positions(connection)
    assert len(found) == len(by_id)
    for number, name in enumerate(labels(240)):
        assert np.abs(found[name] - by_id[bytes(ids[number])]).max() < 1e-11


def planted():
    """Four charts of one world: concepts, where they are, and in which component."""
    world, rng = random_points(240), np.random.default_rng(1)
    parts = [range(150), range(60, 240), range(200, 240), range(30, 240, 2)]
    charts = {}
    for number, part in enumerate(parts):
        some = np.array(part)
        points = unit(world[some] + 0.02 * rng.normal(size=(len(some), 4)))
        wrong = rng.random(len(some)) < 0.2
        points[wrong] = random_points(int(wrong.sum()), seed=number + 20)
        component = (rng.random(len(some)) < 0.1).astype(int)
        charts[f"model:{number}"] = (some, points @ random_rotation(number).T, component)
    # two that contradict each other
    charts["model:1"][1][0] = -charts["model:0"][1][60] @ random_rotation(0) @ random_rotation(1).T
    return charts


def anchors(connection: psycopg.Connection, source: str) -> int:
    return connection.execute(
        "SELECT anchors FROM source_chart JOIN content USING (content_id)"
        " WHERE source_identifier = %s",
        [source],
    ).fetchone()[0]
