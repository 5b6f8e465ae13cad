from __future__ import annotations

import itertools

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry._alignment import Chart, align
from hartonomous.geometry.sphere import normalise
from tests.unit.geometry.test_procrustes import random_points, random_rotation

IDS = np.random.default_rng(9).integers(0, 256, (400, 16), dtype=np.uint8)
SHAPE = random_points(400)


def chart(name, some=slice(None), noise=0.01):
    """A turned and noised copy of one shape, of some concepts; every name another rotation."""
    stream = sum(name.encode())
    points = SHAPE[some] @ random_rotation(stream)
    points = points + noise * np.random.default_rng(stream).standard_normal(points.shape)
    return Chart(IDS[some], normalise(points))


def bits(alignment):
    rotations = b"".join(fit.rotation.tobytes() for fit in alignment.fits.values())
    return alignment.concepts.tobytes() + alignment.positions.tobytes() + rotations


def test_one_source_is_its_own_frame():
    only = chart("a")
    result = align({"a": only})
    assert (result.fits["a"].rotation == np.eye(4)).all()
    order = np.lexsort(IDS.T[::-1])
    assert (result.concepts == IDS[order]).all()
    assert result.positions == pytest.approx(only.positions[order], abs=1e-12)
    assert (result.fits["a"].anchors, result.fits["a"].residual) == (None, None)


def test_noised_copies_align_to_a_residual_near_the_noise():
    result = align({name: chart(name) for name in "abc"})
    for fit in result.fits.values():
        # against two others, each as noised: variances 1 + 1
        assert fit.anchors == 400
        assert fit.residual == pytest.approx(0.01 * np.sqrt(3 * 2), rel=0.15)
        assert fit.rotation.T @ fit.rotation == pytest.approx(np.eye(4), abs=1e-14)
    assert np.abs(np.linalg.norm(result.positions, axis=1) - 1).max() < 1e-15


def test_the_frame_does_not_depend_on_the_order_of_arrival():
    charts = {
        "a": chart("a", slice(0, 200)), "b": chart("b", slice(100, 300)),
        "c": chart("c", slice(190, 400)), "d": chart("d", slice(0, 400, 3)),
    }  # fmt: skip
    results = {
        bits(align({name: charts[name] for name in order}))
        for order in itertools.permutations(charts)
    }
    assert len(results) == 1


def test_the_order_of_concepts_does_not_matter():
    mixed = np.random.default_rng(0).permutation(400)
    there = align({"a": chart("a"), "b": chart("b")})
    b = chart("b")
    again = align({"a": chart("a"), "b": Chart(b.concepts[mixed], b.positions[mixed])})
    assert bits(there) == bits(again)


def test_without_a_source_it_is_as_if_the_source_had_never_been():
    charts = {name: chart(name) for name in "abc"}
    align(charts)
    del charts["b"]
    assert bits(align(charts)) == bits(align({"a": chart("a"), "c": chart("c")}))


def test_a_chain_of_sources_is_aligned_through_what_they_share():
    charts = {
        "a": chart("a", slice(0, 150), 0), "b": chart("b", slice(250, 400), 0),
        "z": chart("z", slice(100, 300), 0),
    }  # fmt: skip
    result = align(charts)
    order = np.lexsort(IDS.T[::-1])
    expected = (SHAPE @ random_rotation(sum(b"a")))[order]
    # coordinates are rounded to 2^-26 before they are multiplied
    assert result.positions == pytest.approx(expected, abs=2.0**-26)


def test_a_position_is_the_mean_of_its_sources():
    a, b = chart("a", noise=0), chart("b", noise=0)
    moved = b.positions.copy()
    moved[0] = normalise(moved[0] + 0.1 * moved[1])
    result = align({"a": a, "b": Chart(b.concepts, moved)})
    at = np.flatnonzero((result.concepts == IDS[0]).all(axis=1))[0]
    turned = moved[0] @ result.fits["b"].rotation.T
    assert result.positions[at] == pytest.approx(normalise(a.positions[0] + turned), abs=1e-9)


def test_sources_that_cancel_leave_the_first_ones_place():
    a, b = chart("a", noise=0), chart("b", noise=0)
    opposite = b.positions.copy()
    opposite[5] = -opposite[5]
    result = align({"a": a, "b": Chart(b.concepts, opposite)})
    at = np.flatnonzero((result.concepts == IDS[5]).all(axis=1))[0]
    assert result.positions[at] == pytest.approx(a.positions[5], abs=1e-6)


def test_places_that_are_conventions_are_no_anchors():
    a, b = chart("a", noise=0), chart("b", noise=0)
    wrong = np.arange(400) < 250
    positions = np.where(wrong[:, None], random_points(400, 3), b.positions)
    result = align({"a": a, "b": Chart(b.concepts, positions, ~wrong)})
    assert result.fits["b"].anchors == 150
    assert result.fits["b"].residual < 1e-12
    order = np.lexsort(IDS.T[::-1])
    right = ~wrong[order]
    assert result.positions[right] == pytest.approx(a.positions[order][right], abs=1e-9)


def test_a_third_of_wrong_anchors_has_no_say():
    a, b = chart("a", noise=0), chart("b", noise=0)
    positions = b.positions.copy()
    positions[:130] = random_points(130, 3)
    exact = align({"a": a, "b": b}).fits["b"].rotation
    found = align({"a": a, "b": Chart(b.concepts, positions)}).fits["b"].rotation
    assert found == pytest.approx(exact, abs=1e-7)


def test_a_source_that_shares_too_few_concepts_stays_outside():
    charts = {"a": chart("a", slice(0, 200)), "lonely": chart("lonely", slice(197, 400))}
    assert list(align(charts).fits) == ["lonely"]  # which knows more concepts
    several = align({**charts, "b": chart("b", slice(0, 200))})
    assert list(several.fits) == ["a", "b"]
    assert len(several.concepts) == 200
    linked = align({**charts, "c": chart("c", slice(190, 210))})
    assert list(linked.fits) == ["a", "c", "lonely"]


def test_anchors_in_a_plane_link_nothing():
    flat = normalise(SHAPE * [1, 1, 0, 0])
    assert list(align({"a": Chart(IDS, flat), "b": Chart(IDS, flat)}).fits) == ["a"]


def test_without_charts_nothing_is_placed():
    result = align({})
    assert (dict(result.fits), result.concepts.shape, result.positions.shape) == (
        {}, (0, 16), (0, 4),
    )  # fmt: skip


def test_a_concept_has_one_place_in_a_chart():
    twice = Chart(IDS[[0, 1, 2, 3, 4, 4]], SHAPE[:6])
    with pytest.raises(ParameterError, match="places a concept twice"):
        align({"a": twice})


def test_ids_that_end_in_zero_bytes_stay_apart():
    ids = np.zeros((6, 16), dtype=np.uint8)
    ids[:, 3] = np.arange(6)
    assert len(align({"a": Chart(ids, SHAPE[:6])}).concepts) == 6


def test_a_chart_has_an_id_for_each_position():
    with pytest.raises(ParameterError, match=r"\(3, 16\) and \(4, 4\)"):
        Chart(IDS[:3], SHAPE[:4])
