from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.hnsw import HnswIndex, upper_layers
from hartonomous.geometry.knn import knn_join, knn_self_join
from hartonomous.geometry.recall import measured_recall
from tests.unit.geometry.kernels import instructions
from tests.unit.geometry.test_blocks import clustered_rows


@pytest.fixture(scope="module")
def rows():
    return clustered_rows(3000, 32)


@pytest.fixture(scope="module")
def index(rows):
    return HnswIndex(rows, threads=2)


def test_the_native_index_is_its_twin_to_the_last_bit():
    rows, queries = clustered_rows(200, 20), clustered_rows(40, 20, state=1)
    native, twin = (HnswIndex(rows, backend=name) for name in ("native", "numpy"))
    for first_self, asked in ((-1, queries), (100, rows[100:140])):
        for ef in (10, 80):
            for found, expected in zip(
                native.search(asked, 8, ef=ef, first_self=first_self),
                twin.search(asked, 8, ef=ef, first_self=first_self),
                strict=True,
            ):
                np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("k", [10, 50])
def test_single_queries_find_most_of_what_the_exact_join_finds(rows, index, k):
    queries = clustered_rows(300, 32, state=2)
    truth = knn_join(queries, rows, k, method="exact")
    found = [index.search(query[np.newaxis], k, ef=200) for query in queries]
    joined = tuple(np.concatenate([part[side] for part in found]) for side in (0, 1))
    assert measured_recall(joined, (truth.indices, truth.scores)) > 0.9


def test_threads_and_instructions_do_not_change_a_bit(rows):
    def found(threads):
        index = HnswIndex(rows, threads=threads)
        return [part.tobytes() for part in index.search(rows, 20, first_self=0, threads=threads)]

    alone = found(1)
    for threads in (2, 3, 400):
        assert found(threads) == alone
    for most in ("plain", "avx2"):
        with instructions(most):
            assert found(2) == alone


def test_lists_that_are_known_make_the_same_index(rows, index):
    lists = knn_self_join(rows, 50, method="blocks").indices
    known = HnswIndex(rows, lists)
    for found, expected in zip(known.search(rows, 5), index.search(rows, 5), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_walk_that_cannot_get_on_gives_way_to_comparing_all():
    # Two groups so far apart that no row lists one of the other.
    rows = np.repeat(np.eye(2, 8, dtype=np.float32), 200, axis=0)
    index = HnswIndex(rows)
    indices, scores = index.search(rows[-1:], 250, ef=250)
    assert indices[0, :200].tolist() == list(range(200, 400))
    assert scores[0, 200:].max() == 0


def test_the_smallest_indexes_are_searched():
    for n in (1, 2, 5):
        rows = np.eye(n, 8, dtype=np.float32)
        indices, _ = HnswIndex(rows).search(rows, 1)
        assert indices.ravel().tolist() == list(range(n))


def test_layers_thin_out_by_sixteen():
    sizes = [len(ids) for ids in upper_layers(100_000)]
    assert sizes[0] == pytest.approx(100_000 / 16, rel=0.05)
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("k", "ef", "width"), [(0, 64, 32), (3001, 9999, 32), (10, 5, 32), (5, 64, 31)]
)
def test_what_cannot_be_searched_is_refused(index, k, ef, width):
    with pytest.raises(ParameterError, match="a search needs"):
        index.search(np.ones((1, width), np.float32), k, ef=ef)


@pytest.mark.parametrize("method", ["blocks", "hnsw"])
def test_recall_says_what_the_exact_join_finds(rows, method):
    found = knn_self_join(rows, 10, method=method)
    truth = knn_self_join(rows, 10, method="exact")
    assert found.method == method
    assert found.recall >= 0.95
    whole = measured_recall((found.indices, found.scores), (truth.indices, truth.scores))
    assert whole == pytest.approx(found.recall, abs=0.02)
    assert (found.indices != np.arange(len(rows))[:, np.newaxis]).all()


@pytest.mark.parametrize("exclude_self", [False, True])
def test_join_of_queries_finds_their_keys(rows, exclude_self):
    queries = rows[:500]
    found = knn_join(queries, rows, 10, method="hnsw", exclude_self=exclude_self)
    truth = knn_join(queries, rows, 10, method="exact", exclude_self=exclude_self)
    itself = found.indices[:, 0] == np.arange(500)
    assert itself.any() != exclude_self
    assert found.recall >= 0.95
    scored = measured_recall((found.indices, found.scores), (truth.indices, truth.scores))
    assert scored >= 0.95


@pytest.mark.parametrize("method", ["blocks", "hnsw"])
def test_every_key_can_be_asked_for(method):
    rows = clustered_rows(40, 8)
    found = knn_self_join(rows, 39, method=method)
    truth = knn_self_join(rows, 39, method="exact")
    np.testing.assert_array_equal(np.sort(found.indices), np.sort(truth.indices))


@pytest.mark.parametrize("method", ["blocks", "hnsw"])
def test_progress_rises_to_one(rows, method):
    seen = []
    knn_self_join(rows, 5, method=method, progress=seen.append)
    assert seen[-1] == 1.0
    assert all(0 <= done <= 1 for done in seen)


def test_blocks_are_for_a_matrix_with_itself(rows):
    with pytest.raises(ParameterError, match="with itself"):
        knn_join(rows[:5], rows, 2, method="blocks")


def test_how_long_a_query_is_does_not_change_what_it_finds(rows, index):
    queries = clustered_rows(50, 32, state=3)
    expected, scores = index.search(queries, 10)
    for factor in (2.0**-60, 2.0**60):
        found, scaled = index.search(queries * np.float32(factor), 10)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(scaled, scores * np.float32(factor))


def test_scores_are_those_of_the_rows_and_not_of_their_codes(rows, index):
    queries = clustered_rows(50, 32, state=4)
    indices, scores = index.search(queries, 10)
    exact = np.take_along_axis(queries.astype(np.float64) @ rows.T.astype(np.float64), indices, 1)
    np.testing.assert_allclose(scores, exact, rtol=0, atol=1e-6)
