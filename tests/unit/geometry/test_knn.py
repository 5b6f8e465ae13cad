from __future__ import annotations

import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.geometry.backend import is_native
from hartonomous.geometry.knn import knn_join, knn_self_join

BACKENDS = pytest.mark.parametrize("backend", ["native", "numpy"])


def integer_rows(n, d, state=0, high=3):
    """Small integers: every inner product is exact in float32, and ties abound."""
    rng = np.random.default_rng(state)
    return rng.integers(-high, high + 1, (n, d)).astype(np.float32)


def assert_equal_graphs(left, right):
    np.testing.assert_array_equal(left.indices, right.indices)
    np.testing.assert_array_equal(left.scores, right.scores)


def by_definition(queries, keys, k, exclude_self):
    """Sort all (descending score, ascending index) pairs of each query, in float64."""
    scores = queries.astype(np.float64) @ keys.T.astype(np.float64)
    if exclude_self:
        scores[np.arange(len(queries)), np.arange(len(queries))] = -np.inf
    return np.lexsort((np.broadcast_to(np.arange(len(keys)), scores.shape), -scores))[:, :k]


@BACKENDS
def test_planted_neighbour_is_found_first(backend):
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((300, 64)).astype(np.float32)
    partners = 5 * centres + 0.01 * rng.standard_normal((300, 64)).astype(np.float32)
    graph = knn_self_join(np.concatenate([centres, partners]), 3, backend=backend)
    np.testing.assert_array_equal(graph.indices[:300, 0], np.arange(300, 600))
    np.testing.assert_array_equal(graph.indices[300:, 0], np.arange(300))
    assert (graph.scores[:, 0] > 0.99).all()
    assert (graph.method, graph.recall, graph.space, graph.k) == ("exact", 1.0, "cosine", 3)


@BACKENDS
@pytest.mark.parametrize(("n", "d", "k"), [(2, 1, 1), (3, 5, 2), (513, 7, 20), (700, 3, 699)])
def test_self_join_is_what_the_definition_says(backend, n, d, k):
    rows = integer_rows(n, d)
    graph = knn_self_join(rows, k, space="ip", backend=backend)
    np.testing.assert_array_equal(graph.indices, by_definition(rows, rows, k, exclude_self=True))
    expected = np.take_along_axis(rows @ rows.T, graph.indices, axis=1)
    np.testing.assert_array_equal(graph.scores, expected)
    assert graph.indices.dtype == np.int32
    assert graph.scores.dtype == np.float32


@BACKENDS
@pytest.mark.parametrize("exclude_self", [False, True])
def test_join_is_what_the_definition_says(backend, exclude_self):
    queries, keys = integer_rows(530, 9, state=1), integer_rows(1100, 9, state=2)
    graph = knn_join(queries, keys, 30, space="ip", exclude_self=exclude_self, backend=backend)
    expected = by_definition(queries, keys, 30, exclude_self)
    np.testing.assert_array_equal(graph.indices, expected)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_native_join_equals_its_twin(data):
    n = data.draw(st.integers(2, 1100))
    rows = integer_rows(n, data.draw(st.integers(1, 12)), data.draw(st.integers(0, 99)), 2)
    k = data.draw(st.integers(1, n - 1))
    threads = data.draw(st.integers(1, 4))
    native = knn_self_join(rows, k, space="ip", threads=threads, backend="native")
    assert_equal_graphs(native, knn_self_join(rows, k, space="ip", backend="numpy"))
    joined = knn_join(rows, rows, k, space="ip", exclude_self=True, threads=threads)
    assert_equal_graphs(native, joined)


@BACKENDS
def test_duplicate_rows_find_each_other_in_index_order(backend):
    rows = np.repeat(np.eye(8, dtype=np.float32), 100, axis=0)
    graph = knn_self_join(rows, 99, backend=backend)
    for i in range(len(rows)):
        group = np.arange(i // 100 * 100, i // 100 * 100 + 100)
        np.testing.assert_array_equal(graph.indices[i], group[group != i])
    np.testing.assert_array_equal(graph.scores, np.ones((800, 99), np.float32))


@BACKENDS
def test_zero_rows_score_zero_with_everything(backend):
    rows = np.abs(integer_rows(600, 4, state=3)) + 1
    rows[[5, 550]] = 0
    graph = knn_self_join(rows, 10, backend=backend)
    np.testing.assert_array_equal(graph.indices[550], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    np.testing.assert_array_equal(graph.scores[550], np.zeros(10, np.float32))
    others = np.delete(graph.indices, [5, 550], axis=0)
    assert not np.isin(others, [5, 550]).any()


@BACKENDS
def test_cosine_does_not_see_the_length_of_rows(backend):
    rows = integer_rows(400, 16, state=4)
    rows = rows[np.abs(rows).sum(axis=1) > 0]
    scale = 2.0 ** np.random.default_rng(0).integers(-40, 40, (len(rows), 1))
    scaled = (rows * scale).astype(np.float32)
    assert_equal_graphs(
        knn_self_join(rows, 10, backend=backend), knn_self_join(scaled, 10, backend=backend)
    )


def test_number_of_threads_does_not_change_a_bit():
    rows = np.random.default_rng(5).standard_normal((2600, 50)).astype(np.float32)
    alone = knn_self_join(rows, 40, threads=1)
    queries = knn_join(rows[:1500], rows, 40, threads=1)
    for threads in (2, 3, 8):
        assert_equal_graphs(knn_self_join(rows, 40, threads=threads), alone)
        assert_equal_graphs(knn_join(rows[:1500], rows, 40, threads=threads), queries)


def test_a_pair_has_one_score_in_both_directions():
    rows = np.random.default_rng(6).standard_normal((900, 33)).astype(np.float32)
    graph = knn_self_join(rows, 899)
    scores = np.zeros((900, 900), np.float32)
    np.put_along_axis(scores, graph.indices, graph.scores, axis=1)
    np.testing.assert_array_equal(scores, scores.T)


def test_input_is_left_as_it_was():
    rows = np.random.default_rng(7).standard_normal((100, 8)).astype(np.float32)
    before = rows.copy()
    knn_self_join(rows, 5)
    knn_join(rows, rows, 5, space="ip")
    np.testing.assert_array_equal(rows, before)


def test_rows_need_not_be_contiguous():
    wide = np.random.default_rng(8).standard_normal((300, 40)).astype(np.float32)
    assert_equal_graphs(knn_self_join(wide[::2, 5:25], 7), knn_self_join(wide[::2, 5:25].copy(), 7))
    assert_equal_graphs(
        knn_self_join(np.asfortranarray(wide), 7, space="ip"), knn_self_join(wide, 7, space="ip")
    )


@BACKENDS
@pytest.mark.parametrize("k", [0, -1, 10, 11])
def test_k_out_of_range_is_refused(backend, k):
    with pytest.raises(ParameterError, match=f"k must be at least 1 and at most 9, not {k}"):
        knn_self_join(integer_rows(10, 3), k, backend=backend)


def test_k_of_a_join_may_be_all_keys_unless_self_is_excluded():
    rows = integer_rows(10, 3)
    assert knn_join(rows, rows, 10).k == 10
    with pytest.raises(ParameterError, match="at most 9"):
        knn_join(rows, rows, 10, exclude_self=True)


@pytest.mark.parametrize(
    "vectors",
    [
        np.zeros((4, 4)),
        np.zeros(4, np.float32),
        np.zeros((0, 4), np.float32),
        np.zeros((4, 0), np.float32),
        np.zeros((4, 4), np.int32),
    ],
)
def test_wrong_dtype_or_shape_is_refused(vectors):
    with pytest.raises(ParameterError):
        knn_self_join(vectors, 1)


def test_one_row_has_no_neighbours():
    with pytest.raises(ParameterError, match="at most 0"):
        knn_self_join(integer_rows(1, 3), 1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("space", ["cosine", "ip"])
def test_invalid_values_are_named_and_counted(value, space):
    rows = integer_rows(20, 3)
    rows[[7, 11], 1] = value
    with pytest.raises(InvalidVectorsError, match=r"2 rows .* the first is 7"):
        knn_self_join(rows, 2, space=space)


def test_inconsistent_joins_are_refused():
    rows = integer_rows(10, 3)
    with pytest.raises(ParameterError, match="3 dimensions, keys have 4"):
        knn_join(rows, integer_rows(10, 4), 2)
    with pytest.raises(ParameterError, match="10 queries, 5 keys"):
        knn_join(rows, rows[:5], 2, exclude_self=True)


@pytest.mark.parametrize(
    "wrong", [{"space": "l1"}, {"method": "fast"}, {"threads": 0}, {"backend": "cuda"}]
)
def test_unknown_choices_are_refused(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        knn_self_join(integer_rows(10, 3), 2, **wrong)


def test_the_twin_runs_only_where_it_is_named(monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_BACKEND", "numpy")
    assert is_native(None)
    assert is_native("native")
    assert not is_native("numpy")


# All scores tie, so that even a fast machine would need minutes.
LONG_JOIN = """
import numpy as np
from hartonomous.geometry.knn import knn_self_join
rows = np.zeros((400_000, 4), np.float32)
print("ready", flush=True)
knn_self_join(rows, 1, method="exact", threads=1)
"""


def test_ctrl_c_stops_a_join():
    command = [sys.executable, "-c", LONG_JOIN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert b"KeyboardInterrupt" in errors
    assert process.returncode != 0


def test_progress_rises_and_its_exception_stops_the_join():
    rows = np.zeros((400_000, 4), np.float32)
    seen = []

    def stop_after_three(done):
        seen.append(done)
        if len(seen) == 3:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        knn_self_join(rows, 1, method="exact", progress=stop_after_three)
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1


@BACKENDS
def test_progress_ends_at_one(backend):
    seen = []
    knn_self_join(integer_rows(1000, 4), 5, backend=backend, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
