from __future__ import annotations

import numpy as np
import pytest

from hartonomous.geometry import knn_cost
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.knn_cost import Join


@pytest.fixture
def steady_rate(monkeypatch):
    """A machine of 100 GFLOP/s a core, so that predictions do not depend on this one."""
    monkeypatch.setattr(knn_cost, "measured_rate", lambda _dimensions, threads: 1e11 * threads)


def square(n, d, k=50):
    return Join(n, n, d, k, symmetric=True)


def test_symmetric_join_counts_every_pair_once():
    plain = Join(1000, 1000, 64, 10, symmetric=False)
    assert plain.operations == 2 * 1000 * 1000 * 64
    assert square(1000, 64).operations == plain.operations // 2


@pytest.mark.parametrize(("n", "d"), [(1000, 64), (30_522, 384), (128_000, 1024), (400_000, 50)])
def test_joins_within_reach_are_exact(steady_rate, n, d):
    assert knn_cost.choose_method(square(n, d), 2) == "exact"


@pytest.mark.parametrize(("n", "d"), [(3_000_000, 384), (10_000_000, 50)])
def test_joins_beyond_reach_are_approximate(steady_rate, n, d):
    assert knn_cost.choose_method(square(n, d), 2) == "hnsw"


def test_few_queries_are_never_worth_an_index(steady_rate):
    assert knn_cost.choose_method(Join(10, 5_000_000, 384, 50, symmetric=False), 2) == "exact"


def test_measured_rate_is_positive_and_measured_once():
    assert knn_cost.measured_rate(32, 1) > 0
    assert knn_cost.measured_rate(32, 1) == knn_cost.measured_rate(32, 1)


def test_automatic_choice_is_recorded_in_the_graph(monkeypatch):
    rows = np.random.default_rng(0).standard_normal((500, 8)).astype(np.float32)
    assert knn_self_join(rows, 5).method == "exact"
    monkeypatch.setattr(knn_cost, "_ALWAYS_EXACT_OPERATIONS", 0)
    monkeypatch.setattr(knn_cost, "exact_seconds", lambda _join, _threads: 1e9)
    assert knn_self_join(rows, 5).method == "hnsw"
