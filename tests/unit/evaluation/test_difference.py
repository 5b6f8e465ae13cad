"""A picture of a diff has a cell for each site of a layer."""

from __future__ import annotations

import pytest

from hartonomous.answers import SiteChange
from hartonomous.errors import ParameterError
from hartonomous.evaluation.difference import draw_difference


def site(position, moved=0):
    return SiteChange(position, 100, 0.9, 0.01 + moved / 1000, None, 0.1, moved, moved, 0)


SITES = [
    site("embedding"), site("layer0-head0-qk"), site("layer5-head11-qk", 90),
    site("layer2-head3-ov", 4), site("layer3-mlp-out", 7), site("layer1-expert2-mlp-in"),
    site("layer1-router"),
]  # fmt: skip


def test_every_site_of_a_layer_is_drawn(tmp_path):
    for suffix in ("png", "svg", "pdf"):
        out = tmp_path / f"diff.{suffix}"
        assert draw_difference(SITES, "model:$a to model:b", out) == 6
        assert out.stat().st_size > 1000
    titles = (tmp_path / "diff.svg").read_text()
    for kind in ("qk", "ov", "mlp-out", "mlp-in", "router"):
        assert f"{kind}: share moved" in titles


@pytest.mark.parametrize(
    ("sites", "name", "says"),
    [
        (SITES, "diff.exe", "a plot is one of"),
        (SITES[:1], "diff.svg", "nothing to draw"),
        ([site("layer9999-head9999-qk")], "diff.svg", "nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_written(tmp_path, sites, name, says):
    with pytest.raises(ParameterError, match=says):
        draw_difference(sites, "a to b", tmp_path / name)
    assert list(tmp_path.iterdir()) == []
