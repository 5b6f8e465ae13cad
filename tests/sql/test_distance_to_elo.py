"""The first rating of one observation, by its distance."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("distance", "elo"), [(0, 2000), (0.2, 1900), (1, 1500), (2, 1000)])
def test_nearer_rates_higher(connection, distance, elo):
    row = connection.execute("SELECT distance_to_elo(%s)", [distance]).fetchone()
    assert row[0] == pytest.approx(elo, abs=1e-9)
