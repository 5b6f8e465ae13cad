"""Elo's expected score against 1500."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("elo", "score"), [(1500, 0.5), (1900, 10 / 11), (1100, 1 / 11), (2300, 100 / 101)]
)
def test_four_hundred_points_are_ten_to_one(connection, elo, score):
    row = connection.execute("SELECT expected_score(%s)", [elo]).fetchone()
    assert row[0] == pytest.approx(score)
