from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import affinity
from hartonomous.geometry.eigenmaps import eigenmaps
from hartonomous.geometry.trustworthiness import (
    agreement,
    euclidean,
    graph_principal_components,
    principal_components,
    shortest_paths,
)
from tests.unit.geometry.graphs import ring

POINTS = np.random.default_rng(1).standard_normal((300, 10))


def by_definition(source, placement, k):
    """Venna and Kaski's formula from full rank tables."""
    n = len(source)

    def ranks(points):
        apart = np.linalg.norm(points[:, None] - points[None], axis=2)
        np.fill_diagonal(apart, -1)
        return np.argsort(np.argsort(apart, axis=1, kind="stable"), axis=1)

    there, here = ranks(source), ranks(placement)
    intruders = (here >= 1) & (here <= k) & (there > k)
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * (there[intruders] - k).sum()


@pytest.mark.parametrize("k", [1, 7, 30])
def test_both_measures_follow_their_definition(k):
    flat = POINTS[:, :3]
    result = agreement(euclidean(POINTS), euclidean(flat), 300, k=k)
    assert result.trustworthiness == pytest.approx(by_definition(POINTS, flat, k), abs=1e-12)
    assert result.continuity == pytest.approx(by_definition(flat, POINTS, k), abs=1e-12)


def test_scikit_learn_agrees():
    manifold = pytest.importorskip("sklearn.manifold")
    flat = POINTS[:, :4]
    result = agreement(euclidean(POINTS), euclidean(flat), 300, k=5)
    expected = manifold.trustworthiness(POINTS, flat, n_neighbors=5)
    assert result.trustworthiness == pytest.approx(expected, abs=1e-12)


def test_a_turned_copy_keeps_everything():
    turned = POINTS @ np.linalg.qr(POINTS[:10])[0]
    result = agreement(euclidean(POINTS), euclidean(turned), 300)
    assert (result.trustworthiness, result.continuity, result.recall) == (1, 1, 1)


def test_shuffled_points_keep_nothing():
    shuffled = np.random.default_rng(2).permutation(POINTS)
    result = agreement(euclidean(POINTS), euclidean(shuffled), 300)
    assert result.trustworthiness == pytest.approx(0.5, abs=0.03)
    assert result.recall < 0.1


def test_a_sample_stands_for_all():
    flat = POINTS[:, :3]
    exact = agreement(euclidean(POINTS), euclidean(flat), 300)
    sampled = agreement(euclidean(POINTS), euclidean(flat), 300, sample=150)
    assert sampled.rows == 150
    assert sampled.trustworthiness == pytest.approx(exact.trustworthiness, abs=0.03)
    assert agreement(euclidean(POINTS), euclidean(flat), 300, sample=150) == sampled


def test_points_on_one_spot_are_ranked_by_index():
    spot = np.zeros((50, 2))
    result = agreement(euclidean(spot), euclidean(spot), 50, k=5)
    assert result.trustworthiness == 1


def test_a_map_of_a_ring_keeps_what_its_relations_say():
    edges = ring(60)
    source = shortest_paths(affinity(*edges, sharpness=1.0))
    result = agreement(source, euclidean(eigenmaps(*edges).positions), 60, k=2)
    assert result.trustworthiness == 1
    assert result.continuity == 1


def test_a_path_is_as_near_as_the_product_of_its_affinities():
    sources, targets = np.array([0, 1, 1, 2]), np.array([1, 0, 2, 1])
    matrix = affinity(sources, targets, np.array([1, 1, 0.5, 0.5]), 4, sharpness=1.0)
    far = shortest_paths(matrix)(np.array([0]))[0]
    assert far == pytest.approx([0, 0, np.log(2), np.inf], abs=1e-9)


def test_principal_components_find_the_widest_directions():
    wide = np.zeros((200, 6))
    wide[:, 2] = 10 * POINTS[:200, 0]
    wide[:, 4] = POINTS[:200, 1]
    found = principal_components(wide, 2)
    assert abs(np.corrcoef(found[:, 0], wide[:, 2])[0, 1]) == pytest.approx(1, abs=0.01)
    assert found.std(axis=0)[0] > found.std(axis=0)[1]


@pytest.mark.parametrize("k", [0, 150])
def test_k_is_at_most_half_of_the_points(k):
    with pytest.raises(ParameterError, match=f"k is {k}"):
        agreement(euclidean(POINTS), euclidean(POINTS), 300, k=k)


def test_principal_components_of_a_graph_are_those_of_its_centred_rows():
    rng = np.random.default_rng(4)
    sources, targets = rng.integers(0, 40, (2, 300))
    matrix = affinity(sources, targets, rng.uniform(0.1, 1, 300), 40)
    dense = matrix.toarray()
    u, values, _ = np.linalg.svd(dense - dense.mean(axis=0))
    found = graph_principal_components(matrix, 3)
    assert found @ found.T == pytest.approx((u[:, :3] * values[:3] ** 2) @ u[:, :3].T, abs=1e-9)
