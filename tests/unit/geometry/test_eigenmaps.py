from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.eigenmaps import eigenmaps
from hartonomous.geometry.sphere import geodesic
from tests.unit.geometry.graphs import (
    clique,
    graph,
    path,
    random_knn,
    ring,
    star,
    two_cliques,
    union,
)


def is_on_sphere(positions):
    return np.abs(np.linalg.norm(positions, axis=1) - 1).max() < 1e-15


@pytest.mark.parametrize(
    "edges",
    [ring(9), path(300), star(12), two_cliques(8), graph(clique(5), 5), graph(clique(40), 40)],
    ids=["ring", "path", "star", "two cliques", "simplex", "complete"],
)
def test_every_connected_concept_lies_on_the_sphere_twice_the_same(edges):
    placement = eigenmaps(*edges)
    assert placement.positions.shape == (edges[3], 4)
    assert placement.positions.flags.c_contiguous
    assert is_on_sphere(placement.positions)
    assert eigenmaps(*edges).positions.tobytes() == placement.positions.tobytes()


def test_neighbours_on_a_ring_are_neighbours_on_the_sphere():
    positions = eigenmaps(*ring(40)).positions
    apart = geodesic(positions[:, None], positions[None])
    np.fill_diagonal(apart, np.inf)
    nearest = np.sort(np.argsort(apart, axis=1)[:, :2], axis=1)
    expected = np.sort([[(i - 1) % 40, (i + 1) % 40] for i in range(40)], axis=1)
    assert (nearest == expected).all()


def test_the_hub_of_a_star_is_placed():
    assert is_on_sphere(eigenmaps(*star(7)).positions[:1])


def test_isolated_concepts_have_no_place():
    sources, targets, weights, n = ring(8)
    placement = eigenmaps(sources + 1, targets + 1, weights, n + 3)
    assert placement.concepts.tolist() == list(range(1, 9))


def test_a_weight_of_zero_is_no_relation():
    sources, targets, weights, n = ring(8)
    placement = eigenmaps(np.r_[sources, 8], np.r_[targets, 0], np.r_[weights, 0.0], n + 1)
    assert 8 not in placement.concepts


def test_small_components_lie_in_caps_of_their_own():
    placement = eigenmaps(*union(path(2), ring(60), ring(6), path(4)))
    assert placement.component.tolist() == [3] * 2 + [0] * 60 + [1] * 6 + [2] * 4
    assert is_on_sphere(placement.positions)
    for component, size in ((1, 6), (2, 4), (3, 2)):
        points = placement.positions[placement.component == component]
        assert len(np.unique(points, axis=0)) == size
        middle = points.mean(axis=0) / np.linalg.norm(points.mean(axis=0))
        assert geodesic(points, middle).max() <= 2 * np.cbrt(size / 72)


def test_the_largest_component_lies_as_if_alone():
    alone = eigenmaps(*ring(60))
    among = eigenmaps(*union(ring(60), path(3)))
    assert among.positions[:60].tobytes() == alone.positions.tobytes()
    assert among.eigenvalues.tobytes() == alone.eigenvalues.tobytes()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_change_a_bit(threads):
    edges = random_knn(600)
    assert eigenmaps(*edges, threads=threads).positions.tobytes() == (
        eigenmaps(*edges).positions.tobytes()
    )


def test_the_scale_of_the_weights_does_not_matter():
    sources, targets, weights, n = random_knn(200)
    small = eigenmaps(sources, targets, weights * 2.0**-30, n)
    assert small.positions == pytest.approx(eigenmaps(sources, targets, weights, n).positions)


def test_isolated_points_are_no_map():
    with pytest.raises(ParameterError, match="none of the 7 concepts"):
        eigenmaps(np.array([0, 3]), np.array([0, 3]), np.ones(2), 7)


def test_no_relations_are_no_map():
    nothing = np.array([], dtype=np.int32)
    with pytest.raises(ParameterError, match="none of the 3 concepts"):
        eigenmaps(nothing, nothing, np.array([]), 3)


def test_four_connected_concepts_are_too_few():
    with pytest.raises(ParameterError, match="has 4 concepts; a map needs 5"):
        eigenmaps(*union(path(4), path(2)))
