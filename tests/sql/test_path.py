"""path: the path whose hops' expected scores have the greatest product."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph


def strongest(connection, a, b, *rest):
    marks = ", ".join(["%s"] * (2 + len(rest)))
    return connection.execute(
        f"SELECT composition_path, score, depth, elo_path FROM path({marks})",
        [a, b, *rest],
    ).fetchone()


def test_two_strong_hops_beat_a_weak_one(connection):
    load(connection, "model:a", [("a", "c", 0.01), ("a", "b", 1), ("b", "c", 1)])
    path, _, depth, elos = strongest(connection, "a", "c")
    assert (path, depth) == (["a", "b", "c"], 2)
    assert elos == pytest.approx([2020.1, 2020.1])


def test_a_direct_relation_wins_where_it_is_as_strong(connection):
    load(connection, "model:a", [("a", "c", 0.9), ("a", "b", 0.9), ("b", "c", 0.9)])
    assert strongest(connection, "a", "c")[0] == ["a", "c"]


def test_relations_are_followed_in_their_direction(connection):
    load(connection, "model:a", [("a", "b", 0.9)])
    assert strongest(connection, "b", "a") is None


def test_no_path_is_longer_than_max_depth(connection):
    load(connection, "model:a", [(f"w{i}", f"w{i + 1}", 0.9) for i in range(6)])
    assert strongest(connection, "w0", "w6", 6)[2] == 6
    assert strongest(connection, "w0", "w6", 5) is None


def test_the_path_to_itself_has_no_hop(connection):
    load(connection, "model:a", [("a", "b", 0.9), ("b", "a", 0.9)])
    assert strongest(connection, "a", "a") == (["a"], 1, 0, [])


@pytest.mark.parametrize(("a", "b"), [("a", "nobody"), ("nobody", "a"), ("", "a"), ("a", None)])
def test_an_unknown_end_is_an_error(connection, a, b):
    load(connection, "model:a", [("a", "b", 0.9), ("b", "a", 0.9)])
    with pytest.raises(psycopg.Error, match="concept"):
        strongest(connection, a, b)


def test_an_end_that_quarantined_sources_alone_know_is_unknown(connection):
    load(connection, "model:a", [("a", "b", 0.9)])
    load(connection, "model:b", [("b", "c", 0.9)])
    connection.execute("SELECT quarantine_source('model:b')")
    with pytest.raises(psycopg.Error, match="no concept 'c'"):
        strongest(connection, "a", "c")


@pytest.mark.parametrize("numbers", [(0,), (1, 0), (-1,)])
def test_depth_and_beam_are_positive(connection, numbers):
    load(connection, "model:a", [("a", "b", 0.9)])
    with pytest.raises(psycopg.Error, match="ask for 1 or more"):
        strongest(connection, "a", "b", *numbers)


@pytest.mark.parametrize("numbers", [(2**31 - 1,), (1, 2**31 - 1)])
def test_depth_and_beam_have_an_end(connection, numbers):
    load(connection, "model:a", [("a", "b", 0.9)])
    with pytest.raises(psycopg.Error, match="at most"):
        strongest(connection, "a", "b", *numbers)


def test_the_longer_names_answer_alike(connection):
    load(connection, "model:a", [("a", "b", 0.9), ("b", "c", 0.7)])
    for short, long in (
        ("path('a', 'c', 3)", "strongest_path('a', 'c', max_depth => 3)"),
        ("traverse('a', 2)", "traverse_relations('a', max_depth => 2)"),
        ("explain('a', 'b')", "explain_relation('a', 'b')"),
    ):
        found = connection.execute(f"SELECT * FROM {short}").fetchall()
        assert found
        assert connection.execute(f"SELECT * FROM {long}").fetchall() == found


@pytest.mark.parametrize("number", range(6))
def test_equals_dijkstra_on_random_graphs(connection, number):
    rng = np.random.default_rng(number)
    seen = random_graph(rng, 40, 3)
    load(connection, "model:a", seen)
    for end in rng.choice(39, 5, replace=False) + 1:
        expected = dijkstra(seen, "w0", f"w{end}")
        found = strongest(connection, "w0", f"w{end}", 40)
        assert (found[1] if found else 0) == pytest.approx(expected, rel=1e-5)


def dijkstra(seen, start, end):
    """The greatest product of expected scores from start to end, 0 where there is no path."""
    hops = defaultdict(list)
    for a, b, weight in seen:
        hops[a].append((b, math.log(1 + 10 ** (-(20.1 + 500 * weight) / 400))))
    queue, done = [(0.0, start)], set()
    while queue:
        cost, node = heapq.heappop(queue)
        if node == end:
            return math.exp(-cost)
        if node not in done:
            done.add(node)
            for target, more in hops[node]:
                heapq.heappush(queue, (cost + more, target))
    return 0.0
