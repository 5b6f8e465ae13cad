from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.consensus import consensus_graph
from hartonomous.geometry.places import joint_places
from tests.unit.geometry.graphs import random_knn, ring


def weights_of(found):
    return dict(
        zip(zip(found[0].tolist(), found[1].tolist(), strict=True), found[2].tolist(), strict=True)
    )


def test_evidence_is_how_far_a_neighbour_stands_above_the_last():
    graph = (np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([0.75, 0.5, 0.25]))
    # 1000 (.75 - .25) / .25^2 = 8000 and half of it; times a share of 1000.
    assert weights_of(consensus_graph([graph], 4)) == {
        (0, 1): 8e6, (0, 2): 4e6, (1, 0): 8e6, (2, 0): 4e6,
    }  # fmt: skip


def test_what_both_ends_and_several_sources_say_is_added_by_their_shares():
    one = (np.array([0, 0, 1, 1]), np.array([1, 2, 0, 2]), np.array([0.75, 0.25, 0.5, 0.25]))
    other = (np.array([0, 0]), np.array([1, 2]), np.array([1.0, 0.5]))
    # 8000 and 4000 from the first source; 1000 (1 - .5) / .5^2 = 2000 from the second.
    found = weights_of(consensus_graph([one, other], 3, shares=[10, 1000]))
    assert found == {(0, 1): 12_000 * 10 + 2000 * 1000, (1, 0): 12_000 * 10 + 2000 * 1000}


def test_a_low_last_weight_counts_as_a_twentieth():
    graph = (np.array([0, 0]), np.array([1, 2]), np.array([0.5, 0.0]))
    assert weights_of(consensus_graph([graph], 3))[0, 1] == pytest.approx(200e6, rel=1e-4)


def test_neither_the_order_of_relations_nor_that_of_sources_shows():
    graphs = [random_knn(300, k=12, seed=seed)[:3] for seed in (1, 2, 3)]
    mixed = np.random.default_rng(0).permutation(len(graphs[0][0]))
    first, shares = tuple(column[mixed] for column in graphs[0]), [1000, 20, 300]
    expected = consensus_graph(graphs, 300, shares=shares)
    again = consensus_graph([graphs[2], graphs[1], first], 300, shares=shares[::-1])
    assert [part.tobytes() for part in again] == [part.tobytes() for part in expected]


def test_a_source_without_a_share_might_as_well_be_gone():
    graphs = [random_knn(100, k=12, seed=seed)[:3] for seed in (1, 2)]
    with_it = consensus_graph(graphs, 100, shares=[700, 0])
    without = consensus_graph(graphs[:1], 100, shares=[700])
    assert [part.tobytes() for part in with_it] == [part.tobytes() for part in without]


@pytest.mark.parametrize(
    ("graphs", "shares"),
    [([], None), ([ring(9)[:3]], [1, 2]), ([ring(9)[:3]], [1001]), ([ring(9)[:3]], [-1])],
)
def test_shares_that_do_not_fit_are_refused(graphs, shares):
    with pytest.raises(ParameterError, match="shares"):
        consensus_graph(graphs, 9, shares=shares)


def test_weights_over_one_are_refused():
    with pytest.raises(ParameterError, match="at most 1"):
        consensus_graph([(np.array([0]), np.array([1]), np.array([1.5]))], 2)


def test_places_of_the_consensus_start_where_one_source_puts_them():
    graphs = [random_knn(300, k=12, seed=seed)[:3] for seed in (1, 2)]
    agreed = consensus_graph(graphs, 300)
    by_first = joint_places([agreed], 300, start=graphs[0], steps=0)
    alone = joint_places([graphs[0]], 300, steps=0)
    np.testing.assert_allclose(by_first.positions, alone.positions, atol=1e-6)
    other = joint_places([agreed], 300, start=graphs[1], steps=0)
    assert not np.allclose(other.positions, alone.positions, atol=0.1)


def test_a_start_may_know_concepts_that_the_layout_leaves_alone():
    drawn = tuple(column[:-2] for column in ring(40)[:3])
    placement = joint_places([drawn], 45, start=ring(45)[:3], steps=5)
    assert placement.concepts.max() < 40
