from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.extension import extended
from hartonomous.geometry.knn import knn_self_join


def integer_rows(n, d, state=0):
    """Small integers: every inner product is exact in float32, and ties abound."""
    return np.random.default_rng(state).integers(-3, 4, (n, d)).astype(np.float32)


@pytest.mark.parametrize("backend", ["native", "numpy"])
@pytest.mark.parametrize(("n", "m", "k"), [(600, 90, 12), (30, 1, 29), (5, 200, 4)])
def test_rows_that_come_later_end_in_the_join_of_all(backend, n, m, k):
    rows = integer_rows(n + m, 5)
    graph = knn_self_join(rows[:n], k, space="ip", backend=backend)
    grown = extended(graph, rows[:n], rows[n:], backend=backend)
    whole = knn_self_join(rows, k, space="ip")
    np.testing.assert_array_equal(grown.indices, whole.indices)
    np.testing.assert_array_equal(grown.scores, whole.scores)
    assert (grown.method, grown.recall, grown.space) == ("exact", 1.0, "ip")


def test_real_rows_find_the_same_neighbours():
    rows = np.random.default_rng(2).standard_normal((900, 40)).astype(np.float32)
    grown = extended(knn_self_join(rows[:800], 15), rows[:800], rows[800:])
    whole = knn_self_join(rows, 15)
    np.testing.assert_array_equal(grown.indices, whole.indices)
    np.testing.assert_allclose(grown.scores, whole.scores, atol=1e-6)


def test_another_graph_or_width_is_refused():
    rows = integer_rows(40, 5)
    graph = knn_self_join(rows, 3)
    with pytest.raises(ParameterError, match="cannot be extended"):
        extended(graph, rows[:30], rows)
    with pytest.raises(ParameterError, match="cannot be extended"):
        extended(graph, rows, integer_rows(4, 6))
