from __future__ import annotations

import numpy as np
import pytest

from hartonomous._native import BlockJoin
from hartonomous.geometry import _blocks, blocks
from hartonomous.geometry.blocks import block_join
from hartonomous.geometry.recall import exact_lists, measured_recall, without_self
from hartonomous.geometry.unit_rows import unit_rows
from tests.unit.geometry.kernels import instructions


def clustered_rows(n, d, state=0):
    """Rows round 50 centres, as real embeddings have neighbours."""
    rng = np.random.default_rng(state)
    centres = rng.standard_normal((50, d))
    rows = centres[rng.integers(0, 50, n)] + 0.7 * rng.standard_normal((n, d))
    return unit_rows(rows.astype(np.float32))


def everything(join, n, k):
    return join.lists(np.arange(n, dtype=np.uint32), k)


@pytest.mark.parametrize(
    ("n", "d", "k", "clusters", "expand"),
    [
        (700, 50, 10, 16, False),
        (700, 130, 10, 16, True),
        (300, 7, 5, 8, True),
        (90, 3, 40, 1, False),
        (60, 64, 50, 6, True),
        (2, 1, 1, 1, False),
    ],
)
def test_the_native_join_is_its_twin_to_the_last_bit(n, d, k, clusters, expand):
    rows = clustered_rows(n, d)
    keep = min(n - 1, k + 10)
    native = BlockJoin(rows, keep, clusters, expand, 2)
    twin = _blocks.BlockJoin(rows, keep, clusters, expand)
    for probes in (1, 2, min(5, clusters)):
        native.probe(probes)
        twin.probe(min(max(probes, 1), clusters))
        for found, expected in zip(everything(native, n, k), everything(twin, n, k), strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("d", [50, 300])
def test_threads_and_instructions_do_not_change_a_bit(d):
    rows = clustered_rows(3000, d)

    def found(threads):
        join = BlockJoin(rows, 40, 32, True, threads)
        join.probe(4)
        return [part.tobytes() for part in everything(join, 3000, 30)]

    alone = found(1)
    for threads in (2, 3, 300):
        assert found(threads) == alone
    for most in ("plain", "avx2"):
        with instructions(most):
            assert found(2) == alone


def test_more_probes_at_once_or_in_steps_are_the_same():
    rows = clustered_rows(2000, 40)
    stepped, once = (BlockJoin(rows, 30, 32, False, 2) for _ in range(2))
    for probes in (1, 2, 4, 8):
        stepped.probe(probes)
    once.probe(8)
    np.testing.assert_array_equal(everything(stepped, 2000, 20)[0], everything(once, 2000, 20)[0])


@pytest.mark.parametrize("many", [True, False])
def test_recall_reaches_its_target_and_is_what_the_exact_join_says(monkeypatch, many):
    rows = clustered_rows(4000, 32)
    if many:
        monkeypatch.setattr(blocks, "ONE_CLUSTER_ROWS", 1000)
    found = block_join(rows, 10, 2)
    assert (found.probes > 1) == many
    assert found.recall >= 0.95
    truth = exact_lists(rows, np.arange(4000), 10, 2)
    whole = measured_recall((found.indices, found.scores), truth)
    assert whole == pytest.approx(found.recall, abs=0.02)


def test_a_target_out_of_reach_ends_with_all_clusters(monkeypatch):
    monkeypatch.setattr(blocks, "ONE_CLUSTER_ROWS", 100)
    found = block_join(clustered_rows(900, 16), 5, 2, target_recall=1.1)
    assert found.probes == blocks.clusters(900, 5)


def test_neighbours_are_others_best_first_with_their_own_scores():
    rows = clustered_rows(1500, 24)
    found = block_join(rows, 12, 2)
    assert (found.indices != np.arange(1500)[:, np.newaxis]).all()
    assert (np.diff(found.scores, axis=1) <= 0).all()
    expected = np.einsum("nd,nkd->nk", rows, rows[found.indices])
    np.testing.assert_allclose(found.scores, expected, atol=1e-6)


def test_duplicate_rows_by_the_thousand_find_one_another():
    rows = np.repeat(np.eye(4, 64, dtype=np.float32), 1500, axis=0)
    join = BlockJoin(rows, 20, 16, True, 2)
    join.probe(4)
    indices, scores = everything(join, 6000, 10)
    assert (indices // 1500 == (np.arange(6000) // 1500)[:, np.newaxis]).all()
    np.testing.assert_array_equal(scores, np.ones((6000, 10), np.float32))


def test_rows_of_low_rank_and_of_zeros_are_joined():
    line = np.outer(np.linspace(-1, 1, 500), np.ones(20)).astype(np.float32)
    line[::7] = 0
    found = block_join(unit_rows(line), 10, 2)
    assert ((found.indices >= 0) & (found.indices < 500)).all()
    assert np.isfinite(found.scores).all()
    nothing = block_join(np.zeros((50, 8), np.float32), 10, 2)
    np.testing.assert_array_equal(nothing.scores, np.zeros((50, 10), np.float32))


def test_huge_and_tiny_rows_give_lists():
    rows = clustered_rows(300, 70)
    for scale in (1e-30, 1e18):
        found = block_join((rows * np.float32(scale)), 5, 1)
        assert (found.indices != np.arange(300)[:, np.newaxis]).all()


def test_what_cannot_be_is_refused():
    rows = clustered_rows(20, 4)
    for wrong in ({"keep": 0}, {"keep": 20}, {"clusters": 0}, {"clusters": 21}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            BlockJoin(rows, **{"keep": 5, "clusters": 2, "expand": False, **wrong})
    join = BlockJoin(rows, 5, 2, False)
    with pytest.raises(ValueError, match="after a probe"):
        join.lists(np.zeros(1, np.uint32), 1)
    join.probe(1)
    with pytest.raises(ValueError, match="no such row"):
        join.lists(np.array([20], np.uint32), 1)
    with pytest.raises(ValueError, match="keep"):
        join.lists(np.zeros(1, np.uint32), 6)


def test_a_row_is_taken_out_of_its_own_list_or_else_the_last_is():
    indices = np.array([[5, 1, 2], [3, 4, 5]], np.int32)
    scores = np.array([[3, 2, 1], [6, 5, 4]], np.float32)
    left, kept = without_self(indices, scores, np.array([1, 9]))
    assert left.tolist() == [[5, 2], [3, 4]]
    assert kept.tolist() == [[3, 1], [6, 5]]


def test_ties_count_as_found():
    truth = np.array([[1, 2]], np.int32), np.array([[1.0, 0.5]], np.float32)
    found = np.array([[1, 7]], np.int32), np.array([[1.0, 0.5]], np.float32)
    assert measured_recall(found, truth) == 1
    lower = np.array([[1, 7]], np.int32), np.array([[1.0, 0.4]], np.float32)
    assert measured_recall(lower, truth) == 0.5
