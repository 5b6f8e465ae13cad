from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.picture import flat, map_picture, spherical_clusters
from hartonomous.geometry.sphere import normalise

pytest.importorskip("matplotlib")

CENTRES = np.eye(4)
POINTS = normalise(
    np.repeat(CENTRES, 30, axis=0) + 0.1 * np.random.default_rng(0).standard_normal((120, 4))
)
LABELS = [f"word{i}" for i in range(120)]


def test_a_map_is_a_picture_with_labels(tmp_path):
    from matplotlib.image import imread

    out = tmp_path / "map.png"
    count = map_picture(LABELS, POINTS, out, named=20)
    assert count == 20
    assert imread(out).std() > 0.01


@pytest.mark.parametrize("projection", ["stereographic", "hopf"])
def test_the_same_concepts_make_the_same_picture(tmp_path, projection):
    pictures = set()
    for name in ("one.png", "two.png"):
        map_picture(LABELS, POINTS, tmp_path / name, projection=projection)
        pictures.add((tmp_path / name).read_bytes())
    assert len(pictures) == 1


def test_labels_on_one_spot_do_not_cover_each_other(tmp_path):
    spot = np.tile(POINTS[:1], (50, 1))
    assert map_picture(LABELS[:50], spot, tmp_path / "map.png") == 1


def test_labels_are_text_and_never_markup(tmp_path):
    odd = ["$x^$", "\\frac{", "_$_", "<b>"]
    assert map_picture(odd, CENTRES, tmp_path / "map.png") == 4


def test_no_display_is_needed(tmp_path):
    code = (
        "import sys, numpy as np; from pathlib import Path;"
        "from hartonomous.geometry.picture import map_picture;"
        "map_picture(['a', 'b'], np.eye(4)[:2], Path(sys.argv[1]))"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    out = tmp_path / "map.png"
    subprocess.run([sys.executable, "-c", code, str(out)], env=environment, check=True)
    assert out.stat().st_size > 1000


def test_planted_clusters_are_the_regions():
    region = spherical_clusters(POINTS, 4).reshape(4, 30)
    assert (region == region[:, :1]).all()
    assert sorted(region[:, 0]) == [0, 1, 2, 3]


def test_there_are_no_more_regions_than_places():
    assert spherical_clusters(np.tile(CENTRES[:1], (9, 1)), 5).tolist() == [0] * 9


@pytest.mark.parametrize("projection", ["stereographic", "hopf"])
def test_every_point_has_a_place_in_the_plane(projection):
    everywhere = np.vstack([POINTS, -POINTS, CENTRES, -CENTRES])
    assert np.isfinite(flat(everywhere, projection)).all()


def test_near_concepts_are_near_in_the_plane():
    points = flat(POINTS, "stereographic").reshape(4, 30, 2)
    middles = points.mean(axis=1)
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2)[np.triu_indices(4, 1)]
    assert points.std(axis=1).max() < apart.max() / 4


def test_nothing_is_no_map(tmp_path):
    with pytest.raises(ParameterError, match="0 for 0"):
        map_picture([], np.empty((0, 4)), tmp_path / "map.png")


def test_every_point_needs_a_label(tmp_path):
    with pytest.raises(ParameterError, match="3 for 120"):
        map_picture(LABELS[:3], POINTS, tmp_path / "map.png")
    assert not (tmp_path / "map.png").exists()
