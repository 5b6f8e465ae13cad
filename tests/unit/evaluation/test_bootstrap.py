"""The interval of a difference covers what was planted, and nothing where nothing was."""

from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.evaluation.bootstrap import difference_interval


def planted(noise, count=200, seed=1):
    """Scores of people, and two sides that follow them with noise."""
    rng = np.random.default_rng(seed)
    people = rng.normal(size=count)
    return people, *(people + scale * rng.normal(size=count) for scale in noise)


def test_a_side_that_follows_people_better_is_seen():
    interval = difference_interval(*planted((0.2, 2.0)))
    assert 0.2 < interval.low < interval.high < 0.9


def test_sides_that_are_as_good_differ_by_nothing():
    interval = difference_interval(*planted((1.0, 1.0)))
    assert interval.low < 0 < interval.high


def test_one_side_twice_differs_by_exactly_nothing():
    people, side, _ = planted((1.0, 1.0))
    interval = difference_interval(people, side, side)
    assert (interval.low, interval.high) == (0, 0)


def test_the_same_question_gets_the_same_answer():
    sides = planted((0.5, 1.0))
    assert difference_interval(*sides, 300) == difference_interval(*sides, 300)


def test_the_interval_covers_the_planted_difference_as_often_as_it_says():
    """Of 60 samples of one world, about 57 intervals hold the difference of a very large sample."""
    from hartonomous.evaluation.correlation import spearman

    people, first, second = planted((0.5, 1.0), count=200_000)
    true = float(spearman(people, first)[0] - spearman(people, second)[0])
    intervals = [
        difference_interval(*planted((0.5, 1.0), count=100, seed=seed), 200) for seed in range(60)
    ]
    assert 50 <= sum(i.low <= true <= i.high for i in intervals) <= 60


def test_few_resamples_are_refused():
    with pytest.raises(ParameterError, match="at least 100 resamples, not 99"):
        difference_interval(*planted((1.0, 1.0)), 99)
