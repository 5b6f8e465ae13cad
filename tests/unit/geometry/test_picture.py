from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.picture import MAX_WORDS, Text, map_picture
from hartonomous.geometry.projection import flat, surroundings
from hartonomous.geometry.regions import region_names, spherical_clusters
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


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".html"])
@pytest.mark.parametrize("projection", ["stereographic", "hopf"])
def test_the_same_concepts_make_the_same_picture(tmp_path, projection, suffix):
    pictures = set()
    for name in ("one", "two"):
        out = tmp_path / f"{name}{suffix}"
        map_picture(LABELS, POINTS, out, projection=projection, text=Text("t", "s", ("n",)))
        pictures.add(out.read_bytes())
    assert len(pictures) == 1


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.svg", b"<svg"), ("a.html", b"<!DOCTYPE")],
)
def test_the_suffix_chooses_what_is_written(tmp_path, name, begins):
    map_picture(LABELS, POINTS, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["map.bmp", "map", "map.svgz", ".png"])
def test_an_unknown_suffix_is_one_line_that_names_those_that_are(tmp_path, name):
    with pytest.raises(ParameterError, match=r"ends in \.png, \.svg, \.pdf, \.html") as raised:
        map_picture(LABELS, POINTS, tmp_path / name)
    assert "\n" not in str(raised.value)
    assert not list(tmp_path.iterdir())


def parsed(path):
    """The elements of an SVG file by their names."""
    elements = {}
    for element in ElementTree.parse(path).iter():
        elements.setdefault(element.tag.rpartition("}")[2], []).append(element)
    return elements


def test_pointing_at_a_dot_shows_its_word_and_all_that_is_said_is_on_it(tmp_path):
    out = tmp_path / "map.svg"
    labels = [f"{i}th" for i in range(120)]
    map_picture(labels, POINTS, out, regions=4, text=Text("Words of a", "so many", ("mind that",)))
    found = parsed(out)
    titles = [element.text for element in found["title"]]
    assert titles == ["Words of a", *labels]
    said = [element.text for element in found["text"]]
    assert {"Words of a", "so many", "mind that", "Regions", "30 words"} <= set(said)
    assert sum(" · " in text for text in said) == 4


def test_a_page_needs_nothing_else(tmp_path):
    out = tmp_path / "map.html"
    map_picture(["<script>alert(1)</script>", "b"], CENTRES[:2], out)
    page = out.read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert re.findall(r"(?:src|href)=|url\(|@import", page) == []


def test_a_label_that_xml_forbids_is_shown_by_its_code(tmp_path):
    out = tmp_path / "map.svg"
    map_picture(["a\x00\x0bb", "c\udcff", "\ufffe"], CENTRES[:3], out)
    assert "a\\x00\\x0bb" in [element.text for element in parsed(out)["title"]]


def test_scripts_without_a_font_are_drawn_without_a_warning(tmp_path):
    assert map_picture(["日本", "𒀀𒁀", "ไทย"], CENTRES[:3], tmp_path / "map.png") == 3


def test_what_lies_around_a_concept_is_as_far_from_the_middle_as_on_the_sphere():
    plane = surroundings(POINTS)
    assert plane[0] == pytest.approx([0, 0])
    geodesic = np.arccos(np.clip(POINTS @ POINTS[0], -1, 1))
    assert np.linalg.norm(plane, axis=1) == pytest.approx(geodesic, abs=1e-6)


def test_a_map_around_a_concept_has_it_in_the_middle_of_rings(tmp_path):
    out = tmp_path / "map.svg"
    map_picture(LABELS, POINTS, out, around=True)
    found = parsed(out)
    (middle,) = [e for e in found["text"] if e.text == "word0"]
    rings = [e for e in found["circle"] if e.get("fill") == "none"]
    assert len(rings) >= 2
    assert {(e.get("cx"), e.get("cy")) for e in rings} == {(middle.get("x"), middle.get("y"))}
    assert middle.get("font-weight") == "bold"


def test_a_file_that_is_there_stays_whole_when_the_new_one_cannot_be_written(tmp_path):
    out = tmp_path / "folder" / "map.svg"
    with pytest.raises(FileNotFoundError):
        map_picture(LABELS, POINTS, out)
    (tmp_path / "real.svg").write_text("old")
    (tmp_path / "map.svg").symlink_to("real.svg")
    map_picture(LABELS, POINTS, tmp_path / "map.svg")
    assert (tmp_path / "map.svg").is_symlink()
    assert (tmp_path / "real.svg").read_text().startswith("<svg")


def test_too_many_words_are_refused(tmp_path):
    many = MAX_WORDS + 1
    with pytest.raises(ParameterError, match="at most 20,000"):
        map_picture(["a"] * many, np.tile(CENTRES[:1], (many, 1)), tmp_path / "map.png")


def test_a_region_is_named_by_well_known_words_in_its_thick_that_begin_otherwise():
    crowd = np.tile(CENTRES[:1], (10, 1))
    lone = normalise(CENTRES[:1] + 0.8 * CENTRES[1:2])
    labels = ["lonely", "kings", "kingdom", "queen", *(f"rare{i}" for i in range(7))]
    names = region_names(labels, np.vstack([lone, crowd]), np.zeros(11, dtype=np.int64))
    assert [labels[i] for i in names[0]] == ["kings", "lonely", "queen"]


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
