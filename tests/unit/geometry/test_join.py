"""One call for all joins: what fits into memory and what doesn't give the same lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.geometry import knn_cost
from hartonomous.geometry.join import join_blocks
from hartonomous.geometry.knn import knn_join, knn_self_join
from hartonomous.geometry.knn_cost import Tiling
from hartonomous.geometry.rows import ChosenRows, HeldRows
from hartonomous.geometry.tiles import TiledJoin


def normal_rows(n, d, state=0):
    return np.random.default_rng(state).standard_normal((n, d)).astype(np.float32)


def integer_rows(n, d, state=0):
    """Small integers: ties abound."""
    return np.random.default_rng(state).integers(-2, 3, (n, d)).astype(np.float32)


@pytest.fixture
def in_tiles(monkeypatch):
    """Hold nothing, and cut joins into tiles of so many queries and keys."""

    def cut(queries, keys):
        monkeypatch.setattr(knn_cost, "HELD_BYTES", 0)
        monkeypatch.setattr(knn_cost, "choose_tiling", lambda sizes: Tiling(queries, keys))

    return cut


def gathered(joined):
    """Give the lists of all blocks, which follow one another without a gap."""
    blocks = list(joined.blocks)
    sizes = [len(block.indices) for block in blocks]
    assert [block.offset for block in blocks] == np.cumsum([0, *sizes[:-1]]).tolist()
    return (
        np.concatenate([block.indices for block in blocks]),
        np.concatenate([block.scores for block in blocks]),
    )


def assert_same(joined, graph):
    indices, scores = gathered(joined)
    np.testing.assert_array_equal(indices, graph.indices)
    np.testing.assert_array_equal(scores, graph.scores)


@pytest.mark.parametrize("space", ["cosine", "ip"])
@pytest.mark.parametrize(("n", "d", "k"), [(2, 1, 1), (700, 5, 30), (2600, 48, 9)])
def test_a_held_join_is_the_graph_in_blocks(monkeypatch, space, n, d, k):
    rows = normal_rows(n, d)
    monkeypatch.setattr(knn_cost, "BLOCK_ENTRIES", 1000)
    joined = join_blocks(rows, rows, k, space=space, exclude_self=True)
    assert (joined.method, joined.recall) == ("exact", 1.0)
    assert_same(joined, knn_self_join(rows, k, space=space))


@pytest.mark.parametrize("space", ["cosine", "ip"])
@pytest.mark.parametrize("make", [normal_rows, integer_rows])
@pytest.mark.parametrize(("queries", "keys"), [(512, 512), (1024, 512), (512, 1536), (4096, 4096)])
def test_tiles_give_what_memory_gives_to_the_last_bit(in_tiles, make, space, queries, keys):
    rows = make(2700, 33)
    graph = knn_self_join(rows, 40, space=space)
    in_tiles(queries, keys)
    assert_same(join_blocks(rows, rows, 40, space=space, exclude_self=True), graph)


@pytest.mark.parametrize("exclude_self", [False, True])
def test_queries_and_keys_may_differ(in_tiles, exclude_self):
    queries, keys = normal_rows(1100, 20, 1), normal_rows(2100, 20, 2)
    graph = knn_join(queries, keys, 25, space="ip", exclude_self=exclude_self)
    assert_same(join_blocks(queries, keys, 25, space="ip", exclude_self=exclude_self), graph)
    in_tiles(512, 1024)
    assert_same(join_blocks(queries, keys, 25, space="ip", exclude_self=exclude_self), graph)


def test_a_row_is_its_own_neighbour_unless_that_is_excluded(in_tiles):
    rows = normal_rows(900, 16)
    in_tiles(512, 512)
    indices, _ = gathered(join_blocks(rows, rows, 3))
    np.testing.assert_array_equal(indices[:, 0], np.arange(900))
    indices, _ = gathered(join_blocks(rows, rows, 3, exclude_self=True))
    assert not (indices == np.arange(900)[:, np.newaxis]).any()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_tiles_give_exact_lists(data):
    n, d = data.draw(st.integers(2, 300)), data.draw(st.integers(1, 6))
    exclude_self = data.draw(st.booleans())
    queries = integer_rows(data.draw(st.integers(1, n)), d, data.draw(st.integers(0, 99)))
    keys = integer_rows(n, d, data.draw(st.integers(0, 99)))
    k = data.draw(st.integers(1, n - exclude_self))
    tiling = Tiling(data.draw(st.integers(1, 310)), data.draw(st.integers(1, 310)))
    tiled = TiledJoin(HeldRows(queries), HeldRows(keys), k, "ip", tiling, exclude_self, 1)
    lists = [part for _, part in tiled.lists(lambda done: None)]
    graph = knn_join(queries, keys, k, space="ip", exclude_self=exclude_self, backend="numpy")
    np.testing.assert_array_equal(np.concatenate([part.indices for part in lists]), graph.indices)
    np.testing.assert_array_equal(np.concatenate([part.scores for part in lists]), graph.scores)


@pytest.mark.parametrize("method", ["exact", "blocks", "hnsw"])
def test_rows_may_be_kept_elsewhere(method):
    rows, order = normal_rows(800, 12), np.random.default_rng(1).permutation(800)
    elsewhere = ChosenRows(HeldRows(rows), order)
    joined = join_blocks(elsewhere, elsewhere, 7, method=method, exclude_self=True)
    assert joined.method == method
    assert_same(joined, knn_self_join(rows[order], 7, method=method))


def test_the_choice_is_a_function_of_the_sizes_and_recorded(monkeypatch):
    rows = normal_rows(300, 8)
    assert join_blocks(rows, rows, 5, exclude_self=True).method == "exact"
    monkeypatch.setattr(knn_cost, "EXACT_MULTIPLICATIONS", 0)
    assert join_blocks(rows, rows, 5, exclude_self=True).method == "blocks"
    assert join_blocks(rows[:9], rows, 5).method == "hnsw"
    assert join_blocks(rows, rows, 5, method="exact", exclude_self=True).method == "exact"
    monkeypatch.setattr(knn_cost, "APPROXIMATE_BYTES", 0)
    assert join_blocks(rows, rows, 5, exclude_self=True).method == "exact"


def test_nothing_is_joined_before_blocks_are_asked_for_and_progress_rises_to_one(in_tiles):
    rows, seen = normal_rows(1500, 8), []
    in_tiles(512, 512)
    joined = join_blocks(rows, rows, 5, exclude_self=True, progress=seen.append)
    assert seen == []
    next(joined.blocks)
    assert 0 < seen[-1] <= 1 / 3
    list(joined.blocks)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_row_that_is_not_finite_is_named_by_its_number(in_tiles):
    rows = normal_rows(1500, 8)
    rows[1300, 2] = np.nan
    in_tiles(512, 512)
    with pytest.raises(InvalidVectorsError, match="the first is 1300"):
        list(join_blocks(rows, rows, 5, exclude_self=True).blocks)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"k": 0}, "k must be at least 1 and at most 9, not 0"),
        ({"k": 10}, "k must be at least 1 and at most 9, not 10"),
        ({"keys": integer_rows(10, 4)}, "3 dimensions, keys have 4"),
        ({"keys": integer_rows(5, 3), "k": 4}, "10 queries, 5 keys"),
        ({"keys": np.empty((0, 3), np.float32)}, "cannot be searched"),
        ({"keys": np.zeros((10, 3))}, "must be a 2-D float32 array"),
        ({"space": "l1"}, "space must be"),
        ({"method": "fast"}, "method must be"),
        ({"threads": 0}, "threads must be"),
    ],
)
def test_what_can_not_be_joined_is_refused_at_once(wrong, message):
    told = {"queries": integer_rows(10, 3), "keys": integer_rows(10, 3), "k": 2, **wrong}
    with pytest.raises(ParameterError, match=message):
        join_blocks(**told, exclude_self=True)
