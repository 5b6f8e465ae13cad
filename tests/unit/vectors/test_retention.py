"""Retention has an interval, a placebo and a grade, and is undefined where nothing was to gain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hartonomous.errors import ParameterError
from hartonomous.vectors import statistics
from hartonomous.vectors.activations.moments import RunningMoments
from hartonomous.vectors.packages.retention import SuiteScores, grade, retention


def scores(right, items=200):
    correct = np.zeros(items)
    correct[:right] = 1
    return SuiteScores(correct, correct)


def test_retention_is_the_share_of_the_gain():
    found = retention("s", scores(180), scores(20), scores(148), scores(22))
    assert found.retention.value == pytest.approx((148 - 20) / (180 - 20))
    assert found.retention.low < found.retention.value < found.retention.high
    assert found.grade == grade(found.retention.low) == "C"
    assert found.placebo.value == pytest.approx(2 / 160)
    assert found.capability_delta.value == pytest.approx(128 / 200)
    assert found.behavioural_fidelity == pytest.approx(1 - 32 / 200)


def test_retention_of_nothing_is_said_and_not_divided():
    found = retention("s", scores(101), scores(100), scores(150), scores(100))
    assert (found.retention, found.placebo, found.grade) == (None, None, "undefined")
    assert "no better than 0" in found.why_undefined


def test_grades_begin_where_they_say():
    ends = [grade(x) for x in (1.2, 0.9, 0.89, 0.8, 0.7, 0.6, 0.59, -1)]
    assert ends == ["A", "A", "B", "B", "C", "D", "F", "F"]


def test_auroc_is_that_of_all_pairs():
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.integers(0, 6, 15).astype(float), rng.integers(0, 6, 11).astype(float)
        pairs = [(x > y) + (x == y) / 2 for x in a for y in b]
        assert statistics.auroc(a, b) == pytest.approx(np.mean(pairs))
    assert statistics.auroc(np.array([2.0]), np.array([1.0])) == 1
    with pytest.raises(ParameterError, match="positives and negatives"):
        statistics.auroc(np.empty(0), np.ones(1))


def test_the_interval_of_an_auroc_holds_what_was_planted():
    rng = np.random.default_rng(1)
    found = statistics.auroc_estimate(rng.normal(1, 1, 150), rng.normal(0, 1, 150))
    assert found.low < 0.76 < found.high  # of two normals one deviation apart
    assert found.high - found.low < 0.15


def test_shuffled_labels_are_rarely_as_good():
    rng = np.random.default_rng(2)
    assert statistics.permutation_p(rng.normal(2, 1, 30), rng.normal(0, 1, 30)) < 0.001
    assert statistics.permutation_p(rng.normal(0, 1, 30), rng.normal(0, 1, 30)) > 0.01


def test_a_bootstrap_leaves_out_what_is_undefined():
    found = statistics.recovery(np.zeros(3), np.array([1.0, 0, 0]), np.array([1.0, 0, 0]))
    assert found.value == 1
    assert (found.low, found.high) == (1, 1)
    nothing = statistics.recovery(np.ones(3), np.ones(3), np.ones(3))
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 99))
def test_moments_do_not_depend_on_the_batches(sizes, seed):
    samples = np.random.default_rng(seed).normal(3, 2, (sum(sizes), 4))
    running, start = RunningMoments(), 0
    for size in sizes:
        running.add(samples[start : start + size])
        start += size
    found = running.result()
    np.testing.assert_allclose(found.mean, samples.mean(0))
    if len(samples) > 1:
        np.testing.assert_allclose(found.deviation, samples.std(0, ddof=1))
