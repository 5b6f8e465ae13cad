from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from hartonomous.evaluation.correlation import spearman


def test_rows_correlate_as_the_reference_says():
    rng = np.random.default_rng(3)
    x = rng.integers(0, 6, (20, 30)).astype(float)
    y = rng.integers(0, 6, (20, 30)).astype(float)
    expected = [spearmanr(a, b).statistic for a, b in zip(x, y, strict=True)]
    assert spearman(x, y) == pytest.approx(expected)


def test_a_row_of_one_value_correlates_with_nothing():
    assert spearman(np.array([1.0, 2.0, 3.0]), np.zeros(3)) == pytest.approx([0])
