from __future__ import annotations

import pytest

from hartonomous.geometry.knn_cost import Join, choose_method


def square(n, d, k=50):
    return Join(n, n, d, k, symmetric=True)


@pytest.mark.parametrize(
    ("n", "d"), [(1000, 64), (30_522, 384), (128_000, 1024), (200_000, 384), (400_000, 50)]
)
def test_joins_within_reach_are_exact(n, d):
    assert choose_method(square(n, d)) == "exact"
    assert choose_method(Join(n, n, d, 50, symmetric=False)) == "exact"


@pytest.mark.parametrize(("n", "d"), [(3_000_000, 384), (10_000_000, 50)])
def test_joins_beyond_reach_are_approximate(n, d):
    assert choose_method(square(n, d)) == "blocks"
    assert choose_method(Join(n, n, d, 50, symmetric=False)) == "hnsw"


def test_few_queries_are_never_worth_an_index():
    assert choose_method(Join(10, 5_000_000, 384, 50, symmetric=False)) == "exact"
