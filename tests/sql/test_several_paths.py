"""paths: the best ways between two concepts; traverse at a temperature, and around concepts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph

from hartonomous.editing.deletion import delete_source


def paths(connection, a, b, *numbers):
    marks = ", ".join(["%s"] * (2 + len(numbers)))
    return connection.execute(f"SELECT * FROM paths({marks})", [a, b, *numbers]).fetchall()


def simple_paths(edges, way, target, hops):
    """Yield every way on from the end of one that comes to the target and never comes back."""
    if way[-1] == target:
        yield way
    elif hops:
        for start, end in edges:
            if start == way[-1] and end not in way:
                yield from simple_paths(edges, (*way, end), target, hops - 1)


@pytest.mark.parametrize("number", range(4))
def test_equals_the_simple_paths_of_a_graph(connection, number):
    connection.autocommit = True
    load(connection, "model:a", random_graph(np.random.default_rng(number), 12, 3))
    rows = connection.execute(
        "SELECT ca.label, cb.label, expected_score(r.elo_score) FROM relation AS r"
        " JOIN composition AS ca ON ca.composition_id = r.composition_a_id"
        " JOIN composition AS cb ON cb.composition_id = r.composition_b_id"
    ).fetchall()
    edges = {(a, b): score for a, b, score in rows}
    every = [
        (np.prod([edges[hop] for hop in pairwise(way)]), way)
        for way in simple_paths(edges, ("w0",), "w5", 4)
    ]
    best = sorted(every, key=lambda found: -found[0])[:5]
    found = paths(connection, "w0", "w5", 5, 4, 10_000)
    assert [score for _, score, *_ in found] == pytest.approx([score for score, _ in best])
    assert {tuple(way) for way, *_ in found} == {tuple(way) for _, way in best}


def test_the_first_is_the_one_that_path_finds(connection):
    connection.autocommit = True
    load(connection, "model:a", random_graph(np.random.default_rng(3), 40, 4))
    (first, *_) = paths(connection, "w1", "w7")
    assert connection.execute("SELECT * FROM path('w1', 'w7')").fetchone() == first[:5]


def test_says_who_holds_each_hop_and_who_all(connection):
    connection.autocommit = True
    load(connection, "model:a", [("a", "b", 0.9), ("b", "c", 0.9), ("a", "x", 0.8)])
    load(connection, "model:b", [("a", "b", 0.9), ("x", "c", 0.8)])
    found = {tuple(row[0]): row[5:] for row in paths(connection, "a", "c")}
    assert found == {("a", "b", "c"): ([2, 1], ["model:a"]), ("a", "x", "c"): ([1, 1], [])}


@pytest.mark.parametrize(
    ("numbers", "told"),
    [((0,), "max_results"), ((101,), "100 at most"), ((5, 0), "max_depth"), ((5, 6, 0), "beam")],
)
def test_numbers_have_their_range(connection, numbers, told):
    load(connection, "model:a", [("a", "b", 0.9)])
    with pytest.raises(psycopg.Error, match=told):
        paths(connection, "a", "b", *numbers)


def test_there_is_no_path_to_oneself(connection):
    load(connection, "model:a", [("a", "b", 0.9)])
    with pytest.raises(psycopg.Error, match="from one concept to another"):
        paths(connection, "a", "a")


def drawn(connection, temperature, seed, **options):
    named = "".join(f", {name} => %s" for name in options)
    rows = connection.execute(
        "SELECT composition_path, score"
        f" FROM traverse('w0', 3, 4, temperature => %s, seed => %s{named})",
        [temperature, seed, *options.values()],
    )
    return rows.fetchall()


def test_a_seed_draws_the_same_whatever_numbers_concepts_have(connection):
    connection.autocommit = True
    seen = random_graph(np.random.default_rng(8), 60, 6)
    load(connection, "model:a", seen)
    first = drawn(connection, 0.5, 4)
    assert first != drawn(connection, 0.5, 5)
    assert drawn(connection, 0, 4) == drawn(connection, 0, 5)
    delete_source(connection, "model:a")
    load(connection, "model:a", seen[::-1])
    assert drawn(connection, 0.5, 4) == first


def test_the_hotter_the_more_is_seen(connection):
    connection.autocommit = True
    load(connection, "model:a", random_graph(np.random.default_rng(8), 60, 6))

    def seen(temperature):
        return len(
            {tuple(way) for seed in range(20) for way, _ in drawn(connection, temperature, seed)}
        )

    assert seen(0) < seen(0.05) < seen(5)


def test_no_path_leads_through_what_is_excluded(connection):
    connection.autocommit = True
    load(connection, "model:a", random_graph(np.random.default_rng(8), 30, 6))
    ways = drawn(connection, 0, 0)
    middle = ways[0][0][1]
    around = drawn(connection, 0, 0, exclude=[middle])
    assert around
    assert not any(middle in way for way, _ in around)


@pytest.mark.parametrize("temperature", [-0.1, float("nan"), float("inf"), None])
def test_a_temperature_has_its_range(connection, temperature):
    load(connection, "model:a", [("w0", "b", 0.9)])
    with pytest.raises(psycopg.Error, match="ask for 0 to 1000"):
        drawn(connection, temperature, 0)
