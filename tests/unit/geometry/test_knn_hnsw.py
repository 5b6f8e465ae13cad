from __future__ import annotations

import numpy as np
import pytest

from hartonomous.geometry.knn import knn_join, knn_self_join


def clustered_rows(n, d, state=0):
    """Rows round 50 centres, as real embeddings have neighbours."""
    rng = np.random.default_rng(state)
    centres = rng.standard_normal((50, d))
    return (centres[rng.integers(0, 50, n)] + 0.5 * rng.standard_normal((n, d))).astype(np.float32)


def measured_recall(found, truth):
    return np.mean(
        [np.isin(f, t).mean() for f, t in zip(found.indices, truth.indices, strict=True)]
    )


@pytest.fixture(scope="module")
def rows():
    return clustered_rows(3000, 32)


def test_recall_says_what_the_exact_join_finds(rows):
    found = knn_self_join(rows, 10, method="hnsw")
    truth = knn_self_join(rows, 10, method="exact")
    assert found.method == "hnsw"
    assert found.recall >= 0.95
    assert measured_recall(found, truth) == pytest.approx(found.recall, abs=0.02)


def test_neighbours_are_others_in_descending_order_with_their_own_scores(rows):
    found = knn_self_join(rows, 10, method="hnsw")
    assert (found.indices != np.arange(len(rows))[:, np.newaxis]).all()
    assert (np.diff(found.scores, axis=1) <= 0).all()
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    expected = np.einsum("nd,nkd->nk", unit, unit[found.indices])
    np.testing.assert_allclose(found.scores, expected, atol=1e-6)


def test_same_input_gives_the_same_graph(rows):
    first = knn_self_join(rows, 10, method="hnsw", threads=2)
    again = knn_self_join(rows, 10, method="hnsw", threads=1)
    np.testing.assert_array_equal(first.indices, again.indices)
    np.testing.assert_array_equal(first.scores, again.scores)
    assert first.recall == again.recall


@pytest.mark.parametrize("exclude_self", [False, True])
def test_join_of_queries_finds_their_keys(rows, exclude_self):
    queries = rows[:500]
    found = knn_join(queries, rows, 10, method="hnsw", exclude_self=exclude_self)
    truth = knn_join(queries, rows, 10, method="exact", exclude_self=exclude_self)
    itself = found.indices[:, 0] == np.arange(500)
    assert itself.any() != exclude_self
    assert measured_recall(found, truth) >= 0.95


def test_every_key_can_be_asked_for():
    rows = clustered_rows(40, 8)
    found = knn_self_join(rows, 39, method="hnsw")
    truth = knn_self_join(rows, 39, method="exact")
    np.testing.assert_array_equal(np.sort(found.indices), np.sort(truth.indices))


def test_progress_ends_at_one(rows):
    seen = []
    knn_self_join(rows, 5, method="hnsw", progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
