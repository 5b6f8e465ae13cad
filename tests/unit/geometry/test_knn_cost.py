from __future__ import annotations

import pytest

from hartonomous.geometry.knn_cost import (
    HELD_BYTES,
    TILE_ROWS,
    Join,
    choose_method,
    choose_tiling,
    is_held,
)


def square(n, d, k=50):
    return Join(n, n, d, k, symmetric=True)


@pytest.mark.parametrize(
    ("n", "d"),
    [
        (1000, 64), (30_522, 384), (128_000, 1024), (200_000, 384), (400_000, 50),
        (128_256, 4096), (151_936, 3584),
    ],
)  # fmt: skip
def test_joins_within_reach_are_exact(n, d):
    assert choose_method(square(n, d)) == "exact"
    assert choose_method(Join(n, n, d, 50, symmetric=False)) == "exact"


@pytest.mark.parametrize(
    ("n", "d"), [(400_000, 300), (2_000_000, 300), (3_000_000, 384), (10_000_000, 50)]
)
def test_joins_beyond_reach_are_approximate(n, d):
    assert choose_method(square(n, d)) == "blocks"
    assert choose_method(Join(n, n, d, 50, symmetric=False)) == "hnsw"


def test_few_queries_are_never_worth_an_index():
    assert choose_method(Join(10, 5_000_000, 384, 50, symmetric=False)) == "exact"


@pytest.mark.parametrize(("n", "d", "k"), [(30_522, 384, 50), (49_152, 576, 50), (400_000, 50, 50)])
def test_tables_of_common_sizes_are_held(n, d, k):
    assert is_held(square(n, d, k))


@pytest.mark.parametrize(("n", "d", "k"), [(128_256, 4096, 50), (30_522, 384, 2000)])
def test_many_rows_or_long_lists_are_not(n, d, k):
    assert not is_held(square(n, d, k))


@pytest.mark.parametrize("d", [1, 50, 4096, 50_000])
@pytest.mark.parametrize("k", [1, 50, 5000])
def test_tiles_begin_where_those_in_memory_do_and_are_bounded(d, k):
    tiling = choose_tiling(square(10_000_000, d, k))
    for rows in (tiling.queries, tiling.keys):
        assert rows % TILE_ROWS == 0
        assert rows == TILE_ROWS or 4 * d * rows <= HELD_BYTES // 3
    assert tiling.queries == TILE_ROWS or 8 * k * tiling.queries <= HELD_BYTES // 3
