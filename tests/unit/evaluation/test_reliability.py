"""A reliability plot shows every band that has a prediction."""

from __future__ import annotations

import pytest

from hartonomous.answers import RatingBand
from hartonomous.errors import ParameterError
from hartonomous.evaluation.reliability import draw_reliability

BANDS = [
    RatingBand(None, None, 40, 2, 0.05, 0.01, 0.17, 0.06),
    RatingBand(1500.0, 1600.0, 100, 50, 0.5, 0.4, 0.6, 0.52),
    RatingBand(1601.0, 1900.0, 1, 1, 1.0, 0.2, 1.0, None),
]


def test_bands_are_drawn_with_their_pairs(tmp_path):
    out = tmp_path / "plot.svg"
    assert draw_reliability(BANDS, out) == 2
    assert out.read_bytes().startswith(b"<?xml")
    assert draw_reliability(BANDS, tmp_path / "plot.png") == 2


@pytest.mark.parametrize(
    ("bands", "name", "says"),
    [(BANDS, "plot.exe", "a plot is one of"), (BANDS[2:], "plot.svg", "nothing to draw")],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_written(tmp_path, bands, name, says):
    with pytest.raises(ParameterError, match=says):
        draw_reliability(bands, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
