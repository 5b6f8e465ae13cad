from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import affinity
from hartonomous.geometry.attraction import attraction
from hartonomous.geometry.eigenmaps import eigenmaps
from hartonomous.geometry.places import joint_places, places, refined, settled
from hartonomous.geometry.sphere import geodesic, normalise
from hartonomous.geometry.trustworthiness import agreement, euclidean
from tests.unit.geometry.graphs import graph, path, random_knn, ring, union
from tests.unit.geometry.kernels import instructions

BACKENDS = pytest.mark.parametrize("backend", ["native", "numpy"])


@pytest.fixture(scope="module")
def knn():
    """Random points of the 5-sphere and their graph."""
    points = np.random.default_rng(5).standard_normal((900, 6))
    return random_knn(900, k=12), points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def drawn(knn):
    relations, _ = knn
    return attraction([relations[:3]], 900)


@pytest.fixture(scope="module")
def start(knn):
    relations, _ = knn
    return eigenmaps(*relations).positions


def is_on_sphere(positions):
    return np.abs(np.linalg.norm(positions, axis=1) - 1).max() < 1e-14


def test_attraction_is_symmetric_and_sums_to_one(drawn):
    assert drawn.sum() == pytest.approx(1)
    assert abs(drawn - drawn.T).max() == 0
    assert drawn.diagonal().max() == 0


def test_each_concept_gives_its_first_neighbours_equal_parts():
    sources, targets = np.array([0, 0, 0, 1]), np.array([1, 2, 3, 2])
    found = attraction([(sources, targets, np.array([0.5, 0.9, 0.5, 0.1]))], 4, count=2)
    halves = np.array([[0, 1, 1, 0], [1, 0, 2, 0], [1, 2, 0, 0], [0, 0, 0, 0]]) / 8
    np.testing.assert_allclose(found.toarray(), halves)


def test_attraction_depends_on_ranks_alone_and_on_no_order(knn, drawn):
    (sources, targets, weights, n), _ = knn
    mixed = np.random.default_rng(1).permutation(len(sources))
    again = attraction([(sources[mixed], targets[mixed], weights[mixed] ** 3)], n)
    assert again.data.tobytes() == drawn.data.tobytes()
    assert (again.indices == drawn.indices).all()


@BACKENDS
def test_neighbours_come_near(knn, drawn, start, backend):
    _, points = knn
    # the twin takes every pair at each step, and half of the way is enough to see
    moved = refined(drawn, start, steps=60 if backend == "numpy" else 200, backend=backend)
    assert is_on_sphere(moved)
    before = agreement(euclidean(points), euclidean(start), 900).recall
    after = agreement(euclidean(points), euclidean(moved), 900).recall
    assert after > before + 0.1


@BACKENDS
def test_two_clusters_stay_apart(backend):
    n = 60
    pairs = [(c + i, c + j) for c in (0, n) for i in range(n) for j in range(i)]
    positions = places(*graph([*pairs, (0, n)], 2 * n), backend=backend).positions
    apart = geodesic(positions[:, None], positions[None])
    assert np.median(apart[:n, n:]) > 2 * np.median(apart[:n, :n])


def test_without_a_tree_the_native_layout_is_its_twin(drawn, start):
    native = refined(drawn, start, steps=5, opening=0.0)
    twin = refined(drawn, start, steps=5, backend="numpy")
    assert np.abs(native - twin).max() < 1e-4
    assert np.abs(native - start).max() > 1e-2


def test_the_tree_changes_a_step_little(drawn, start):
    exact = refined(drawn, start, steps=1, opening=0.0)
    quick = refined(drawn, start, steps=1)
    moved = np.linalg.norm(exact - start, axis=1)
    assert np.median(np.linalg.norm(quick - exact, axis=1)) < 0.1 * np.median(moved)


def test_threads_and_instructions_do_not_change_a_bit(drawn, start):
    alone = refined(drawn, start, steps=30, threads=1).tobytes()
    for threads in (2, 3, 2000):
        assert refined(drawn, start, steps=30, threads=threads).tobytes() == alone
    for most in ("plain", "avx2"):
        with instructions(most):
            assert refined(drawn, start, steps=30).tobytes() == alone


def test_no_steps_change_nothing(drawn, start):
    assert refined(drawn, start, steps=0) == pytest.approx(start, abs=1e-6)


def test_the_largest_component_lies_as_if_alone():
    alone, among = places(*ring(60)), places(*union(ring(60), path(3)))
    assert among.positions[:60].tobytes() == alone.positions.tobytes()
    caps = eigenmaps(*union(ring(60), path(3))).positions[60:]
    assert among.positions[60:].tobytes() == caps.tobytes()


def test_concepts_that_start_at_one_point_are_still_numbers():
    drawn = attraction([ring(50)[:3]], 50)
    moved = refined(drawn, np.tile([0.0, 0.0, 0.0, 1.0], (50, 1)))
    assert is_on_sphere(moved)


@pytest.mark.parametrize("n", [5, 6, 17])
def test_few_concepts_are_placed(n):
    assert is_on_sphere(places(*ring(n)).positions)


def test_progress_rises_to_one(drawn, start):
    seen = []
    refined(drawn, start, steps=5, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_what_progress_raises_stops_the_layout(drawn, start):
    def stop(_done):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        refined(drawn, start, progress=stop)


@pytest.mark.parametrize("change", [{"steps": -1}, {"start": np.eye(4)}])
def test_bad_parameters_are_refused(drawn, start, change):
    with pytest.raises(ParameterError, match="a place a concept"):
        refined(**{"drawn": drawn, "start": start, **change})


def test_isolated_concepts_are_no_layout():
    nothing = np.array([], dtype=np.int32)
    with pytest.raises(ParameterError, match="none of the 3"):
        places(nothing, nothing, np.array([]), 3)
    with pytest.raises(ParameterError, match="needs a graph"):
        joint_places([], 3)


def test_a_joint_layout_serves_all_its_graphs(knn):
    (sources, targets, weights, n), points = knn
    half = sources % 2 == 0
    graphs = [(sources[part], targets[part], weights[part]) for part in (half, ~half)]
    joint = joint_places(graphs, n)
    assert (joint.concepts == np.arange(n)).all()
    whole = places(sources, targets, weights, n)
    kept = [agreement(euclidean(points), euclidean(p.positions), n).recall for p in (joint, whole)]
    assert kept[0] > kept[1] - 0.05
    assert joint_places(graphs, n).positions.tobytes() == joint.positions.tobytes()


def test_concepts_the_first_graph_lacks_are_placed_by_the_others():
    first, second = ring(40)[:3], (np.array([40, 41, 43]), np.array([3, 40, 44]), np.ones(3))
    placement = joint_places([first, second], 46)
    assert placement.concepts.tolist() == [*range(42), 43, 44]
    assert placement.component.tolist() == [0] * 42 + [1] * 2
    assert is_on_sphere(placement.positions)
    near = geodesic(placement.positions[40], placement.positions[:40])
    assert near.argmin() in (2, 3, 4)


def test_a_start_puts_newcomers_beside_their_neighbours():
    drawn = attraction([path(4)[:3]], 4)
    given = normalise(np.eye(4))
    given[2:] = 0
    found = settled(drawn, given)
    assert (found[:2] == given[:2]).all()
    assert geodesic(found[2], given[1]) < 0.05
    assert geodesic(found[3], given[1]) < 0.1
    assert is_on_sphere(found)


def test_an_affinity_that_is_made_already_is_taken(knn):
    relations, _ = knn
    made = places(*relations, affinities=affinity(*relations), steps=3)
    assert made.positions.tobytes() == places(*relations, steps=3).positions.tobytes()
