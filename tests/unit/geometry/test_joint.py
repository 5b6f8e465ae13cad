"""One layout of several sources: what each of them puts near lies near, and no numbering shows."""

from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.consensus import consensus_graph, source_shares
from hartonomous.geometry.joint import own_places, substrate_places, unsaid
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.places import places

K = 10


def world(seed: int, n: int = 400) -> np.ndarray:
    """Rows that all sources share, and how one of them sees them."""
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(n, 5))
    seen = shared + 0.15 * np.random.default_rng(seed).normal(size=(n, 5))
    return (seen / np.linalg.norm(seen, axis=1, keepdims=True)).astype(np.float32)


def graph(rows: np.ndarray):
    found = knn_self_join(rows, K, space="ip")
    sources = np.repeat(np.arange(len(rows)), K)
    return sources, found.indices.ravel(), np.clip(found.scores.ravel().astype(np.float64), 0, 1)


def kept(points: np.ndarray, of) -> float:
    """Share of the ten neighbours in a graph that are among the ten nearest points."""
    near = points @ points.T
    np.fill_diagonal(near, -2)
    nearest = np.argsort(-near, axis=1)[:, :K]
    lists = of[1].reshape(len(points), K)
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(lists, nearest, strict=True)]))


def test_what_both_sources_put_near_lies_near():
    graphs = [graph(world(1)), graph(world(2))]
    points = substrate_places(graphs, 400).positions
    shuffled = np.random.default_rng(3).permutation(points)
    for each in graphs:
        assert kept(points, each) > 0.35
        assert kept(shuffled, each) < 0.05


def test_one_source_is_placed_as_by_itself():
    alone = graph(world(1))
    found = substrate_places([alone], 400)
    assert found.positions.tobytes() == places(*alone, 400).positions.tobytes()


def test_noise_moves_less_than_a_relative():
    """Three that agree outvote one that knows nothing of them."""
    graphs = [graph(world(seed)) for seed in (1, 2, 3)]
    noise = graph(np.random.default_rng(9).normal(size=(400, 5)).astype(np.float32))
    shares = source_shares([*graphs, noise], 400)
    assert min(shares[:3]) > 800
    assert shares[3] < 20


def test_copies_share_one_vote():
    one, other, third = (graph(world(seed)) for seed in (1, 2, 3))
    copied = source_shares([one, one, other, third], 400)
    assert copied[0] == copied[1] <= 0.6 * max(copied)


def test_sources_that_share_nothing_count_alike():
    first = np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.5])
    last = np.array([3, 4]), np.array([4, 5]), np.array([0.5, 0.5])
    assert source_shares([first, last], 6) == [1000, 1000]


def test_a_concept_that_the_consensus_says_nothing_of_is_placed_by_its_lists():
    ring = np.arange(30)
    # lists of equals: none is ahead of its last
    graphs = [(ring, (ring + step) % 30, np.full(30, 0.5)) for step in (1, 2)]
    agreed = consensus_graph(graphs, 30)
    assert len(agreed[0]) == 0
    assert set(unsaid(graphs, agreed, 30)[0].tolist()) == set(range(30))
    placed = substrate_places(graphs, 30)
    assert placed.concepts.tolist() == list(range(30))
    assert np.allclose(np.linalg.norm(placed.positions, axis=1), 1)


def test_the_order_of_relations_does_not_show():
    graphs = [graph(world(1)), graph(world(2))]
    order = np.random.default_rng(4).permutation(len(graphs[0][0]))
    mixed = tuple(column[order] for column in graphs[0])
    expected = substrate_places(graphs, 400, threads=1).positions
    found = substrate_places([mixed, graphs[1]], 400, threads=3).positions
    assert found.tobytes() == expected.tobytes()


def test_an_own_chart_keeps_more_of_its_source_and_stays_near():
    graphs = [graph(world(1)), graph(world(2))]
    common = substrate_places(graphs, 400)
    concepts, points = own_places(graphs[1], 400, common)
    assert concepts.tolist() == list(range(400))
    assert kept(points, graphs[1]) > kept(common.positions, graphs[1])
    apart = np.sqrt(np.square(points - common.positions).sum(axis=1).mean())
    assert 0 < apart < 0.7  # by chance 1.41


def test_what_cannot_be_laid_out_is_refused():
    few = np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.4])
    with pytest.raises(ParameterError, match="needs a graph"):
        substrate_places([], 3)
    with pytest.raises(ParameterError, match="a map needs 5"):
        substrate_places([few, few], 3)


def test_a_first_source_without_eigenmaps_leaves_the_start_to_the_next():
    few = np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.4])
    whole = graph(world(1))
    placed = substrate_places([few, whole], 400)
    assert len(placed.concepts) == 400
